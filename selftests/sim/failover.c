// SPDX-License-Identifier: GPL-2.0
/* How long it takes until all is well again after one death, in a world that is otherwise quiet. */
#include <stdlib.h>

#include "selftests/sim/sim.h"

enum { SETTLE_S = 4, PATIENCE_S = 20, STEP_US = 1000 };

static struct proc *coordinator_of(struct sim *s, uint32_t scope)
{
	const struct scope *sc = &s->scopes[scope];
	uint32_t i, k;

	for (i = 0; i < sc->ncandidates; i++)
		for (k = 0; k < SIM_COORDS_MAX; k++) {
			struct proc *p = s->nodes[sc->candidates[i]].coords[k];

			if (p && p->scope == scope)
				return p;
		}
	return NULL;
}

static void kill_level(struct sim *s, uint8_t level)
{
	uint32_t i;

	for (i = 0; i < s->nscopes; i++) {
		struct proc *p = s->scopes[i].level == level ? coordinator_of(s, i) : NULL;

		if (p)
			proc_kill(s, p);
	}
}

/* A node of the first cluster: with its coordinator or without. */
static void kill_node(struct sim *s, bool with)
{
	struct proc *p = coordinator_of(s, 0);
	uint32_t i = s->scopes[0].members[0].homes[0];

	if (with)
		i = p->node;
	else
		while (i == p->node)
			i++;
	node_crash(s, &s->nodes[i], 1000 * S);
}

static void strike(struct sim *s, enum death death)
{
	switch (death) {
	case DEATH_NODE:
		kill_node(s, false);
		break;
	case DEATH_NODE_OF_COORDINATOR:
		kill_node(s, true);
		break;
	case DEATH_LEVEL_2:
	case DEATH_LEVEL_3:
	case DEATH_LEVEL_4:
		kill_level(s, (uint8_t)(2 + death - DEATH_LEVEL_2));
		break;
	default:
		kill_level(s, 4);
		kill_level(s, 3);
		kill_level(s, 2);
		break;
	}
}

uint64_t failover(struct sim *s, enum death death)
{
	uint64_t struck, end;

	sim_begin_quiet(s);
	sim_run_until(s, s->now + SETTLE_S * S + rng_below(&s->rng, 1000) * MS);
	if (s->failed || !check_well(s, true))
		return 0;
	struck = s->now;
	s->jobs_died = 0;
	end = struck + PATIENCE_S * S;
	s->healing = true;
	strike(s, death);
	do
		sim_run_until(s, s->now + STEP_US * US);
	while (!s->failed && s->now < end && !check_well(s, false));
	check_well(s, true);
	return s->now - struck;
}
