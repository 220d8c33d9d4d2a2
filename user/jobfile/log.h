/* SPDX-License-Identifier: GPL-2.0 */
/* What a job file says of a job's output. */
#ifndef JOBFILE_LOG_H
#define JOBFILE_LOG_H

#include "user/jobfile/schema.h"

extern const struct job_log log_defaults;

/* Setter for the table: of a struct job_log. */
void set_log(struct parse *p, const struct key *k, yaml_node_t *node, void *spec);

#endif /* JOBFILE_LOG_H */
