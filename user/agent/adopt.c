// SPDX-License-Identifier: GPL-2.0
/*
 * At start: take over what earlier vigilds left running.
 *
 * Two sources tell of instances. The kernel's watches: at most one per job is alive, and a dead
 * one is news unless the store's row says that it was handled. The store's rows: they name an
 * instance by process ID and start time; where a watch tells more, the watch wins. An instance
 * that neither knows has never passed its gate.
 */
#include "user/agent/adopt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/explain.h"
#include "user/agent/life.h"
#include "user/agent/proc.h"
#include "user/base/clock.h"
#include "user/base/log.h"

/** struct saved - what is known of one job until it is settled. */
struct saved {
	bool row;			/* the store has a row of this boot */
	bool alive;			/* ... with an instance that was not seen dead */
	pid_t pid;
	uint64_t start_ticks;
	uint64_t watch_id;
	uint64_t due_us;
	bool died;			/* the kernel has an exit that was not handled */
	struct vigil_watch death;
};

static int find_name(const char *const name, const char *(*name_of)(int), int n, int otherwise)
{
	int i;

	for (i = 0; i < n; i++)
		if (strcmp(name, name_of(i)) == 0)
			return i;
	return otherwise;
}

static const char *state_name(int i)
{
	return job_state_name((enum job_state)i);
}

static const char *want_name(int i)
{
	return job_want_name((enum job_want)i);
}

/* A job, if need be one that no job file names: that one will be stopped. */
static struct job *job_or_orphan(struct agent *a, const char *name)
{
	struct job *job = jobs_find(&a->jobs, name);

	if (!job) {
		job = jobs_add(&a->jobs, a, name);
		if (!job)
			return NULL;
		if (job_define(job, NULL, NULL)) {
			jobs_take(&a->jobs, job);
			job_free(job);
			return NULL;
		}
		job->removed = true;
	}
	if (!job->saved)
		job->saved = calloc(1, sizeof(*job->saved));
	return job->saved ? job : NULL;
}

static void take_row(void *arg, const struct store_job *row)
{
	struct agent *a = arg;
	bool this_boot = strcmp(row->boot_id, a->boot_id) == 0;
	struct job *job;

	if (!jobs_find(&a->jobs, row->name) && !(this_boot && row->alive))
		return;
	job = job_or_orphan(a, row->name);
	if (!job)
		return;
	job->last_exit = row->exit;
	/* A new boot begins anew; how the last instance ended is all that is of interest. */
	if (!this_boot)
		return;
	*job->saved = (struct saved){
		.row = true,
		.alive = row->alive,
		.pid = (pid_t)row->pid,
		.start_ticks = row->start_ticks,
		.watch_id = row->watch_id,
		.due_us = row->due_us,
	};
	job->state = (enum job_state)find_name(row->state, state_name, JOB_STATES, JOB_STARTING);
	job->want = (enum job_want)find_name(row->want, want_name, WANTS, WANT_UP);
	job->sup.restarts = row->restarts;
	job->sup.level = row->level;
	sup_read(&job->sup, row->recent);
	explain_copy(job->reason, row->reason ? row->reason : "");
	job->handled_watch = row->watch_id;
	job->handled_ticks = row->start_ticks;
}

/* A pidfd that is certain to be of this instance, or a negative errno. */
static int open_instance(pid_t pid, uint64_t start_ticks)
{
	uint64_t ticks;
	int fd = proc_pidfd_open(pid), err;

	if (fd < 0)
		return fd;
	/* Read while the pidfd is held: if it is ours still now, the pidfd is of ours. */
	err = proc_start_ticks(pid, &ticks);
	if (!err && ticks != start_ticks)
		err = -ESRCH;
	if (!err)
		return fd;
	close(fd);
	return err;
}

static int take_instance(struct job *job, pid_t pid, uint64_t start_ticks, uint64_t watch_id)
{
	int fd = open_instance(pid, start_ticks);

	if (fd < 0 && !(watch_id && fd == -ESRCH))
		return fd;
	/* Without a pidfd it has died since the dump: its event is on its way. */
	job->inst = (struct instance){
		.pid = pid,
		.pidfd = fd < 0 ? -1 : fd,
		.start_ticks = start_ticks,
		.started_us = proc_ticks_to_us(start_ticks),
		.watch_id = watch_id,
	};
	return 0;
}

static void take_alive(struct job *job, const struct vigil_watch *w)
{
	int err;

	if (job->inst.pid) {
		log_error("%s: runs twice, as pid %d and as pid %d; the second is left alone",
			  job->name, job->inst.pid, w->pid);
		return;
	}
	err = take_instance(job, w->pid, w->start_ticks, w->id);
	if (err)
		log_error("%s: cannot adopt pid %d: %s", job->name, w->pid, strerror(-err));
	else
		log_notice("%s: adopted pid %d", job->name, w->pid);
}

