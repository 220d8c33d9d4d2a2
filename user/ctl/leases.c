// SPDX-License-Identifier: GPL-2.0
/* Leases in words and as JSON. */
#include "user/ctl/death.h"
#include "user/ctl/leases.h"

static const char *const states[] = {
	[VIGIL_LEASE_STATE_HELD] = "held",
	[VIGIL_LEASE_STATE_FENCING] = "fencing",
	[VIGIL_LEASE_STATE_FENCED] = "fenced",
};

static const char *const stages[] = {
	[VIGIL_LEASE_STAGE_EXPIRED] = "expired",
	[VIGIL_LEASE_STAGE_RECALLED] = "recalled",
	[VIGIL_LEASE_STAGE_FENCED] = "fenced",
};

static const char *const bond_states[] = {
	[VIGIL_BOND_STATE_ALIVE] = "alive",
	[VIGIL_BOND_STATE_KILLED] = "killed",
	[VIGIL_BOND_STATE_DEAD] = "dead",
};

static const char *const reaches[] = {
	[VIGIL_BOND_REACH_PROCESS] = "process",
	[VIGIL_BOND_REACH_CGROUP] = "cgroup",
};

#define NAME(names, n) \
	((unsigned int)(n) < sizeof(names) / sizeof(*(names)) ? (names)[n] : "unknown")

const char *lease_state_name(enum vigil_lease_state state)
{
	return NAME(states, state);
}

const char *lease_stage_name(enum vigil_lease_stage stage)
{
	return NAME(stages, stage);
}

const char *bond_state_name(enum vigil_bond_state state)
{
	return NAME(bond_states, state);
}

const char *bond_reach_name(enum vigil_bond_reach reach)
{
	return NAME(reaches, reach);
}

json_t *lease_json(const struct vigil_lease *l)
{
	return json_pack("{s:o, s:o, s:o, s:s, s:i, s:i, s:i}", "name", json_text(l->name),
			 "epoch", json_u64(l->epoch), "deadline_ns", json_u64(l->deadline_ns),
			 "state", lease_state_name(l->state), "living", (int)l->living,
			 "dead", (int)l->dead, "cgroups", (int)l->cgroups);
}

json_t *bond_json(const struct vigil_bond *b)
{
	return json_pack("{s:o, s:o, s:i, s:s, s:s}", "lease", json_text(b->lease),
			 "watch", json_u64(b->watch_id), "pid", (int)b->pid,
			 "reach", bond_reach_name(b->reach), "state", bond_state_name(b->state));
}
