// SPDX-License-Identifier: GPL-2.0
/*
 * The fake module, and the jobs that it watches over: they outlive the agent; those that are bound to the lease are
 * killed when it runs out by the node's own clock, within FENCE_MAX of that.
 */
#include <stdlib.h>

#include "selftests/sim/sim.h"

enum { FENCE_MAX = 10 };

struct job_track *job_find(struct sim *s, uint64_t id)
{
	return id && id <= s->njobs ? &s->jobs[id - 1] : NULL;
}

struct instance *module_find(struct node *n, uint64_t job)
{
	struct instance *i = n->module.instances;

	while (i && i->job != job)
		i = i->next;
	return i;
}

/* A paused agent hears of it afterwards: nothing is lost. */
static void tell(struct sim *s, struct node *n, uint64_t job, uint8_t state)
{
	struct core_event e = { .type = CORE_JOB };

	if (n->agent && n->agent->paused_until > s->now) {
		queue_push(s, (struct event){
			.at = n->agent->paused_until, .type = EV_JOB_DEAD, .node = n->number, .boot = n->boot, .job = job,
			.number = UINT32_MAX,
		});
		return;
	}

	e.job.id = job;
	e.job.state = state;
	if (n->agent)
		proc_step(s, n->agent, &e);
}

void module_lease(struct sim *s, struct node *n, uint64_t token, uint64_t until_ns)
{
	struct module *m = &n->module;
	uint64_t now = clock_local(n, s->now);

	if (token < m->lease_token || until_ns <= now)
		return;
	if (m->lease_held && now >= m->lease_until_ns)
		return; /* being fenced */
	if (!m->lease_held && m->lease_token == token)
		return; /* ran out under this number */
	m->lease_token = token;
	m->lease_until_ns = until_ns;
	m->lease_held = true;
	queue_push(s, (struct event){
		.at = clock_world(n, until_ns) + rng_below(&s->rng, FENCE_MAX) * MS, .type = EV_FENCE, .node = n->number,
		.boot = n->boot, .value = until_ns,
	});
}

void module_die(struct sim *s, struct node *n, struct instance *dead, bool say)
{
	struct job_track *j = job_find(s, dead->job);
	struct instance **at = &n->module.instances;
	uint64_t job = dead->job;

	while (*at != dead)
		at = &(*at)->next;
	*at = dead->next;
	j->running--;
	s->jobs_died++;
	free(dead);
	trace(s, "node %u: job %llu is dead", n->number, (unsigned long long)job);
	if (say)
		tell(s, n, job, CORE_JOB_GONE);
}

void module_fence(struct sim *s, const struct event *e)
{
	struct node *n = &s->nodes[e->node];
	struct instance *i, *next;

	if (!n->up || n->boot != e->boot || n->module.lease_until_ns != e->value || !n->module.lease_held)
		return;
	if (n->frozen_until > s->now || clock_local(n, s->now) < e->value) {
		struct event again = *e;

		again.at = n->frozen_until > s->now ? n->frozen_until : clock_world(n, e->value);
		queue_push(s, again);
		return;
	}
	n->module.lease_held = false;
	trace(s, "node %u: fenced", n->number);
	for (i = n->module.instances; i; i = next) {
		next = i->next;
		if (i->bound)
			module_die(s, n, i, true);
	}
}

static bool may_start(struct node *n, const struct event *e, uint64_t now)
{
	const struct module *m = &n->module;

	if (!e->value)
		return true;
	return m->lease_held && m->lease_token == e->value && now < m->lease_until_ns;
}

/* It is started, or cannot be; either way the agent is told. */
void module_start(struct sim *s, const struct event *e)
{
	struct node *n = &s->nodes[e->node];
	struct job_track *j = job_find(s, e->job);
	struct event state;
	struct instance *i;

	if (!n->up || !proc_find(n, &e->life) || module_find(n, e->job))
		return;
	if (!may_start(n, e, clock_local(n, s->now))) {
		tell(s, n, e->job, CORE_JOB_GONE);
		return;
	}
	i = calloc(1, sizeof(*i));
	if (!i)
		abort();
	*i = (struct instance){
		.job = e->job, .bound = e->value, .number = ++n->module.next_instance, .next = n->module.instances,
	};
	n->module.instances = i;
	j->running++;
	trace(s, "node %u: job %llu runs%s", n->number, (unsigned long long)e->job, i->bound ? ", bound" : "");
	check_started(s, j, n);
	state = (struct event){
		.type = EV_JOB_STATE, .node = n->number, .boot = n->boot, .job = e->job, .number = i->number,
	};
	state.at = s->now + rng_below(&s->rng, 20) * MS;
	state.value = !s->healing && rng_once_in(&s->rng, 200);
	queue_push(s, state);
}

/* Ready; or, now and then, a failure that the agent gives up on. */
void module_state(struct sim *s, const struct event *e)
{
	struct node *n = &s->nodes[e->node];
	struct instance *i = n->boot == e->boot ? module_find(n, e->job) : NULL;

	if (!i || i->number != e->number || i->stopping)
		return;
	if (!e->value) {
		tell(s, n, e->job, WIRE_JOB_RUNNING);
		return;
	}
	s->hit[FAULT_JOB_FAILS]++;
	module_die(s, n, i, false);
	tell(s, n, e->job, WIRE_JOB_FAILED);
}

/* One that was not started yet is gone at once. */
void module_stop(struct sim *s, struct node *n, uint64_t job)
{
	struct instance *i = module_find(n, job);

	if (i)
		i->stopping = true;
	queue_push(s, (struct event){
		.at = s->now + 4 * MS + rng_below(&s->rng, 30) * MS, .type = EV_JOB_DEAD, .node = n->number,
		.boot = n->boot, .job = job, .number = i ? i->number : 0,
	});
}

void module_dead(struct sim *s, const struct event *e)
{
	struct node *n = &s->nodes[e->node];
	struct instance *i = n->boot == e->boot && n->up ? module_find(n, e->job) : NULL;

	if (i && (i->number == e->number || !e->number))
		module_die(s, n, i, true);
	else if (n->up && n->boot == e->boot && !i)
		tell(s, n, e->job, CORE_JOB_GONE);
}
