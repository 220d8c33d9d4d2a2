/* SPDX-License-Identifier: GPL-2.0 */
/* vigild as a whole. */
#ifndef VIGIL_AGENT_AGENT_H
#define VIGIL_AGENT_AGENT_H

#include <sys/resource.h>

#include "user/agent/bounds.h"
#include "user/agent/cgroup.h"
#include "user/agent/control.h"
#include "user/agent/job.h"
#include "user/agent/jobset.h"
#include "user/agent/options.h"
#include "user/agent/persist.h"
#include "user/agent/watch.h"
#include "user/base/loop.h"

struct agent {
	struct options opt;
	struct loop loop;
	uint64_t started_us;
	char boot_id[STORE_BOOT_ID_LEN + 1];
	struct rlimit nofile;		/* what jobs inherit; vigild itself has more */
	struct jobs jobs;
	struct jobset set;
	struct cgroups cgroups;
	struct watcher watcher;
	struct persist persist;
	struct control control;
	struct job_list runnable;	/* to be started, in order */
	struct job_list gated;		/* children that wait for the store */
	int reaps[AGENT_REAPS_MAX];	/* pidfds of dead children */
	unsigned int nreaps;
};

#endif /* VIGIL_AGENT_AGENT_H */
