// SPDX-License-Identifier: GPL-2.0
/*
 * What others than the loop see of vigild and its jobs.
 *
 * Each turn of the loop that has changed anything ends with a new copy of what changed, and with a new list of
 * the copies of all jobs: those of the others are shared with the list before. Readers take the list, and
 * find in it one state of all jobs, the one that the store has. The loop waits for none of them; what is
 * replaced is freed when nobody can be reading it: published.h.
 */
#include "user/agent/view.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "user/agent/agent.h"
#include "user/agent/beat.h"
#include "user/agent/cgroup_limits.h"
#include "user/agent/follow.h"
#include "user/agent/phase.h"
#include "user/agent/standby.h"
#include "user/agent/status_more.h"
#include "user/base/log.h"

static void free_list(struct published_head *head)
{
	free(head);
}

static void free_view(struct published_head *head)
{
	json_decref(((struct job_view *)head)->more);
	free(head);
}

static void free_agent_view(struct published_head *head)
{
	struct agent_view *v = (struct agent_view *)head;
	size_t i;

	for (i = 0; i < v->nerrors; i++)
		free(v->errors[i]);
	free(v);
}

void views_init(struct agent *a)
{
	TAILQ_INIT(&a->views.changed);
	a->views.rebuild = true;
}

void view_touch(struct job *job)
{
	if (!job->view_due)
		TAILQ_INSERT_TAIL(&job->agent->views.changed, job, view_link);
	job->view_due = true;
}

/* What is published has it still: it goes with that. */
void view_forget(struct job *job)
{
	struct views *vs = &job->agent->views;
	struct job_view **list;

	if (job->view_due)
		TAILQ_REMOVE(&vs->changed, job, view_link);
	job->view_due = false;
	if (!job->view)
		return;
	vs->rebuild = true;
	if (vs->norphans == vs->orphans_room) {
		list = reallocarray(vs->orphans, vs->orphans_room + 64, sizeof(*list));
		/* Then it is never freed: better than too early. */
		if (!list)
			return;
		vs->orphans = list;
		vs->orphans_room += 64;
	}
	vs->orphans[vs->norphans++] = job->view;
	job->view = NULL;
}

static unsigned int limits_wanted(const struct job_spec *spec)
{
	unsigned int mask = 0;
	size_t i;

	for (i = 0; i < CGROUP_LIMITS; i++)
		if (cgroup_limit_wanted(spec, i))
			mask |= 1u << i;
	return mask;
}

static const char *put(char **at, const char *text)
{
	size_t len = strlen(text) + 1;
	char *to = memcpy(*at, text, len);

	*at += len;
	return to;
}

static void copy(struct job_view *v, const struct job *job)
{
	const struct instance *inst = &job->inst;
	char *at = v->text;

	memcpy(v->name, job->name, sizeof(v->name));
	v->state = job_state_name(job->state);
	v->failed = job->state == JOB_FAILED;
	v->pid = job->progress.phase == PHASE_MAIN ? inst->pid : 0;
	v->inst_pid = inst->pid;
	v->started_us = inst->started_us;
	v->restarts = job->sup.restarts;
	v->due_us = job->state == JOB_BACKOFF ? job->timer.due_us : 0;
	v->last_exit = job->last_exit;
	v->ready = job->state == JOB_RUNNING && job->ready.reached;
	v->reloading = job->ready.reloading;
	v->error = job->ready.error;
	v->watchdog_us = job->ready.watchdog_us;
	v->unfits = !job->slot && job->state == JOB_FAILED && job->progress.limit_passed &&
		    job->spec->on_limit == JOB_LIMIT_NODE_UNFIT;
	v->beats = beat_wanted(job);
	v->limits_wanted = limits_wanted(job->spec);
	v->limits_failed = job->cgroup.failed;
	memcpy(v->exits, job->hist.exits, sizeof(v->exits));
	v->born_us = job->hist.born_us;
	v->phase = job->hist.phase;
	v->since_us = job->hist.since_us;
	v->handed_over_ns = job->handover.given && !job->removed ? job->handover.realtime_ns : 0;
	v->unseen = foretell_unseen(job);
	v->standby_of = job->slot ? put(&at, standby_base(job)) : NULL;
	v->reason = put(&at, job->reason);
	v->status = put(&at, job->ready.status);
	v->output = job->spec->output ? put(&at, job->spec->output) : NULL;
}

