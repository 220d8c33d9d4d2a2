/* SPDX-License-Identifier: GPL-2.0 */
/* What else is told of a job: its definition's change, its standbys, what foretells its failure. */
#ifndef VIGIL_AGENT_STATUS_MORE_H
#define VIGIL_AGENT_STATUS_MORE_H

#include <jansson.h>

struct job;

/** status_more - made by the loop when the job has changed, for its view. NULL: out of memory. */
json_t *status_more(const struct job *job);

#endif /* VIGIL_AGENT_STATUS_MORE_H */
