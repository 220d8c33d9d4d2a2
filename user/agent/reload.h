/* SPDX-License-Identifier: GPL-2.0 */
/* Having a job read its own configuration again. */
#ifndef VIGIL_AGENT_RELOAD_H
#define VIGIL_AGENT_RELOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/agent/notify_parse.h"
#include "user/agent/side.h"

struct job;

enum reload_step {
	RELOAD_NONE,
	RELOAD_ASKED,		/* signalled, or its command runs */
	RELOAD_BEGUN,		/* it has said RELOADING=1 */
	RELOAD_DONE,
	RELOAD_FAILED,
};

struct reload {
	enum reload_step step;
	uint64_t asked_us;	/* on CLOCK_MONOTONIC, as jobs tell it */
	struct side command;
	char why[96];		/* it failed */
};

void reload_init(struct job *job);

/**
 * reload_begin - as the job's file says.
 * @why: filled with a sentence on failure
 *
 * Return: 0; -EINVAL if the file says nothing; -EBUSY if the job does not run, or its command still does;
 * another negative errno.
 */
int reload_begin(struct job *job, char *why, size_t size);

/* The instance has said RELOADING=1, then READY=1. */
void reload_said_reloading(struct job *job, const struct notify_message *m);
void reload_said_ready(struct job *job);

/** reload_end - the instance has ended. */
void reload_end(struct job *job);

#endif /* VIGIL_AGENT_RELOAD_H */
