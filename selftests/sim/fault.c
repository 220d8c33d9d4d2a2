// SPDX-License-Identifier: GPL-2.0
/* Faults, drawn one after the other. */
#include <stdlib.h>

#include "selftests/sim/sim.h"

static uint64_t some_time(struct sim *s)
{
	switch (rng_below(&s->rng, 4)) {
	case 0:
		return rng_below(&s->rng, 60) * MS + MS;
	case 1:
		return rng_below(&s->rng, 300) * MS + 50 * MS;
	case 2:
		return rng_below(&s->rng, 1000) * MS + 150 * MS;
	default:
		return rng_below(&s->rng, 2500) * MS + 300 * MS;
	}
}

static struct node *some_node(struct sim *s)
{
	return &s->nodes[rng_below(&s->rng, s->nnodes)];
}

static struct scope *some_scope(struct sim *s)
{
	return &s->scopes[rng_below(&s->rng, s->nscopes)];
}

static struct proc *some_coord(struct sim *s)
{
	const struct scope *sc = some_scope(s);
	uint32_t first = rng_below(&s->rng, sc->ncandidates), i, k;

	for (i = 0; i < sc->ncandidates; i++) {
		struct node *n = &s->nodes[sc->candidates[(first + i) % sc->ncandidates]];

		for (k = 0; k < SIM_COORDS_MAX; k++)
			if (n->coords[k] && n->coords[k]->scope == scope_index(s, sc->id))
				return n->coords[k];
	}
	return NULL;
}

static struct proc *some_proc(struct sim *s)
{
	return rng_once_in(&s->rng, 2) ? some_coord(s) : some_node(s)->agent;
}

void fault_prove(struct sim *s, uint32_t scope, uint32_t element, const struct wire_id *dead, uint8_t of)
{
	queue_push(s, (struct event){
		.at = s->now + MS + rng_below(&s->rng, 60) * MS, .type = EV_PROOF, .scope = scope, .number = element,
		.life = *dead, .value = of,
	});
}

/* From whoever knows: the module, the parent of the process, who cut the power. */
void fault_proof(struct sim *s, const struct event *e)
{
	const struct scope *sc = &s->scopes[e->scope];
	struct wire_msg m = { .head = {
		.type = WIRE_PROOF, .level = sc->level, .scope = sc->id, .element = e->number, .from = e->life,
	} };
	uint32_t i, from = rng_below(&s->rng, s->nnodes);

	m.proof = (struct wire_proof){
		.of = (uint8_t)e->value, .node = e->life.node, .boot = e->life.boot, .incarnation = e->life.incarnation,
	};
	for (i = 0; i < sc->ncandidates; i++)
		net_send(s, from, sc->candidates[i], &m);
}

static void kill_proc(struct sim *s, struct proc *p)
{
	struct node *n;

	if (!p)
		return;
	n = &s->nodes[p->node];
	s->hit[p->agent ? FAULT_CRASH_AGENT : FAULT_CRASH_COORDINATOR]++;
	if (rng_once_in(&s->rng, 2)) {
		s->hit[FAULT_PROOF_OF_PROCESS]++;
		if (p->agent)
			fault_prove(s, p->scope, n->element, &p->id, WIRE_DEAD_AGENT);
		else if (s->scopes[p->scope].parent != CORE_NONE)
			fault_prove(s, s->scopes[p->scope].parent, s->scopes[p->scope].number, &p->id, WIRE_DEAD_AGENT);
	}
	if (p->agent)
		proc_respawn(s, n, 200);
	proc_kill(s, p);
}

static void crash_node(struct sim *s, struct node *n)
{
	struct wire_id life = { .node = n->number, .boot = n->boot };

	if (!n->up)
		return;
	s->hit[FAULT_CRASH_NODE]++;
	if (n->scope != CORE_NONE && rng_once_in(&s->rng, 3)) {
		s->hit[FAULT_PROOF_OF_NODE]++;
		fault_prove(s, n->scope, n->element, &life, WIRE_DEAD_NODE);
	}
	if (!s->p.members_change && rng_once_in(&s->rng, 8)) {
		s->hit[FAULT_LOSE_DISK]++;
		n->store_epoch = 0;
		n->store_holder = (struct wire_id){ 0 };
		n->store_members = 0;
		if (n->scope != CORE_NONE)
			s->scopes[n->scope].promises[n->element].epoch_max = 0;
	}
	node_crash(s, n, some_time(s));
}

static void crash_level(struct sim *s)
{
	uint8_t level = some_scope(s)->level;
	uint32_t i, k;

	s->hit[FAULT_LEVEL]++;
	for (i = 0; i < s->nnodes; i++)
		for (k = 0; k < SIM_COORDS_MAX; k++)
			if (s->nodes[i].coords[k] && s->scopes[s->nodes[i].coords[k]->scope].level == level)
				kill_proc(s, s->nodes[i].coords[k]);
}