static void take_dead(struct job *job, const struct vigil_watch *w)
{
	struct saved *s = job->saved;
	bool handled = s->row && !s->alive && s->watch_id == w->id &&
		       s->start_ticks == w->start_ticks;

	if (handled || (s->died && s->death.exit.boottime_ns > w->exit.boottime_ns)) {
		watch_release(job->agent, w->id);
		return;
	}
	if (s->died)
		watch_release(job->agent, s->death.id);
	s->died = true;
	s->death = *w;
}

static int take_watches(struct agent *a)
{
	struct watch_array dump;
	size_t i;
	int err;

	if (!a->watcher.v)
		return 0;
	err = watch_dump(a, &dump);
	if (err)
		return err;
	for (i = 0; i < dump.n; i++) {
		const struct vigil_watch *w = &dump.list[i];
		bool alive = w->state == VIGIL_WATCH_STATE_ALIVE;
		struct job *job;

		if (!alive && !jobs_find(&a->jobs, w->tag)) {
			watch_release(a, w->id);
			continue;
		}
		job = job_or_orphan(a, w->tag);
		if (job && alive)
			take_alive(job, w);
		else if (job)
			take_dead(job, w);
	}
	free(dump.list);
	return 0;
}

/* The row's process: adopted, or dead with nobody to tell how. */
static void adopt_row(struct job *job)
{
	const struct saved *s = job->saved;
	struct store_exit end = { .known = true, .realtime_ns = clock_realtime_ns() };
	uint64_t started_us = proc_ticks_to_us(s->start_ticks);

	if (take_instance(job, s->pid, s->start_ticks, 0) == 0 && watch_begin(job) == 0) {
		log_notice("%s: adopted pid %d", job->name, s->pid);
		life_resume(job);
		return;
	}
	if (!job->inst.pid)
		job->inst = (struct instance){
			.pid = s->pid,
			.pidfd = -1,
			.start_ticks = s->start_ticks,
		};
	life_died(job, &end, clock_us() - started_us, false);
}

static void handle_saved_death(struct job *job)
{
	const struct vigil_watch *w = &job->saved->death;
	struct store_exit end = watch_exit(&w->exit);

	job->inst = (struct instance){
		.pid = w->pid,
		.pidfd = -1,
		.start_ticks = w->start_ticks,
		.watch_id = w->id,
	};
	life_died(job, &end, (w->exit.boottime_ns - w->start_ns) / NS_PER_US,
		  strcmp(w->comm, CHILD_COMM) == 0);
}

/*
 * The store may not know of the instance at all: what the store last said of the job may
 * precede the start of it. Only a wish to end it, told when it ran, is followed.
 */
static void resume_watched(struct job *job)
{
	const struct saved *s = job->saved;
	bool same = s->row && s->watch_id == job->inst.watch_id;

	if (s->died)
		watch_add_stale(job, s->death.id);
	if (job->removed)
		job->want = WANT_DOWN;
	else if (!same && job->want != WANT_DOWN)
		job->want = WANT_UP;
	life_resume(job);
}

static void settle(struct job *job)
{
	const struct saved *s = job->saved;

	if (!s->row)
		job->want = job->removed || !job->spec->autostart ? WANT_DOWN : WANT_UP;
	if (job->removed)
		job->want = WANT_DOWN;
	/* Its cgroup is looked at even if nothing is to run: for what was left there. */
	cgroup_job_make(&job->agent->cgroups, &job->cgroup);
	if (job->inst.pid)
		resume_watched(job);
	else if (s->died)
		handle_saved_death(job);
	else if (s->alive)
		adopt_row(job);
	else
		life_settle(job, s->due_us);
}

int adopt_all(struct agent *a)
{
	size_t i;
	int err;

	if (a->persist.store && store_each_job(a->persist.store, take_row, a))
		log_error("cannot read the jobs' states: %s", store_error(a->persist.store));
	err = take_watches(a);
	if (err) {
		log_error("cannot list the watches: %s", strerror(-err));
		return err;
	}
	/* Backwards: an orphan that is down leaves the table at once. */
	for (i = a->jobs.n; i-- > 0;) {
		struct job *job = a->jobs.list[i];
		struct saved *s;

		if (!job->saved)
			job->saved = calloc(1, sizeof(*job->saved));
		if (!job->saved)
			return -ENOMEM;
		s = job->saved;
		settle(job);
		/* The job lives until the end of the turn at least. */
		job->saved = NULL;
		free(s);
	}
	return 0;
}
