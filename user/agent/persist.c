// SPDX-License-Identifier: GPL-2.0
/* When and what vigild writes to its store, and how it goes on without one. */
#include "user/agent/persist.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "user/agent/agent.h"
#include "user/agent/progress.h"
#include "user/agent/standby.h"
#include "user/base/clock.h"
#include "user/base/log.h"
#include "user/base/path.h"

enum { RECENT_TEXT_MAX = SUP_RECENT_MAX * 21 };

static void retry_later(struct agent *a)
{
	loop_arm(&a->loop, &a->persist.retry, clock_us() + AGENT_STORE_RETRY_US);
}

/* A store that will never open makes room for a new one. False: it could not. */
static bool set_aside(struct agent *a, const char *why)
{
	char name[NAME_MAX + 1];
	int err = store_set_aside(a->opt.state_dir, name, sizeof(name));

	if (err) {
		log_error("the store is damaged (%s) and cannot be set aside: %s", why,
			  strerror(-err));
		return false;
	}
	log_error("the store is damaged (%s): it is set aside as %s, a new one is begun", why, name);
	return true;
}

static void lost(struct agent *a, const char *why)
{
	struct persist *p = &a->persist;

	/* Once per kind of trouble, not once per attempt. */
	if (strncmp(p->why, why, sizeof(p->why) - 1) != 0)
		log_error("the store cannot be written, going on without it: %s", why);
	snprintf(p->why, sizeof(p->why), "%s", why);
	store_close(p->store);
	p->store = NULL;
	retry_later(a);
}

static void try_open(struct agent *a)
{
	struct persist *p = &a->persist;
	char why[sizeof(p->why)];
	int err = path_make_dirs(a->opt.state_dir, 0700);

	if (err) {
		snprintf(why, sizeof(why), "%s: %s", a->opt.state_dir, strerror(-err));
		lost(a, why);
		return;
	}
	p->store = store_open(a->opt.state_dir, why, sizeof(why));
	if (!p->store && errno == EUCLEAN && set_aside(a, why)) {
		p->anew = a->jobs.n == 0;
		p->store = store_open(a->opt.state_dir, why, sizeof(why));
	}
	p->opened++;
	if (!p->store)
		lost(a, why);
}

static void reopen(void *arg)
{
	struct agent *a = arg;
	size_t i;

	try_open(a);
	if (!a->persist.store)
		return;
	history_renew(a);
	/* It may be another file, or an older state of it. */
	for (i = 0; i < a->jobs.n; i++) {
		a->jobs.list[i]->progress_stored = true;
		a->jobs.list[i]->handover.stored = true;
		a->jobs.list[i]->foretell_stored = true;
		a->jobs.list[i]->ver.stored = true;
		a->jobs.list[i]->ver.saved_digest = 0;
		persist_job(a->jobs.list[i]);
	}
	jobset_unsaved(&a->set);
}

/* On a full disk what is there is still to be believed. */
static void open_reader(struct agent *a)
{
	char why[sizeof(a->persist.why)];

	a->persist.reader = store_open_full(a->opt.state_dir, why, sizeof(why));
	if (a->persist.reader)
		log_notice("the store can still be read");
}

struct store *persist_source(const struct agent *a)
{
	return a->persist.store ? a->persist.store : a->persist.reader;
}

void persist_adopted(struct agent *a)
{
	store_close(a->persist.reader);
	a->persist.reader = NULL;
}

void persist_open(struct agent *a)
{
	struct persist *p = &a->persist;

	TAILQ_INIT(&p->dirty);
	TAILQ_INIT(&p->gone);
	p->retry = (struct loop_timer){ .fn = reopen, .arg = a };
	try_open(a);
	if (!p->store)
		open_reader(a);
}

void persist_job(struct job *job)
{
	if (!job->dirty)
		TAILQ_INSERT_TAIL(&job->agent->persist.dirty, job, dirty_link);
	job->dirty = true;
	view_touch(job);
	/* What is news for the store is news for the others. */
	order_touch(job);
	standby_touch(job);
}

void persist_gone(struct job *job)
{
	struct persist *p = &job->agent->persist;

	if (job->dirty)
		TAILQ_REMOVE(&p->dirty, job, dirty_link);
	job->dirty = false;
	order_forget(job);
	standby_forget(job);
	jobs_take(&job->agent->jobs, job);
	TAILQ_INSERT_TAIL(&p->gone, job, gone_link);
}

static int put_job(struct agent *a, struct job *job)
{
	static char recent[RECENT_TEXT_MAX];
	const struct instance *inst = &job->inst;
	bool alive = inst->pid != 0;
	struct store_job row = {
		.name = job->name,
		.boot_id = a->boot_id,
		.want = job_want_name(job->want),
		.state = job_state_name(job->state),
		.alive = alive,
		.pid = inst->pid,
		.start_ticks = alive ? inst->start_ticks : job->handled_ticks,
		.watch_id = alive ? inst->watch_id : job->handled_watch,
		.restarts = job->sup.restarts,
		.level = job->sup.level,
		.due_us = timer_armed(&job->timer) ? job->timer.due_us : 0,
		.recent = recent,
		.reason = job->reason[0] ? job->reason : NULL,
		.exit = job->last_exit,
	};
	int err;

	sup_write(&job->sup, recent, sizeof(recent));
	err = store_put_job(a->persist.store, &row);
	return err ? err : progress_put(a->persist.store, job);
}

