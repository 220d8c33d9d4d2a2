// SPDX-License-Identifier: GPL-2.0
/*
 * Who starts and stops before whom.
 *
 * Each change of a job touches it. At the end of the turn the job, those that wait for it and
 * those it waits for are looked at, and depend.c says what is to become of each. Nothing of this
 * is stored but the wishes and the states of the jobs: the next vigild looks at all of them, and
 * comes to the same.
 */
#include "user/agent/order.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/agent/agent.h"
#include "user/agent/life.h"
#include "user/agent/phase.h"
#include "user/agent/proc.h"
#include "user/agent/standby.h"
#include "user/base/clock.h"
#include "user/base/log.h"

enum { NO_NUMBER = -1 };

static enum depend_stand stand_of(const struct job *job)
{
	switch (job->state) {
	case JOB_RUNNING:
	case JOB_LISTENING:	/* it starts when somebody needs it */
		return DEPEND_READY;
	case JOB_STARTING:
		return job->stuck ? DEPEND_GONE : DEPEND_COMING;
	case JOB_BACKOFF:
		return DEPEND_COMING;
	case JOB_STOPPING:
		/* It ends by itself, or for a hang, or tidies up after that: nobody wants it down. */
		return job->want == WANT_UP ? DEPEND_COMING : DEPEND_LEAVING;
	default:
		return DEPEND_GONE;
	}
}

static uint64_t max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static struct depend_view look(const void *arg, uint32_t number)
{
	const struct order *o = arg;
	const struct job *job = o->jobs[number];
	bool alive;

	if (!job)
		return (struct depend_view){ .stand = DEPEND_GONE };
	alive = job->inst.pid || phase_tidies(job);
	return (struct depend_view){
		.stand = stand_of(job),
		.wanted = job->want == WANT_UP || job->want == WANT_RESTART,
		.alive = alive,
		.stale = alive && job->inst.started_us < job->progress.renew_us,
		.since_us = standby_since(job),
		.told_us = max_u64(job->inst.started_us, job->progress.told_us),
		.on_dependency = job->spec->on_dependency,
	};
}

void order_init(struct agent *a)
{
	TAILQ_INIT(&a->order.touched);
}

void order_free(struct agent *a)
{
	depend_free(&a->order.depend);
	free(a->order.jobs);
	a->order.jobs = NULL;
}

/* Jobs without a definition of their own have no ties. */
static size_t number_jobs(struct agent *a, const struct job_spec **specs, struct job **jobs)
{
	size_t n = 0, i;

	for (i = 0; i < a->jobs.n; i++) {
		struct job *job = a->jobs.list[i];

		job->number = NO_NUMBER;
		if (!job->src || job->slot)
			continue;
		job->number = (int)n;
		specs[n] = job->spec;
		jobs[n++] = job;
	}
	return n;
}

static void forget_numbers(struct agent *a)
{
	size_t i;

	for (i = 0; i < a->jobs.n; i++)
		a->jobs.list[i]->number = NO_NUMBER;
	order_free(a);
	log_error("out of memory: jobs do not heed each other");
}

void order_rebuild(struct agent *a)
{
	struct order *o = &a->order;
	const struct job_spec **specs = calloc(a->jobs.n + 1, sizeof(*specs));
	struct job **jobs = calloc(a->jobs.n + 1, sizeof(struct job *));
	size_t n, i;

	order_free(a);
	o->jobs = jobs;
	n = specs && jobs ? number_jobs(a, specs, jobs) : 0;
	if (!specs || !jobs || depend_init(&o->depend, specs, n, look, o))
		forget_numbers(a);
	free(specs);
	for (i = 0; i < a->jobs.n; i++)
		order_touch(a->jobs.list[i]);
}

void order_touch(struct job *job)
{
	if (!job->touched)
		TAILQ_INSERT_TAIL(&job->agent->order.touched, job, touch_link);
	job->touched = true;
}

