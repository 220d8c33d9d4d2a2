/* SPDX-License-Identifier: GPL-2.0 */
/* vigild as a whole. */
#ifndef VIGIL_AGENT_AGENT_H
#define VIGIL_AGENT_AGENT_H

#include <sys/resource.h>

#include "user/agent/bequest.h"
#include "user/agent/bounds.h"
#include "user/agent/cgroup.h"
#include "user/agent/control.h"
#include "user/agent/fetch.h"
#include "user/agent/foretell.h"
#include "user/agent/history.h"
#include "user/agent/holder.h"
#include "user/agent/image.h"
#include "user/agent/job.h"
#include "user/agent/jobset.h"
#include "user/agent/keeper.h"
#include "user/agent/logproc.h"
#include "user/agent/notify.h"
#include "user/agent/options.h"
#include "user/agent/order.h"
#include "user/agent/outlet.h"
#include "user/agent/persist.h"
#include "user/agent/rollout.h"
#include "user/agent/standby.h"
#include "user/agent/stray.h"
#include "user/agent/upgrade.h"
#include "user/agent/view.h"
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
	struct holder holder;
	struct notify notify;
	struct fetcher fetcher;
	struct foretell_clock foretell;
	struct watcher watcher;
	struct keeper keeper;
	struct persist persist;
	struct order order;
	struct rollout rollout;
	struct history history;
	struct control control;
	struct views views;
	struct bequest bequest;
	struct upgrade upgrade;
	struct strays strays;
	struct standbys standbys;
	struct outlets outlets;
	struct logproc logproc;
	struct image_list images;	/* of children that do not run their programs yet */
	struct job_list runnable;	/* to be started, in order */
	uint64_t attempts;		/* starts tried */
	struct job_list gated;		/* children that wait for the store */
	int reaps[AGENT_REAPS_MAX];	/* pidfds of dead children */
	unsigned int nreaps;
};

#endif /* VIGIL_AGENT_AGENT_H */
