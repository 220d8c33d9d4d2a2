// SPDX-License-Identifier: GPL-2.0
/*
 * Terms: when a monitor is effective, and in which epoch.
 *
 * Rule 7. A monitor is effective only while a majority of its scope's configured elements have promised. Each
 * element promises to one monitor at a time and two majorities share an element, so there is at most one. No clocks need
 * to agree: a promise lasts from when the element gave it, and is counted on here from when it was asked
 * for, which was earlier, and for less, by what clocks may drift apart.
 *
 * Each time of being effective begins with a new epoch, and with nothing known: what was known in the last one
 * may be out of date by now.
 */
#include <string.h>

#include "user/core/monitor_impl.h"

uint32_t monitor_majority(const struct monitor *m)
{
	return m->config.rules->majority ? m->npresent / 2 + 1 : 1;
}

bool monitor_promised(const struct mon_element *e, uint64_t now_ns)
{
	return now_ns < e->promised_until_ns;
}

/* The @k-th greatest of @n, 1 being the greatest; they are reordered. */
static uint64_t greatest(uint64_t *v, uint32_t n, uint32_t k)
{
	uint32_t low = 0, high = n;

	while (high - low > 1) {
		uint64_t pivot = v[low + (high - low - 1) / 2], t;
		uint32_t i = low, j = high - 1;

		for (;;) {
			while (v[i] > pivot)
				i++;
			while (v[j] < pivot)
				j--;
			if (i >= j)
				break;
			t = v[i];
			v[i++] = v[j];
			v[j--] = t;
		}
		if (k - 1 <= j)
			high = j + 1;
		else
			low = j + 1;
	}
	return v[k - 1];
}

/* Until when a majority stands behind it, if nothing more is heard. */
static uint64_t majority_until(const struct monitor *m)
{
	uint32_t i, n = 0;

	for_each_element(m, i)
		m->scratch[n++] = m->elements[i].promised_until_ns;
	return n ? greatest(m->scratch, n, monitor_majority(m)) : 0;
}

bool monitor_effective(const struct monitor *m, uint64_t now_ns)
{
	if (!m->effective)
		return false;
	return now_ns < m->effective_until_ns || now_ns < majority_until(m) || !m->config.rules->promise_ends;
}

static void step_down(struct monitor *m, const struct core_out *out)
{
	const struct core_action a = { .type = CORE_STEP_DOWN, .epoch = m->epoch };

	m->effective = false;
	out->act(out->ctx, &a);
}

void monitor_new_term(struct monitor *m, uint64_t now_ns, const struct core_out *out)
{
	uint32_t i;

	if (m->effective)
		step_down(m, out);
	m->epoch = (m->epoch > m->epoch_heard ? m->epoch : m->epoch_heard) + 1;
	m->term_ns = now_ns;
	m->held_back = false;
	for_each_element(m, i) {
		struct mon_element *e = &m->elements[i];

		e->promised_until_ns = 0;
		e->promised = false;
		monitor_drop_orders(e);
		memset(&e->known, 0, sizeof(e->known));
	}
	monitor_forget_jobs(m);
	core_tell(out, CORE_T_NEW_TERM, CORE_NONE, 0);
	monitor_kick(m, now_ns);
}

/* Every step begins with this: who was paused does not act on what was true before. */
void monitor_settle(struct monitor *m, uint64_t now_ns, const struct core_out *out)
{
	if (!m->effective || now_ns < m->effective_until_ns)
		return;
	m->effective_until_ns = majority_until(m);
	if (now_ns < m->effective_until_ns)
		return;
	if (m->config.rules->promise_ends)
		monitor_new_term(m, now_ns, out);
	else
		m->effective_until_ns = UINT64_MAX;
}

static void become_effective(struct monitor *m, uint64_t now_ns, const struct core_out *out)
{
	const struct core_action a = { .type = CORE_EFFECTIVE, .epoch = m->epoch };

	m->effective_until_ns = majority_until(m);
	if (now_ns >= m->effective_until_ns)
		return;
	m->effective = true;
	m->effective_ns = now_ns;
	out->act(out->ctx, &a);
	monitor_kick(m, now_ns);
}

/* The element can promise only in a newer epoch than this one? */
static bool outdated(const struct monitor *m, const struct mon_element *e, const struct wire_answer *a)
{
	if (a->epoch_max > m->epoch)
		return true;
	return a->epoch_max == m->epoch && !e->promised && !(a->flags & WIRE_ANSWER_WAITING) &&
	       a->members <= m->config.members_version && a->asked_ns >= m->term_ns;
}

static bool promises(const struct monitor *m, const struct wire_msg *msg)
{
	return msg->answer.flags & WIRE_ANSWER_PROMISED && msg->head.epoch == m->epoch &&
	       msg->answer.asked_ns >= m->term_ns;
}

void monitor_take_promise(struct monitor *m, struct mon_element *e, const struct wire_msg *msg,
			  uint64_t now_ns, const struct core_out *out)
{
	const struct core_timing *t = &m->config.timing;
	uint64_t until_ns = msg->answer.asked_ns + core_at_least(t, t->promise_ns);

	if (msg->answer.epoch_max > m->epoch_heard)
		m->epoch_heard = msg->answer.epoch_max;
	if (m->state != MONITOR_ESTABLISHED)
		return;
	if (promises(m, msg)) {
		e->promised = true;
		if (until_ns > e->promised_until_ns)
			e->promised_until_ns = until_ns;
	} else if (outdated(m, e, &msg->answer) && now_ns - m->term_ns >= t->period_ns / 2) {
		monitor_new_term(m, now_ns, out);
	}
	if (!m->effective)
		become_effective(m, now_ns, out);
}
