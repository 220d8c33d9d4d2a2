/* SPDX-License-Identifier: GPL-2.0 */
/* The key that lists a job's sockets. */
#ifndef JOBFILE_SOCKETS_H
#define JOBFILE_SOCKETS_H

#include "user/jobfile/schema.h"

/* Of struct job_spec as a whole. */
void set_sockets(struct parse *p, const struct key *k, yaml_node_t *node, void *out);

#endif /* JOBFILE_SOCKETS_H */
