// SPDX-License-Identifier: GPL-2.0
/*
 * The job files as they are now, what it would mean to follow them, and doing it.
 *
 *    proposal_make():   read, merge, plan                  nothing is changed
 *    proposal_apply():  prepare(), record()                may fail, is taken back
 *                       carry_out()                        cannot fail
 *
 * A crash up to the commit of record() leaves the jobs as they were; from there on the store and the
 * files tell the next vigild all that is to be done: new jobs, jobs that go, jobs to be restarted.
 */
#include "user/agent/proposal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/agent/agent.h"
#include "user/agent/cgroup_limits.h"
#include "user/agent/digest.h"
#include "user/agent/inplace.h"
#include "user/agent/life.h"
#include "user/agent/phase.h"
#include "user/agent/plan_json.h"
#include "user/agent/prebind.h"
#include "user/agent/standby.h"
#include "user/base/clock.h"
#include "user/base/log.h"

static bool has_process(const struct job *job)
{
	return job->inst.pid || phase_tidies(job);
}

static enum plan_stand stand_of(const struct job *job)
{
	/* It was handed over: here it is down until somebody starts it. */
	if (job->handover.given)
		return PLAN_DOWN;
	if (job->state == JOB_BACKOFF || (job->state == JOB_FAILED && job->want == WANT_UP))
		return PLAN_BROKEN;
	if (job->state == JOB_STOPPING)
		return job->want == WANT_DOWN ? PLAN_DOWN : PLAN_WAITS;
	if (has_process(job))
		return job->want == WANT_UP ? PLAN_UP : PLAN_DOWN;
	return job->state == JOB_STARTING ? PLAN_WAITS : PLAN_DOWN;
}

static size_t list_old(const struct agent *a, struct plan_old *old)
{
	size_t n = 0, i;

	for (i = 0; i < a->jobs.n; i++) {
		const struct job *job = a->jobs.list[i];

		/* A standby goes where its job goes. */
		if (job->removed || job->slot)
			continue;
		old[n++] = (struct plan_old){
			.name = job->name,
			.spec = job->spec,
			.run = has_process(job) ? job->ver.run.spec : NULL,
			.stand = stand_of(job),
			.rolled_back = version_rolled_back(&job->ver),
		};
	}
	return n;
}

static uint64_t digest_files(const struct merge *m)
{
	uint64_t digest = DIGEST_SEED;
	size_t i;

	for (i = 0; i < m->nslots; i++)
		if (m->slots[i].used)
			digest = digest_number(digest, m->slots[i].used->id);
	return digest;
}

static int make_plan(struct agent *a, struct proposal *p)
{
	const struct merge *m = &p->files;
	struct plan_old *old = calloc(a->jobs.n + 1, sizeof(*old));
	struct plan_new *fresh = calloc(m->n + 1, sizeof(*fresh));
	int err = old && fresh ? 0 : -ENOMEM;
	size_t i;

	for (i = 0; !err && i < m->n; i++)
		fresh[i] = (struct plan_new){ m->entries[i].spec, m->entries[i].src->path };
	if (!err)
		err = plan_make(&p->plan, old, list_old(a, old), fresh, m->n, digest_files(m));
	free(fresh);
	free(old);
	return err;
}

int proposal_make(struct agent *a, struct proposal *p)
{
	int err;

	*p = (struct proposal){ 0 };
	err = jobset_read(a, &p->files);
	if (!err && !p->files.errors.n) {
		err = make_plan(a, p);
		p->planned = !err;
	}
	return err;
}

void proposal_free(struct proposal *p)
{
	plan_free(&p->plan);
	merge_free(&p->files);
}

/** struct prepared - what is to be taken back if a later step fails. */
struct prepared {
	struct job **made;		/* jobs that no file has named so far */
	size_t nmade;
	struct jobsrc **current;
	struct prebind sockets;
};

static const struct merge_entry *entry_of(const struct proposal *p, const struct plan_item *item)
{
	return &p->files.entries[item->fresh];
}

static int make_job(struct agent *a, const struct proposal *p, const struct plan_item *item,
		    struct prepared *done, char *why, size_t size)
{
	const struct merge_entry *e = entry_of(p, item);
	struct job *job = jobs_add(&a->jobs, a, item->name);
	int err;

