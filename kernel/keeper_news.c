// SPDX-License-Identifier: GPL-2.0
/* Telling what has become of the keeper: in the log, in a tracepoint, and in an event. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/printk.h>
#include <net/net_namespace.h>

#include "event.h"
#include "keeper.h"
#include "keeper_news.h"
#include "net.h"
#include "record.h"
#include "trace_keeper.h"

static const char * const state_names[] = {
	[VIGIL_KEEPER_STATE_NONE] = "none",
	[VIGIL_KEEPER_STATE_KEPT] = "kept",
	[VIGIL_KEEPER_STATE_LOST] = "lost",
	[VIGIL_KEEPER_STATE_RESPAWNING] = "respawning",
	[VIGIL_KEEPER_STATE_EXHAUSTED] = "exhausted",
};

static const char * const why_names[] = {
	[VIGIL_KEEPER_WHY_RELEASED] = "its watch was released",
	[VIGIL_KEEPER_WHY_DEAD] = "it is dead",
	[VIGIL_KEEPER_WHY_HUNG] = "it hung",
	[VIGIL_KEEPER_WHY_EXEC] = "it could not be run",
	[VIGIL_KEEPER_WHY_LATE] = "it did not register in time",
	[VIGIL_KEEPER_WHY_LIMIT] = "it was respawned as often as it may be",
	[VIGIL_KEEPER_WHY_STUCK] = "what is left of it does not die",
};

static const char * const stage_names[] = {
	[VIGIL_KEEPER_STAGE_REGISTERED] = "is registered",
	[VIGIL_KEEPER_STAGE_RESIGNED] = "is kept no longer",
	[VIGIL_KEEPER_STAGE_LOST] = "is lost",
	[VIGIL_KEEPER_STAGE_RESPAWNED] = "is respawned",
	[VIGIL_KEEPER_STAGE_RESPAWN_FAILED] = "could not be respawned",
	[VIGIL_KEEPER_STAGE_EXHAUSTED] = "is gone for good",
};

static void say(const struct vigil_keeper_news *n)
{
	if (n->error)
		pr_warn("the keeper %s: %s (error %d)\n", stage_names[n->stage],
			why_names[n->why], n->error);
	else if (n->why == VIGIL_KEEPER_WHY_NONE)
		pr_info("the keeper %s: process %d\n", stage_names[n->stage], n->pid);
	else
		pr_warn("the keeper %s: process %d: %s\n", stage_names[n->stage], n->pid,
			why_names[n->why]);
}

/**
 * vigil_keeper_tell - tell what has become of the keeper
 * @n: what
 *
 * The DEAD event of a prey was noted before the prey's own news, and gets its number first.
 *
 * Context: under the keeper's lock, so that all is told in its order.
 */
void vigil_keeper_tell(const struct vigil_keeper_news *n)
{
	struct vigil_event ev = { .type = VIGIL_EVENT_TYPE_KEEPER, .keeper = *n };

	say(n);
	trace_vigil_keeper(n);
	vigil_events_flush();
	vigil_event_tell(vigil_net_of(&init_net), &ev);
}

const char *vigil_keeper_state_name(u32 state)
{
	return state_names[state];
}
