// SPDX-License-Identifier: GPL-2.0
/* One run: a world, faults for a while, and the time that it has to be well again. */
#include <stdlib.h>

#include "selftests/sim/sim.h"

enum { LOOK_MS = 20, STAY_S = 2 };

struct sim *sim_new(const struct params *p, const struct core_rules *rules, bool tracing)
{
	struct sim *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->p = *p;
	s->rules = *rules;
	s->trace = tracing;
	s->rng = rng_split(p->seed, 1);
	s->now = 1000 * S;
	layout(s);
	return s;
}

static uint64_t bound_of(const struct core_timing *t)
{
	return 2 * (t->silence_ns + (t->backoff_ns << CORE_BACKOFF_DOUBLINGS)) +
	       2 * core_at_most(t, t->promise_ns) + 2 * core_at_most(t, t->lease_ns) + 20 * t->period_ns;
}

/* Level after level, and what was still on its way when the faults ended. */
uint64_t sim_bound(const struct sim *s)
{
	uint64_t ns = 2 * S;
	uint32_t i, level = 0;

	for (i = 0; i < s->nscopes; i++) {
		if (s->scopes[i].level == level)
			continue;
		level = s->scopes[i].level;
		ns += bound_of(&s->scopes[i].timing);
	}
	return ns;
}

static void respawn(struct sim *s, const struct event *e)
{
	struct node *n = &s->nodes[e->node];

	if (!n->up || n->boot != e->boot || n->agent)
		return;
	if (n->frozen_until > s->now) {
		struct event again = *e;

		again.at = n->frozen_until;
		queue_push(s, again);
		return;
	}
	proc_start_agent(s, n, e->value);
}

static void spawn(struct sim *s, const struct event *e)
{
	struct node *n = &s->nodes[e->node];
	unsigned int i;

	if (!n->up || n->boot != e->boot || n->frozen_until > s->now)
		return;
	for (i = 0; i < SIM_COORDS_MAX; i++)
		if (n->coords[i] && n->coords[i]->scope == e->scope)
			return;
	proc_start_coord(s, n, e->scope);
}

static bool frozen_out(struct sim *s, const struct event *e)
{
	bool of_module = e->type == EV_JOB_START || e->type == EV_JOB_STATE || e->type == EV_JOB_DEAD;
	struct event again = *e;

	if (!of_module)
		return false;
	again.at = s->nodes[e->node].frozen_until;
	/* The agent's own doings wait for the agent as well. */
	if (e->type == EV_JOB_START) {
		struct proc *p = proc_find(&s->nodes[e->node], &e->life);

		if (p && p->paused_until > again.at)
			again.at = p->paused_until;
	} else if (s->nodes[e->node].agent && s->nodes[e->node].agent->paused_until > again.at) {
		again.at = s->nodes[e->node].agent->paused_until;
	}
	if (again.at <= s->now)
		return false;
	queue_push(s, again);
	return true;
}

static void happen(struct sim *s, const struct event *e)
{
	if (frozen_out(s, e))
		return;
	switch (e->type) {
	case EV_TIMER:
		proc_timer(s, e);
		break;
	case EV_MESSAGE:
		net_deliver(s, e);
		break;
	case EV_SPAWN:
		spawn(s, e);
		break;
	case EV_RESPAWN:
		respawn(s, e);
		break;
	case EV_BOOT:
		node_boot(s, &s->nodes[e->node]);
		break;
	case EV_FENCE:
		module_fence(s, e);
		break;
	case EV_JOB_START:
		module_start(s, e);
		break;
	case EV_JOB_STATE:
		module_state(s, e);
		break;
	case EV_JOB_DEAD:
		module_dead(s, e);
		break;
	case EV_FAULT:
		if (!s->healing)
			fault_draw(s);
		break;
	case EV_HEAL:
		fault_heal(s);
		break;
	case EV_PARTITION_ENDS:
		s->net.partition = false;
		break;
	case EV_PROOF:
		fault_proof(s, e);
		break;
	default:
		break;
	}
}

void sim_run_until(struct sim *s, uint64_t at)
{
	struct event e;

	while (!s->failed && s->nheap && s->heap[0].at <= at) {
		queue_pop(s, &e);
		s->now = e.at > s->now ? e.at : s->now;
		happen(s, &e);
		free(e.bytes);
	}
	s->now = at > s->now ? at : s->now;
}

