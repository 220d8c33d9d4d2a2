/* SPDX-License-Identifier: GPL-2.0 */
/* What becomes of a job's output, as JSON: Documentation/control-socket.md. */
#ifndef VIGIL_AGENT_STATUS_LOG_H
#define VIGIL_AGENT_STATUS_LOG_H

#include <jansson.h>

struct job;

/** status_log - a new object, or NULL if there is no memory. */
json_t *status_log(const struct job *job);

#endif /* VIGIL_AGENT_STATUS_LOG_H */
