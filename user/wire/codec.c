// SPDX-License-Identifier: GPL-2.0
/*
 * The layout of every message: version, head, body, and nothing after it.
 *
 * 1. A field is read only where the bytes for it are there.
 * 2. A count is checked before anything is put where it leads.
 * 3. What is taken is within the bounds of wire.h, so nobody behind this checks them again.
 */
#include <string.h>

#include "user/wire/cursor.h"
#include "user/wire/wire.h"

static void code_id(struct cursor *c, struct wire_id *id)
{
	cursor_u64(c, &id->rank);
	cursor_u64(c, &id->boot);
	cursor_u32(c, &id->node);
	cursor_u32(c, &id->incarnation);
	cursor_u32(c, &id->pid);
}

static void code_value(struct cursor *c, struct wire_value *v)
{
	cursor_u64(c, &v->rank);
	cursor_u32(c, &v->pid);
	cursor_kind(c, &v->standing, WIRE_AILING, WIRE_STANDING_END);
}

static void code_version(struct cursor *c)
{
	uint8_t version = WIRE_VERSION;

	cursor_u8(c, &version);
	if (!c->error && version != WIRE_VERSION)
		cursor_fail(c, WIRE_OTHER_VERSION);
}

static void code_head(struct cursor *c, struct wire_head *h)
{
	cursor_kind(c, &h->type, WIRE_POLL, WIRE_TYPE_END);
	cursor_kind(c, &h->level, 2, WIRE_LEVEL_MAX + 1);
	cursor_u64(c, &h->scope);
	cursor_u32(c, &h->element);
	code_id(c, &h->from);
	cursor_u64(c, &h->epoch);
	cursor_u64(c, &h->seq);
}

static void code_order(struct cursor *c, struct wire_order *o)
{
	cursor_u64(c, &o->serial);
	cursor_u64(c, &o->job);
	cursor_kind(c, &o->op, WIRE_START, WIRE_OP_END);
}

static void code_bidding(struct cursor *c, struct wire_bidding *b)
{
	unsigned int i;

	cursor_u64(c, &b->boot);
	cursor_u32(c, &b->incarnation);
	cursor_u64(c, &b->stamp_ns);
	cursor_u64(c, &b->lease_ns);
	cursor_kind(c, &b->norders, 0, WIRE_ORDERS_MAX + 1);
	for (i = 0; !c->error && i < b->norders; i++)
		code_order(c, &b->orders[i]);
}

static void code_poll(struct cursor *c, struct wire_poll *p)
{
	cursor_kind(c, &p->standing, WIRE_AILING, WIRE_STANDING_END);
	cursor_flags(c, &p->flags, WIRE_POLL_FLAGS);
	cursor_u64(c, &p->asked_ns);
	cursor_u64(c, &p->promise_ns);
	cursor_u32(c, &p->members);
	cursor_u32(c, &p->report_have);
	cursor_u16(c, &p->page);
	code_bidding(c, &p->bid);
}

static void code_pages(struct cursor *c, struct wire_answer *a)
{
	cursor_u32(c, &a->report);
	cursor_u16(c, &a->page);
	cursor_u16(c, &a->pages);
	if (!c->error && (a->pages > WIRE_PAGES_MAX || (a->page && a->page >= a->pages)))
		cursor_fail(c, WIRE_BAD);
}

static void code_answer(struct cursor *c, struct wire_answer *a)
{
	unsigned int i;

	cursor_flags(c, &a->flags, WIRE_ANSWER_FLAGS);
	cursor_kind(c, &a->standing, WIRE_AILING, WIRE_STANDING_END);
	cursor_u64(c, &a->asked_ns);
	cursor_u64(c, &a->boot);
	cursor_u32(c, &a->incarnation);
	cursor_u64(c, &a->stamp_ns);
	cursor_u64(c, &a->epoch_max);
	cursor_u64(c, &a->acked);
	cursor_u32(c, &a->members);
	code_value(c, &a->best);
	cursor_u16(c, &a->load.cpu_permille);
	cursor_u16(c, &a->load.memory_permille);
	code_pages(c, a);
	cursor_kind(c, &a->njobs, 0, WIRE_JOBS_MAX + 1);
	for (i = 0; !c->error && i < a->njobs; i++) {
		cursor_u64(c, &a->jobs[i].job);
		cursor_kind(c, &a->jobs[i].state, WIRE_JOB_STARTING, WIRE_JOB_STATE_END);
	}
}

static void code_announce(struct cursor *c, struct wire_announce *a)
{
	cursor_kind(c, &a->what, WIRE_STARTING, WIRE_ANNOUNCEMENT_END);
	cursor_kind(c, &a->standing, WIRE_AILING, WIRE_STANDING_END);
	cursor_u32(c, &a->node);
}

static void code_proof(struct cursor *c, struct wire_proof *p)
{
	cursor_kind(c, &p->of, WIRE_DEAD_NODE, WIRE_PROOF_END);
	cursor_u32(c, &p->node);
	cursor_u64(c, &p->boot);
	cursor_u32(c, &p->incarnation);
}

static void code_body(struct cursor *c, struct wire_msg *m)
{
	switch (m->head.type) {
	case WIRE_POLL:
		code_poll(c, &m->poll);
		break;
	case WIRE_ANSWER:
		code_answer(c, &m->answer);
		break;
	case WIRE_ANNOUNCE:
		code_announce(c, &m->announce);
		break;
	case WIRE_ORDER:
		code_bidding(c, &m->order);
		break;
	case WIRE_RESIGN:
		cursor_kind(c, &m->resign.why, WIRE_BEATEN, WIRE_RESIGNATION_END);
		break;
	case WIRE_PROOF:
		code_proof(c, &m->proof);
		break;
	default:
		cursor_fail(c, WIRE_BAD);
	}
}

static void code(struct cursor *c, struct wire_msg *m)
{
	code_version(c);
	code_head(c, &m->head);
	if (!c->error)
		code_body(c, m);
}

enum wire_error wire_encode(const struct wire_msg *m, uint8_t *buf, size_t size, size_t *len)
{
	struct cursor c = { .out = buf, .size = size };

	/* Encoding only reads it. */
	code(&c, (struct wire_msg *)m);
	*len = c.error ? 0 : c.at;
	return c.error;
}

enum wire_error wire_decode(struct wire_msg *m, const uint8_t *buf, size_t len)
{
	struct cursor c = { .in = buf, .size = len };

	code(&c, m);
	if (c.at < c.size)
		cursor_fail(&c, WIRE_LONG);
	return c.error;
}
