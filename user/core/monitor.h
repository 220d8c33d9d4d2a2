/* SPDX-License-Identifier: GPL-2.0 */
/* The monitor of a scope: a local, group or universal coordinator. */
#ifndef VIGIL_CORE_MONITOR_H
#define VIGIL_CORE_MONITOR_H

#include "user/core/core.h"

struct monitor;

/**
 * struct monitor_config - what a monitor is.
 * @members: of @nmembers elements, by number; those that are none have no homes
 * @members_version: rises with each change
 * @elements_max: how many numbers there may ever be
 * @jobs_max: how many jobs there may ever be
 */
struct monitor_config {
	struct wire_id self;
	uint64_t scope;
	uint8_t level;
	struct core_timing timing;
	const struct core_rules *rules;
	const struct core_member *members;
	uint32_t nmembers;
	uint32_t members_version;
	uint32_t elements_max;
	uint32_t jobs_max;
};

/** monitor_size - bytes that a monitor of so many elements and jobs needs. 0: there are too many. */
size_t monitor_size(uint32_t elements_max, uint32_t jobs_max);

/** monitor_init - a monitor in memory of monitor_size() bytes, aligned as malloc() aligns. */
struct monitor *monitor_init(void *memory, const struct monitor_config *config, uint64_t now_ns);

void monitor_step(struct monitor *m, const struct core_event *event, const struct core_out *out);

/** monitor_due - when it wants a CORE_TICK. */
uint64_t monitor_due(const struct monitor *m);

/** monitor_standing - as its polls tell it. */
enum wire_standing monitor_standing(const struct monitor *m);

/** monitor_established - has it completed a round? */
bool monitor_established(const struct monitor *m);

/** monitor_effective - does a majority stand behind it at that time? */
bool monitor_effective(const struct monitor *m, uint64_t now_ns);

/**
 * monitor_may_leave - may the next list be without this element?
 *
 * True only of an effective monitor, of an element that its list has as leaving, that has promised to it and holds
 * no job. Nobody may write a list without an element before a monitor has said so of it.
 */
bool monitor_may_leave(const struct monitor *m, uint32_t element, uint64_t now_ns);

bool monitor_stopped(const struct monitor *m);

/** monitor_members - the version of its list of elements. */
uint32_t monitor_members(const struct monitor *m);

/** monitor_epoch - of its present term. */
uint64_t monitor_epoch(const struct monitor *m);

/** monitor_where - the element that a job runs on, or is started or stopped on; CORE_NONE: none, or none that it knows. */
uint32_t monitor_where(const struct monitor *m, uint64_t job);

#endif /* VIGIL_CORE_MONITOR_H */
