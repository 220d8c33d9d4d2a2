/* SPDX-License-Identifier: GPL-2.0 */
/* Keys by which jobs name other jobs. */
#ifndef JOBFILE_REFS_H
#define JOBFILE_REFS_H

#include "user/jobfile/schema.h"

/* Setters for tables: of a struct job_refs, and of on_dependency with its signal. */
void set_refs(struct parse *p, const struct key *k, yaml_node_t *node, void *out);
void set_on_dependency(struct parse *p, const struct key *k, yaml_node_t *node, void *spec);

#endif /* JOBFILE_REFS_H */
