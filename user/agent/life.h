/* SPDX-License-Identifier: GPL-2.0 */
/* The life of a job: every change of its state is made here. */
#ifndef VIGIL_AGENT_LIFE_H
#define VIGIL_AGENT_LIFE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/store/store.h"

struct job;

/* What the operator, or a job file, asks for. */
void life_start(struct job *job);
void life_stop(struct job *job);
void life_restart(struct job *job);

/** life_remove - no job file names it any more: stop it, then forget it. */
void life_remove(struct job *job);

/** life_start_failed - the program could not be run; @why is a sentence. */
void life_start_failed(struct job *job, const char *why);

/** life_exec_done - the child has become the job's program. */
void life_exec_done(struct job *job);

/**
 * life_died - the job's instance is dead.
 * @ran_us: how long it ran
 * @in_gate: its program never ran
 */
void life_died(struct job *job, const struct store_exit *end, uint64_t ran_us, bool in_gate);

/** life_resume - an instance of an earlier vigild has been adopted and is watched. */
void life_resume(struct job *job);

/** life_settle - after adoption: a job without an instance goes on as @job->state says. */
void life_settle(struct job *job, uint64_t due_us);

/* Loop callbacks. */
void life_timer(void *arg);
void life_cgroup_ready(void *arg, uint32_t events);

#endif /* VIGIL_AGENT_LIFE_H */
