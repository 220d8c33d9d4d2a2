/* SPDX-License-Identifier: GPL-2.0 */
/* The schema of one job. */
#ifndef JOBFILE_JOB_H
#define JOBFILE_JOB_H

#include "user/jobfile/jobfile.h"
#include "user/jobfile/schema.h"

/* Fills in *spec from the mapping @node; @name is the key it stands under. */
void job_walk(struct parse *p, yaml_node_t *name, yaml_node_t *node, struct job_spec *spec);

#endif /* JOBFILE_JOB_H */
