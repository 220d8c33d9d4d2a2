// SPDX-License-Identifier: GPL-2.0
/*
 * Warm standbys.
 *
 * Each is a job of its own, with the definition of the one that it stands by for and a name that no file can
 * give: "db+1" stands by for "db". So it has a cgroup, a watch, readiness, back-off and a limit
 * of its own. When the process of db is dead and it is to be restarted, the two jobs change places (exchange.c): the
 * standby's instance is db's from then on, and what was db's is db+1's, where the policy restarts it.
 *
 *            start_missing()          ready            take_over()            confirm()
 *   stopped ----------------> starting ----> standby -------------> takeover ----------> primary
 *                                ^              | it dies, or hangs   (of a singleton)
 *                                +--------------+
 *
 * Invariants:
 *  1. One standby at most is told. Which one is chosen before, and is in the store before vigil.ko
 *     gets its bell; another is chosen only when this one is not fit any more, and before another is told, one
 *     that may have been told is killed.
 *  2. What is rung when the primary is certain to die makes a primary of a standby unless the job is
 *     a singleton. Then it is to prepare, and vigild confirms it when the old process is dead and its
 *     cgroup empty. A vigild that ends in between leaves that to the next.
 *  3. Nobody is told of an end that is wanted: the bell is untied before the primary is told to end.
 *  4. An instance keeps its lane, the name of its cgroup and watch, when jobs change places: the store has
 *     the lane of each, in the transaction that has the take-over.
 */
#include "user/agent/standby.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/agent/agent.h"
#include "user/agent/exchange.h"
#include "user/agent/leftover.h"
#include "user/agent/life.h"
#include "user/agent/proc.h"
#include "user/agent/inplace.h"
#include "user/agent/version_impl.h"
#include "user/base/clock.h"
#include "user/base/log.h"
#include "user/jobfile/compare.h"

_Static_assert((int)STORE_LANE_MAX >= (int)JOB_NAME_LEN_MAX, "a lane is a job's name");

void standby_open(struct agent *a)
{
	TAILQ_INIT(&a->standbys.touched);
	TAILQ_INIT(&a->standbys.untied);
}

static int have(struct job *job)
{
	if (job->standby)
		return 0;
	job->standby = calloc(1, sizeof(*job->standby));
	if (!job->standby)
		return -ENOMEM;
	bell_init(&job->standby->bell);
	return 0;
}

static struct job *add_slot(struct job *job, unsigned int number)
{
	char name[LANE_NAME_ROOM];
	struct job *slot;

	snprintf(name, sizeof(name), "%s+%u", job->name, number);
	slot = jobs_add(&job->agent->jobs, job->agent, name);
	if (!slot)
		return NULL;
	slot->slot = number;
	lane_choose(slot);
	return slot;
}

/* The job's definition is its own, if it was rolled back: so is the standby's. */
static int follow(struct job *slot, const struct job *job)
{
	const struct versions *v = &job->ver;
	int err = job_define(slot, job->src, v->filed ? v->filed : job->spec);

	if (err || !v->blend)
		return err;
	version_set(&slot->ver.good, v->good.src, v->good.spec);
	return version_go_back(slot, v->why);
}

/* What takes effect at once does so in one that stands by, too: it may be the job tomorrow. */
static void define_slot(struct job *job, unsigned int number)
{
	struct job *slot = lane_member(job->agent, job->name, number);
	uint64_t keys = 0;

	if (!slot)
		slot = add_slot(job, number);
	else if (slot->spec)
		keys = compare_specs(slot->spec, job->spec) & ~compare_socket_attributes();
	if (slot && have(slot) == 0 && follow(slot, job) == 0) {
		slot->slot = number;
		slot->removed = false;
		if (keys && slot->inst.pid)
			inplace_change(slot, keys);
		return;
	}
	log_error("%s: out of memory or of room for standby %u", job->name, number);
	if (slot && !slot->spec) {
		jobs_take(&job->agent->jobs, slot);
		job_free(slot);
	}
}

void standby_define(struct job *job)
{
	struct job *slot;
	unsigned int i;

	if ((!job->spec->standby && !job->standby) || have(job))
		return;
	for (i = 1; i <= JOB_STANDBY_MAX; i++) {
		slot = lane_member(job->agent, job->name, i);
		if (i <= job->spec->standby)
			define_slot(job, i);
		else if (slot && !slot->removed)
			life_remove(slot);
	}
	standby_touch(job);
}

void standby_touch(struct job *job)
{
	if (!job->standby || job->standby->touched)
		return;
	job->standby->touched = true;
	TAILQ_INSERT_TAIL(&job->agent->standbys.touched, job, standby_link);
}

