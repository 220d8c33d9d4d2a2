// SPDX-License-Identifier: GPL-2.0
/* The start of a job's next instance, from the run queue to the open gate. */
#include "user/agent/start.h"

#include <errno.h>
#include <string.h>

#include "user/agent/agent.h"
#include "user/agent/explain.h"
#include "user/agent/leftover.h"
#include "user/agent/life.h"
#include "user/agent/proc.h"
#include "user/agent/spawn.h"
#include "user/base/log.h"

static int prepare(struct job *job, char *why, size_t size)
{
	struct agent *a = job->agent;
	int err;

	if (!job->launch_built) {
		err = launch_build(&job->launch, job->spec, a->opt.logs_dir, &a->nofile, why, size);
		if (err)
			return err;
		job->launch_built = true;
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

	if (err && err != -ENOENT)
		log_warning("%s: runs without a cgroup: %s", job->name, strerror(-err));
	if (!cgroup_job_has(&job->cgroup) || job->cgroup.limits_set)
		return;
	err = cgroup_job_limit(&job->cgroup, job->spec->memory_max);
	if (err)
		log_warning("%s: memory is not limited: %s", job->name, strerror(-err));
}

static void start_one(struct job *job)
{
	char why[AGENT_REASON_MAX];

	if (prepare(job, why, sizeof(why))) {
		life_start_failed(job, why);
		return;
	}
	if (!leftover_none(job)) {
		explain_copy(job->reason, "waits for processes of its last instance to end");
		return;
	}
	leftover_unwatch(job);
	prepare_cgroup(job);
	job->attempts++;
	job->reason[0] = '\0';
	if (spawn_clone(job, why, sizeof(why))) {
		life_start_failed(job, why);
		return;
	}
	if (watch_begin(job)) {
		spawn_abandon(job);
		life_start_failed(job, "its process cannot be watched");
		return;
	}
	if (job->inst.watch_id) {
		spawn_open_gate(job);
	} else {
		proc_start_ticks(job->inst.pid, &job->inst.start_ticks);
		TAILQ_INSERT_TAIL(&job->agent->gated, job, gate_link);
	}
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
		spawn_open_gate(job);
	}
}
