/* SPDX-License-Identifier: GPL-2.0 */
/* The state of vigild and its jobs as JSON. */
#ifndef VIGIL_AGENT_STATUS_H
#define VIGIL_AGENT_STATUS_H

#include <stdint.h>

#include <jansson.h>

struct agent;
struct job;

/* Each returns a new reference, or NULL if memory is out. */
json_t *status_agent(const struct agent *a);
json_t *status_errors(const struct agent *a);
json_t *status_jobs(const struct agent *a);
json_t *status_job(const struct job *job);

/* Text from files and from the system, which may be no UTF-8; and a 64-bit number as a string. */
json_t *status_text(const char *text);
json_t *status_number(uint64_t value);

#endif /* VIGIL_AGENT_STATUS_H */
