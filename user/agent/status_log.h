/* SPDX-License-Identifier: GPL-2.0 */
/* What becomes of a job's output, as JSON: Documentation/api.md. */
#ifndef VIGIL_AGENT_STATUS_LOG_H
#define VIGIL_AGENT_STATUS_LOG_H

#include <jansson.h>

struct job_view;

/** status_log - a new object, or NULL if there is no memory. @look_fd: the logger's state, or -1. */
json_t *status_log(const struct job_view *v, const char *logs_dir, int look_fd);

#endif /* VIGIL_AGENT_STATUS_LOG_H */
