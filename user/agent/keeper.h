/* SPDX-License-Identifier: GPL-2.0 */
/* vigild as the keeper of the node: the kernel brings it back. */
#ifndef VIGIL_AGENT_KEEPER_H
#define VIGIL_AGENT_KEEPER_H

#include <stdint.h>

#include "user/agent/inherit.h"
#include "user/base/timers.h"

struct agent;
struct vigil_beat;

/** struct keeper - @id is the watch of this vigild, 0 while it is not the keeper. */
struct keeper {
	struct inherit inherit;
	uint64_t id;
	struct vigil_beat *slot;	/* NULL while no beat is demanded */
	struct loop_timer beat;
	char why[256];		/* why it is not, if it should be */
};

/**
 * keeper_register - become the keeper, if the options say so; when all jobs are taken over.
 * @argv: the command line
 *
 * A vigild that cannot be the keeper goes on without; status says so.
 */
void keeper_register(struct agent *a, char **argv);

/** keeper_resign - vigild ends on purpose and shall not be brought back. */
void keeper_resign(struct agent *a);

/** keeper_forget - vigil.ko is gone, and the keeper with it. */
void keeper_forget(struct agent *a);

#endif /* VIGIL_AGENT_KEEPER_H */
