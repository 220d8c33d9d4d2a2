// SPDX-License-Identifier: GPL-2.0
/*
 * Rule 1, the element's half. Every poll is answered, whoever sent it, with the best election value heard, and
 * this element's state and load.
 */
#include <string.h>

#include "user/core/element_impl.h"

struct wire_msg *element_message(struct element *e, enum wire_type type)
{
	struct wire_msg *m = &e->msg;

	m->head = (struct wire_head){
		.from = e->config.self, .scope = e->config.scope, .level = e->config.level,
		.element = e->config.number, .type = type, .epoch = e->promise.epoch, .seq = ++e->seq,
	};
	return m;
}

void element_send(struct element *e, uint32_t node, const struct core_out *out)
{
	const struct core_action a = { .type = CORE_SEND, .node = node, .msg = &e->msg };

	out->act(out->ctx, &a);
}

static uint8_t flags(const struct element *e, bool promised, uint64_t now_ns)
{
	return (promised ? WIRE_ANSWER_PROMISED : 0) | (e->ready ? WIRE_ANSWER_READY : 0) |
	       (e->draining ? WIRE_ANSWER_DRAINING : 0) |
	       (now_ns < e->promise.wait_until_ns ? WIRE_ANSWER_WAITING : 0);
}

static uint64_t stamp(struct element *e, uint64_t now_ns)
{
	e->stamp_ns = now_ns > e->stamp_ns ? now_ns : e->stamp_ns + 1;
	return e->stamp_ns;
}

void element_answer(struct element *e, const struct wire_msg *poll, bool promised, uint64_t now_ns,
		    const struct core_out *out)
{
	struct wire_msg *m = element_message(e, WIRE_ANSWER);
	struct wire_answer *a = &m->answer;

	memset(a, 0, offsetof(struct wire_answer, jobs));
	a->asked_ns = poll->poll.asked_ns;
	a->boot = poll->head.from.boot;
	a->incarnation = poll->head.from.incarnation;
	a->stamp_ns = stamp(e, now_ns);
	a->epoch_max = e->promise.epoch_max;
	a->acked = e->orders.done;
	a->members = e->promise.members;
	a->best = e->best.value;
	a->load = e->load;
	a->standing = e->standing;
	a->flags = flags(e, promised, now_ns);
	element_fill_report(e, &poll->poll, a);
	element_send(e, poll->head.from.node, out);
}
