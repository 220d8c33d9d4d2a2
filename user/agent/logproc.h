/* SPDX-License-Identifier: GPL-2.0 */
/* The logger's process, as vigild has it run. */
#ifndef VIGIL_AGENT_LOGPROC_H
#define VIGIL_AGENT_LOGPROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "user/base/loop.h"

struct agent;

struct logproc {
	struct loop_source src;		/* its pidfd */
	struct loop_timer timer;	/* the next try, or the next look at its beat */
	pid_t pid;			/* 0: there is none */
	uint64_t since_us;		/* known for so long */
	uint64_t beat;
	uint64_t beat_us;		/* when that was new */
	bool told_to_end;		/* for the next one to take its place */
	bool ailing;			/* the last one has ended, and was told of; this one is not sound yet */
	unsigned int failures;		/* in a row, of those that ended by themselves */
	char why[128];			/* of the last failure; "": there was none */
	int look_fd;			/* its state, or -1 */
};

/** logproc_open - find the one that runs, or start one. Failures are logged, and tried again. */
void logproc_open(struct agent *a);

/** logproc_close - it runs on, for as long as a job can write. */
void logproc_close(struct agent *a);

/** logproc_look - what the logger has counted, for state_look_job(); -1 if there is nothing yet. */
int logproc_look(struct agent *a);

#endif /* VIGIL_AGENT_LOGPROC_H */