static void crash_under(struct sim *s, uint32_t scope)
{
	uint32_t i;

	for (i = 0; i < s->scopes[scope].ncandidates; i++)
		crash_node(s, &s->nodes[s->scopes[scope].candidates[i]]);
	for (i = 0; i < s->nnodes; i++)
		if (s->nodes[i].scope == scope)
			crash_node(s, &s->nodes[i]);
	for (i = 0; i < s->nscopes; i++)
		if (s->scopes[i].parent == scope)
			crash_under(s, i);
}

static void crash_subtree(struct sim *s)
{
	s->hit[FAULT_SUBTREE]++;
	crash_under(s, rng_below(&s->rng, s->nscopes));
}

static void split(struct sim *s)
{
	uint32_t i, sides = 2 + rng_below(&s->rng, 2);

	s->net.partition = true;
	s->net.one_way = rng_once_in(&s->rng, 2);
	s->hit[s->net.one_way ? FAULT_PARTITION_ONE_WAY : FAULT_PARTITION]++;
	for (i = 0; i < s->nnodes; i++)
		s->nodes[i].side = rng_below(&s->rng, sides);
	trace(s, "partition%s", s->net.one_way ? ", one way" : "");
	queue_push(s, (struct event){ .at = s->now + some_time(s), .type = EV_PARTITION_ENDS });
}

static void duplicate_monitor(struct sim *s)
{
	const struct scope *sc = some_scope(s);
	struct node *n = &s->nodes[sc->candidates[rng_below(&s->rng, sc->ncandidates)]];

	if (!n->up || n->frozen_until > s->now)
		return;
	s->hit[FAULT_DUPLICATE_MONITOR]++;
	proc_start_coord(s, n, scope_index(s, sc->id));
}

/* A pause never ends early: what waits for its end would come after what follows it. */
static void lengthen(struct proc *p, uint64_t until)
{
	if (p->paused_until < until)
		p->paused_until = until;
}

static void pause_one(struct sim *s)
{
	struct proc *p = some_proc(s);

	if (!p)
		return;
	s->hit[FAULT_PAUSE_PROCESS]++;
	trace(s, "node %u: pid %u is paused", p->node, p->id.pid);
	lengthen(p, s->now + some_time(s));
	proc_arm(s, p);
}

static void pause_node(struct sim *s)
{
	struct node *n = some_node(s);
	uint64_t until = s->now + some_time(s);
	unsigned int k;

	s->hit[FAULT_PAUSE_NODE]++;
	if (n->agent)
		lengthen(n->agent, until);
	for (k = 0; k < SIM_COORDS_MAX; k++)
		if (n->coords[k])
			lengthen(n->coords[k], until);
}

static void freeze(struct sim *s)
{
	bool clock_too = s->p.clocks_stop && rng_once_in(&s->rng, 2);
	uint64_t for_ns = some_time(s);

	s->hit[clock_too ? FAULT_STOP_CLOCK : FAULT_FREEZE_NODE]++;
	node_freeze(s, some_node(s), for_ns, clock_too);
}

static void drain(struct sim *s)
{
	struct node *n = some_node(s);
	struct core_event e = { .type = CORE_SERVICE };

	if (!n->agent || n->agent->paused_until > s->now)
		return;
	s->hit[FAULT_DRAIN]++;
	n->draining = !n->draining;
	e.service.ready = true;
	e.service.draining = n->draining;
	proc_step(s, n->agent, &e);
}

static void load(struct sim *s)
{
	struct node *n = some_node(s);
	struct core_event e = { .type = CORE_LOAD };

	if (!n->agent || n->agent->paused_until > s->now)
		return;
	s->hit[FAULT_LOAD]++;
	e.load.cpu_permille = rng_once_in(&s->rng, 2) ? 1000 : (uint16_t)rng_below(&s->rng, 500);
	e.load.memory_permille = (uint16_t)rng_below(&s->rng, 500);
	proc_step(s, n->agent, &e);
}

static void job_dies(struct sim *s)
{
	struct node *n = some_node(s);

	if (!n->module.instances || n->frozen_until > s->now)
		return;
	s->hit[FAULT_JOB_DIES]++;
	module_die(s, n, n->module.instances, true);
}

static void move(struct sim *s)
{
	struct proc *p = some_coord(s);
	const struct scope *sc;
	struct core_event e = { .type = CORE_MOVE };

	if (!p || p->paused_until > s->now)
		return;
	sc = &s->scopes[p->scope];
	if (!sc->njobs)
		return;
	s->hit[FAULT_MOVE]++;
	e.move.job = sc->jobs[rng_below(&s->rng, sc->njobs)].id;
	e.move.element = rng_below(&s->rng, sc->nmembers);
	proc_step(s, p, &e);
}

static void retire(struct sim *s)
{
	struct proc *p = some_coord(s);
	struct core_event e = { .type = CORE_RETIRE };

	if (!p || p->paused_until > s->now)
		return;
	s->hit[FAULT_RESIGN]++;
	proc_step(s, p, &e);
}

