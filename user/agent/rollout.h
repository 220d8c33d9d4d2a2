/* SPDX-License-Identifier: GPL-2.0 */
/* Restarting jobs for their new definitions: of the instances of one template one at a time. */
#ifndef VIGIL_AGENT_ROLLOUT_H
#define VIGIL_AGENT_ROLLOUT_H

#include <stdbool.h>
#include <stddef.h>

struct agent;
struct job;

struct rollout {
	size_t rolling;		/* jobs to be restarted */
	bool due;		/* something has changed since the last look */
	bool prune;		/* the store may have texts that no job has any more */
};

/** rollout_begin - have the job restarted when it is its turn. */
void rollout_begin(struct job *job);

/** rollout_forget - it need not be restarted any more. */
void rollout_forget(struct job *job);

/** rollout_started - it is, by its present definition. */
void rollout_started(struct job *job);

/** rollout_looks - a job has got further: look in this turn. */
void rollout_looks(struct agent *a);

/** rollout_turn - restart those whose turn it is. */
void rollout_turn(struct agent *a);

/** rollout_has_others - is another of its template still to be restarted, or on trial? */
bool rollout_has_others(struct job *job);

/** rollout_next_of - the jobs of its template by name, itself among them; @after NULL: the first. */
struct job *rollout_next_of(struct job *job, struct job *after);

#endif /* VIGIL_AGENT_ROLLOUT_H */