/* It can take over now. */
static bool is_fit(const struct job *slot)
{
	return slot->state == JOB_RUNNING && slot->inst.pid && slot->want == WANT_UP &&
	       !slot->removed && slot->standby && slot->standby->bell.primary >= 0;
}

/* Of those that are fit the one that has stood longest. */
static struct job *longest(const struct job *job)
{
	struct job *slot = NULL, *best = NULL;

	while ((slot = standby_each(job, slot ? slot->slot : 0)))
		if (is_fit(slot) && (!best || slot->inst.started_us < best->inst.started_us))
			best = slot;
	return best;
}

static struct job *choice(const struct job *job)
{
	struct job *next = job->standby->next;

	if (job->want != WANT_UP || job->removed || !job->spec->standby)
		return NULL;
	/* Of a definition that has not shown yet that it is good the failure is to be seen: version_failed(). */
	if (version_on_trial(job))
		return NULL;
	return next && is_fit(next) ? next : longest(job);
}

static bool has_ends(const struct job_ends *ends)
{
	uint64_t any = ends->signals;
	size_t i;

	for (i = 0; i < sizeof(ends->codes) / sizeof(*ends->codes); i++)
		any |= ends->codes[i];
	return any;
}

/* Where an end may be one that no restart follows, vigild judges it before anybody is told. */
static bool any_end_is_followed(const struct job_spec *spec)
{
	return spec->restart == JOB_RESTART_ALWAYS && !has_ends(&spec->restart_prevent);
}

static uint64_t watch_to_tie(const struct job *job)
{
	return job->standby->next && job->agent->watcher.v && any_end_is_followed(job->spec) ?
	       job->inst.watch_id : 0;
}

static void choose(struct job *job)
{
	struct standby *s = job->standby;
	struct job *next = choice(job);

	if (next != s->next) {
		s->next = next;
		persist_job(job);
	}
	if ((s->tied_watch == watch_to_tie(job) && (!s->tied_watch || s->tied == next)) || s->untied)
		return;
	s->untied = true;
	TAILQ_INSERT_TAIL(&job->agent->standbys.untied, job, tie_link);
}

/* Nobody who was chosen before is told from now on. */
static void retie(struct job *job)
{
	struct standby *s = job->standby;
	uint64_t watch = watch_to_tie(job);
	struct job *next = s->next;

	if (s->tied_watch && s->tied_watch == job->inst.watch_id && (!watch || s->tied != next))
		bell_untie(job);
	s->tied_watch = 0;
	s->tied = NULL;
	if (!watch || bell_tie(job, bell_early(&next->standby->bell)))
		return;
	s->tied_watch = watch;
	s->tied = next;
}

void standby_tie(struct agent *a)
{
	struct job *job;

	while ((job = TAILQ_FIRST(&a->standbys.untied))) {
		TAILQ_REMOVE(&a->standbys.untied, job, tie_link);
		job->standby->untied = false;
		retie(job);
	}
}

void standby_hold(struct job *job)
{
	struct standby *s = job->standby;

	if (!s || job->slot)
		return;
	if (s->tied_watch)
		bell_untie(job);
	s->next = NULL;
	s->tied = NULL;
	s->tied_watch = 0;
}

/* A standby that was told in error believes that it is the primary: another takes its place. */
void standby_moved(struct job *job)
{
	struct standby *s = job->standby;
	struct job *told = s ? s->tied : NULL;

	if (!told || !s->tied_watch)
		return;
	s->tied = NULL;
	s->tied_watch = 0;
	if (bell_untie(job) && told->inst.pid)
		life_renew(told);
	standby_touch(job);
}

/* What is left of an instance of the job's lanes but its own: killed, and waited for. */
static bool remains_are_gone(struct job *job)
{
	struct job *slot = NULL;
	bool gone = true;

	while ((slot = standby_each(job, slot ? slot->slot : 0)))
		if (!slot->inst.pid)
			gone &= leftover_none(slot);
	return gone;
}

static void send_signal(struct job *job)
{
	int err = job->spec->takeover_signal ?
		  proc_pidfd_kill(job->inst.pidfd, job->spec->takeover_signal) : 0;

	if (err && err != -ESRCH)
		log_error("%s: cannot signal pid %d: %s", job->name, job->inst.pid, strerror(-err));
}

static void confirm(struct job *job)
{
	if (!job->standby->untold || !job->inst.pid)
		return;
	if (job->spec->singleton && !remains_are_gone(job))
		return;
	bell_ring(job, job->standby->bell.primary);
	send_signal(job);
	job->standby->untold = false;
	persist_job(job);
}