static void jobs_change(struct sim *s)
{
	struct job_track *j = s->njobs ? &s->jobs[rng_below(&s->rng, s->njobs)] : NULL;

	if (!j)
		return;
	s->hit[FAULT_JOBS]++;
	j->wanted = !j->wanted;
	s->scopes[j->scope].jobs_version++;
}

/* The next list is written only when a majority of this one's elements has it in its store. */
static bool settled(const struct sim *s, const struct scope *sc)
{
	uint32_t i, n = 0, present = 0;

	for (i = 0; i < sc->nmembers; i++) {
		if (!sc->members[i].nhomes)
			continue;
		present++;
		n += s->nodes[sc->members[i].homes[0]].store_members >= sc->version;
	}
	return n >= present / 2 + 1;
}

static void tell_members(struct sim *s, const struct scope *sc)
{
	uint32_t i;

	for (i = 0; i < s->nnodes; i++)
		if (s->nodes[i].up && s->nodes[i].scope == scope_index(s, sc->id))
			proc_tell_listed(s, &s->nodes[i]);
}

/* Some effective monitor of the newest list says that the element may be taken off. */
static bool may_leave(struct sim *s, const struct scope *sc, uint32_t element)
{
	uint32_t i, k;

	for (i = 0; i < sc->ncandidates; i++) {
		struct node *n = &s->nodes[sc->candidates[i]];

		for (k = 0; k < SIM_COORDS_MAX; k++)
			if (n->coords[k] && n->coords[k]->version == sc->version &&
			    n->coords[k]->paused_until <= s->now &&
			    monitor_may_leave(n->coords[k]->c.monitor, element, clock_local(n, s->now)))
				return true;
	}
	return false;
}

static void change_members(struct sim *s)
{
	struct scope *sc = &s->scopes[0];
	struct core_member *next, *m;
	uint32_t which = rng_below(&s->rng, sc->nmembers), staying = 0, i;

	for (i = 0; i < sc->nmembers; i++) {
		staying += sc->members[i].nhomes && !sc->members[i].leaving;
		if (sc->members[i].leaving && !rng_once_in(&s->rng, 3))
			which = i;
	}
	if (!s->p.members_change || !settled(s, sc) || sc->version + 1 >= SIM_VERSIONS_MAX)
		return;
	next = malloc(sc->nmembers * sizeof(*next));
	if (!next)
		abort();
	for (i = 0; i < sc->nmembers; i++)
		next[i] = sc->members[i];
	m = &next[which];
	if (!m->nhomes) {
		m->nhomes = 1;
		s->hit[FAULT_JOIN]++;
	} else if (!m->leaving && staying > 3) {
		m->leaving = true;
	} else if (m->leaving && may_leave(s, sc, which)) {
		m->leaving = false;
		m->nhomes = 0;
		s->hit[FAULT_LEAVE]++;
	} else if (m->leaving && rng_once_in(&s->rng, 3)) {
		m->leaving = false;
	} else {
		free(next);
		return;
	}
	sc->members = next;
	sc->versions[++sc->version] = next;
	trace(s, "list %u: element %u is %s", sc->version, which, !m->nhomes ? "off" : m->leaving ? "leaving" : "in");
	tell_members(s, sc);
}

void fault_draw(struct sim *s)
{
	unsigned int i;

	s->faults++;
	switch (rng_below(&s->rng, s->p.members_change ? 26 : 21)) {
	case 0: case 1:
		split(s);
		break;
	case 2: case 3:
		kill_proc(s, some_coord(s));
		break;
	case 4:
		kill_proc(s, some_node(s)->agent);
		break;
	case 5: case 6:
		crash_node(s, some_node(s));
		break;
	case 7:
		pause_one(s);
		break;
	case 8:
		pause_node(s);
		break;
	case 9:
		freeze(s);
		break;
	case 10:
		crash_level(s);
		break;
	case 11:
		if (rng_once_in(&s->rng, 3))
			crash_subtree(s);
		break;
	case 12: case 13:
		duplicate_monitor(s);
		break;
	case 14:
		drain(s);
		break;
	case 15:
		load(s);
		break;
	case 16:
		job_dies(s);
		break;
	case 17:
		move(s);
		break;
	case 18:
		retire(s);
		break;
	case 19:
		jobs_change(s);
		break;
	default:
		for (i = 0; i < 3; i++)
			change_members(s);
		break;
	}
}

void fault_heal(struct sim *s)
{
	uint32_t i;

	s->healing = true;
	s->net = (struct net){ .latency_ns = 200 * US };
	trace(s, "no more faults");
	for (i = 0; i < s->nnodes; i++) {
		struct node *n = &s->nodes[i];

		n->draining = false;
		if (!n->up)
			queue_push(s, (struct event){
				.at = s->now + rng_below(&s->rng, 100) * MS, .type = EV_BOOT, .node = n->number,
			});
		else if (n->agent && n->agent->paused_until <= s->now) {
			struct core_event e = { .type = CORE_SERVICE };

			e.service.ready = true;
			proc_step(s, n->agent, &e);
		}
	}
}
