/* SPDX-License-Identifier: GPL-2.0 */
/* The child's side of a start: wait at the gate, become the job. */
#ifndef VIGIL_AGENT_CHILD_H
#define VIGIL_AGENT_CHILD_H

#include <stdbool.h>

#include "user/agent/launch.h"

/* The command name until exec: tells, in an exit record, that the program never ran. */
#define CHILD_COMM "vigil-gate"

enum {
	CHILD_EXIT_GATE = 125,		/* vigild died before it opened the gate */
	CHILD_EXIT_NO_EXEC = 127,	/* a step failed; the gate told which */
};

enum child_step {
	CHILD_STEP_STDIN,
	CHILD_STEP_OUTPUT,		/* the job runs all the same, its output is lost */
	CHILD_STEP_NICE,
	CHILD_STEP_SCHEDULER,
	CHILD_STEP_IO_PRIORITY,
	CHILD_STEP_CPUS,
	CHILD_STEP_OOM_SCORE,
	CHILD_STEP_LIMITS,
	CHILD_STEP_GROUPS,
	CHILD_STEP_GID,
	CHILD_STEP_BOUNDING,
	CHILD_STEP_UID,
	CHILD_STEP_CAPABILITIES,
	CHILD_STEP_DIRECTORY,
	CHILD_STEP_NO_NEW_PRIVILEGES,
	CHILD_STEP_EXEC,
};

/** struct child_report - what comes back through the gate if a step fails. */
struct child_report {
	enum child_step step;
	int error;			/* errno */
	int detail;			/* CHILD_STEP_LIMITS: RLIMIT_* */
};

/**
 * child_run - never returns.
 * @gate: the child's end; one byte opens it, end of file means vigild is gone
 *
 * Runs in a copy of vigild, or beside it in its memory: clone.h tells what it may do.
 */
_Noreturn void child_run(const struct launch *l, int gate);

/** struct child_start - what child_begin() passes to child_run(). */
struct child_start {
	struct launch launch;
	int gate;
};

/** child_begin - what clone_beside() is to begin with; @arg: a struct child_start. */
void child_begin(void *arg);

#endif /* VIGIL_AGENT_CHILD_H */