static void touch_number(const struct order *o, uint32_t number)
{
	if (o->jobs[number])
		order_touch(o->jobs[number]);
}

/* They would not be looked at for the sake of one that is gone. */
static void touch_others(const struct job *job)
{
	const struct order *o = &job->agent->order;
	const struct depend *d = &o->depend;
	uint32_t i;

	if (!d->out_at)
		return;
	for (i = d->out_at[job->number]; i < d->out_at[job->number + 1]; i++)
		touch_number(o, d->ties.list[i].to);
	for (i = d->in_at[job->number]; i < d->in_at[job->number + 1]; i++)
		touch_number(o, d->ties.list[d->in[i]].from);
}

void order_forget(struct job *job)
{
	struct order *o = &job->agent->order;

	if (job->touched)
		TAILQ_REMOVE(&o->touched, job, touch_link);
	job->touched = false;
	if (job->number == NO_NUMBER || !o->jobs)
		return;
	touch_others(job);
	o->jobs[job->number] = NULL;
	job->number = NO_NUMBER;
}

void order_exchange(struct job *a, struct job *b)
{
	struct order *o = &a->agent->order;
	int number = a->number;

	a->number = b->number;
	b->number = number;
	if (o->jobs && a->number != NO_NUMBER)
		o->jobs[a->number] = a;
	if (o->jobs && b->number != NO_NUMBER)
		o->jobs[b->number] = b;
}

static bool has_ties(const struct job *job)
{
	return job->number != NO_NUMBER && job->agent->order.depend.out_at;
}

/* What it needs is wanted up with it. */
static void pull(struct job *job)
{
	const struct order *o = &job->agent->order;
	const struct depend *d = &o->depend;
	uint32_t i;

	job->pulls = false;
	for (i = d->out_at[job->number]; i < d->out_at[job->number + 1]; i++) {
		const struct tie *t = &d->ties.list[i];
		struct job *needed = o->jobs[t->to];

		if ((t->kind != TIE_REQUIRES && t->kind != TIE_BINDS) || !needed || needed->removed)
			continue;
		/* It may run elsewhere by now. */
		if (needed->handover.given)
			continue;
		if (needed->want == WANT_DOWN || needed->state == JOB_FAILED ||
		    needed->state == JOB_DONE)
			life_start(needed);
	}
}

static void tell(struct job *job)
{
	int err = proc_pidfd_kill(job->inst.pidfd, job->spec->dependency_signal);

	if (err && err != -ESRCH)
		log_error("%s: cannot signal pid %d: %s", job->name, job->inst.pid, strerror(-err));
	job->progress.told_us = clock_us();
	persist_job(job);
}

static void follow(struct job *job)
{
	switch (depend_deed(&job->agent->order.depend, (uint32_t)job->number)) {
	case DEPEND_GO_ON:
		break;
	case DEPEND_SIGNAL:
		tell(job);
		break;
	case DEPEND_RESTART:
		log_notice("%s: restarted because of another job", job->name);
		life_renew(job);
		break;
	case DEPEND_STOP:
		log_notice("%s: stopped because of another job", job->name);
		life_stop(job);
		break;
	}
}

static void consider(struct job *job)
{
	if (!job || !has_ties(job))
		return;
	if (job->pulls)
		pull(job);
	if (job->stop_held) {
		if (depend_may_stop(&job->agent->order.depend, (uint32_t)job->number))
			life_end(job);
	} else if (job->waits) {
		life_wake(job);
	} else if (job->inst.pid && job->state != JOB_STOPPING) {
		follow(job);
	}
}

/* No other holds it: it may have had ties before a reload. */
static void release(struct job *job)
{
	job->pulls = false;
	if (job->stop_held)
		life_end(job);
	else if (job->waits)
		life_wake(job);
}

