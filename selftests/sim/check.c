// SPDX-License-Identifier: GPL-2.0
/*
 * What must hold after every step, and what must hold some time after the last fault.
 *
 * Safety: at most one effective monitor in a scope; at most one running instance of a singleton; no promise to a
 * second monitor while one lasts, by true time; no order of an older epoch, for another life, over its age or a
 * second time is carried out; no monitor does anything before it has completed a round.
 */
#include <string.h>

#include "selftests/sim/sim.h"

/* What a clock that stood still, or a lost disk, makes of a check. */
static bool clock_suspect(const struct sim *s, const struct node *n)
{
	return s->now < n->suspect_clock_until;
}

static bool is_effective(struct sim *s, struct proc *p)
{
	struct node *n = &s->nodes[p->node];

	return p && !p->agent && n->frozen_until <= s->now && !clock_suspect(s, n) &&
	       monitor_effective(p->c.monitor, clock_local(n, s->now));
}

void check_effective(struct sim *s, struct proc *p)
{
	const struct scope *sc = &s->scopes[p->scope];
	uint32_t i, k, found = 0;

	if (!is_effective(s, p))
		return;
	for (i = 0; i < sc->ncandidates; i++) {
		struct node *n = &s->nodes[sc->candidates[i]];

		for (k = 0; k < SIM_COORDS_MAX; k++)
			if (n->coords[k] && n->coords[k]->scope == p->scope)
				found += is_effective(s, n->coords[k]);
	}
	if (found > 1)
		sim_fail(s, "%u effective monitors in scope %llu", found, (unsigned long long)sc->id);
}

static struct promise_track *track_of(struct sim *s, struct proc *p)
{
	struct node *n = &s->nodes[p->node];
	struct scope *sc = &s->scopes[p->scope];

	return p->agent ? &sc->promises[n->element] : &s->scopes[sc->parent].promises[sc->number];
}

void check_promise(struct sim *s, struct proc *p, const struct core_action *a)
{
	struct promise_track *t = track_of(s, p);
	struct node *n = &s->nodes[p->node];
	bool same = wire_id_same(&t->holder, &a->holder);

	if (clock_suspect(s, n))
		return;
	if (!a->until_ns) {
		if (same)
			t->until = s->now;
		return;
	}
	if (!same && t->until > s->now)
		sim_fail(s, "node %u promises twice: to pid %u of node %u, while to pid %u of node %u for %llu us more",
			 n->number, a->holder.pid, a->holder.node, t->holder.pid, t->holder.node,
			 (unsigned long long)((t->until - s->now) / US));
	if (p->agent && a->epoch < t->epoch_max)
		sim_fail(s, "node %u promises in epoch %llu after %llu", n->number, (unsigned long long)a->epoch,
			 (unsigned long long)t->epoch_max);
	t->holder = a->holder;
	t->until = clock_world(n, a->until_ns);
	if (p->agent)
		t->epoch_max = a->epoch;
}

/* Which order of the message it carries out: one that it has not yet, if there is such a one. */
static const struct wire_order *find_order(const struct wire_bidding *b, const struct core_action *a, uint64_t done)
{
	const struct wire_order *found = NULL;
	unsigned int i;

	for (i = 0; i < b->norders; i++)
		if (b->orders[i].job == a->job && (b->orders[i].op == WIRE_STOP) == (a->type == CORE_STOP) &&
		    (!found || found->serial < done))
			found = &b->orders[i];
	return found;
}

