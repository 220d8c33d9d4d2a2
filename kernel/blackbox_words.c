// SPDX-License-Identifier: GPL-2.0
/* What the black box calls events, and which of them are decisions of the module. */
#include <linux/kernel.h>
#include <linux/vigil.h>

#include "blackbox.h"
#include "blackbox_words.h"
#include "record.h"

static const char *const types[] = {
	[VIGIL_EVENT_TYPE_DEAD] = "dead",
	[VIGIL_EVENT_TYPE_HUNG] = "hung",
	[VIGIL_EVENT_TYPE_RECOVERED] = "recovered",
	[VIGIL_EVENT_TYPE_DYING] = "dying",
	[VIGIL_EVENT_TYPE_MEMBER_DEAD] = "member-dead",
	[VIGIL_EVENT_TYPE_GROUP_EMPTY] = "group-empty",
};

static const char *const watchdog_stages[] = {
	[VIGIL_WATCHDOG_STAGE_DISARMED] = "disarmed",
	[VIGIL_WATCHDOG_STAGE_ARMED] = "armed",
	[VIGIL_WATCHDOG_STAGE_WARNING] = "warning",
	[VIGIL_WATCHDOG_STAGE_RECOVERED] = "recovered",
	[VIGIL_WATCHDOG_STAGE_BITE] = "bite",
};

static const char *const gates[] = {
	[VIGIL_WATCHDOG_GATE_NONE] = "none",
	[VIGIL_WATCHDOG_GATE_CPUS] = "cpus",
	[VIGIL_WATCHDOG_GATE_VITAL] = "vital",
	[VIGIL_WATCHDOG_GATE_DEVICE] = "device",
};

static const char *const keeper_stages[] = {
	[VIGIL_KEEPER_STAGE_REGISTERED] = "registered",
	[VIGIL_KEEPER_STAGE_RESIGNED] = "resigned",
	[VIGIL_KEEPER_STAGE_LOST] = "lost",
	[VIGIL_KEEPER_STAGE_RESPAWNED] = "respawned",
	[VIGIL_KEEPER_STAGE_RESPAWN_FAILED] = "respawn failed",
	[VIGIL_KEEPER_STAGE_EXHAUSTED] = "exhausted",
};

static const char *const keeper_whys[] = {
	[VIGIL_KEEPER_WHY_NONE] = "no reason",
	[VIGIL_KEEPER_WHY_RELEASED] = "released",
	[VIGIL_KEEPER_WHY_DEAD] = "dead",
	[VIGIL_KEEPER_WHY_HUNG] = "hung",
	[VIGIL_KEEPER_WHY_EXEC] = "exec",
	[VIGIL_KEEPER_WHY_LATE] = "late",
	[VIGIL_KEEPER_WHY_LIMIT] = "limit",
	[VIGIL_KEEPER_WHY_STUCK] = "stuck",
};

static const char *const lease_stages[] = {
	[VIGIL_LEASE_STAGE_EXPIRED] = "expired",
	[VIGIL_LEASE_STAGE_RECALLED] = "recalled",
	[VIGIL_LEASE_STAGE_FENCED] = "fenced",
};

static const char *word(const char *const *words, size_t n, u32 value)
{
	return value < n && words[value] ? words[value] : "?";
}

/**
 * vigil_blackbox_type - what an event is called
 * @type: enum vigil_event_type
 *
 * Return: a word.
 */
const char *vigil_blackbox_type(u32 type)
{
	const char *name = word(types, ARRAY_SIZE(types), type);

	return *name == '?' ? "event" : name;
}

/**
 * vigil_blackbox_decided - note an event that tells of a decision of the module itself
 * @ev: the event
 *
 * These are few, and must outlast a storm of deaths.
 *
 * Context: any but NMI; does not sleep or allocate.
 * Return: false if it is none of those.
 */
bool vigil_blackbox_decided(const struct vigil_event *ev)
{
	switch (ev->type) {
	case VIGIL_EVENT_TYPE_WATCHDOG:
		vigil_blackbox_note("watchdog %s, gate %s (%llu), %s; event %llu",
				    word(watchdog_stages, ARRAY_SIZE(watchdog_stages), ev->watchdog.stage),
				    word(gates, ARRAY_SIZE(gates), ev->watchdog.gate), ev->watchdog.detail,
				    ev->watchdog.device, ev->seq);
		return true;
	case VIGIL_EVENT_TYPE_KEEPER:
		vigil_blackbox_note("keeper %s, %s, pid %d; event %llu",
				    word(keeper_stages, ARRAY_SIZE(keeper_stages), ev->keeper.stage),
				    word(keeper_whys, ARRAY_SIZE(keeper_whys), ev->keeper.why),
				    ev->keeper.pid, ev->seq);
		return true;
	case VIGIL_EVENT_TYPE_LEASE:
		vigil_blackbox_note("lease %s %s, epoch %llu; event %llu", ev->lease.name,
				    word(lease_stages, ARRAY_SIZE(lease_stages), ev->lease.stage),
				    ev->lease.epoch, ev->seq);
		return true;
	default:
		return false;
	}
}
