// SPDX-License-Identifier: GPL-2.0
/* What is left of a job when its main process is dead. */
#include "user/agent/leftover.h"

#include <signal.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/proc.h"
#include "user/base/clock.h"

void leftover_unwatch(struct job *job)
{
	int fd = job->cgroup_src.fd;

	if (!loop_has(&job->cgroup_src))
		return;
	loop_del(&job->agent->loop, &job->cgroup_src);
	close(fd);
}

/*
 * Have life_cgroup_ready() called when the cgroup may have become empty. False: it is empty now.
 *
 * The state is read through the descriptor that is waited on: what changes after that read makes
 * it ready, what changed before it is in it.
 */
static bool watch_cgroup(struct job *job)
{
	struct loop *l = &job->agent->loop;
	int fd;

	if (loop_has(&job->cgroup_src))
		return cgroup_events_populated(job->cgroup_src.fd);
	fd = cgroup_events_open(&job->cgroup);
	if (fd >= 0 && !cgroup_events_populated(fd)) {
		close(fd);
		return false;
	}
	if (fd >= 0 && loop_add(l, &job->cgroup_src, fd, EPOLLPRI) == 0)
		return true;
	if (fd >= 0)
		close(fd);
	loop_arm(l, &job->timer, clock_us() + AGENT_CGROUP_POLL_US);
	return true;
}

bool leftover_none(struct job *job)
{
	if (!cgroup_populated(&job->cgroup))
		return true;
	cgroup_kill(&job->cgroup);
	return !watch_cgroup(job);
}

void leftover_kill_group(const struct job *job)
{
	pid_t pid = job->inst.pid;
	uint64_t ticks;

	/* Its zombie keeps the ID ours; another's process with that ID must not be hit. */
	if (!job->inst.ours && proc_start_ticks(pid, &ticks) == 0 && ticks != job->inst.start_ticks)
		return;
	kill(-pid, SIGKILL);
}
