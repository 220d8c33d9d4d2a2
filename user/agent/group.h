/* SPDX-License-Identifier: GPL-2.0 */
/* Groups: what the restart of one job does to the others. */
#ifndef VIGIL_AGENT_GROUP_H
#define VIGIL_AGENT_GROUP_H

#include <stdbool.h>
#include <stdint.h>

struct job;

/**
 * group_admits - count a restart of the job against its group's limit.
 * @last: how the job ended, as by explain_end()
 *
 * Return: false if it was one too many: then all of the group have failed, but for this job,
 * whose reason is filled in.
 */
bool group_admits(struct job *job, uint64_t now_us, const char *last);

/** group_follow - the job is restarted: renew those that its group's strategy says. */
void group_follow(struct job *job, uint64_t now_us);

/** group_restart - renew all others of its group, those that have failed too. */
void group_restart(struct job *job, uint64_t now_us);

/** group_reset - the operator starts the job: its group's count begins anew. */
void group_reset(struct job *job);

#endif /* VIGIL_AGENT_GROUP_H */
