/* SPDX-License-Identifier: GPL-2.0 */
/* Keys that say what foretells the failure of a job, and what is done about it. */
#ifndef JOBFILE_FORETELL_H
#define JOBFILE_FORETELL_H

#include "user/jobfile/jobfile.h"
#include "user/jobfile/schema.h"

/* Setter for the table: of a const struct job_foretell *. */
void set_foretell(struct parse *p, const struct key *k, yaml_node_t *node, void *out);

/* What of it needs other keys of the job; @at is blamed. */
void foretell_check(struct parse *p, yaml_node_t *at, const struct job_spec *spec);

#endif /* JOBFILE_FORETELL_H */
