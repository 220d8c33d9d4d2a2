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
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/beat.h"
#include "user/agent/explain.h"
#include "user/agent/handover.h"
#include "user/agent/life.h"
#include "user/agent/phase.h"
#include "user/agent/proc.h"
#include "user/agent/progress.h"
#include "user/agent/standby.h"
#include "user/agent/stray.h"
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
	bool hung;			/* ... and the living one has missed its beat */
	bool died;			/* the kernel has an exit that was not handled */
	struct vigil_watch death;
};

/* Of another boot it tells nothing that matters now. */
static void take_progress(void *arg, const char *name, const struct store_progress *p)
{
	struct agent *a = arg;
	struct job *job = jobs_find(&a->jobs, name);

	if (!job)
		return;
	job->progress_stored = true;
	if (job->saved && job->saved->row)
		progress_take(job, p);
}

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

/* A standby of a job that has none any more is found by its lane all the same. */
static void take_standby(void *arg, const struct store_standby *row)
{
	struct agent *a = arg;
	struct job *job = jobs_find(&a->jobs, row->name);

	if (!job && (strchr(row->name, '+') || strcmp(row->name, row->lane) != 0))
		job = job_or_orphan(a, row->name);
	if (job)
		standby_load(job, row);
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

/*
 * What the store knows of its readiness is taken. Where it knows nothing, since it was lost, the
 * instance may have been ready for long, and will not say so again.
 */
static bool match_ready(struct job *job)
{
	bool match = ready_match(job);
	uint64_t age_us = clock_us() - job->inst.started_us;

	job->ready.forgotten = !match && (!job->saved->row || job->agent->persist.anew ||
					  age_us > job->spec->ready.start_timeout_us);
	return match;
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
		.ours = fd >= 0 && proc_is_child(pid),
		.adopted = true,
		.start_ticks = start_ticks,
		.started_us = proc_ticks_to_us(start_ticks),
		.watch_id = watch_id,
	};
	return 0;
}

/* A vigild that was killed while it moved the watch to a new main process has left both. */
static bool moved(struct job *job, const struct vigil_watch *w)
{
	if (!ready_hears(job->spec) && job->spec->ready.how != JOB_READY_FORKS)
		return false;
	if (!job->saved->row || job->saved->watch_id != w->id) {
		watch_release(job->agent, w->id);
		return true;
	}
	watch_release(job->agent, job->inst.watch_id);
	if (job->inst.pidfd >= 0)
		close(job->inst.pidfd);
	job->inst = (struct instance){ .pidfd = -1 };
	return false;
}

static void take_alive(struct job *job, const struct vigil_watch *w)
{
	int err;

	if (job->inst.pid && moved(job, w))
		return;
	if (job->inst.pid) {
		log_error("%s: runs twice, as pid %d and as pid %d; the second is left alone",
			  job->name, job->inst.pid, w->pid);
		return;
	}
	err = take_instance(job, w->pid, w->start_ticks, w->id);
	job->saved->hung = w->deadline.ms && w->deadline.state == VIGIL_BEAT_STATE_HUNG;
	if (err)
		log_error("%s: cannot adopt pid %d: %s", job->name, w->pid, strerror(-err));
	else
		log_notice("%s: adopted pid %d", job->name, w->pid);
}

static bool died_in_gate(const struct vigil_watch *w)
{
	return strcmp(w->comm, CHILD_COMM) == 0;
}

/* Of two unhandled deaths: one that never ran was made because of the death of the row's instance. */
static bool outranks(const struct saved *s, const struct vigil_watch *a, const struct vigil_watch *b)
{
	if (s->alive && a->id == s->watch_id && died_in_gate(b))
		return true;
	if (s->alive && b->id == s->watch_id && died_in_gate(a))
		return false;
	return a->exit.boottime_ns > b->exit.boottime_ns;
}

static void take_dead(struct job *job, const struct vigil_watch *w)
{
	struct saved *s = job->saved;
	bool handled = s->row && !s->alive && s->watch_id == w->id &&
		       s->start_ticks == w->start_ticks;

	if (handled || (s->died && outranks(s, &s->death, w))) {
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
		bool alive = w->state != VIGIL_WATCH_STATE_DEAD;
		struct job *job;

		job = standby_by_lane(a, w->tag);
		if (!alive && !job) {
			watch_release(a, w->id);
			continue;
		}
		job = job_or_orphan(a, job ? job->name : w->tag);
		if (job && alive)
			take_alive(job, w);
		else if (job)
			take_dead(job, w);
	}
	free(dump.list);
	return 0;
}

/*
 * One that still has the name it has at its gate when it cannot get any further has never run its
 * program. Whether the earlier vigild let it through makes no difference any more: it goes, and
 * its death is as if it had found the gate closed.
 */
static bool end_at_gate(struct job *job)
{
	if (job->state == JOB_RUNNING || !proc_has_name(job->inst.pid, CHILD_COMM))
		return false;
	proc_pidfd_kill(job->inst.pidfd, SIGKILL);
	job->inst.never_ran = proc_has_name(job->inst.pid, CHILD_COMM);
	if (job->inst.never_ran)
		log_notice("%s: pid %d is still at its gate: ended", job->name, job->inst.pid);
	return job->inst.never_ran;
}

