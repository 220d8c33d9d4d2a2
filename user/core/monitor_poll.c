// SPDX-License-Identifier: GPL-2.0
/*
 * Rule 1. The active monitor of a scope polls every element each period T. A poll carries its election value,
 * its lease grant and its orders.
 */
#include "user/core/monitor_impl.h"

struct wire_msg *monitor_message(struct monitor *m, enum wire_type type, uint32_t number)
{
	m->msg.head = (struct wire_head){
		.from = m->config.self, .scope = m->config.scope, .level = m->config.level,
		.element = number, .type = type, .epoch = m->epoch, .seq = ++m->seq,
	};
	return &m->msg;
}

void monitor_send(struct monitor *m, uint32_t node, const struct core_out *out)
{
	const struct core_action a = { .type = CORE_SEND, .node = node, .msg = &m->msg };

	out->act(out->ctx, &a);
}

/* Where it lives; where that is not known, or it is silent, wherever it may be. */
static void send_to_element(struct monitor *m, const struct mon_element *e, const struct core_out *out)
{
	uint32_t i;

	if (e->id.pid && !e->suspected) {
		monitor_send(m, e->id.node, out);
		return;
	}
	for (i = 0; i < e->member.nhomes; i++)
		monitor_send(m, e->member.homes[i], out);
}

static uint8_t flags(const struct monitor *m, const struct mon_element *e, uint64_t now_ns)
{
	uint8_t f = 0;

	if (m->cut_off)
		f |= WIRE_POLL_CUT_OFF;
	else if (m->state == MONITOR_ESTABLISHED)
		f |= WIRE_POLL_WANT;
	if (m->effective && monitor_promised(e, now_ns) && e->stamp_ns)
		f |= WIRE_POLL_GRANT;
	return f;
}

void monitor_poll(struct monitor *m, uint32_t number, uint64_t now_ns, const struct core_out *out)
{
	struct mon_element *e = &m->elements[number];
	struct wire_poll *p = &monitor_message(m, WIRE_POLL, number)->poll;

	p->asked_ns = now_ns;
	p->promise_ns = m->config.timing.promise_ns;
	p->members = m->config.members_version;
	p->report_have = e->known.have;
	p->page = e->known.page;
	p->standing = (uint8_t)monitor_standing(m);
	p->flags = flags(m, e, now_ns);
	monitor_fill_bidding(m, e, &p->bid, p->flags & WIRE_POLL_GRANT, now_ns);
	send_to_element(m, e, out);
}

static void announce(struct monitor *m, const struct core_out *out)
{
	struct wire_msg *msg = monitor_message(m, WIRE_ANNOUNCE, CORE_NONE);

	msg->announce = (struct wire_announce){
		.what = WIRE_PRESENT, .node = m->config.self.node, .standing = (uint8_t)monitor_standing(m),
	};
	monitor_send(m, CORE_NONE, out);
	m->announced = true;
}

void monitor_round(struct monitor *m, uint64_t now_ns, const struct core_out *out)
{
	uint32_t i;

	if (!m->announced)
		announce(m, out);
	for_each_element(m, i)
		monitor_poll(m, i, now_ns, out);
	m->polled_ns = now_ns;
	m->due_ns = now_ns + m->config.timing.period_ns;
}

/* The next round early, where there is more to say than was known at the last one. */
void monitor_kick(struct monitor *m, uint64_t now_ns)
{
	uint64_t soon_ns = m->polled_ns + m->config.timing.period_ns / 10;

	if (soon_ns < now_ns)
		soon_ns = now_ns;
	if (soon_ns < m->due_ns)
		m->due_ns = soon_ns;
}
