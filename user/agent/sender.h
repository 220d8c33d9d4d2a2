/* SPDX-License-Identifier: GPL-2.0 */
/* Which job a process belongs to. */
#ifndef VIGIL_AGENT_SENDER_H
#define VIGIL_AGENT_SENDER_H

#include <sys/types.h>

struct agent;
struct job;

/**
 * sender_job - by its cgroup; where the job has none, it must descend from the job's main process.
 *
 * To be asked at once: what is dead and reaped belongs to nobody.
 *
 * Return: the job, or NULL.
 */
struct job *sender_job(struct agent *a, pid_t pid);

#endif /* VIGIL_AGENT_SENDER_H */