void check_order(struct sim *s, struct proc *p, const struct core_action *a)
{
	struct promise_track *t = track_of(s, p);
	struct node *n = &s->nodes[p->node];
	const struct wire_bidding *b;
	const struct wire_order *o;
	uint64_t done;

	if (!s->input || (s->input->head.type != WIRE_POLL && s->input->head.type != WIRE_ORDER)) {
		sim_fail(s, "node %u acts on no order", n->number);
		return;
	}
	b = s->input->head.type == WIRE_POLL ? &s->input->poll.bid : &s->input->order;
	done = wire_id_same(&t->done_life, &p->id) && t->done_epoch == s->input->head.epoch ? t->done_serial : 0;
	o = find_order(b, a, done);
	if (!o) {
		sim_fail(s, "node %u does what nobody ordered", n->number);
		return;
	}
	if (s->input->head.epoch < t->epoch_max)
		sim_fail(s, "node %u obeys epoch %llu after %llu", n->number, (unsigned long long)s->input->head.epoch,
			 (unsigned long long)t->epoch_max);
	if (b->boot != p->id.boot || b->incarnation != p->id.incarnation)
		sim_fail(s, "node %u obeys an order to another life", n->number);
	if (clock_local(n, s->now) >= b->stamp_ns + s->scopes[p->scope].timing.lease_ns)
		sim_fail(s, "node %u obeys an order that is too old", n->number);
	if (o->serial < done)
		sim_fail(s, "node %u obeys order %llu after %llu", n->number, (unsigned long long)o->serial,
			 (unsigned long long)done - 1);
	t->done_life = p->id;
	t->done_epoch = s->input->head.epoch;
	t->done_serial = o->serial + 1;
}

/* Rule 4, by what was delivered to it. */
void check_passive(struct sim *s, struct proc *p, const struct core_action *a)
{
	const struct scope *sc = &s->scopes[p->scope];
	uint32_t i, heard = 0, present = 0;

	/* Starting a monitor of the level above is the other half's doing; joining elements are not of the first round. */
	if (p->agent || s->p.members_change ||
	    (a->type == CORE_SPAWN && sc->parent != CORE_NONE && a->scope == s->scopes[sc->parent].id))
		return;
	for (i = 0; i < sc->nmembers; i++) {
		present += sc->members[i].nhomes > 0;
		heard += sc->members[i].nhomes > 0 && p->answered[i];
	}
	if (heard >= present)
		return;
	if (clock_local(&s->nodes[p->node], s->now) - clock_local(&s->nodes[p->node], p->born) <
	    2 * sc->timing.period_ns)
		sim_fail(s, "the monitor of scope %llu acts before its first round", (unsigned long long)sc->id);
}

/* Instances that execute now: those of a frozen node do not. */
static uint32_t executing(struct sim *s, const struct job_track *j, bool strict)
{
	uint32_t i, n = 0;

	for (i = 0; i < s->nnodes; i++) {
		struct node *node = &s->nodes[i];

		if (node->frozen_until > s->now || (!strict && clock_suspect(s, node)))
			continue;
		n += module_find(node, j->id) != NULL;
	}
	return n;
}

void check_started(struct sim *s, struct job_track *j, struct node *n)
{
	if (!j->singleton || j->running < 2 || executing(s, j, false) < 2)
		return;
	sim_fail(s, "singleton %llu runs twice, the second on node %u", (unsigned long long)j->id, n->number);
}


static bool coordinators_well(struct sim *s, uint32_t index, bool complain)
{
	const struct scope *sc = &s->scopes[index];
	uint32_t i, k, alive = 0, effective = 0;

	for (i = 0; i < sc->ncandidates; i++) {
		struct node *n = &s->nodes[sc->candidates[i]];

		for (k = 0; k < SIM_COORDS_MAX; k++) {
			if (!n->coords[k] || n->coords[k]->scope != index)
				continue;
			alive++;
			effective += is_effective(s, n->coords[k]);
		}
	}
	if (complain && (alive != 1 || effective != 1))
		sim_fail(s, "scope %llu has %u monitors, of which %u are effective", (unsigned long long)sc->id, alive,
			 effective);
	return alive == 1 && effective == 1;
}

static bool job_well(struct sim *s, const struct job_track *j, bool complain)
{
	uint32_t want = j->wanted ? 1 : 0;

	if (complain && j->running != want)
		sim_fail(s, "job %llu runs %u times", (unsigned long long)j->id, j->running);
	return j->running == want;
}

bool check_well(struct sim *s, bool complain)
{
	bool well = true;
	uint32_t i;

	for (i = 0; i < s->nscopes && (well || complain); i++)
		well &= coordinators_well(s, i, complain);
	for (i = 0; i < s->njobs && (well || complain); i++)
		well &= job_well(s, &s->jobs[i], complain);
	return well;
}
