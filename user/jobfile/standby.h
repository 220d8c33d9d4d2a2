/* SPDX-License-Identifier: GPL-2.0 */
/* What a job with standbys cannot be. */
#ifndef JOBFILE_STANDBY_H
#define JOBFILE_STANDBY_H

#include "user/jobfile/jobfile.h"
#include "user/jobfile/schema.h"

/* After the job's mapping was walked. */
void standby_check(struct parse *p, yaml_node_t *name, const struct job_spec *spec);

#endif /* JOBFILE_STANDBY_H */
