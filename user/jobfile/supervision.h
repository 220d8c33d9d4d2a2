/* SPDX-License-Identifier: GPL-2.0 */
/* The groups of a file, and what ties its jobs to each other. */
#ifndef JOBFILE_SUPERVISION_H
#define JOBFILE_SUPERVISION_H

#include "user/jobfile/jobfile.h"
#include "user/jobfile/schema.h"

struct groups {
	struct job_group *list;		/* in the arena */
	size_t n;
};

/* Setter for tables: of a struct groups. */
void set_supervision(struct parse *p, const struct key *k, yaml_node_t *node, void *out);

/* Of jobs without an error: tells each its group, and refuses groups and cycles that cannot be. */
void supervision_link(struct parse *p, struct job_spec *specs, size_t n, struct groups *groups);

#endif /* JOBFILE_SUPERVISION_H */