static int write_all(struct agent *a)
{
	struct persist *p = &a->persist;
	struct job *job;
	int err = store_begin(p->store);

	if (!err)
		err = jobset_save(&a->set, p->store);
	TAILQ_FOREACH(job, &p->dirty, dirty_link) {
		if (err)
			break;
		err = put_job(a, job);
		if (!err)
			err = ready_save(job, p->store);
		if (!err)
			err = handover_put(job, p->store);
		if (!err)
			err = foretell_put(job, p->store);
		if (!err)
			err = version_save(job, p->store);
		if (!err)
			err = standby_save(job, p->store);
		if (!err)
			err = history_put(a, job);
	}
	TAILQ_FOREACH(job, &p->gone, gone_link) {
		if (err)
			break;
		err = store_del_job(p->store, job->name);
		if (!err)
			err = store_del_ready(p->store, job->name);
		if (!err)
			err = store_del_standby(p->store, job->name);
		if (!err)
			err = store_del_progress(p->store, job->name);
		if (!err)
			err = store_del_handover(p->store, job->name);
		if (!err)
			err = store_del_foretell(p->store, job->name);
		if (!err)
			err = store_del_job_version(p->store, job->name);
		if (!err)
			err = store_del_history(p->store, job->name);
	}
	if (!err && a->rollout.prune)
		err = store_prune_versions(p->store);
	if (!err)
		err = history_put_clock(a);
	if (!err)
		err = store_publish(p->store);
	if (err)
		store_rollback(p->store);
	return err;
}

static void forget_gone(struct agent *a)
{
	struct job *job;

	while ((job = TAILQ_FIRST(&a->persist.gone))) {
		TAILQ_REMOVE(&a->persist.gone, job, gone_link);
		watch_release_stale(job, 0);
		outlets_forget(job);
		cgroup_job_remove(&job->cgroup);
		job_free(job);
	}
}

static void all_written(struct agent *a)
{
	struct persist *p = &a->persist;
	struct job *job;

	if (p->why[0])
		log_notice("the store can be written again");
	p->why[0] = '\0';
	jobset_saved(&a->set);
	a->rollout.prune = false;
	while ((job = TAILQ_FIRST(&p->dirty))) {
		TAILQ_REMOVE(&p->dirty, job, dirty_link);
		job->dirty = false;
		history_tell(job);
		history_written(job);
		watch_release_stale(job, 0);
	}
}

static void count_once(struct agent *a)
{
	struct job *job;

	TAILQ_FOREACH(job, &a->persist.dirty, dirty_link) {
		history_tell(job);
		history_written(job);
	}
}

/* The kernel's exit record stands in for the row: only what a newer watch replaces may go. */
static void release_replaced(struct agent *a)
{
	struct job *job;

	TAILQ_FOREACH(job, &a->persist.dirty, dirty_link) {
		history_tell(job);
		watch_release_stale(job, job->inst.watch_id ? 0 : 1);
	}
}

bool persist_failed(struct agent *a, int err)
{
	struct persist *p = &a->persist;
	char why[sizeof(p->why)];

	snprintf(why, sizeof(why), "%s/" STORE_NAME ": %s", a->opt.state_dir,
		 store_error(p->store));
	lost(a, why);
	if (err != -EUCLEAN || !set_aside(a, why))
		return false;
	reopen(a);
	return p->store;
}

/* True: the store was damaged, and there is a new one to write all of it to. */
static bool write_or_lose(struct agent *a)
{
	int err = write_all(a);

	return err && persist_failed(a, err);
}

void persist_flush(struct agent *a)
{
	struct persist *p = &a->persist;

	/* What is written twice counts twice. */
	assert(!p->flushed);
	if (TAILQ_EMPTY(&p->dirty) && TAILQ_EMPTY(&p->gone) && !jobset_is_unsaved(&a->set) &&
	    !a->history.clock_due)
		return;
	if (p->store && write_or_lose(a))
		write_or_lose(a);
	p->flushed = true;
}

void persist_settle(struct agent *a)
{
	struct persist *p = &a->persist;
	int err;

	if (!p->flushed)
		return;
	p->flushed = false;
	err = p->store ? store_sync(p->store) : 0;
	if (err) {
		/* It is committed, though perhaps not for a power cut: what is added up must not be added again. */
		count_once(a);
		persist_failed(a, err);
	}
	if (p->store)
		all_written(a);
	else
		release_replaced(a);
	forget_gone(a);
}

void persist_close(struct agent *a)
{
	a->history.clock_due = true;
	persist_flush(a);
	persist_settle(a);
	history_rest(a);
	loop_disarm(&a->loop, &a->persist.retry);
	store_close(a->persist.store);
	a->persist.store = NULL;
	persist_adopted(a);
}
