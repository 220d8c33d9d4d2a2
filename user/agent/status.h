/* SPDX-License-Identifier: GPL-2.0 */
/* The state of vigild and its jobs as JSON. */
#ifndef VIGIL_AGENT_STATUS_H
#define VIGIL_AGENT_STATUS_H

#include <jansson.h>

struct agent;
struct job;

/* Each returns a new reference, or NULL if memory is out. */
json_t *status_agent(const struct agent *a);
json_t *status_errors(const struct agent *a);
json_t *status_jobs(const struct agent *a);
json_t *status_job(const struct job *job);

#endif /* VIGIL_AGENT_STATUS_H */