static struct job_view *look_at(const struct job *job)
{
	size_t room = strlen(job->reason) + strlen(job->ready.status) + 2;
	struct job_view *v;

	if (job->spec->output)
		room += strlen(job->spec->output) + 1;
	if (job->slot)
		room += strlen(standby_base(job)) + 1;
	v = calloc(1, sizeof(*v) + room);
	if (!v)
		return NULL;
	copy(v, job);
	v->more = status_more(job);
	if (v->more)
		return v;
	free(v);
	return NULL;
}

static struct job_views *list_room(size_t n)
{
	struct job_views *v = malloc(sizeof(*v) + n * sizeof(*v->list));

	if (v)
		v->n = n;
	return v;
}

static struct job_views *shared_list(const struct job_views *old)
{
	struct job_views *v = list_room(old->n);

	if (v)
		memcpy(v->list, old->list, old->n * sizeof(*v->list));
	return v;
}

static struct job_views *new_list(struct agent *a)
{
	struct job_views *v = list_room(a->jobs.n);
	size_t i, n = 0;

	for (i = 0; v && i < a->jobs.n; i++) {
		struct job *job = a->jobs.list[i];

		job->view_at = -1;
		if (job->removed || !job->view)
			continue;
		job->view_at = (int)n;
		v->list[n++] = job->view;
	}
	if (v)
		v->n = n;
	return v;
}

/** struct replaced - what may be freed once the new list is shown. */
struct replaced {
	struct job_view *old;
	struct job *job;
};

/* Each gets its new copy; one for which there is no memory is tried again next turn. */
static size_t renew(struct views *vs, struct replaced *replaced)
{
	struct job *job, *next;
	struct job_view *v;
	size_t n = 0;

	for (job = TAILQ_FIRST(&vs->changed); job; job = next) {
		next = TAILQ_NEXT(job, view_link);
		v = look_at(job);
		if (!v)
			continue;
		TAILQ_REMOVE(&vs->changed, job, view_link);
		job->view_due = false;
		replaced[n++] = (struct replaced){ job->view, job };
		job->view = v;
		if (job->removed ? job->view_at >= 0 : job->view_at < 0)
			vs->rebuild = true;
	}
	return n;
}

static void retire_orphans(struct views *vs)
{
	while (vs->norphans)
		published_retire(&vs->orphans[--vs->norphans]->head, free_view);
}

static bool show(struct agent *a, struct replaced *replaced, size_t n)
{
	struct views *vs = &a->views;
	struct job_views *old = vs->jobs, *new;
	size_t i;

	new = vs->rebuild || !old ? new_list(a) : shared_list(old);
	if (!new)
		return false;
	for (i = 0; i < n && !vs->rebuild; i++)
		if (replaced[i].job->view_at >= 0)
			new->list[replaced[i].job->view_at] = replaced[i].job->view;
	vs->rebuild = false;
	published_set(&vs->jobs, new);
	/* Neither the list nor what only it had can be found any more. */
	if (old)
		published_retire(&old->head, free_list);
	for (i = 0; i < n; i++) {
		follow_state(replaced[i].job, replaced[i].old);
		if (replaced[i].old)
			published_retire(&replaced[i].old->head, free_view);
	}
	retire_orphans(vs);
	return true;
}

static size_t count(const struct views *vs)
{
	const struct job *job;
	size_t n = 0;

	TAILQ_FOREACH(job, &vs->changed, view_link)
		n++;
	return n;
}

/* Without memory all stays as it is shown, and the next turn tries again: nothing that is shown is freed. */
static void undo(struct replaced *replaced, size_t n)
{
	size_t i;

	log_error("out of memory: what is shown of the jobs stays behind");
	for (i = 0; i < n; i++) {
		free_view(&replaced[i].job->view->head);
		replaced[i].job->view = replaced[i].old;
		view_touch(replaced[i].job);
	}
}

static void publish_jobs(struct agent *a)
{
	struct views *vs = &a->views;
	size_t n = count(vs);
	struct replaced *replaced;

	if (!n && !vs->rebuild)
		return;
	replaced = calloc(n + 1, sizeof(*replaced));
	if (!replaced)
		return;
	n = renew(vs, replaced);
	if (!show(a, replaced, n))
		undo(replaced, n);
	free(replaced);
}

