// SPDX-License-Identifier: GPL-2.0
/*
 * Restarting jobs for their new definitions: of the instances of one template one at a time.
 *
 * The next one's turn comes when the one before is ready, or has run for long enough where nothing tells
 * that. One that does not run serves nobody, and is not waited with. A first one that fails ends it
 * for all: version.c.
 *
 * That a job is to be restarted is in the store from before the first one is: the next vigild goes on.
 */
#include "user/agent/rollout.h"

#include <string.h>

#include "user/agent/agent.h"
#include "user/agent/life.h"
#include "user/agent/phase.h"

void rollout_looks(struct agent *a)
{
	a->rollout.due = true;
}

void rollout_begin(struct job *job)
{
	if (!job->ver.rolling)
		job->agent->rollout.rolling++;
	job->ver.rolling = true;
	view_touch(job);
	rollout_looks(job->agent);
	persist_job(job);
}

void rollout_forget(struct job *job)
{
	if (job->ver.rolling)
		job->agent->rollout.rolling--;
	job->ver.rolling = false;
	view_touch(job);
}

void rollout_started(struct job *job)
{
	rollout_forget(job);
}

/* Up to the @; with it, so that "web" and "web@1" are no kin. */
static size_t stem_of(const char *name)
{
	const char *at = strchr(name, '@');

	return at ? (size_t)(at - name) + 1 : strlen(name) + 1;
}

static bool are_kin(const struct job *a, const struct job *b)
{
	return strncmp(a->name, b->name, stem_of(a->name)) == 0;
}

/* They stand side by side in the table. */
struct job *rollout_next_of(struct job *job, struct job *after)
{
	const struct jobs *js = &job->agent->jobs;
	size_t i;

	if (after) {
		i = jobs_place(js, after->name) + 1;
	} else {
		i = jobs_place(js, job->name);
		while (i > 0 && are_kin(job, js->list[i - 1]))
			i--;
	}
	for (; i < js->n && are_kin(job, js->list[i]); i++)
		if (!js->list[i]->removed && !js->list[i]->slot)
			return js->list[i];
	return NULL;
}

bool rollout_has_others(struct job *job)
{
	struct job *other = NULL;

	while ((other = rollout_next_of(job, other)))
		if (other != job && (other->ver.rolling || version_unproven(other)))
			return true;
	return false;
}

static bool is_wanted(const struct job *job)
{
	switch (job->state) {
	case JOB_STOPPED:
	case JOB_DONE:
	case JOB_FAILED:
	case JOB_LISTENING:
		return false;
	default:
		return job->want == WANT_UP || job->want == WANT_RESTART;
	}
}

static bool has_process(const struct job *job)
{
	return job->inst.pid || phase_tidies(job);
}

/* Is it on its way, or did it not get there, so that no other may go down meanwhile? */
static bool is_moving(const struct job *job)
{
	/* One that has failed for good with what the others are to get keeps them from it. */
	if (job->state == JOB_FAILED && version_unproven(job))
		return true;
	if (!is_wanted(job) || job->stuck)
		return false;
	if (job->ver.rolling)
		return job->state == (has_process(job) ? JOB_STOPPING : JOB_STARTING);
	return job->state != JOB_RUNNING || version_unproven(job);
}

static void renew(struct job *job)
{
	if (!is_wanted(job)) {
		rollout_forget(job);
		persist_job(job);
	} else if (has_process(job)) {
		life_renew(job);
	} else if (job->state == JOB_BACKOFF) {
		life_forgive(job);
	}
}

static void roll_template(struct job *first)
{
	struct job *job = NULL, *pick = NULL;
	bool moving = false;

	while ((job = rollout_next_of(first, job))) {
		moving |= is_moving(job);
		if (!job->ver.rolling || job->state == JOB_STOPPING)
			continue;
		if (!is_wanted(job) || !has_process(job))
			renew(job);
		else if (!pick)
			pick = job;
	}
	if (pick && !moving)
		renew(pick);
}

/* When the last one has got there nobody goes back any more. */
static void settle_template(struct job *first)
{
	struct job *job = NULL;

	while ((job = rollout_next_of(first, job)))
		if (job->ver.rolling || version_unproven(job))
			return;
	while ((job = rollout_next_of(first, job)))
		if (job->ver.before.spec)
			version_forget_before(job);
}

void rollout_turn(struct agent *a)
{
	const struct jobs *js = &a->jobs;
	struct job *last = NULL;
	size_t i;

	if (!a->rollout.due && !a->rollout.rolling)
		return;
	a->rollout.due = false;
	for (i = 0; i < js->n; i++) {
		struct job *job = js->list[i];

		if ((!job->ver.rolling && !job->ver.before.spec) || (last && are_kin(last, job)))
			continue;
		last = job;
		roll_template(job);
		settle_template(job);
	}
}
