/* SPDX-License-Identifier: GPL-2.0 */
/* Which jobs a request names: one, all instances of a template, or all that match a pattern. */
#ifndef VIGIL_AGENT_SELECT_H
#define VIGIL_AGENT_SELECT_H

#include <stdbool.h>

#include "user/agent/job.h"

/**
 * select_next - the jobs named by @what, in the order of their names; removed ones are passed over.
 * @what: a job's name; else a pattern with *, ? or [ as of glob(7); else a template's name
 * @after: the name of the one before, or NULL
 *
 * Return: the job, or NULL if there is none or no further one.
 */
struct job *select_next(const struct jobs *js, const char *what, const char *after);

/** select_one - is @what the name of one job? */
bool select_one(const struct jobs *js, const char *what);

#endif /* VIGIL_AGENT_SELECT_H */