static void copy_text(char *to, size_t size, const char *text)
{
	size_t len = strnlen(text, size - 1);

	memcpy(to, text, len);
}

static void look_at_agent(const struct agent *a, struct agent_facts *f)
{
	memset(f, 0, sizeof(*f));
	f->store_ok = a->persist.store;
	f->store_opened = a->persist.opened;
	copy_text(f->store_why, sizeof(f->store_why), a->persist.why);
	f->store_anew = a->persist.anew;
	f->salvaged = a->persist.salvaged;
	f->kernel = a->watcher.v;
	f->some_by_pidfd = a->watcher.some_by_pidfd;
	copy_text(f->watch_why, sizeof(f->watch_why), a->watcher.why);
	f->has_cgroup = a->cgroups.fd >= 0;
	copy_text(f->cgroup_why, sizeof(f->cgroup_why), a->cgroups.why);
	f->controllers = a->cgroups.controllers;
	f->history_lost = a->history.lost;
	f->ledger_us = a->history.clock.offset_us;
	f->keeper_missed = a->opt.keeper && !a->keeper.id;
	copy_text(f->keeper_why, sizeof(f->keeper_why), a->keeper.why);
	f->logger = a->logproc.pid;
	copy_text(f->logger_why, sizeof(f->logger_why), a->logproc.why);
	f->loads = a->set.loads;
}

static struct agent_view *new_agent_view(const struct agent *a, const struct agent_facts *f)
{
	const struct complaints *errors = &a->set.errors;
	struct agent_view *v = calloc(1, sizeof(*v) + errors->n * sizeof(*v->errors));

	if (!v)
		return NULL;
	/* With its padding: it is compared. */
	memcpy(&v->facts, f, sizeof(*f));
	for (; v->nerrors < errors->n; v->nerrors++) {
		v->errors[v->nerrors] = strdup(errors->list[v->nerrors]);
		if (!v->errors[v->nerrors])
			break;
	}
	if (v->nerrors == errors->n)
		return v;
	free_agent_view(&v->head);
	return NULL;
}

static void publish_agent(struct agent *a)
{
	struct agent_view *old = a->views.agent, *v;
	struct agent_facts facts;

	look_at_agent(a, &facts);
	if (old && memcmp(&old->facts, &facts, sizeof(facts)) == 0)
		return;
	v = new_agent_view(a, &facts);
	if (!v)
		return;
	published_set(&a->views.agent, v);
	if (old)
		published_retire(&old->head, free_agent_view);
}

void views_publish(struct agent *a)
{
	publish_agent(a);
	publish_jobs(a);
}

void views_fini(struct agent *a)
{
	struct views *vs = &a->views;

	if (vs->jobs)
		published_retire(vs->jobs, free_list);
	if (vs->agent)
		published_retire(vs->agent, free_agent_view);
	vs->jobs = NULL;
	vs->agent = NULL;
	retire_orphans(vs);
	free(vs->orphans);
	vs->orphans = NULL;
	published_barrier();
}

const struct job_view *view_find(const struct job_views *v, const char *name)
{
	size_t lo = 0, hi = v->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int order = strcmp(v->list[mid]->name, name);

		if (order == 0)
			return v->list[mid];
		if (order < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

struct view_choice view_choose(const struct job_views *v, const char *what)
{
	struct view_choice c = { .what = what, .how = VIEW_TEMPLATE };

	if (!what)
		c.how = VIEW_ALL;
	else if (view_find(v, what))
		c.how = VIEW_ONE;
	else if (strpbrk(what, "*?["))
		c.how = VIEW_PATTERN;
	return c;
}

bool view_chosen(const struct view_choice *c, const char *name)
{
	char base[JOB_NAME_LEN_MAX + 1];
	size_t len = strcspn(name, "+");

	if (c->how == VIEW_ONE && strcmp(c->what, name) == 0)
		return true;
	/* A standby is shown with its job. */
	memcpy(base, name, len);
	base[len] = '\0';
	name = base;
	switch (c->how) {
	case VIEW_ALL:
		return true;
	case VIEW_ONE:
		return strcmp(c->what, name) == 0;
	case VIEW_PATTERN:
		return fnmatch(c->what, name, 0) == 0;
	default:
		len = strlen(c->what);
		return strncmp(c->what, name, len) == 0 && name[len] == '@';
	}
}
