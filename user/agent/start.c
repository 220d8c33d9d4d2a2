// SPDX-License-Identifier: GPL-2.0
/* The start of a job's next instance, from the run queue to the open gate. */
#include "user/agent/start.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "user/agent/agent.h"
#include "user/agent/cgroup_limits.h"
#include "user/agent/explain.h"
#include "user/agent/leftover.h"
#include "user/agent/life.h"
#include "user/agent/passfd.h"
#include "user/agent/phase.h"
#include "user/agent/proc.h"
#include "user/agent/spawn.h"
#include "user/base/log.h"

int start_prepare(struct job *job, char *why, size_t size)
{
	struct agent *a = job->agent;
	int err;

	if (job->launch_built && !launch_fits(job->spec)) {
		launch_free(&job->launch);
		job->launch_built = false;
	}
	if (!job->launch_built) {
		err = launch_build(&job->launch, job->spec, &a->nofile, why, size);
		if (err)
			return err;
		job->launch_built = true;
		outlets_rules(job);
		err = ready_environment(job, why, size);
		if (err)
			return err;
	}
	if (!cgroup_job_has(&job->cgroup))
		cgroup_job_make(&a->cgroups, &job->cgroup);
	return 0;
}

/* Its cgroup is empty: make it ready for the next instance. */
static void prepare_cgroup(struct job *job)
{
	struct agent *a = job->agent;
	int err = cgroup_job_renew(&a->cgroups, &job->cgroup);
	const char *key;

	if (err && err != -ENOENT)
		log_warning("%s: runs without a cgroup: %s", job->name, strerror(-err));
	if (!cgroup_job_has(&job->cgroup) || job->cgroup.limits_set)
		return;
	err = cgroup_limits_set(&job->cgroup, job->spec, &key);
	if (err)
		log_warning("%s: the limit %s is not set: %s", job->name, key, strerror(-err));
}

static void explain_command(struct job *job)
{
	char what[AGENT_REASON_MAX - 8];

	phase_explain(job, what, sizeof(what));
	snprintf(job->reason, sizeof(job->reason), "runs %s", what);
}

static void wait_for_store(struct job *job)
{
	job->inst.gated = true;
	TAILQ_INSERT_TAIL(&job->agent->gated, job, gate_link);
}

static void start_one(struct job *job)
{
	char why[AGENT_REASON_MAX];
	int err;

	view_touch(job);
	if (!phase_settle(job)) {
		life_tidied(job);
		return;
	}
	if (!phase_tidies(job) && !order_may_start(job))
		return;
	if (!phase_tidies(job))
		version_starting(job);
	if (start_prepare(job, why, sizeof(why))) {
		life_start_failed(job, why);
		return;
	}
	if (!leftover_none(job)) {
		explain_copy(job->reason, "waits for processes of its last instance to end");
		history_once(job, HISTORY_WAITS, job->reason);
		return;
	}
	leftover_unwatch(job);
	prepare_cgroup(job);
	job->attempts = ++job->agent->attempts;
	/* Why its group has failed is told to the end. */
	if (job->want != WANT_FAIL)
		job->reason[0] = '\0';
	ready_forget(job);
	if (passfd_prepare(job, why, sizeof(why))) {
		life_start_failed(job, why);
		return;
	}
	if (!phase_command(job) && ready_hears(job->spec))
		notify_keep(job->agent);
	if (phase_command(job) && job->want != WANT_FAIL)
		explain_command(job);
	outlets_make(job);
	err = spawn_clone(job, why, sizeof(why));
	outlets_passed_on(job);
	if (err) {
		life_start_failed(job, why);
		return;
	}
	if (watch_begin(job)) {
		spawn_abandon(job);
		life_start_failed(job, "its process cannot be watched");
		return;
	}
	if (!job->inst.watch_id)
		proc_start_ticks(job->inst.pid, &job->inst.start_ticks);
	/* A watch does not tell that it is of a command: that must be stored first. */
	if (job->inst.watch_id && !phase_command(job))
		spawn_open_gate(job);
	else
		wait_for_store(job);
	job->progress.renew_us = 0;
	job->progress.told_us = 0;
	life_begun(job);
	persist_job(job);
}

bool start_run(struct agent *a)
{
	struct job *job;
	int n;

	for (n = 0; n < AGENT_SPAWNS_PER_TURN; n++) {
		job = TAILQ_FIRST(&a->runnable);
		if (!job)
			return false;
		TAILQ_REMOVE(&a->runnable, job, run_link);
		job->queued = false;
		start_one(job);
	}
	return !TAILQ_EMPTY(&a->runnable);
}

void start_open_gates(struct agent *a)
{
	struct job *job;

	while ((job = TAILQ_FIRST(&a->gated))) {
		TAILQ_REMOVE(&a->gated, job, gate_link);
		job->inst.gated = false;
		spawn_open_gate(job);
	}
}
