/* SPDX-License-Identifier: GPL-2.0 */
/* The statistics of a job as JSON: Documentation/control-socket.md. */
#ifndef VIGIL_AGENT_STATS_H
#define VIGIL_AGENT_STATS_H

#include <jansson.h>

struct job;

/** stats_answer - to the request "stats"; NULL if the store cannot be read or memory is out. */
json_t *stats_answer(struct job *job);

#endif /* VIGIL_AGENT_STATS_H */
