/* SPDX-License-Identifier: GPL-2.0 */
/* The lanes of a job and its standbys, and their names. */
#ifndef VIGIL_AGENT_LANE_H
#define VIGIL_AGENT_LANE_H

#include "user/jobfile/jobfile.h"

struct agent;
struct job;

enum { LANE_NAME_ROOM = JOB_NAME_LEN_MAX + 12 };

/** job_lane - the name of the job's place: of its cgroup, its watches, and what the holder keeps of it. */
const char *job_lane(const struct job *job);

/** standby_by_lane - the job that has that place now; NULL: none. */
struct job *standby_by_lane(struct agent *a, const char *lane);

/** lane_set - an earlier vigild had it there. */
void lane_set(struct job *job, const char *lane);

/** lane_choose - of a new standby: the lane that has its name, or one that is free. */
void lane_choose(struct job *job);

/** lane_member - standby @slot of those of the job with this name; 0: the job itself; NULL: there is none. */
struct job *lane_member(struct agent *a, const char *base, unsigned int slot);

/** standby_base - the name of the job that a standby stands by for, or the job's own: valid until the next call. */
const char *standby_base(const struct job *job);

/** standby_owner - the job that a standby stands by for; NULL: it is gone. Of another job itself. */
struct job *standby_owner(const struct job *job);

/** standby_each - the job's standby with the lowest number above @after; NULL: there are no more. */
struct job *standby_each(const struct job *job, unsigned int after);

#endif /* VIGIL_AGENT_LANE_H */
