// SPDX-License-Identifier: GPL-2.0
/* What monitors and elements share: times, names of what is told. */
#include "user/core/core.h"

#include <assert.h>

#define MS 1000000ull
#define PPM 1000000ull

const struct core_rules core_rules_all = {
	.better_wins = true,
	.passive_round = true,
	.promise_once = true,
	.promise_waits = true,
	.majority = true,
	.promise_ends = true,
	.old_epochs_refused = true,
	.orders_age = true,
	.orders_once = true,
	.lease_awaited = true,
};

/* Documentation/tree.md has the arithmetic of these. */
const struct core_timing core_timing_lan = {
	.period_ns = 50 * MS,
	.silence_ns = 150 * MS,
	.backoff_ns = 50 * MS,
	.promise_ns = 200 * MS,
	.lease_ns = 500 * MS,
	.margin_ns = 20 * MS,
	.drift_ppm = 500,
};

const struct core_timing core_timing_wan = {
	.period_ns = 1000 * MS,
	.silence_ns = 3000 * MS,
	.backoff_ns = 1000 * MS,
	.promise_ns = 4000 * MS,
	.lease_ns = 10000 * MS,
	.margin_ns = 100 * MS,
	.drift_ppm = 500,
};

static const char *const names[CORE_T_END] = {
	[CORE_T_ESTABLISHED] = "established",
	[CORE_T_BEATEN] = "beaten",
	[CORE_T_DUEL] = "duel",
	[CORE_T_AILING] = "ailing",
	[CORE_T_CUT_OFF] = "cut off",
	[CORE_T_SUSPECTED] = "suspected",
	[CORE_T_LOST] = "lost",
	[CORE_T_BACK] = "back",
	[CORE_T_REBORN] = "reborn",
	[CORE_T_BROUGHT_BACK] = "brought back",
	[CORE_T_NEW_TERM] = "new term",
	[CORE_T_BACKOFF] = "back-off",
	[CORE_T_STOOD_DOWN] = "stood down",
	[CORE_T_STARTED_MONITOR] = "started a monitor",
	[CORE_T_FORGOT] = "forgot a value",
	[CORE_T_PROMISED] = "promised",
	[CORE_T_GIVEN_BACK] = "promise given back",
	[CORE_T_REFUSED_PROMISE] = "refused: promised to another",
	[CORE_T_REFUSED_EPOCH] = "refused: old epoch",
	[CORE_T_REFUSED_WAITING] = "refused: waits, has no memory",
	[CORE_T_REFUSED_MEMBERS] = "refused: old list of elements",
	[CORE_T_REFUSED_TIMING] = "refused: other times",
	[CORE_T_REFUSED_LIFE] = "refused: for another life",
	[CORE_T_REFUSED_AGE] = "refused: too old",
	[CORE_T_REFUSED_HOLDER] = "refused: nothing promised to it",
	[CORE_T_REPEATED] = "order repeated",
	[CORE_T_NO_LEASE] = "not started: no lease",
	[CORE_T_PLACED] = "placed",
	[CORE_T_HELD_BACK] = "held back",
	[CORE_T_NO_ROOM] = "no room",
	[CORE_T_DOUBLE] = "double",
	[CORE_T_DRAINED] = "drained",
	[CORE_T_REBALANCED] = "rebalanced",
	[CORE_T_MOVED] = "moved",
	[CORE_T_MEMBERS] = "members changed",
	[CORE_T_MEMBERS_REFUSED] = "change of members refused",
	[CORE_T_PROOF] = "proof of death",
};

const char *core_tell_name(enum core_tell tell)
{
	assert(tell < CORE_T_END && names[tell]);
	return names[tell];
}

void core_tell(const struct core_out *out, enum core_tell tell, uint32_t element, uint64_t job)
{
	const struct core_action a = { .type = CORE_TELL, .tell = tell, .element = element, .job = job };

	out->act(out->ctx, &a);
}

uint64_t core_at_most(const struct core_timing *t, uint64_t span_ns)
{
	return span_ns + span_ns * 3 * t->drift_ppm / PPM + t->margin_ns;
}

uint64_t core_at_least(const struct core_timing *t, uint64_t span_ns)
{
	uint64_t less = span_ns * 2 * t->drift_ppm / PPM + t->margin_ns;

	return span_ns > less ? span_ns - less : 0;
}
