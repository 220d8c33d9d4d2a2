/* SPDX-License-Identifier: GPL-2.0 */
/* The job files as they are now, what it would mean to follow them, and doing it: all or nothing. */
#ifndef VIGIL_AGENT_PROPOSAL_H
#define VIGIL_AGENT_PROPOSAL_H

#include "user/agent/merge.h"
#include "user/agent/plan.h"

struct agent;

/** struct proposal - fill it with proposal_make(). */
struct proposal {
	struct merge files;
	struct plan plan;		/* empty if the files have errors: then nothing is to be done */
	bool planned;
};

/**
 * proposal_make - read the files, and work out the plan. Changes nothing.
 *
 * Return: 0, also if the files have errors: @p->files.errors; or -ENOMEM. Either way give @p to proposal_free().
 */
int proposal_make(struct agent *a, struct proposal *p);

/**
 * proposal_apply - do what @p->plan says, in the turn in which it was made.
 * @why: filled with a sentence on failure
 *
 * All that can fail is done before the first change: room, cgroups, sockets, and the store, which then
 * has the whole new set. Return: 0, or a negative errno with nothing changed.
 */
int proposal_apply(struct agent *a, struct proposal *p, char *why, size_t size);

void proposal_free(struct proposal *p);

#endif /* VIGIL_AGENT_PROPOSAL_H */
