// SPDX-License-Identifier: GPL-2.0
/* What the machines want done, done. */
#include "selftests/sim/sim.h"

static void send_to_all(struct sim *s, struct proc *p, const struct wire_msg *m)
{
	const struct scope *sc = &s->scopes[scope_index(s, m->head.scope)];
	uint32_t i, h;

	for (i = 0; i < sc->nmembers; i++)
		for (h = 0; h < sc->members[i].nhomes; h++)
			net_send(s, p->node, sc->members[i].homes[h], m);
}

static void start(struct sim *s, struct proc *p, const struct core_action *a)
{
	queue_push(s, (struct event){
		.at = s->now + rng_below(&s->rng, 3) * MS, .type = EV_JOB_START, .node = p->node, .life = p->id,
		.job = a->job, .value = a->epoch,
	});
}

static void note_promise(struct node *n, const struct core_action *a)
{
	n->module.promise_known = true;
	n->module.promise_until_ns = a->until_ns;
}

static void persist(struct node *n, const struct core_action *a)
{
	n->store_epoch = a->epoch;
	n->store_holder = a->holder;
	n->store_members = a->members;
}

/* Killed between two actions: this one is done, the next ones are not. */
static bool dead(struct sim *s, struct proc *p)
{
	if (p->dying)
		return true;
	if (s->actions_left && !--s->actions_left) {
		s->hit[FAULT_CRASH_IN_STEP]++;
		p->dying = true;
		return true;
	}
	return false;
}

static void told(struct sim *s, struct proc *p, const struct core_action *a)
{
	s->told[a->tell]++;
	trace(s, "node %u: %s of scope %llu, pid %u: %s%s%.0d", p->node, p->agent ? "agent" : "coordinator",
	      (unsigned long long)s->scopes[p->scope].id, p->id.pid, core_tell_name(a->tell),
	      a->element == CORE_NONE ? "" : " element ", 0);
	if (s->trace && a->element != CORE_NONE)
		fprintf(stdout, "#\t\telement %u job %llu\n", a->element, (unsigned long long)a->job);
}

void act(void *ctx, const struct core_action *a)
{
	struct sim *s = ctx;
	struct proc *p = s->stepping;
	struct node *n = p ? &s->nodes[p->node] : NULL;

	if (!p || dead(s, p))
		return;
	switch (a->type) {
	case CORE_SEND:
		if (a->node == CORE_NONE)
			send_to_all(s, p, a->msg);
		else
			net_send(s, p->node, a->node, a->msg);
		break;
	case CORE_PERSIST:
		if (p->agent)
			persist(n, a);
		break;
	case CORE_PROMISE:
		check_promise(s, p, a);
		if (p->agent)
			note_promise(n, a);
		break;
	case CORE_LEASE:
		if (p->agent)
			module_lease(s, n, a->epoch, a->until_ns);
		break;
	case CORE_START:
		check_order(s, p, a);
		start(s, p, a);
		break;
	case CORE_STOP:
		check_order(s, p, a);
		module_stop(s, n, a->job);
		break;
	case CORE_SPAWN:
		check_passive(s, p, a);
		net_spawn(s, p->node, a->node, scope_index(s, a->scope));
		break;
	case CORE_EFFECTIVE:
		check_passive(s, p, a);
		trace(s, "node %u: pid %u of scope %llu is effective in epoch %llu", p->node, p->id.pid,
		      (unsigned long long)s->scopes[p->scope].id, (unsigned long long)a->epoch);
		break;
	case CORE_STEP_DOWN:
		trace(s, "node %u: pid %u steps down from epoch %llu", p->node, p->id.pid, (unsigned long long)a->epoch);
		break;
	case CORE_EXIT:
		p->dying = true;
		break;
	case CORE_TELL:
		told(s, p, a);
		break;
	}
}
