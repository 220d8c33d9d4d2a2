// SPDX-License-Identifier: GPL-2.0
/* What of a changed definition reaches a job that runs. */
#include "user/agent/inplace.h"

#include <string.h>

#include "user/agent/agent.h"
#include "user/agent/cgroup_limits.h"
#include "user/agent/life.h"
#include "user/agent/sockets.h"
#include "user/base/log.h"
#include "user/jobfile/compare.h"

static void limit(struct job *job)
{
	const char *key;
	int err;

	if (!job->inst.pid || !cgroup_job_has(&job->cgroup))
		return;
	err = cgroup_limits_set(&job->cgroup, job->spec, &key);
	if (err)
		log_warning("%s: the limit %s is not set: %s", job->name, key, strerror(-err));
}

void inplace_change(struct job *job, uint64_t keys)
{
	cgroups_want(&job->agent->cgroups, cgroup_limits_controllers(job->spec));
	if (keys & compare_cgroup_limits())
		limit(job);
	life_redefined(job);
	if (keys & compare_socket_attributes())
		sockets_renew(job);
}
