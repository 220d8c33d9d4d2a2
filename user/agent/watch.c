// SPDX-License-Identifier: GPL-2.0
/* How vigild learns of deaths: vigil.ko through libvigil, or pidfds. */
#include "user/agent/watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/beat.h"
#include "user/agent/life.h"
#include "user/agent/proc.h"
#include "user/agent/sender.h"
#include "user/agent/spawn.h"
#include "user/agent/standby.h"
#include "user/base/clock.h"
#include "user/base/log.h"

static void events_ready(void *arg, uint32_t events)
{
	(void)events;
	watch_read_events(arg);
}

static int open_events(struct agent *a)
{
	struct watcher *w = &a->watcher;
	int err = vigil_events_open(0, &w->ev);

	if (err)
		return err;
	err = loop_add(&a->loop, &w->ev_src, vigil_events_fd(w->ev), EPOLLIN);
	if (err) {
		vigil_events_close(w->ev);
		w->ev = NULL;
	}
	return err;
}

static void close_events(struct agent *a)
{
	struct watcher *w = &a->watcher;

	loop_del(&a->loop, &w->ev_src);
	vigil_events_close(w->ev);
	w->ev = NULL;
	w->more = false;
}

static int open_kernel(struct agent *a)
{
	struct watcher *w = &a->watcher;
	int err = vigil_open(&w->v);

	if (err)
		return err;
	err = open_events(a);
	if (err) {
		vigil_close(w->v);
		w->v = NULL;
	}
	return err;
}

int watcher_open(struct agent *a)
{
	struct watcher *w = &a->watcher;
	int err;

	w->ev_src = (struct loop_source){ .fd = -1, .fn = events_ready, .arg = a };
	if (a->opt.detection == DETECT_PIDFD) {
		snprintf(w->why, sizeof(w->why), "--detection pidfd was given");
		return 0;
	}
	err = open_kernel(a);
	if (!err)
		return 0;
	if (err == -ENOENT)
		snprintf(w->why, sizeof(w->why), "vigil.ko is not loaded");
	else
		snprintf(w->why, sizeof(w->why), "vigil.ko cannot be used: %s", strerror(-err));
	if (a->opt.detection == DETECT_KERNEL) {
		log_error("--detection kernel: %s", w->why);
		return err;
	}
	log_warning("%s: watching by pidfd", w->why);
	return 0;
}

void watcher_close(struct agent *a)
{
	if (!a->watcher.v)
		return;
	close_events(a);
	vigil_close(a->watcher.v);
	a->watcher.v = NULL;
}

static int watch_by_pidfd(struct job *job)
{
	job->inst.watch_id = 0;
	return loop_add(&job->agent->loop, &job->pidfd_src, job->inst.pidfd, EPOLLIN);
}

/* The module is gone: go on with pidfds. A process that died unseen shows at once. */
static void fall_back(struct agent *a)
{
	size_t i;

	if (!a->watcher.v)
		return;
	watcher_close(a);
	keeper_forget(a);
	snprintf(a->watcher.why, sizeof(a->watcher.why), "vigil.ko was unloaded");
	log_error("vigil.ko was unloaded: watching by pidfd from now on");
	for (i = 0; i < a->jobs.n; i++) {
		struct job *job = a->jobs.list[i];

		job->nstale = 0;
		if (!job->inst.pid || !job->inst.watch_id)
			continue;
		if (watch_by_pidfd(job))
			log_error("%s: pid %d cannot be watched", job->name, job->inst.pid);
		persist_job(job);
	}
}

static int watch_by_kernel(struct job *job, uint32_t flags, struct vigil_watch *watch)
{
	struct agent *a = job->agent;

	return vigil_watch_pidfd(a->watcher.v, job->inst.pidfd, a->opt.owner, job_lane(job), flags,
				 watch);
}

int watch_begin(struct job *job)
{
	struct watcher *w = &job->agent->watcher;
	struct vigil_watch watch;
	int err;

	if (!w->v)
		return watch_by_pidfd(job);
	err = watch_by_kernel(job, job->spec->standby ? VIGIL_WATCH_FLAGS_DYING : 0, &watch);
	/* Where a death is not seen early, its standby is told by vigild. */
	if (err == -EOPNOTSUPP)
		err = watch_by_kernel(job, 0, &watch);
	if (!err) {
		job->inst.watch_id = watch.id;
		job->inst.start_ticks = watch.start_ticks;
		return 0;
	}
	if (err == -ENOENT)
		fall_back(job->agent);
	else
		log_error("%s: vigil.ko does not watch pid %d: %s %s", job->name, job->inst.pid,
			  strerror(-err), vigil_error(w->v));
	w->some_by_pidfd = true;
	/* fall_back() does not see this instance: it has no watch. */
	return watch_by_pidfd(job);
}

