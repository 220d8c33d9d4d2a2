/* SPDX-License-Identifier: GPL-2.0 */
/* vigild replaces itself by the program that now lies where its own was. */
#ifndef VIGIL_AGENT_UPGRADE_H
#define VIGIL_AGENT_UPGRADE_H

#include <limits.h>

#include "user/base/loop.h"

struct agent;
struct options;

enum upgrade_state {
	UPGRADE_NONE,
	UPGRADE_TRIAL,		/* the new program checks the command line and the job files */
	UPGRADE_REFUSED,	/* it did not get through that: @why */
	UPGRADE_DUE,		/* the loop ends, upgrade_exec() follows */
};

struct upgrade {
	char program[PATH_MAX];		/* vigild's own, by the name it had at its start */
	char **argv;
	enum upgrade_state state;
	int pidfd;			/* of the trial */
	struct loop_source src;
	struct loop_timer timer;
	int listen_fd;			/* the socket that the next vigild is to serve; -1: none */
	char why[256];
};

/** upgrade_note - at the start: note the program, and the socket that the vigild before left. */
void upgrade_note(struct agent *a, char **argv);

/** upgrade_trial - what --trial does. Returns the exit status: AGENT_EXIT_FIT if this vigild could take over. */
int upgrade_trial(const struct options *opt);

/**
 * upgrade_try - have the program that is to come check this command line and the job files.
 *
 * Takes the loop's turns; what comes of it is a->upgrade.state.
 *
 * Return: 0; -EBUSY while one is at it; a negative errno, with a sentence in a->upgrade.why.
 */
int upgrade_try(struct agent *a);

/** upgrade_exec - become the new program. Returns only if there is no program to become, not even this one. */
void upgrade_exec(struct agent *a);

#endif /* VIGIL_AGENT_UPGRADE_H */