	if (!job) {
		snprintf(why, size, "there is no room for job \"%s\": jobs that go count until they are down",
			 item->name);
		return -ENOSPC;
	}
	/* Seen as a job that goes until it is all there. */
	job->removed = true;
	done->made[done->nmade++] = job;
	/* A standby of one of that name that has not gone yet may have its place. */
	lane_choose(job);
	err = job_define(job, e->src, e->spec);
	if (err) {
		snprintf(why, size, "out of memory");
		return err;
	}
	err = item->action == PLAN_START ? cgroup_job_make(&a->cgroups, &job->cgroup) : 0;
	if (!err || err == -ENOENT)
		return 0;
	snprintf(why, size, "cannot make the cgroup of job \"%s\": %s", item->name, strerror(-err));
	return err;
}

static int make_room(struct job *job, const struct job_spec *spec)
{
	int err = sup_size(&job->sup, spec);

	if (!err && spec->team)
		err = sup_room(&job->team_sup, spec->team->restarts_max);
	return err;
}

static int prepare_job(struct agent *a, const struct proposal *p, const struct plan_item *item,
		       struct prepared *done, char *why, size_t size)
{
	const struct job_spec *spec = entry_of(p, item)->spec;
	struct job *job = jobs_find(&a->jobs, item->name);
	int err;

	if (!job)
		return make_job(a, p, item, done, why, size);
	err = make_room(job, spec);
	if (err)
		snprintf(why, size, "out of memory");
	return err;
}

static bool will_listen(const struct job *job, const struct plan_item *item)
{
	return item->action == PLAN_START || (job && job->sockets && item->action != PLAN_NOTHING);
}

static int prepare(struct agent *a, const struct proposal *p, struct prepared *done, char *why,
		   size_t size)
{
	const struct plan *plan = &p->plan;
	bool frees = plan->count[PLAN_STOP] || plan->count[PLAN_RESTART];
	int err = 0;
	size_t i;

	done->made = calloc(plan->n + 1, sizeof(struct job *));
	done->current = calloc(p->files.nslots + 1, sizeof(*done->current));
	if (!done->made || !done->current) {
		snprintf(why, size, "out of memory");
		return -ENOMEM;
	}
	for (i = 0; !err && i < plan->n; i++)
		if (plan->items[i].fresh != PLAN_NOBODY)
			err = prepare_job(a, p, &plan->items[i], done, why, size);
	for (i = 0; !err && i < plan->n; i++) {
		const struct plan_item *item = &plan->items[i];
		const struct job *job = jobs_find(&a->jobs, item->name);

		if (item->fresh != PLAN_NOBODY && will_listen(job, item))
			err = prebind_open(&done->sockets, a, job, entry_of(p, item)->spec, frees, why,
					   size);
	}
	return err;
}

static void take_back(struct agent *a, struct prepared *done)
{
	size_t i;

	prebind_undo(&done->sockets);
	for (i = 0; i < done->nmade; i++) {
		jobs_take(&a->jobs, done->made[i]);
		cgroup_job_remove(&done->made[i]->cgroup);
		job_free(done->made[i]);
	}
	free(done->made);
	free(done->current);
}

static int record_files(const struct agent *a, const struct proposal *p, struct store *store)
{
	const struct jobset *set = &a->set;
	const struct merge *m = &p->files;
	int err = 0;
	size_t i;

	for (i = 0; !err && i < set->n; i++)
		if (!merge_find((struct merge *)m, set->current[i]->path))
			err = store_del_file(store, set->current[i]->path);
	for (i = 0; !err && i < m->nslots; i++) {
		const struct jobsrc *src = m->slots[i].used;

		if (src && src != m->slots[i].last)
			err = store_put_file(store, src->path, src->text, src->len);
	}
	return err;
}

static bool is_rolled(const struct plan_item *item)
{
	return item->action == PLAN_RESTART && item->restart;
}

static int record_jobs(struct agent *a, const struct proposal *p, struct store *store)
{
	int err = 0;
	size_t i;

	for (i = 0; !err && i < p->plan.n; i++) {
		const struct plan_item *item = &p->plan.items[i];
		struct job *job = jobs_find(&a->jobs, item->name);
		struct version filed;

		if (item->old == PLAN_NOBODY || item->fresh == PLAN_NOBODY ||
		    (item->action == PLAN_NOTHING && !item->next))
			continue;
		filed = (struct version){ entry_of(p, item)->src, entry_of(p, item)->spec };
		version_note_good(job);
		err = version_put(job, &filed, is_rolled(item), store);
	}
	return err;
}

