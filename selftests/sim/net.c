// SPDX-License-Identifier: GPL-2.0
/* The network: bytes that are lost, doubled, late and overtaken, and nodes that do not hear each other. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "selftests/sim/sim.h"

bool net_blocked(const struct sim *s, uint32_t from, uint32_t to)
{
	uint32_t a = s->nodes[from].side, b = s->nodes[to].side;

	if (!s->net.partition || a == b)
		return false;
	return !s->net.one_way || a < b;
}

static uint64_t latency(struct sim *s)
{
	uint64_t ns = s->net.latency_ns / 2 + rng_next(&s->rng) % s->net.latency_ns;

	if (rng_below(&s->rng, 1000) < s->net.delay_permille) {
		uint64_t most_ns = rng_once_in(&s->rng, 4) ? 2 * S : 100 * MS;

		s->hit[FAULT_DELAY]++;
		ns += rng_next(&s->rng) % most_ns;
	}
	if (s->net.latency_ns > MS)
		s->hit[FAULT_REORDER]++;
	return ns;
}

static void carry(struct sim *s, uint32_t from, uint32_t to, const uint8_t *bytes, size_t len)
{
	struct event e = { .type = EV_MESSAGE, .node = to, .number = from, .len = len };

	if (from != to && rng_below(&s->rng, 1000) < s->net.loss_permille) {
		s->hit[FAULT_LOSS]++;
		return;
	}
	e.at = s->now + (from == to ? 10 * US : latency(s));
	e.bytes = malloc(len);
	if (!e.bytes)
		abort();
	memcpy(e.bytes, bytes, len);
	queue_push(s, e);
}

void net_send(struct sim *s, uint32_t from, uint32_t to, const struct wire_msg *m)
{
	uint8_t bytes[WIRE_SIZE_MAX];
	size_t len;

	if (!s->nodes[to].up || net_blocked(s, from, to))
		return;
	if (wire_encode(m, bytes, sizeof(bytes), &len)) {
		sim_fail(s, "a message does not encode");
		return;
	}
	carry(s, from, to, bytes, len);
	if (from != to && rng_below(&s->rng, 1000) < s->net.duplicate_permille) {
		s->hit[FAULT_DUPLICATE]++;
		carry(s, from, to, bytes, len);
	}
}

/* A request to the agent of that node, or to whoever starts coordinators there. */
void net_spawn(struct sim *s, uint32_t from, uint32_t to, uint32_t scope)
{
	if (!s->nodes[to].up || net_blocked(s, from, to))
		return;
	if (from != to && rng_below(&s->rng, 1000) < s->net.loss_permille)
		return;
	queue_push(s, (struct event){
		.at = s->now + 3 * MS + rng_below(&s->rng, 20) * MS, .type = EV_SPAWN, .node = to, .scope = scope,
		.boot = s->nodes[to].boot,
	});
}

/* Paused: it stays in the socket until then. */
static bool later(struct sim *s, const struct event *e, struct proc *p)
{
	struct event again = *e;

	if (p->paused_until <= s->now)
		return false;
	again.at = p->paused_until;
	again.life = p->id;
	again.bytes = malloc(e->len);
	if (!again.bytes)
		abort();
	memcpy(again.bytes, e->bytes, e->len);
	queue_push(s, again);
	return true;
}

/* Elements of the scope, its monitors, or both take such a message? */
static bool is_for(const struct sim *s, const struct proc *p, const struct wire_msg *m)
{
	const struct scope *own = &s->scopes[p->scope];
	bool to_monitor = m->head.type == WIRE_ANSWER || m->head.type == WIRE_PROOF;

	if (p->agent)
		return !to_monitor && own->id == m->head.scope;
	if (to_monitor)
		return own->id == m->head.scope;
	return own->parent != CORE_NONE && s->scopes[own->parent].id == m->head.scope;
}

static void hand(struct sim *s, const struct event *e, struct proc *p, const struct wire_msg *m)
{
	struct core_event event = { .type = CORE_MESSAGE, .msg = m };

	if (!p || !is_for(s, p, m) || (e->life.pid && !wire_id_same(&e->life, &p->id)) || later(s, e, p))
		return;
	if (!p->agent && m->head.type == WIRE_ANSWER && m->head.element < s->scopes[p->scope].nmembers &&
	    m->answer.boot == p->id.boot && m->answer.incarnation == p->id.incarnation)
		p->answered[m->head.element] = true;
	proc_step(s, p, &event);
}

void net_deliver(struct sim *s, const struct event *e)
{
	struct node *n = &s->nodes[e->node];
	struct wire_msg m;
	unsigned int i;

	if (!n->up || (!e->life.pid && net_blocked(s, e->number, e->node)))
		return;
	if (wire_decode(&m, e->bytes, e->len)) {
		sim_fail(s, "a message does not decode");
		return;
	}
	s->messages++;
	hand(s, e, n->agent, &m);
	for (i = 0; i < SIM_COORDS_MAX; i++)
		hand(s, e, n->coords[i], &m);
}
