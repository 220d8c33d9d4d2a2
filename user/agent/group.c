// SPDX-License-Identifier: GPL-2.0
/*
 * Groups. A job that is to be renewed gets a time: an instance that started before it makes room
 * for a new one, in the order that depend.c keeps. The times are stored with the death that they
 * follow from, so a restart that a crash of vigild cuts in half is finished by the next one.
 */
#include "user/agent/group.h"

#include <stdio.h>

#include "user/agent/agent.h"
#include "user/agent/explain.h"
#include "user/agent/life.h"
#include "user/base/clock.h"
#include "user/base/log.h"

/* A standby is no member of its own. */
static const struct job_group *team_of(const struct job *job)
{
	return job->slot ? NULL : job->spec->team;
}

/* Members show the same group. NULL: there are no more. */
static struct job *next_member(const struct job *job, size_t *i)
{
	const struct jobs *js = &job->agent->jobs;

	while (*i < js->n) {
		struct job *other = js->list[(*i)++];

		if (other->spec->team == job->spec->team && !other->removed && !other->slot)
			return other;
	}
	return NULL;
}

/* The one that keeps the group's count. */
static struct job *head_of(const struct job *job)
{
	struct job *other;
	size_t i = 0;

	while ((other = next_member(job, &i)))
		if (other->spec->team_place == 0)
			return other;
	return NULL;
}

static void fail_others(struct job *job, const char *why)
{
	struct job *other;
	size_t i = 0;

	while ((other = next_member(job, &i)))
		if (other != job)
			life_fail(other, why);
}

bool group_admits(struct job *job, uint64_t now_us, const char *last)
{
	const struct job_group *team = team_of(job);
	struct job *head = team ? head_of(job) : NULL;
	bool admits;

	if (!head)
		return true;
	admits = sup_count(&head->team_sup, team->restarts_max, team->restarts_window_us, now_us);
	persist_job(head);
	if (admits)
		return true;
	snprintf(job->reason, sizeof(job->reason),
		 "group %s: %u restarts in %g s; last: %s %.100s", team->name, team->restarts_max,
		 (double)team->restarts_window_us / US_PER_S, job->name, last);
	log_error("%s", job->reason);
	fail_others(job, job->reason);
	return false;
}

static void renew(struct job *job, uint64_t now_us)
{
	job->progress.renew_us = now_us;
	persist_job(job);
}

void group_follow(struct job *job, uint64_t now_us)
{
	const struct job_group *team = team_of(job);
	struct job *other;
	size_t i = 0;

	if (!team || team->strategy == JOB_ONE_FOR_ONE)
		return;
	while ((other = next_member(job, &i))) {
		if (other == job || (team->strategy == JOB_REST_FOR_ONE &&
				     other->spec->team_place <= job->spec->team_place))
			continue;
		renew(other, now_us);
	}
}

void group_restart(struct job *job, uint64_t now_us)
{
	struct job *other;
	size_t i = 0;

	log_notice("%s: its whole group is restarted", job->name);
	while ((other = next_member(job, &i))) {
		if (other == job)
			continue;
		renew(other, now_us);
		if (other->state == JOB_FAILED && !other->handover.given)
			life_forgive(other);
	}
}

void group_reset(struct job *job)
{
	struct job *head = team_of(job) ? head_of(job) : NULL;

	if (!head)
		return;
	sup_reset(&head->team_sup);
	persist_job(head);
}
