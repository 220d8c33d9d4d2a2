// SPDX-License-Identifier: GPL-2.0
/* vigild: starts the jobs of a node, watches them, restarts those that die. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/agent/adopt.h"
#include "user/agent/agent.h"
#include "user/agent/follow.h"
#include "user/agent/holder_serve.h"
#include "user/agent/life.h"
#include "user/agent/lock.h"
#include "user/agent/proc.h"
#include "user/agent/spawn.h"
#include "user/agent/start.h"
#include "user/base/clock.h"
#include "user/base/log.h"
#include "user/base/path.h"
#include "user/log/logger.h"

/* Ending leaves the jobs running: the next vigild takes them over. */
static void on_signal(void *arg, int signo)
{
	struct agent *a = arg;

	if (signo != SIGHUP) {
		log_notice("ends by %s, the jobs run on", signo == SIGTERM ? "SIGTERM" : "SIGINT");
		a->upgrade.state = UPGRADE_NONE;
		keeper_resign(a);
		loop_stop(&a->loop);
		return;
	}
	log_notice("reads the job files again");
	jobset_reload(a);
}

/*
 * The end of each turn. The order is what keeps a crash harmless: starts first, for speed; then
 * the store, as far as the death of vigild is concerned; only then gates that waited for it. What
 * is not urgent follows: the disk; then exit records that the store replaces, and answers that
 * promise what it holds.
 */
static bool after_turn(void *arg)
{
	struct agent *a = arg;
	bool more = order_turn(a);

	rollout_turn(a);
	more |= standby_turn(a);
	more |= start_run(a);

	persist_flush(a);
	standby_tie(a);
	start_open_gates(a);
	spawn_reap(a);
	persist_settle(a);
	notify_turn(a);
	control_turn(a);
	if (a->watcher.more)
		watch_read_events(a);
	return more || a->watcher.more || !TAILQ_EMPTY(&a->runnable) ||
	       !TAILQ_EMPTY(&a->order.touched);
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

static int set_up(struct agent *a)
{
	int err;

	TAILQ_INIT(&a->runnable);
	TAILQ_INIT(&a->gated);
	order_init(a);
	standby_open(a);
	views_init(a);
	err = proc_boot_id(a->boot_id, sizeof(a->boot_id));
	if (!err)
		err = loop_begin(&a->loop, AGENT_TIMERS_MAX, on_signal, after_turn, a);
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
	holder_open(&a->holder, &a->loop, a->opt.run_dir, a->cgroups.fd);
	fetcher_init(&a->fetcher, &a->loop);
	notify_open(a);
	outlets_open(a);
	persist_open(a);
	err = history_open(a);
	if (!err)
		err = foretell_open(a);
	if (err)
		return err;
	err = control_open(a);
	if (err)
		return err;
	err = jobset_load(a);
	if (err)
		log_error("cannot load the jobs: %s", strerror(-err));
	if (!err)
		err = adopt_all(a);
	if (err)
		return err;
	bequest_close(&a->bequest);
	fdstore_adopt(a);
	outlets_adopt(a);
	notify_replay(a);
	holder_settle(&a->holder);
	logproc_open(a);
	return 0;
}

static void tear_down(struct agent *a)
{
	notify_release(a);
	holder_flush(&a->holder);
	a->upgrade.listen_fd = control_close(a, a->upgrade.state == UPGRADE_DUE);
	persist_close(a);
	spawn_reap(a);
	stray_forget_all(a);
	watcher_close(a);
	order_free(a);
	jobs_free(&a->jobs);
	foretell_close(a);
	logproc_close(a);
	outlets_close(a);
	jobset_free(&a->set);
	notify_close(a);
	holder_close(&a->holder);
	fetcher_close(&a->fetcher);
	history_close(a);
	views_fini(a);
	follow_fini(a);
	cgroups_close(&a->cgroups);
	loop_fini(&a->loop);
}

int main(int argc, char **argv)
{
	static struct agent a;
	int err, status;

	if (strcmp(argv[0], LOGGER_NAME) == 0)
		return logger_main(argc, argv);
	if (argc > 1 && strcmp(argv[1], HOLDER_OPTION) == 0)
		return holder_serve(argv[2]);
	inherit_open_stdio();
	status = options_parse(&a.opt, argc, argv);
	if (status >= 0)
		return status;
	log_init("vigild", a.opt.debug ? LOG_DEBUG : LOG_NOTICE);
	if (a.opt.check)
		return jobset_check(a.opt.jobs_dir) ? AGENT_EXIT_FAILURE : AGENT_EXIT_OK;
	if (a.opt.trial)
		return upgrade_trial(&a.opt);
	inherit_restore();
	inherit_note(&a.keeper.inherit);
	upgrade_note(&a, argv);
	bequest_note(&a.bequest);
	a.started_us = clock_us();
	if (make_dirs(&a))
		return AGENT_EXIT_FAILURE;
	err = lock_take(a.opt.run_dir);
	if (err)
		return err == -EBUSY ? AGENT_EXIT_DUPLICATE : AGENT_EXIT_FAILURE;
	if (set_up(&a))
		return AGENT_EXIT_FAILURE;
	keeper_register(&a, argv);
	log_notice("runs as pid %d with %zu jobs", getpid(), a.jobs.n);
	if (control_start(&a))
		return AGENT_EXIT_FAILURE;
	err = loop_run(&a.loop);
	if (err)
		log_error("the event loop failed: %s", strerror(-err));
	if (!err && a.upgrade.state == UPGRADE_DUE)
		bequest_make(&a);
	tear_down(&a);
	if (!err && a.upgrade.state == UPGRADE_DUE) {
		upgrade_exec(&a);
		return AGENT_EXIT_FAILURE;
	}
	return err ? AGENT_EXIT_FAILURE : AGENT_EXIT_OK;
}
