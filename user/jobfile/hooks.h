/* SPDX-License-Identifier: GPL-2.0 */
/* Commands that run before and after a job's program. */
#ifndef JOBFILE_HOOKS_H
#define JOBFILE_HOOKS_H

#include "user/jobfile/schema.h"

/* Setter for tables: of a struct job_commands. */
void set_commands(struct parse *p, const struct key *k, yaml_node_t *node, void *spec);

#endif /* JOBFILE_HOOKS_H */
