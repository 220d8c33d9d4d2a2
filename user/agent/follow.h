/* SPDX-License-Identifier: GPL-2.0 */
/* What those who follow the jobs are told. */
#ifndef VIGIL_AGENT_FOLLOW_H
#define VIGIL_AGENT_FOLLOW_H

#include "user/agent/view.h"
#include "user/api/events.h"
#include "user/store/store_history.h"

/** follow_state - the job has another state than @old, or is new: told if so. The loop. */
void follow_state(const struct job *job, const struct job_view *old);

/** follow_history - an event of the job's history is stored, or cannot be. The loop. */
void follow_history(const struct job *job, const struct store_event *event);

/** follow_fini - nobody follows any more. */
void follow_fini(struct agent *a);

/**
 * follow_format - for the API's thread: an event as JSON.
 * @arg: struct viewer
 *
 * See struct api_config.
 */
char *follow_format(void *arg, const struct api_event *event, const char *match, const char **type);

#endif /* VIGIL_AGENT_FOLLOW_H */