/* Without a store it goes on, as all else does. */
static int record(struct agent *a, const struct proposal *p, char *why, size_t size)
{
	struct store *store = a->persist.store;
	size_t i;
	int err;

	if (!store)
		return 0;
	err = store_begin(store);
	if (!err)
		err = record_files(a, p, store);
	if (!err)
		err = record_jobs(a, p, store);
	if (!err)
		err = store_commit(store);
	if (err) {
		snprintf(why, size, "the store cannot be written: %s", store_error(store));
		store_rollback(store);
		/* What was committed but perhaps not kept is written anew when the store is opened again. */
		persist_failed(a, err);
		return err;
	}
	for (i = 0; i < p->files.nslots; i++)
		if (p->files.slots[i].used)
			p->files.slots[i].used->saved = true;
	return 0;
}

/* What its new definition needs may have been restarted since it started: that is no news. */
static void note_ties(struct job *job)
{
	if (!job->inst.pid || (!job->spec->requires.n && !job->spec->binds_to.n))
		return;
	job->progress.told_us = clock_us();
	persist_job(job);
}

static void note_change(struct job *job, const struct plan_item *item)
{
	char keys[PLAN_KEYS_MAX], text[STORE_EVENT_TEXT_MAX];

	plan_keys_write(item->now | item->next, keys, sizeof(keys));
	snprintf(text, sizeof(text), "%.110s: %.80s", job->src->path, keys);
	history_note(job, HISTORY_REDEFINED, text);
}

/* Its room is there: prepare(). */
static void redefine(struct job *job, const struct merge_entry *e)
{
	version_note_good(job);
	if (job->src != e->src && job_define(job, e->src, e->spec))
		log_error("%s: out of memory: its definition stays", job->name);
	else if (version_rolled_back(&job->ver))
		job_define(job, e->src, e->spec);
}

static void change(struct job *job, const struct plan_item *item)
{
	standby_define(job);
	if (item->action == PLAN_NOTHING)
		return;
	if (item->now | item->next) {
		note_change(job, item);
		note_ties(job);
		inplace_change(job, item->now);
	}
	if (is_rolled(item))
		rollout_begin(job);
	else if (item->action == PLAN_START)
		life_start(job);
	persist_job(job);
}

static void begin(struct job *job, const struct plan_item *item)
{
	job->removed = false;
	cgroups_want(&job->agent->cgroups, cgroup_limits_controllers(job->spec));
	history_note(job, HISTORY_DEFINED, job->spec->autostart ? NULL :
		     "autostart is false: it is started when somebody asks for it");
	if (item->action == PLAN_START)
		life_start(job);
	else
		persist_job(job);
	standby_define(job);
}

/* A standby that is down leaves the table at once, and so does the job. */
static void discard(struct job *job)
{
	unsigned int after = 0;
	struct job *slot;

	while ((slot = standby_each(job, after))) {
		after = slot->slot;
		life_remove(slot);
	}
	log_notice("%s: removed", job->name);
	life_remove(job);
}

static void carry_out(struct agent *a, struct proposal *p, struct prepared *done)
{
	struct plan *plan = &p->plan;
	size_t i;

	for (i = 0; i < plan->n; i++) {
		struct job *job = jobs_find(&a->jobs, plan->items[i].name);

		if (plan->items[i].fresh == PLAN_NOBODY)
			discard(job);
	}
	for (i = 0; i < plan->n; i++) {
		struct plan_item *item = &plan->items[i];
		struct job *job;

		if (item->fresh == PLAN_NOBODY)
			continue;
		job = jobs_find(&a->jobs, item->name);
		redefine(job, entry_of(p, item));
		if (item->old == PLAN_NOBODY)
			begin(job, item);
		else
			change(job, item);
	}
	order_rebuild(a);
	jobset_replace(&a->set, &p->files, done->current);
	prebind_done(&done->sockets);
	free(done->made);
}

static bool same_files(const struct agent *a, const struct merge *m)
{
	size_t n = 0, i;

	for (i = 0; i < m->nslots; i++) {
		if (m->slots[i].used != m->slots[i].last)
			return false;
		n += m->slots[i].used != NULL;
	}
	return n == a->set.n;
}

int proposal_apply(struct agent *a, struct proposal *p, char *why, size_t size)
{
	struct prepared done = { 0 };
	int err;

	jobset_take_errors(&a->set, &p->files);
	if (plan_is_idle(&p->plan) && same_files(a, &p->files))
		return 0;
	err = prepare(a, p, &done, why, size);
	if (!err)
		err = record(a, p, why, size);
	if (err)
		take_back(a, &done);
	else
		carry_out(a, p, &done);
	return err;
}