/* The row's process: adopted, or dead with nobody to tell how. */
static void adopt_row(struct job *job)
{
	const struct saved *s = job->saved;
	struct store_exit end = { .known = true, .realtime_ns = clock_realtime_ns() };
	uint64_t started_us = proc_ticks_to_us(s->start_ticks);

	if (take_instance(job, s->pid, s->start_ticks, 0) == 0 && watch_begin(job) == 0) {
		if (end_at_gate(job)) {
			ready_match(job);
			return;
		}
		log_notice("%s: adopted pid %d", job->name, s->pid);
		life_resume(job, match_ready(job) && job->state == JOB_STOPPING);
		return;
	}
	if (!job->inst.pid)
		job->inst = (struct instance){
			.pid = s->pid,
			.pidfd = -1,
			.adopted = true,
			.start_ticks = s->start_ticks,
		};
	ready_match(job);
	if (!fork_left(job, &end, clock_us() - started_us))
		life_died(job, &end, clock_us() - started_us, false);
}

static void handle_saved_death(struct job *job)
{
	const struct saved *s = job->saved;
	const struct vigil_watch *w = &s->death;
	struct store_exit end = watch_exit(&w->exit);
	bool in_gate = died_in_gate(w), known = s->alive && s->watch_id == w->id;

	job->inst = (struct instance){
		.pid = w->pid,
		.pidfd = -1,
		.adopted = true,
		.start_ticks = w->start_ticks,
		.watch_id = w->id,
	};
	ready_match(job);
	/* A command's process is in the store before it runs: one that ran is the program's. */
	if (!known && !in_gate)
		job->progress.phase = PHASE_MAIN;
	else if (!known && !phase_tidies(job))
		phase_begin(job);
	if (in_gate || !fork_left(job, &end, (w->exit.boottime_ns - w->start_ns) / NS_PER_US))
		life_died(job, &end, (w->exit.boottime_ns - w->start_ns) / NS_PER_US, in_gate);
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
	if (!same) {
		job->progress.phase = PHASE_MAIN;
		job->state = JOB_STARTING;
	}
	if (job->removed)
		job->want = WANT_DOWN;
	else if (!same && job->want != WANT_DOWN)
		job->want = WANT_UP;
	if (end_at_gate(job)) {
		ready_match(job);
		return;
	}
	beat_adopt(job);
	life_resume(job, match_ready(job) && job->state == JOB_STOPPING);
	if (s->hung)
		life_doom(job, READY_DOOM_HUNG);
}

/* Nothing of it runs, and nobody has died unseen. */
/*
 * What runs in the cgroup of a job of which nothing is known to run was started by a vigild that could not
 * store it any more. Its next start may be far off, and would be a second instance.
 */
static void end_unknown(struct job *job)
{
	if (job->inst.pid || phase_tidies(job) || !cgroup_populated(&job->cgroup))
		return;
	log_notice("%s: what is left in its cgroup is killed", job->name);
	cgroup_kill(&job->cgroup);
}

static void settle_down(struct job *job)
{
	if (job->handover.given)
		persist_job(job);
	else if (!job->saved->row && job->want == WANT_UP)
		history_note(job, HISTORY_AUTOSTART, NULL);
	else if (!job->saved->row && !job->removed && !job->slot)
		history_note(job, HISTORY_HELD, NULL);
	life_settle(job, job->saved->due_us);
}

static void settle(struct job *job)
{
	const struct saved *s = job->saved;

	if (!s->row) {
		/* A standby waits to be started by its job. */
		job->want = job->removed || job->slot || !job->spec->autostart ? WANT_DOWN : WANT_UP;
		job->pulls = job->want == WANT_UP;
		phase_begin(job);
	}
	if (!s->row && job->handover.given) {
		job->want = WANT_UP;
		job->pulls = false;
		job->state = JOB_FAILED;
	}
	if (job->removed)
		job->want = WANT_DOWN;
	/* Its cgroup is looked at even if nothing is to run: for what was left there. */
	cgroup_job_make(&job->agent->cgroups, &job->cgroup);
	standby_adopt(job);
	if (job->inst.pid)
		resume_watched(job);
	else if (s->died)
		handle_saved_death(job);
	else if (s->alive)
		adopt_row(job);
	else
		settle_down(job);
	end_unknown(job);
}

static void take_salvaged(void *arg, const struct store_job *row)
{
	struct agent *a = arg;

	if (!jobs_find(&a->jobs, row->name) || (row->alive && row->pid <= 1))
		return;
	a->persist.salvaged++;
	take_row(a, row);
}

/*
 * The store was damaged, but rows of it may be whole. Nothing is believed of one but what is found to be
 * so: a process must have its start time as well.
 */
static void salvage(struct agent *a)
{
	char name[NAME_MAX + 1];

	if (store_damaged_newest(a->opt.state_dir, name, sizeof(name)))
		store_salvage_jobs(a->opt.state_dir, name, take_salvaged, a);
	log_notice("the states of %zu jobs could be read from the damaged store", a->persist.salvaged);
}

int adopt_all(struct agent *a)
{
	struct store *store = persist_source(a);
	size_t i;
	int err;

	if (store && store_each_standby(store, take_standby, a))
		log_error("cannot read which standbys there are: %s", store_error(store));
	standby_loaded(a);
	if (store && (store_each_job(store, take_row, a) ||
		      store_each_progress(store, take_progress, a)))
		log_error("cannot read the jobs' states: %s", store_error(store));
	if (store && store_each_ready(store, ready_load, a))
		log_error("cannot read how far the jobs were: %s", store_error(store));
	handover_load(a);
	foretell_load(a);
	version_rows_load(a);
	if (a->persist.anew)
		salvage(a);
	err = take_watches(a);
	if (err) {
		log_error("cannot list the watches: %s", strerror(-err));
		return err;
	}
	history_load(a);
	persist_adopted(a);
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
	stray_reap_all(a);
	return 0;
}
