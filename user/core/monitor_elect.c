// SPDX-License-Identifier: GPL-2.0
/*
 * The election: there is no vote; who hears of a better one stops.
 *
 * Rule 3. A monitor that receives a better value than its own stops itself at once.
 *
 * Rule 4. A new monitor is passive until it has completed one full round over all its elements: each has answered,
 * or a majority has and the others were polled twice in vain. A round in which it heard no majority is none.
 */
#include "user/core/monitor_impl.h"

enum wire_standing monitor_standing(const struct monitor *m)
{
	if (m->ailing || m->cut_off)
		return WIRE_AILING;
	return m->state == MONITOR_ESTABLISHED ? WIRE_ESTABLISHED : WIRE_PASSIVE;
}

struct wire_value monitor_value(const struct monitor *m)
{
	return (struct wire_value){
		.rank = m->config.self.rank, .pid = m->config.self.pid,
		.standing = (uint8_t)monitor_standing(m),
	};
}

bool monitor_beaten(struct monitor *m, const struct wire_value *best, const struct core_out *out)
{
	struct wire_value own = monitor_value(m);

	/* What an element remembers of this monitor itself may be out of date. */
	if (!best->pid || (best->rank == own.rank && best->pid == own.pid))
		return false;
	if (best->standing == own.standing)
		core_tell(out, CORE_T_DUEL, CORE_NONE, 0);
	if (wire_value_cmp(best, &own) <= 0 || !m->config.rules->better_wins)
		return false;
	core_tell(out, CORE_T_BEATEN, CORE_NONE, 0);
	monitor_stop(m, WIRE_BEATEN, out);
	return true;
}

/* First not effective, then said so: whoever hears it may promise to another. */
void monitor_stop(struct monitor *m, enum wire_resignation why, const struct core_out *out)
{
	const struct core_action down = { .type = CORE_STEP_DOWN, .epoch = m->epoch };
	const struct core_action gone = { .type = CORE_EXIT };

	if (m->effective)
		out->act(out->ctx, &down);
	m->effective = false;
	m->state = MONITOR_STOPPED;
	monitor_message(m, WIRE_RESIGN, CORE_NONE)->resign.why = (uint8_t)why;
	monitor_send(m, CORE_NONE, out);
	out->act(out->ctx, &gone);
}

static bool round_complete(const struct monitor *m, uint64_t now_ns)
{
	bool waited = now_ns - m->started_ns >= 2 * m->config.timing.period_ns;
	uint32_t i, answered = 0;

	if (!m->config.rules->passive_round)
		return true;
	for_each_element(m, i)
		answered += m->elements[i].answered;
	return answered == m->npresent || (waited && answered >= monitor_majority(m) && !m->cut_off);
}

void monitor_establish(struct monitor *m, uint64_t now_ns, const struct core_out *out)
{
	if (m->state != MONITOR_PASSIVE || !round_complete(m, now_ns))
		return;
	m->state = MONITOR_ESTABLISHED;
	core_tell(out, CORE_T_ESTABLISHED, CORE_NONE, 0);
	monitor_new_term(m, now_ns, out);
}
