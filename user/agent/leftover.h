/* SPDX-License-Identifier: GPL-2.0 */
/* What is left of a job when its main process is dead. */
#ifndef VIGIL_AGENT_LEFTOVER_H
#define VIGIL_AGENT_LEFTOVER_H

#include <stdbool.h>

struct job;

/**
 * leftover_none - is the cgroup of a job without an instance empty?
 *
 * If not, what is in it is killed, and life_cgroup_ready() or life_timer() will be called.
 */
bool leftover_none(struct job *job);

/** leftover_unwatch - nobody waits for the cgroup any more. */
void leftover_unwatch(struct job *job);

/** leftover_kill_group - without a cgroup: kill those that stayed in the process group. */
void leftover_kill_group(const struct job *job);

#endif /* VIGIL_AGENT_LEFTOVER_H */
