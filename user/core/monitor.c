// SPDX-License-Identifier: GPL-2.0
/*
 * A monitor of one scope.
 *
 *                     a full round: monitor_establish()            stopped for good: monitor_stop()
 *      PASSIVE ------------------------------------> ESTABLISHED ---------------------> STOPPED
 *         |                                           |       ^                            ^
 *         |     a majority has promised:              v       |  promises run out, or a newer epoch is heard:
 *         |     monitor_take_promise()            EFFECTIVE --+  monitor_settle(), monitor_new_term()
 *         |                                           |                                    |
 *         +---- a better value is heard, or it is told to retire --------------------------+
 *
 * beside that: AILING (it was late itself, monitor_suspect.c), CUT OFF (it hears no majority)
 *
 * 1. PASSIVE it starts, moves and restarts nothing, and asks for no promise.
 * 2. EFFECTIVE it has, by its own clock, unexpired promises of a majority of the configured elements, all made in
 *    its present epoch. At most one monitor of a scope has, at any moment.
 * 3. Each time of being effective has an epoch of its own, newer than all that a majority had promised in.
 * 4. Only while EFFECTIVE it grants leases and gives orders, and trusts reports asked for since it became so.
 * 5. What an element is known to hold is what it reported in this term, and what it was ordered since.
 * 6. A job is ordered to start only while it is certainly nowhere else: monitor_place.c.
 * 7. STOPPED is final: this incarnation never acts again.
 */
#include <assert.h>
#include <string.h>

#include "user/core/monitor_impl.h"

static size_t aligned(size_t n)
{
	return (n + 15) / 16 * 16;
}

size_t monitor_size(uint32_t elements_max, uint32_t jobs_max)
{
	if (elements_max > CORE_ELEMENTS_MAX || jobs_max > CORE_JOBS_MAX)
		return 0;
	return aligned(sizeof(struct monitor)) + aligned(elements_max * sizeof(struct mon_element)) +
	       2 * aligned(jobs_max * sizeof(struct mon_job)) + aligned(elements_max * sizeof(uint64_t));
}

static void *part(uint8_t **at, size_t size)
{
	void *p = *at;

	*at += aligned(size);
	return p;
}

static void lay_out(struct monitor *m, const struct monitor_config *c)
{
	uint8_t *at = (uint8_t *)m + aligned(sizeof(*m));

	m->elements = part(&at, c->elements_max * sizeof(struct mon_element));
	m->jobs = part(&at, c->jobs_max * sizeof(struct mon_job));
	m->old_jobs = part(&at, c->jobs_max * sizeof(struct mon_job));
	m->scratch = part(&at, c->elements_max * sizeof(uint64_t));
}

struct monitor *monitor_init(void *memory, const struct monitor_config *config, uint64_t now_ns)
{
	struct monitor *m = memory;
	uint32_t i;

	assert(config->self.pid && config->self.boot);
	assert(config->nmembers && config->nmembers <= config->elements_max);
	assert(config->timing.promise_ns > config->timing.period_ns &&
	       config->timing.lease_ns > config->timing.promise_ns);
	memset(memory, 0, monitor_size(config->elements_max, config->jobs_max));
	m->config = *config;
	lay_out(m, config);
	m->config.nmembers = config->elements_max;
	m->config.members = NULL;
	m->started_ns = now_ns;
	m->due_ns = now_ns;
	m->dirty = CORE_NONE;
	for (i = 0; i < config->elements_max; i++) {
		const struct core_member none = { 0 };

		monitor_add(m, i, i < config->nmembers ? &config->members[i] : &none, now_ns);
	}
	return m;
}

static void tick(struct monitor *m, uint64_t now_ns, const struct core_out *out)
{
	if (now_ns < m->due_ns)
		return;
	monitor_notice_delay(m, now_ns, out);
	monitor_establish(m, now_ns, out);
	monitor_suspect(m, now_ns, out);
	monitor_place(m, now_ns, out);
	monitor_balance(m, now_ns, out);
	monitor_round(m, now_ns, out);
}

static void take_message(struct monitor *m, const struct wire_msg *msg, uint64_t now_ns,
			 const struct core_out *out)
{
	if (msg->head.scope != m->config.scope || msg->head.level != m->config.level)
		return;
	if (msg->head.type == WIRE_ANSWER)
		monitor_take_answer(m, msg, now_ns, out);
	else if (msg->head.type == WIRE_PROOF)
		monitor_take_proof(m, msg, now_ns, out);
}

void monitor_step(struct monitor *m, const struct core_event *event, const struct core_out *out)
{
	if (m->state == MONITOR_STOPPED)
		return;
	monitor_settle(m, event->now_ns, out);
	switch (event->type) {
	case CORE_TICK:
		tick(m, event->now_ns, out);
		break;
	case CORE_MESSAGE:
		take_message(m, event->msg, event->now_ns, out);
		break;
	case CORE_JOBS:
		monitor_take_jobs(m, event, out);
		break;
	case CORE_MEMBERS:
		monitor_take_members(m, event, out);
		break;
	case CORE_MOVE:
		monitor_take_move(m, event, out);
		break;
	case CORE_RETIRE:
		monitor_stop(m, WIRE_TOLD, out);
		break;
	default:
		break;
	}
	monitor_flush(m, event->now_ns, out);
}

uint64_t monitor_due(const struct monitor *m)
{
	if (m->state == MONITOR_STOPPED)
		return UINT64_MAX;
	if (m->effective && m->effective_until_ns < m->due_ns)
		return m->effective_until_ns;
	return m->due_ns;
}

bool monitor_established(const struct monitor *m)
{
	return m->state == MONITOR_ESTABLISHED;
}

bool monitor_stopped(const struct monitor *m)
{
	return m->state == MONITOR_STOPPED;
}

uint64_t monitor_epoch(const struct monitor *m)
{
	return m->epoch;
}

uint32_t monitor_where(const struct monitor *m, uint64_t job)
{
	const struct mon_job *j = monitor_find_job(m, job);

	return j ? j->home : CORE_NONE;
}