static unsigned int consider_with_others(struct job *job)
{
	const struct order *o = &job->agent->order;
	const struct depend *d = &o->depend;
	uint32_t i, out, out_end, in, in_end;

	if (!has_ties(job)) {
		release(job);
		return 1;
	}
	out = d->out_at[job->number];
	out_end = d->out_at[job->number + 1];
	in = d->in_at[job->number];
	in_end = d->in_at[job->number + 1];
	consider(job);
	for (i = out; i < out_end; i++)
		consider(o->jobs[d->ties.list[i].to]);
	for (i = in; i < in_end; i++)
		consider(o->jobs[d->ties.list[d->in[i]].from]);
	return 1 + out_end - out + in_end - in;
}

bool order_turn(struct agent *a)
{
	struct order *o = &a->order;
	unsigned int looks = 0;
	struct job *job;

	while (looks < AGENT_LOOKS_PER_TURN && (job = TAILQ_FIRST(&o->touched))) {
		TAILQ_REMOVE(&o->touched, job, touch_link);
		job->touched = false;
		looks += consider_with_others(job);
	}
	return !TAILQ_EMPTY(&o->touched);
}

static void explain_wait(struct job *job, uint32_t culprit)
{
	const struct job *other = culprit == DEPEND_NOBODY ? NULL :
				  job->agent->order.jobs[culprit];

	if (other)
		snprintf(job->reason, sizeof(job->reason), "waits for %s (%s)", other->name,
			 job_state_name(other->state));
	else
		snprintf(job->reason, sizeof(job->reason),
			 "waits for a job that does not exist any more");
}

bool order_may_start(struct job *job)
{
	enum depend_start start = DEPEND_START;
	uint32_t culprit = DEPEND_NOBODY;
	bool stuck;

	if (has_ties(job))
		start = depend_may_start(&job->agent->order.depend, (uint32_t)job->number, &culprit);
	stuck = start == DEPEND_STUCK;
	job->waits = start != DEPEND_START;
	if (job->waits)
		explain_wait(job, culprit);
	if (job->stuck != stuck)
		order_touch(job);
	job->stuck = stuck;
	return !job->waits;
}

bool order_defers_stop(const struct job *job)
{
	const struct depend *d = &job->agent->order.depend;

	return has_ties(job) && d->in_at[job->number] < d->in_at[job->number + 1];
}

/* Marks, so that each job counts once however many ways lead to it. */
static uint64_t add_limits(const struct order *o, uint32_t number, bool *seen)
{
	const struct depend *d = &o->depend;
	const struct job *job = o->jobs[number];
	uint64_t limit_us = 0;
	uint32_t i;

	if (seen[number] || !job)
		return 0;
	seen[number] = true;
	for (i = d->in_at[number]; i < d->in_at[number + 1]; i++)
		limit_us += add_limits(o, d->ties.list[d->in[i]].from, seen);
	if (job->inst.pid)
		limit_us += job->spec->stop_timeout_us + phase_tidy_limit_us(job);
	return limit_us;
}

uint64_t order_stop_limit_us(const struct job *job)
{
	const struct order *o = &job->agent->order;
	uint64_t own_us = job->spec->stop_timeout_us + phase_tidy_limit_us(job);
	bool *seen;

	if (!has_ties(job))
		return own_us;
	seen = calloc(o->depend.n + 1, sizeof(*seen));
	if (seen)
		own_us = max_u64(own_us, add_limits(o, (uint32_t)job->number, seen));
	free(seen);
	return own_us;
}

/*
 * Its main process is another now, which shows as a younger one to the next vigild: those that need it
 * are to know that it did not come back from the dead.
 */
void order_moved(struct job *job)
{
	const struct order *o = &job->agent->order;
	const struct depend *d = &o->depend;
	uint32_t i;

	if (job->number == NO_NUMBER)
		return;
	for (i = d->in_at[job->number]; i < d->in_at[job->number + 1]; i++) {
		struct job *other = o->jobs[d->ties.list[d->in[i]].from];

		if (!other || !other->inst.pid)
			continue;
		other->progress.told_us = clock_us();
		persist_job(other);
	}
}
