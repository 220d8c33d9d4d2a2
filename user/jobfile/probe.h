/* SPDX-License-Identifier: GPL-2.0 */
/* Keys of a probe. */
#ifndef JOBFILE_PROBE_H
#define JOBFILE_PROBE_H

#include "user/jobfile/jobfile.h"
#include "user/jobfile/schema.h"

extern const struct job_probe probe_defaults;

/* Setter for tables, of a struct job_probe. */
void set_probe(struct parse *p, const struct key *k, yaml_node_t *node, void *spec);

/* What the keys of a job must be together; @at is blamed. */
void probe_check(struct parse *p, yaml_node_t *at, const struct job_spec *spec);

#endif /* JOBFILE_PROBE_H */
