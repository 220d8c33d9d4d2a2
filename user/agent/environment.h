/* SPDX-License-Identifier: GPL-2.0 */
/* The environment of a job's process. */
#ifndef VIGIL_AGENT_ENVIRONMENT_H
#define VIGIL_AGENT_ENVIRONMENT_H

#include <pwd.h>
#include <stddef.h>

#include "user/jobfile/jobfile.h"

enum { ENVIRONMENT_MAX = 2048 };	/* variables of all sources together */

/**
 * environment_build - what a later source gives wins: vigild's own, the job's, its files'.
 * @pw: the account the job runs as, or NULL
 * @envp: allocated, NULL-terminated; filled in part on failure; give it to environment_free()
 * @why: filled with a sentence on failure
 *
 * Return: 0; -ENOMEM; -EINVAL or the errno of reading for a bad file.
 */
int environment_build(char ***envp, const struct job_spec *spec, const struct passwd *pw, char *why,
		      size_t size);
void environment_free(char **envp);

#endif /* VIGIL_AGENT_ENVIRONMENT_H */