static void forget_next(struct standby *s)
{
	s->next = NULL;
	s->tied = NULL;
	s->tied_watch = 0;
}

/* It may believe that it is the primary: it ends before another one is told. */
static void end_told(struct job *told)
{
	if (!told->inst.pid)
		return;
	log_warning("%s: was to take over and is not fit for it any more: killed", told->name);
	proc_pidfd_kill(told->inst.pidfd, SIGKILL);
	if (cgroup_populated(&told->cgroup))
		cgroup_kill(&told->cgroup);
}

/* From here on @slot is the job, and @job the standby in whose place the dead instance is. */
static void take_over(struct job *job, struct job *slot)
{
	struct standby *was = job->standby, *is = slot->standby;
	char text[2 * JOB_NAME_LEN_MAX + 40];

	if (was->tied && was->tied != slot)
		end_told(was->tied);
	bell_ring(slot, bell_early(&is->bell));
	log_notice("%s: %s takes over as pid %d", job->name, slot->name, slot->inst.pid);
	snprintf(text, sizeof(text), "pid %d is %s from now on", slot->inst.pid, job->name);
	history_note(slot, HISTORY_PROMOTED, text);
	exchange_jobs(job, slot);
	forget_next(is);
	forget_next(was);
	is->since_us = clock_us();
	is->untold = true;
	/* Who has asked for a start has got it. */
	slot->attempts = ++slot->agent->attempts;
	was->since_us = 0;
	was->untold = false;
	slot->last_exit = job->last_exit;
	if (job->reload.step == RELOAD_ASKED || job->reload.step == RELOAD_BEGUN) {
		slot->reload.step = RELOAD_FAILED;
		snprintf(slot->reload.why, sizeof(slot->reload.why), "its process has ended");
	}
	history_took_over(slot, job->name);
	history_state(slot);
	persist_job(slot);
	persist_job(job);
	confirm(slot);
}

void standby_succeed(struct job *job, enum sup_end how)
{
	struct job *next;

	if (!job->standby || job->slot || !sup_wants(job->spec, how))
		return;
	next = choice(job);
	if (next)
		take_over(job, next);
	else if (job->standby->tied)
		/* The job is started anew: there would be two. */
		end_told(job->standby->tied);
}

/* Its standbys have no work to wait for. */
static bool is_down(const struct job *job)
{
	switch (job->state) {
	case JOB_STOPPED:
	case JOB_FAILED:
	case JOB_DONE:
		return true;
	default:
		return job->removed || job->want == WANT_DOWN || job->want == WANT_FAIL;
	}
}

static void start_missing(struct job *job)
{
	struct job *slot = NULL;

	while ((slot = standby_each(job, slot ? slot->slot : 0)))
		if (!slot->removed && slot->state == JOB_STOPPED)
			life_start(slot);
}

/* What it was to be told by was lost, with vigild and the holder: it would wait in vain. */
static void renew_deaf(struct job *job)
{
	struct job *slot = NULL;

	while ((slot = standby_each(job, slot ? slot->slot : 0))) {
		if (slot->state != JOB_RUNNING || slot->want != WANT_UP ||
		    slot->standby->bell.primary >= 0)
			continue;
		log_warning("%s: its eventfd is lost: restarted", slot->name);
		life_renew(slot);
	}
}

static void stop_all(struct job *job)
{
	struct job *slot = NULL;

	while ((slot = standby_each(job, slot ? slot->slot : 0)))
		if (slot->want != WANT_DOWN)
			life_stop(slot);
}

void standby_renew(struct job *job)
{
	struct job *slot = NULL;

	while ((slot = standby_each(job, slot ? slot->slot : 0)))
		if (slot->want != WANT_DOWN)
			life_restart(slot);
}

static void renew_all(struct job *job)
{
	if (job->standby->renewed)
		return;
	job->standby->renewed = true;
	standby_renew(job);
}

static void look_after(struct job *job)
{
	if (job->want != WANT_RESTART)
		job->standby->renewed = false;
	if (is_down(job))
		stop_all(job);
	else if (job->want == WANT_RESTART)
		renew_all(job);
	else if (job->state == JOB_RUNNING)
		start_missing(job);
	renew_deaf(job);
	confirm(job);
	choose(job);
	/* One that has become ready since the job's process died need not wait for its next start. */
	if (job->state == JOB_BACKOFF && job->standby->next) {
		struct job *next = job->standby->next;

		take_over(job, next);
		history_state(job);
	}
}

/* Who was chosen, and who there is, is told of all of them. */
static void show(struct job *job)
{
	struct job *slot = NULL;

	view_touch(job);
	while ((slot = standby_each(job, slot ? slot->slot : 0)))
		view_touch(slot);
}

