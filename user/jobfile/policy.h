/* SPDX-License-Identifier: GPL-2.0 */
/* Keys of the restart policy. */
#ifndef JOBFILE_POLICY_H
#define JOBFILE_POLICY_H

#include "user/jobfile/schema.h"

/* The words of `restart`, `on-limit` and `on-change`. */
extern const struct word policy_restarts[];
extern const struct word policy_limits[];
extern const struct word policy_changes[];

/* Setter for tables, of a struct job_ends: a list of exit codes and signals. */
void set_ends(struct parse *p, const struct key *k, yaml_node_t *node, void *spec);

#endif /* JOBFILE_POLICY_H */