void watch_forget_stray(struct job *job)
{
	int fd = job->stray_src.fd;

	if (fd < 0)
		return;
	loop_del(&job->agent->loop, &job->stray_src);
	spawn_reap_later(job->agent, fd);
}

void watch_stray_ready(void *arg, uint32_t events)
{
	(void)events;
	watch_forget_stray(arg);
}

/* A child that is no main process any more is still ours to reap. */
static void let_go(struct job *job, const struct instance *old)
{
	if (old->watch_id)
		watch_add_stale(job, old->watch_id);
	if (!old->ours) {
		if (old->pidfd >= 0)
			close(old->pidfd);
		return;
	}
	watch_forget_stray(job);
	if (loop_add(&job->agent->loop, &job->stray_src, old->pidfd, EPOLLIN))
		spawn_reap_later(job->agent, old->pidfd);
}

/* The process behind the pidfd cannot change: is it still of this job? */
static int open_own(struct job *job, pid_t pid, uint64_t *start_ticks)
{
	int fd = proc_pidfd_open(pid), err;

	if (fd < 0)
		return fd;
	err = sender_job(job->agent, pid) == job ? proc_start_ticks(pid, start_ticks) : -ESRCH;
	if (!err)
		err = proc_pidfd_kill(fd, 0);
	if (!err)
		return fd;
	close(fd);
	return err;
}

int watch_move(struct job *job, pid_t pid)
{
	struct instance old = job->inst;
	uint64_t start_ticks = 0;
	int fd = open_own(job, pid, &start_ticks), err;

	if (fd < 0)
		return fd;
	standby_moved(job);
	loop_del(&job->agent->loop, &job->pidfd_src);
	job->inst = (struct instance){
		.pid = pid,
		.pidfd = fd,
		.start_ticks = start_ticks,
		.started_us = old.started_us,
	};
	err = watch_begin(job);
	if (!err) {
		history_moved(job, &old);
		let_go(job, &old);
		order_moved(job);
		persist_job(job);
		return 0;
	}
	close(fd);
	job->inst = old;
	if (!old.watch_id)
		loop_add(&job->agent->loop, &job->pidfd_src, old.pidfd, EPOLLIN);
	return err;
}

void watch_end(struct job *job)
{
	int pidfd = job->inst.pidfd;

	loop_del(&job->agent->loop, &job->pidfd_src);
	if (job->inst.watch_id)
		watch_add_stale(job, job->inst.watch_id);
	if (pidfd < 0)
		return;
	if (job->inst.ours)
		spawn_reap_later(job->agent, pidfd);
	else
		close(pidfd);
}

void watch_release(struct agent *a, uint64_t id)
{
	int err;

	if (!a->watcher.v)
		return;
	err = vigil_release(a->watcher.v, id);
	if (err && err != -ENOENT)
		log_warning("cannot release a watch: %s", strerror(-err));
}

/* Oldest first; the newest @keep stay. */
void watch_release_stale(struct job *job, unsigned int keep)
{
	unsigned int n = job->nstale > keep ? job->nstale - keep : 0, i;

	for (i = 0; i < n; i++)
		watch_release(job->agent, job->stale[i]);
	job->nstale -= n;
	memmove(job->stale, job->stale + n, job->nstale * sizeof(*job->stale));
}

void watch_add_stale(struct job *job, uint64_t id)
{
	watch_release_stale(job, AGENT_STALE_MAX - 1);
	job->stale[job->nstale++] = id;
}

struct store_exit watch_exit(const struct vigil_exit *e)
{
	return (struct store_exit){
		.known = true,
		.cause = (int)e->cause,
		.code = e->code,
		.signal = e->signal,
		.realtime_ns = e->realtime_ns,
		.boottime_ns = e->boottime_ns,
		.utime_ns = e->utime_ns,
		.stime_ns = e->stime_ns,
		.maxrss_kib = e->maxrss_kib,
	};
}

/* One that was killed at its gate is as one that found it closed. */
static void tell_death(struct job *job, struct store_exit *end, uint64_t ran_us, bool in_gate)
{
	if (job->inst.never_ran) {
		end->cause = VIGIL_CAUSE_EXITED;
		end->code = CHILD_EXIT_GATE;
	}
	if (!fork_left(job, end, ran_us))
		life_died(job, end, ran_us, in_gate || job->inst.never_ran);
}

/* A death that is not the newest instance's has been handled before, or its job is gone. */
static void handle_death(struct agent *a, const struct vigil_watch *w)
{
	struct job *job;
	struct store_exit end;

	if (strcmp(w->owner, a->opt.owner) != 0)
		return;
	job = standby_by_lane(a, w->tag);
	if (!job) {
		watch_release(a, w->id);
		return;
	}
	if (!job->inst.pid || job->inst.watch_id != w->id)
		return;
	/* It may have named another main process before it died. */
	notify_catch_up(a);
	if (!job->inst.pid || job->inst.watch_id != w->id)
		return;
	end = watch_exit(&w->exit);
	tell_death(job, &end, (w->exit.boottime_ns - w->start_ns) / NS_PER_US,
		   strcmp(w->comm, CHILD_COMM) == 0);
}