/* As many as were touched before: what follows from them has its turn later. */
bool standby_turn(struct agent *a)
{
	struct job *job, *last = TAILQ_LAST(&a->standbys.touched, standby_list), *owner;

	while (last && (job = TAILQ_FIRST(&a->standbys.touched))) {
		TAILQ_REMOVE(&a->standbys.touched, job, standby_link);
		job->standby->touched = false;
		if (job == last)
			last = NULL;
		owner = standby_owner(job);
		if (owner && owner->standby) {
			look_after(owner);
			show(owner);
		}
	}
	return !TAILQ_EMPTY(&a->standbys.touched);
}

/* One that stands by is always wanted, and its limit is no matter of others. */
const struct job_spec *standby_policy(const struct job *job)
{
	static struct job_spec spec;

	if (!job->slot)
		return job->spec;
	spec = *job->spec;
	spec.restart = JOB_RESTART_ALWAYS;
	spec.restart_prevent = (struct job_ends){ 0 };
	spec.on_limit = JOB_LIMIT_FAIL;
	return &spec;
}

void standby_ask(struct job *job)
{
	struct job *slot = NULL;

	while ((slot = standby_each(job, slot ? slot->slot : 0)))
		if (slot->state == JOB_FAILED)
			life_start(slot);
}

void standby_reload(struct job *job)
{
	struct job *slot = NULL;
	char why[160];

	while ((slot = standby_each(job, slot ? slot->slot : 0)))
		if (slot->state == JOB_RUNNING && reload_begin(slot, why, sizeof(why)))
			log_warning("%s: %s", slot->name, why);
}

bool standby_all_down(const struct job *job)
{
	struct job *slot = NULL;

	while ((slot = standby_each(job, slot ? slot->slot : 0)))
		if (slot->state != JOB_STOPPED)
			return false;
	return true;
}

uint64_t standby_since(const struct job *job)
{
	uint64_t since_us = job->standby ? job->standby->since_us : 0;

	return since_us > job->inst.started_us ? since_us : job->inst.started_us;
}

const char *standby_role(const struct job *job)
{
	if (job->slot)
		return "standby";
	if (!job->standby || !job->spec->standby)
		return NULL;
	return job->standby->untold ? "takeover" : "primary";
}

int standby_save(struct job *job, struct store *store)
{
	const struct standby *s = job->standby;
	const struct store_standby row = {
		.name = job->name,
		.lane = job_lane(job),
		.next = s && s->next ? job_lane(s->next) : "",
		.untold = s && s->untold,
		.since_us = s ? s->since_us : 0,
	};

	return s ? store_put_standby(store, &row) : 0;
}

void standby_load(struct job *job, const struct store_standby *row)
{
	if (have(job))
		return;
	job->standby->stored = true;
	lane_set(job, row->lane);
	snprintf(job->standby->next_lane, sizeof(job->standby->next_lane), "%s", row->next);
	job->standby->untold = row->untold;
	job->standby->since_us = row->since_us;
}

void standby_loaded(struct agent *a)
{
	size_t i;

	for (i = 0; i < a->jobs.n; i++)
		if (a->jobs.list[i]->slot && !a->jobs.list[i]->standby->stored)
			lane_choose(a->jobs.list[i]);
}

/* Whom an earlier vigild had chosen may have been told since. */
void standby_adopt(struct job *job)
{
	struct standby *s = job->standby;
	struct job *next;

	if (!s)
		return;
	bell_adopt(job);
	next = s->next_lane[0] ? standby_by_lane(job->agent, s->next_lane) : NULL;
	if (next && next->slot && standby_owner(next) == job)
		s->next = next;
	s->tied = s->next;
	standby_touch(job);
}

void standby_forget(struct job *job)
{
	struct job *owner = standby_owner(job);
	struct standbys *all = &job->agent->standbys;
	struct standby *s = job->standby;

	if (!s)
		return;
	if (s->touched)
		TAILQ_REMOVE(&all->touched, job, standby_link);
	if (s->untied)
		TAILQ_REMOVE(&all->untied, job, tie_link);
	s->touched = false;
	s->untied = false;
	bell_close(job);
	if (!owner || owner == job || !owner->standby)
		return;
	view_touch(owner);
	if (owner->standby->next == job)
		owner->standby->next = NULL;
	if (owner->standby->tied == job)
		owner->standby->tied = NULL;
}

void standby_free(struct job *job)
{
	if (job->standby)
		bell_free(&job->standby->bell);
	free(job->standby);
	job->standby = NULL;
}
