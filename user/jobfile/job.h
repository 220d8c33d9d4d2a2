/* SPDX-License-Identifier: GPL-2.0 */
/* The schema of one job. */
#ifndef JOBFILE_JOB_H
#define JOBFILE_JOB_H

#include "user/jobfile/jobfile.h"
#include "user/jobfile/schema.h"

/* Fills in *spec from the mapping @node; @name is the key it stands under. p->instance is obeyed. */
void job_walk(struct parse *p, yaml_node_t *name, yaml_node_t *node, struct job_spec *spec);

/* Setters for tables: of an int, an unsigned int, a bool, and of a const char * with a name or a number. */
void set_signal(struct parse *p, const struct key *k, yaml_node_t *node, void *spec);
void set_count(struct parse *p, const struct key *k, yaml_node_t *node, void *spec);
void set_bool(struct parse *p, const struct key *k, yaml_node_t *node, void *spec);
void set_account(struct parse *p, const struct key *k, yaml_node_t *node, void *spec);

#endif /* JOBFILE_JOB_H */
