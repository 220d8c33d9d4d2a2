// SPDX-License-Identifier: GPL-2.0
/*
 * The lanes of a job and its standbys, and their names.
 *
 * "db+1" stands by for "db". Each of them has its instances in a lane, that is under a name of which there is one more than
 * there are standbys: when two jobs change places their names do, and the lanes stay with the instances.
 */
#include "user/agent/lane.h"

#include <stdio.h>
#include <string.h>

#include "user/agent/agent.h"

#define LANE_PREFIX "job-"

enum { BASE_MAX = JOB_NAME_LEN_MAX };

const char *job_lane(const struct job *job)
{
	return job->cgroup.dir + strlen(LANE_PREFIX);
}

void lane_set(struct job *job, const char *lane)
{
	snprintf(job->cgroup.dir, sizeof(job->cgroup.dir), LANE_PREFIX "%s", lane);
}

/* @name less "+1". */
static void base_of(const char *name, char *base)
{
	size_t len = strnlen(name, BASE_MAX);

	if (len > 2 && name[len - 2] == '+')
		len -= 2;
	memcpy(base, name, len);
	base[len] = '\0';
}

/* Number @slot of those that have this name to begin with; 0: the job itself. */
struct job *lane_member(struct agent *a, const char *base, unsigned int slot)
{
	char name[LANE_NAME_ROOM];

	if (!slot)
		return jobs_find(&a->jobs, base);
	snprintf(name, sizeof(name), "%s+%u", base, slot);
	return jobs_find(&a->jobs, name);
}

struct job *standby_by_lane(struct agent *a, const char *lane)
{
	struct job *job = jobs_find(&a->jobs, lane);
	char base[BASE_MAX + 1];
	unsigned int i;

	if (job && strcmp(job_lane(job), lane) == 0)
		return job;
	base_of(lane, base);
	for (i = 0; i <= JOB_STANDBY_MAX; i++) {
		job = lane_member(a, base, i);
		if (job && strcmp(job_lane(job), lane) == 0)
			return job;
	}
	return NULL;
}

const char *standby_base(const struct job *job)
{
	static char base[BASE_MAX + 1];

	if (!job->slot)
		return job->name;
	base_of(job->name, base);
	return base;
}

struct job *standby_owner(const struct job *job)
{
	return job->slot ? jobs_find(&job->agent->jobs, standby_base(job)) : (struct job *)job;
}

struct job *standby_each(const struct job *job, unsigned int after)
{
	struct job *slot = NULL;

	if (!job->standby || job->slot)
		return NULL;
	while (!slot && ++after <= JOB_STANDBY_MAX)
		slot = lane_member(job->agent, job->name, after);
	return slot && slot->slot ? slot : NULL;
}

static bool lane_taken(const struct job *job, const char *lane)
{
	char base[BASE_MAX + 1];
	unsigned int i;

	base_of(lane, base);
	for (i = 0; i <= JOB_STANDBY_MAX; i++) {
		const struct job *other = lane_member(job->agent, base, i);

		if (other && other != job && strcmp(job_lane(other), lane) == 0)
			return true;
	}
	return false;
}

/* The job, or one that stood by before, may run in the lane that has the standby's name. There is one more than they. */
void lane_choose(struct job *job)
{
	char lane[LANE_NAME_ROOM];
	unsigned int i;

	snprintf(lane, sizeof(lane), "%s", job_lane(job));
	for (i = 0; i <= JOB_STANDBY_MAX && lane_taken(job, lane); i++)
		snprintf(lane, sizeof(lane), i ? "%s+%u" : "%s", standby_base(job), i);
	lane_set(job, lane);
}
