/* SPDX-License-Identifier: GPL-2.0 */
/* Sockets of definitions to come, opened before anything is changed. */
#ifndef VIGIL_AGENT_PREBIND_H
#define VIGIL_AGENT_PREBIND_H

#include <stdbool.h>
#include <stddef.h>

#include "user/jobfile/jobfile.h"

struct agent;
struct job;

/** struct prebind - zeroed: none. */
struct prebind {
	struct agent *agent;
	const struct job_socket **list;	/* each is in the agent's bequest, for its job to take */
	size_t n;
};

/**
 * prebind_open - open those of @spec that nobody holds.
 * @job: it is of, as it is now; NULL: a new one
 * @frees: some job is to end, and what it has bound may be free then
 * @why: filled with a sentence on failure
 *
 * Return: 0 or a negative errno.
 */
int prebind_open(struct prebind *p, struct agent *a, const struct job *job, const struct job_spec *spec,
		 bool frees, char *why, size_t size);

/** prebind_undo - close them, and remove their files. */
void prebind_undo(struct prebind *p);

/** prebind_done - the jobs have taken what is theirs. */
void prebind_done(struct prebind *p);

#endif /* VIGIL_AGENT_PREBIND_H */