/* What the process is told to have missed counts only of a job that is to beat. */
static void handle_hang(struct agent *a, const struct vigil_watch *w)
{
	struct job *job = strcmp(w->owner, a->opt.owner) == 0 ? standby_by_lane(a, w->tag) : NULL;

	if (job && job->inst.pid && job->inst.watch_id == w->id && beat_wanted(job))
		life_doom(job, READY_DOOM_HUNG);
}

/* After lost events the watches themselves tell who is dead. */
static void resync(struct agent *a)
{
	struct watch_array dump;
	size_t i;
	int err = watch_dump(a, &dump);

	if (err == -ENOENT)
		fall_back(a);
	else if (err)
		log_error("cannot list the watches: %s", strerror(-err));
	if (err)
		return;
	for (i = 0; i < dump.n; i++) {
		const struct vigil_watch *w = &dump.list[i];

		if (w->state == VIGIL_WATCH_STATE_DEAD)
			handle_death(a, w);
		else if (w->deadline.ms && w->deadline.state == VIGIL_BEAT_STATE_HUNG)
			handle_hang(a, w);
	}
	free(dump.list);
}

static void events_failed(struct agent *a, int err)
{
	log_warning("the event stream broke: %s %s", strerror(-err),
		    vigil_events_error(a->watcher.ev));
	close_events(a);
	if (err == -ENOENT || open_events(a))
		fall_back(a);
	else
		resync(a);
}

void watch_read_events(struct agent *a)
{
	struct watcher *w = &a->watcher;
	struct vigil_event e;
	int n, got = 0;

	w->more = false;
	for (n = 0; w->ev && n < AGENT_EVENTS_PER_TURN; n++) {
		got = vigil_events_next(w->ev, &e);
		if (got <= 0)
			break;
		if (e.type == VIGIL_EVENT_TYPE_DEAD)
			handle_death(a, &e.watch);
		else if (e.type == VIGIL_EVENT_TYPE_HUNG)
			handle_hang(a, &e.watch);
		else if (e.type == VIGIL_EVENT_TYPE_GAP)
			resync(a);
	}
	if (got < 0)
		events_failed(a, got);
	else
		w->more = got > 0;
}

static uint64_t timeval_ns(const struct timeval *tv)
{
	return (uint64_t)tv->tv_sec * NS_PER_S + (uint64_t)tv->tv_usec * NS_PER_US;
}

static void read_status(struct store_exit *end, const siginfo_t *si)
{
	switch (si->si_code) {
	case CLD_EXITED:
		end->cause = VIGIL_CAUSE_EXITED;
		end->code = si->si_status;
		break;
	case CLD_DUMPED:
		end->cause = VIGIL_CAUSE_CORE_DUMPED;
		end->signal = si->si_status;
		break;
	case CLD_KILLED:
		end->cause = VIGIL_CAUSE_SIGNALLED;
		end->signal = si->si_status;
		break;
	}
}

void watch_pidfd_ready(void *arg, uint32_t events)
{
	struct job *job = arg;
	struct store_exit end = { .known = true, .realtime_ns = clock_realtime_ns() };
	struct rusage ru = { 0 };
	siginfo_t si = { 0 };
	int fd = job->pidfd_src.fd;

	(void)events;
	notify_catch_up(job->agent);
	if (job->pidfd_src.fd != fd)
		return;
	/* Left a zombie until leftovers are killed: so long its ID cannot be another's. */
	if (job->inst.ours && syscall(SYS_waitid, P_PIDFD, job->inst.pidfd, &si,
				      WEXITED | WNOHANG | WNOWAIT, &ru) == 0 && si.si_pid) {
		read_status(&end, &si);
		end.utime_ns = timeval_ns(&ru.ru_utime);
		end.stime_ns = timeval_ns(&ru.ru_stime);
		end.maxrss_kib = (uint64_t)ru.ru_maxrss;
	}
	tell_death(job, &end, clock_us() - job->inst.started_us, false);
}

static int keep_watch(const struct vigil_watch *w, void *arg)
{
	struct watch_array *out = arg;

	if (out->n == out->room) {
		size_t room = out->room ? 2 * out->room : 256;
		struct vigil_watch *list = reallocarray(out->list, room, sizeof(*list));

		if (!list)
			return -ENOMEM;
		out->list = list;
		out->room = room;
	}
	out->list[out->n++] = *w;
	return 0;
}

int watch_dump(struct agent *a, struct watch_array *out)
{
	int err;

	*out = (struct watch_array){ 0 };
	err = vigil_list(a->watcher.v, a->opt.owner, keep_watch, out);
	if (err) {
		free(out->list);
		out->list = NULL;
	}
	return err;
}
