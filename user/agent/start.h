/* SPDX-License-Identifier: GPL-2.0 */
/* The start of a job's next instance, from the run queue to the open gate. */
#ifndef VIGIL_AGENT_START_H
#define VIGIL_AGENT_START_H

#include <stdbool.h>
#include <stddef.h>

struct agent;
struct job;

/**
 * start_prepare - work out how the job's processes are to be started, unless that is known.
 * @why: filled with a sentence on failure
 *
 * Return: 0 or a negative errno.
 */
int start_prepare(struct job *job, char *why, size_t size);

/** start_run - start what is runnable, at most AGENT_SPAWNS_PER_TURN. True: there is more. */
bool start_run(struct agent *a);

/** start_open_gates - let the children through that waited for the store. */
void start_open_gates(struct agent *a);

#endif /* VIGIL_AGENT_START_H */
