/* SPDX-License-Identifier: GPL-2.0 */
/* The command line of vigild. */
#ifndef VIGIL_AGENT_OPTIONS_H
#define VIGIL_AGENT_OPTIONS_H

#include <stdbool.h>

enum agent_exit {
	AGENT_EXIT_OK = 0,
	AGENT_EXIT_FAILURE = 1,
	AGENT_EXIT_USAGE = 2,
	AGENT_EXIT_DUPLICATE = 3,
	AGENT_EXIT_FIT = 10,		/* of --trial: no other program is likely to say so */
};

enum detection {
	DETECT_AUTO,
	DETECT_KERNEL,
	DETECT_PIDFD,
};

struct options {
	const char *jobs_dir;
	const char *state_dir;
	const char *run_dir;
	const char *logs_dir;
	const char *cgroup;	/* NULL: none wanted */
	const char *group;
	const char *read_group;
	const char *owner;
	enum detection detection;
	bool check;
	bool trial;
	bool keeper;
	unsigned int keeper_ms;	/* the deadline of its beat */
	bool debug;
};

/** options_parse - Returns -1 to go on, else the exit status; all has been said then. */
int options_parse(struct options *opt, int argc, char **argv);

#endif /* VIGIL_AGENT_OPTIONS_H */
