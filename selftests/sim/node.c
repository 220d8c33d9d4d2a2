// SPDX-License-Identifier: GPL-2.0
/* Nodes: booted, crashed, frozen. */
#include "selftests/sim/sim.h"

void node_boot(struct sim *s, struct node *n)
{
	if (n->up)
		return;
	n->up = true;
	n->boot = rng_next(&s->rng) | 1;
	n->incarnation = 0;
	n->pid = 100 + rng_below(&s->rng, 1000);
	n->module = (struct module){ 0 };
	n->frozen_until = 0;
	n->clock_stopped_at = 0;
	n->suspect_clock_until = 0;
	trace(s, "node %u: boots", n->number);
	if (n->scope != CORE_NONE)
		proc_start_agent(s, n, false);
}

void node_crash(struct sim *s, struct node *n, uint64_t for_ns)
{
	unsigned int i;

	if (!n->up || s->stepping)
		return;
	trace(s, "node %u: crashes for %llu ms", n->number, (unsigned long long)(for_ns / MS));
	n->up = false;
	if (n->agent)
		proc_kill(s, n->agent);
	for (i = 0; i < SIM_COORDS_MAX; i++)
		if (n->coords[i])
			proc_kill(s, n->coords[i]);
	while (n->module.instances)
		module_die(s, n, n->module.instances, false);
	queue_push(s, (struct event){ .at = s->now + for_ns, .type = EV_BOOT, .node = n->number });
}

static void pause_proc(struct sim *s, struct proc *p, uint64_t until)
{
	if (p && p->paused_until < until) {
		p->paused_until = until;
		proc_arm(s, p);
	}
}

/* All of it, the module as well. Its clock goes on, or stands still with it. */
void node_freeze(struct sim *s, struct node *n, uint64_t for_ns, bool clock_too)
{
	unsigned int i;

	if (!n->up || n->frozen_until > s->now)
		return;
	n->frozen_until = s->now + for_ns;
	trace(s, "node %u: frozen for %llu ms%s", n->number, (unsigned long long)(for_ns / MS),
	      clock_too ? " with its clock" : "");
	if (clock_too) {
		clock_stand_still(n, for_ns);
		n->clock_stopped_at = s->now;
		n->suspect_clock_until = n->frozen_until + 2 * S;
	}
	pause_proc(s, n->agent, n->frozen_until);
	for (i = 0; i < SIM_COORDS_MAX; i++)
		pause_proc(s, n->coords[i], n->frozen_until);
}