static void boot_all(struct sim *s)
{
	uint32_t i;

	for (i = 0; i < s->nnodes; i++)
		queue_push(s, (struct event){
			.at = s->now + rng_below(&s->rng, 200) * MS, .type = EV_BOOT, .node = i,
		});
}

void sim_begin_quiet(struct sim *s)
{
	s->net = (struct net){ .latency_ns = 200 * US, .loss_permille = s->p.loss_permille };
	s->healing = true;
	boot_all(s);
}

static void begin(struct sim *s)
{
	uint32_t i;

	s->net.loss_permille = rng_once_in(&s->rng, 3) ? 0 : rng_below(&s->rng, 200);
	s->net.duplicate_permille = rng_below(&s->rng, 50);
	s->net.delay_permille = rng_once_in(&s->rng, 2) ? 0 : rng_below(&s->rng, 20);
	s->net.latency_ns = rng_once_in(&s->rng, 3) ? 8 * MS : 300 * US;	boot_all(s);
	for (i = 0; i < s->p.storms; i++)
		queue_push(s, (struct event){
			.at = s->now + rng_next(&s->rng) % s->p.fault_ns, .type = EV_FAULT,
		});
	queue_push(s, (struct event){ .at = s->now + s->p.fault_ns, .type = EV_HEAL });
}

/* Pauses and frozen nodes are faults until they end. */
static uint64_t last_fault(const struct sim *s)
{
	uint64_t at = s->now;
	uint32_t i, k;

	for (i = 0; i < s->nnodes; i++) {
		const struct node *n = &s->nodes[i];

		if (n->frozen_until > at)
			at = n->frozen_until;
		if (n->suspect_clock_until > at)
			at = n->suspect_clock_until;
		if (n->agent && n->agent->paused_until > at)
			at = n->agent->paused_until;
		for (k = 0; k < SIM_COORDS_MAX; k++)
			if (n->coords[k] && n->coords[k]->paused_until > at)
				at = n->coords[k]->paused_until;
	}
	return at;
}

/* Nodes are as they should be; loads as well, for else jobs would be moved now and then. */
static void undrain(struct sim *s)
{
	uint32_t i;

	for (i = 0; i < s->nnodes; i++) {
		struct core_event e = { .type = CORE_SERVICE };

		e.service.ready = true;
		if (s->nodes[i].agent)
			proc_step(s, s->nodes[i].agent, &e);
		e = (struct core_event){ .type = CORE_LOAD };
		if (s->nodes[i].agent)
			proc_step(s, s->nodes[i].agent, &e);
	}
}

void sim_run(struct sim *s)
{
	uint64_t end, healed;

	begin(s);
	sim_run_until(s, s->now + s->p.fault_ns);
	if (s->failed)
		return;
	healed = last_fault(s);
	sim_run_until(s, healed);
	undrain(s);
	end = healed + sim_bound(s);
	while (!s->failed && s->now < end) {
		sim_run_until(s, s->now + LOOK_MS * MS);
		if (!s->failed && check_well(s, false)) {
			if (!s->recovered_ns)
				s->recovered_ns = s->now - healed;
			/* It has to stay so for a while. */
			if (s->now - healed - s->recovered_ns >= STAY_S * S)
				break;
		} else {
			s->recovered_ns = 0;
		}
	}
	if (!s->failed)
		check_well(s, true);
}

static void free_scope(struct scope *sc)
{
	uint32_t i;

	for (i = 1; i <= sc->version; i++)
		free(sc->versions[i]);
	free(sc->candidates);
	free(sc->jobs);
	free(sc->promises);
}

void sim_free(struct sim *s)
{
	uint32_t i, k;

	s->trace = false;
	for (i = 0; i < s->nnodes; i++) {
		struct node *n = &s->nodes[i];

		if (n->agent)
			proc_kill(s, n->agent);
		for (k = 0; k < SIM_COORDS_MAX; k++)
			if (n->coords[k])
				proc_kill(s, n->coords[k]);
		while (n->module.instances)
			module_die(s, n, n->module.instances, false);
	}
	for (i = 0; i < s->nscopes; i++)
		free_scope(&s->scopes[i]);
	queue_clear(s);
	free(s->nodes);
	free(s->scopes);
	free(s->jobs);
	free(s);
}
