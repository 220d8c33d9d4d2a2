/* SPDX-License-Identifier: GPL-2.0 */
/* The named pipes that instances write to, and that the logger reads. */
#ifndef VIGIL_AGENT_OUTLET_H
#define VIGIL_AGENT_OUTLET_H

#include <sys/queue.h>

#include "user/agent/launch.h"
#include "user/base/loop.h"
#include "user/log/fifo.h"

struct agent;
struct job;
struct outlet;

TAILQ_HEAD(outlet_list, outlet);

/** struct outlets - all of them; those of living instances are in their jobs. */
struct outlets {
	int dir_fd;			/* of the logger; -1: there is none */
	struct outlet_list draining;	/* their instances have ended */
	struct loop_timer sweep;
};

/** outlets_open - make the logger's directory. Failures are logged: jobs run without output then. */
void outlets_open(struct agent *a);

/** outlets_adopt - hold on to what earlier vigilds made; after the jobs are adopted. */
void outlets_adopt(struct agent *a);

void outlets_close(struct agent *a);

/** outlets_rules - tell the logger how the job wants its output kept. Failures are logged. */
void outlets_rules(struct job *job);

/**
 * outlets_make - the pipes of the job's next instance, for its launch to pass on.
 *
 * Without them it runs with its output lost, and job->reason says so.
 */
void outlets_make(struct job *job);

/**
 * outlets_beside - pipes of its own for a command that runs beside the instance: their lines do not mix.
 * @pipes: get the ends for writing, the caller's to pass on and close; -1: that stream is not kept, or lost
 */
void outlets_beside(struct job *job, int pipes[OUTLETS]);

/**
 * outlets_passed_on - the instance has them, or there is none: let the logger and the holder know, close our
 * ends for writing. The instance may not write before that.
 */
void outlets_passed_on(struct job *job);

/** outlets_ended - the instance is dead: its pipes go when the logger has read them empty. */
void outlets_ended(struct job *job);

/** outlets_forget - the job is gone for good. */
void outlets_forget(struct job *job);

#endif /* VIGIL_AGENT_OUTLET_H */
