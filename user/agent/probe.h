/* SPDX-License-Identifier: GPL-2.0 */
/* Looking whether a job does its work. */
#ifndef VIGIL_AGENT_PROBE_H
#define VIGIL_AGENT_PROBE_H

#include <stdbool.h>

#include "user/agent/fetch.h"
#include "user/agent/side.h"
#include "user/base/loop.h"

struct job;

/** struct probe - of one job; one attempt at a time. */
struct probe {
	bool on;
	unsigned int good;		/* in a row */
	unsigned int bad;
	struct loop_timer timer;	/* until the next attempt, or until this one is given up */
	struct loop_source sock;	/* a connection that is being made */
	struct side command;
	struct fetch request;
	char why[96];			/* the last failure */
};

void probe_init(struct job *job);

/** probe_begin - the program runs, or is ready: look at it from now on, if its file says so. */
void probe_begin(struct job *job);

/** probe_stop - nothing more is expected of it. */
void probe_stop(struct job *job);

#endif /* VIGIL_AGENT_PROBE_H */
