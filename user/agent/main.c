// SPDX-License-Identifier: GPL-2.0
/* vigild: starts the jobs of a node, watches them, restarts those that die. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/agent/adopt.h"
#include "user/agent/agent.h"
#include "user/agent/life.h"
#include "user/agent/lock.h"
#include "user/agent/proc.h"
#include "user/agent/spawn.h"
#include "user/agent/start.h"
#include "user/base/clock.h"
#include "user/base/log.h"
#include "user/base/path.h"

/* Ending leaves the jobs running: the next vigild takes them over. */
static void on_signal(void *arg, int signo)
{
	struct agent *a = arg;

	if (signo != SIGHUP) {
		log_notice("ends by %s, the jobs run on", signo == SIGTERM ? "SIGTERM" : "SIGINT");
		loop_stop(&a->loop);
		return;
	}
	log_notice("reads the job files again");
	if (jobset_load(a, false))
		log_error("out of memory: the job files are as before");
}

/*
 * The end of each turn. The order is what keeps a crash harmless: starts first, for speed; then
 * the store; only then gates that waited for it, exit records that it replaces, and answers
 * that promise what it holds.
 */
static bool after_turn(void *arg)
{
	struct agent *a = arg;
	bool more = start_run(a);

	spawn_reap(a);
	persist_flush(a);
	start_open_gates(a);
	control_turn(a);
	if (a->watcher.more)
		watch_read_events(a);
	return more || a->watcher.more || !TAILQ_EMPTY(&a->runnable);
}

/* A descriptor a job and more: as many as are allowed. Jobs inherit what vigild was given. */
static void raise_limits(struct agent *a)
{
	struct rlimit all;

	if (getrlimit(RLIMIT_NOFILE, &a->nofile))
		log_warning("cannot read the limit of open files: %s", strerror(errno));
	all = a->nofile;
	all.rlim_cur = all.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &all))
		log_warning("cannot raise the limit of open files: %s", strerror(errno));
}

/* vigild may be run at real-time priority or with a low nice value; what it starts is not. */
static void keep_priority(void)
{
	struct sched_param param;
	int policy = sched_getscheduler(0);

	if (policy < 0 || sched_getparam(0, &param) ||
	    sched_setscheduler(0, policy | SCHED_RESET_ON_FORK, &param))
		log_warning("jobs get vigild's priority: %s", strerror(errno));
}

static int make_dirs(const struct agent *a)
{
	int err = path_make_dirs(a->opt.run_dir, 0755);

	if (err) {
		log_error("cannot make %s: %s", a->opt.run_dir, strerror(-err));
		return err;
	}
	/* Jobs run without their output, if need be. */
	err = path_make_dirs(a->opt.logs_dir, 0750);
	if (err)
		log_error("cannot make %s: %s", a->opt.logs_dir, strerror(-err));
	return 0;
}

static int set_up_loop(struct agent *a)
{
	sigset_t signals;
	int err = loop_init(&a->loop, AGENT_TIMERS_MAX);

	if (err)
		return err;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	loop_after(&a->loop, after_turn, a);
	return loop_signals(&a->loop, &signals, on_signal, a);
}

static int set_up(struct agent *a)
{
	int err;

	TAILQ_INIT(&a->runnable);
	TAILQ_INIT(&a->gated);
	err = proc_boot_id(a->boot_id, sizeof(a->boot_id));
	if (!err)
		err = set_up_loop(a);
	if (err) {
		log_error("cannot set up: %s", strerror(-err));
		return err;
	}
	raise_limits(a);
	keep_priority();
	err = watcher_open(a);
	if (err)
		return err;
	cgroups_open(&a->cgroups, a->opt.cgroup);
	persist_open(a);
	err = control_open(a);
	if (err)
		return err;
	err = jobset_load(a, true);
	if (err)
		log_error("cannot load the jobs: %s", strerror(-err));
	return err ? err : adopt_all(a);
}

static void tear_down(struct agent *a)
{
	control_close(a);
	persist_close(a);
	spawn_reap(a);
	watcher_close(a);
	jobs_free(&a->jobs);
	jobset_free(&a->set);
	cgroups_close(&a->cgroups);
	loop_fini(&a->loop);
}

int main(int argc, char **argv)
{
	static struct agent a;
	int err, status = options_parse(&a.opt, argc, argv);

	if (status >= 0)
		return status;
	log_init("vigild", a.opt.debug ? LOG_DEBUG : LOG_NOTICE);
	if (a.opt.check)
		return jobset_check(a.opt.jobs_dir) ? AGENT_EXIT_FAILURE : AGENT_EXIT_OK;
	a.started_us = clock_us();
	if (make_dirs(&a))
		return AGENT_EXIT_FAILURE;
	err = lock_take(a.opt.run_dir);
	if (err)
		return err == -EBUSY ? AGENT_EXIT_DUPLICATE : AGENT_EXIT_FAILURE;
	if (set_up(&a))
		return AGENT_EXIT_FAILURE;
	log_notice("runs as pid %d with %zu jobs", getpid(), a.jobs.n);
	err = loop_run(&a.loop);
	if (err)
		log_error("the event loop failed: %s", strerror(-err));
	tear_down(&a);
	return err ? AGENT_EXIT_FAILURE : AGENT_EXIT_OK;
}
