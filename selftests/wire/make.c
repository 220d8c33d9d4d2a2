// SPDX-License-Identifier: GPL-2.0
/* Messages drawn at random. */
#include "selftests/wire/make.h"

#include <string.h>

static uint8_t kind(struct rng *r, unsigned int first, unsigned int end)
{
	return (uint8_t)(first + rng_below(r, end - first));
}

static void make_bidding(struct rng *r, struct wire_bidding *b)
{
	unsigned int i;

	b->boot = rng_next(r);
	b->incarnation = (uint32_t)rng_next(r);
	b->stamp_ns = rng_next(r);
	b->lease_ns = rng_next(r);
	b->norders = kind(r, 0, WIRE_ORDERS_MAX + 1);
	for (i = 0; i < b->norders; i++)
		b->orders[i] = (struct wire_order){ rng_next(r), rng_next(r), kind(r, WIRE_START,
										   WIRE_OP_END) };
}

static void make_poll(struct rng *r, struct wire_poll *p)
{
	p->standing = kind(r, 0, WIRE_STANDING_END);
	p->flags = kind(r, 0, WIRE_POLL_FLAGS + 1);
	p->asked_ns = rng_next(r);
	p->promise_ns = rng_next(r);
	p->members = (uint32_t)rng_next(r);
	p->report_have = (uint32_t)rng_next(r);
	p->page = (uint16_t)rng_next(r);
	make_bidding(r, &p->bid);
}

static void make_answer(struct rng *r, struct wire_answer *a)
{
	unsigned int i;

	a->flags = kind(r, 0, WIRE_ANSWER_FLAGS + 1);
	a->standing = kind(r, 0, WIRE_STANDING_END);
	a->asked_ns = rng_next(r);
	a->boot = rng_next(r);
	a->incarnation = (uint32_t)rng_next(r);
	a->stamp_ns = rng_next(r);
	a->epoch_max = rng_next(r);
	a->acked = rng_next(r);
	a->members = (uint32_t)rng_next(r);
	a->best = (struct wire_value){ rng_next(r), (uint32_t)rng_next(r), kind(r, 0, WIRE_STANDING_END) };
	a->load = (struct wire_load){ (uint16_t)rng_next(r), (uint16_t)rng_next(r) };
	a->report = (uint32_t)rng_next(r);
	a->pages = (uint16_t)rng_below(r, WIRE_PAGES_MAX + 1);
	a->page = a->pages ? (uint16_t)rng_below(r, a->pages) : 0;
	a->njobs = kind(r, 0, WIRE_JOBS_MAX + 1);
	for (i = 0; i < a->njobs; i++)
		a->jobs[i] = (struct wire_job){ rng_next(r), kind(r, WIRE_JOB_STARTING, WIRE_JOB_STATE_END) };
}

static void make_rest(struct rng *r, struct wire_msg *m)
{
	switch (m->head.type) {
	case WIRE_ANNOUNCE:
		m->announce = (struct wire_announce){
			.what = kind(r, WIRE_STARTING, WIRE_ANNOUNCEMENT_END), .node = (uint32_t)rng_next(r),
			.standing = kind(r, 0, WIRE_STANDING_END),
		};
		break;
	case WIRE_RESIGN:
		m->resign.why = kind(r, WIRE_BEATEN, WIRE_RESIGNATION_END);
		break;
	default:
		m->proof = (struct wire_proof){
			.of = kind(r, WIRE_DEAD_NODE, WIRE_PROOF_END), .node = (uint32_t)rng_next(r),
			.boot = rng_next(r), .incarnation = (uint32_t)rng_next(r),
		};
	}
}

void make_message(struct rng *r, enum wire_type type, struct wire_msg *m)
{
	memset(m, 0, sizeof(*m));
	m->head = (struct wire_head){
		.from = { rng_next(r), rng_next(r), (uint32_t)rng_next(r), (uint32_t)rng_next(r),
			 (uint32_t)rng_next(r) },
		.scope = rng_next(r), .epoch = rng_next(r), .seq = rng_next(r), .element = (uint32_t)rng_next(r),
		.type = (uint8_t)type, .level = kind(r, 2, WIRE_LEVEL_MAX + 1),
	};
	if (type == WIRE_POLL)
		make_poll(r, &m->poll);
	else if (type == WIRE_ANSWER)
		make_answer(r, &m->answer);
	else if (type == WIRE_ORDER)
		make_bidding(r, &m->order);
	else
		make_rest(r, m);
}
