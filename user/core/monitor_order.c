// SPDX-License-Identifier: GPL-2.0
/*
 * Orders to one element: numbered, sent at once, repeated with each poll until the element says that they are
 * carried out. All that are pending are in every message, so none is overtaken by a later one.
 *
 * A number is used once. An order that was dropped may still be on its way; whoever dropped it has
 * waited until the lease that it came with has run out, or knows that the life it was for is over.
 */
#include <assert.h>
#include <string.h>

#include "user/core/monitor_impl.h"

/* False: the element has too many already; again after some were carried out. */
bool monitor_order(struct monitor *m, uint32_t number, enum wire_op op, uint64_t job)
{
	struct queue *q = &m->elements[number].queue;

	assert(m->effective);
	if (q->n == CORE_QUEUE_MAX)
		return false;
	q->orders[q->n++] = (struct wire_order){ .serial = ++q->serial, .job = job, .op = (uint8_t)op };
	if (!q->dirty) {
		q->dirty = true;
		q->next_dirty = m->dirty;
		m->dirty = number;
	}
	return true;
}

/* Carried out is not the same as done: what has become of them the next report tells, whatever its version. */
void monitor_acked(struct mon_element *e, uint64_t serial)
{
	struct queue *q = &e->queue;
	uint32_t done = 0;

	while (done < q->n && q->orders[done].serial <= serial)
		done++;
	if (done)
		e->known.have = 0;
	q->n -= done;
	memmove(q->orders, q->orders + done, q->n * sizeof(*q->orders));
}

void monitor_drop_orders(struct mon_element *e)
{
	e->queue.n = 0;
}

/* Before it is sent: from then on the element may hold that lease, or do as it was told, for so long. */
static void reckon(const struct monitor *m, struct mon_element *e)
{
	uint64_t until_ns = e->stamp_at_ns + core_at_most(&m->config.timing, m->config.timing.lease_ns);

	if (until_ns > e->lease_until_ns)
		e->lease_until_ns = until_ns;
}

void monitor_fill_bidding(struct monitor *m, struct mon_element *e, struct wire_bidding *bid, bool grant,
			  uint64_t now_ns)
{
	const struct queue *q = &e->queue;

	bid->boot = e->id.boot;
	bid->incarnation = e->id.incarnation;
	bid->stamp_ns = e->stamp_ns;
	bid->lease_ns = m->config.timing.lease_ns;
	bid->norders = monitor_effective(m, now_ns) && monitor_promised(e, now_ns) ? (uint8_t)q->n : 0;
	memcpy(bid->orders, q->orders, bid->norders * sizeof(*q->orders));
	if (grant || bid->norders)
		reckon(m, e);
}

static void send(struct monitor *m, uint32_t number, uint64_t now_ns, const struct core_out *out)
{
	struct mon_element *e = &m->elements[number];
	struct wire_msg *msg;

	if (!e->queue.n || !e->id.pid)
		return;
	msg = monitor_message(m, WIRE_ORDER, number);
	monitor_fill_bidding(m, e, &msg->order, false, now_ns);
	if (msg->order.norders)
		monitor_send(m, e->id.node, out);
}

void monitor_flush(struct monitor *m, uint64_t now_ns, const struct core_out *out)
{
	while (m->dirty != CORE_NONE) {
		uint32_t number = m->dirty;
		struct queue *q = &m->elements[number].queue;

		m->dirty = q->next_dirty;
		q->dirty = false;
		if (m->state != MONITOR_STOPPED)
			send(m, number, now_ns, out);
	}
}
