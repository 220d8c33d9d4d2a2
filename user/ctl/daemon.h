/* SPDX-License-Identifier: GPL-2.0 */
/* Requests to vigild: Documentation/api.md. */
#ifndef CTL_DAEMON_H
#define CTL_DAEMON_H

#include <jansson.h>

#include "user/ctl/command.h"

enum daemon_patience {
	DAEMON_SOON,		/* an answer that takes nothing but a look */
	DAEMON_WHEN_DONE,	/* an answer that comes when a job has ended */
};

/*
 * One request about @job, or NULL, and its answer. Returns CTL_OK with *answer (json_decref() it), or
 * another status with the reason told.
 */
int daemon_ask(const struct ctl_args *args, const char *cmd, const char *job,
	       enum daemon_patience patience, json_t **answer);

/* A reload of the job files, if the plan is still @id; NULL: whatever it is. As daemon_ask(). */
int daemon_reload(const struct ctl_args *args, const char *id, json_t **answer);

#endif /* CTL_DAEMON_H */
