/* SPDX-License-Identifier: GPL-2.0 */
/* Daemons that go into the background by themselves: ready: forks. */
#ifndef VIGIL_AGENT_FORK_H
#define VIGIL_AGENT_FORK_H

#include <stdbool.h>
#include <stdint.h>

#include "user/base/loop.h"
#include "user/store/store.h"

struct job;

/** struct forked - of an instance whose first process has left; the daemon is looked for. */
struct forked {
	bool left;
	struct store_exit end;		/* of the first process */
	uint64_t ran_us;
	struct loop_timer look;
};

void fork_init(struct job *job);

/**
 * fork_left - job->inst is dead: was that the first process of a daemon that starts?
 *
 * If so its main process is looked for from now on, and the instance goes on as that one or ends later.
 */
bool fork_left(struct job *job, const struct store_exit *end, uint64_t ran_us);

/** fork_hurry - the job is to end: if only its first process is known, it has. */
void fork_hurry(struct job *job);

/** fork_forget - the instance has ended. */
void fork_forget(struct job *job);

#endif /* VIGIL_AGENT_FORK_H */
