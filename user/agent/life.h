/* SPDX-License-Identifier: GPL-2.0 */
/* The life of a job: every change of its state is made here. */
#ifndef VIGIL_AGENT_LIFE_H
#define VIGIL_AGENT_LIFE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/agent/ready.h"
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

/** life_exec_done - the child has become the job's program: it runs, or is to get ready. */
void life_exec_done(struct job *job);

/** life_ready - a job that was starting is ready. */
void life_ready(struct job *job);

/** life_doom - end an instance that is wanted up, for what it did not do. */
void life_doom(struct job *job, enum ready_doom why);

/** life_foretold - restart an instance that is up before it fails; no policy is asked. @text: why. */
void life_foretold(struct job *job, const char *text);

/** life_stops_itself - the instance has said that it ends. */
void life_stops_itself(struct job *job);

/**
 * life_died - the job's instance is dead.
 * @ran_us: how long it ran
 * @in_gate: its program never ran
 */
void life_died(struct job *job, const struct store_exit *end, uint64_t ran_us, bool in_gate);

/**
 * life_resume - an instance of an earlier vigild has been adopted and is watched.
 * @stopping: it was ending already, by itself unless it is not wanted up
 */
void life_resume(struct job *job, bool stopping);

/** life_redefined - the job has a new definition: do what of it cannot wait for its next start. */
void life_redefined(struct job *job);

/** life_demanded - somebody has connected to a socket of a job that waits for that. */
void life_demanded(struct job *job);


/** life_settle - after adoption: a job without an instance goes on as @job->state says. */
void life_settle(struct job *job, uint64_t due_us);

/* Loop callbacks. */
void life_timer(void *arg);
void life_cgroup_ready(void *arg, uint32_t events);

/** life_forgive - as life_start(), but the count of its group's restarts goes on. */
void life_forgive(struct job *job);

/** life_tidied - the commands after the program are done with: what its end leads to follows. */
void life_tidied(struct job *job);

/** life_begun - an instance has been cloned, and is watched. */
void life_begun(struct job *job);

/** life_renew - of a job with an instance: end it, then start a new one. No policy is asked. */
void life_renew(struct job *job);

/** life_end - nobody has to end before it any more: tell it to. */
void life_end(struct job *job);

/** life_wake - what the job waited for to start may have come about: look again. */
void life_wake(struct job *job);

/** life_fail - with its group: end what runs of it, and then it has failed. */
void life_fail(struct job *job, const char *why);

#endif /* VIGIL_AGENT_LIFE_H */
