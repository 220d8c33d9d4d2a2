// SPDX-License-Identifier: GPL-2.0
/* Each allocation of each operation fails in its turn: it succeeds, or fails and leaves nothing behind. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "selftests/fuzz/fault.h"
#include "selftests/fuzz/fault_points.h"

enum {
	TRIES = 300,		/* to find what an operation accepts */
	ANSWER_S = 600,
};

/* A socket that was told of a failed dump is not used again. */
static bool renew_link(struct test *t)
{
	struct timeval limit = { .tv_sec = ANSWER_S };
	int err;

	link_close(&t->link);
	err = link_open(&t->link, false);
	if (err) {
		fault_wrong(t, "no socket", "link", err);
		return false;
	}
	setsockopt(t->link.fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return true;
}

static bool learned(const struct test *t, const struct spec_op *op, bool dump)
{
	return t->hand.recipes[op - spec_ops][dump].count;
}

static uint64_t recipe(struct test *t, const struct spec_op *op, bool dump)
{
	const struct hand_recipes *r = &t->hand.recipes[op - spec_ops][dump];

	return r->count ? r->mask[0] : request_mask(dump ? &op->by_dump : &op->by_do);
}

/* One more of what some operation makes, for another to find. */
static void supply(struct test *t)
{
	const struct spec_op *op = &spec_ops[rng_below(&t->hand.rng, spec_ops_count)];
	struct probe r;

	if (!learned(t, op, false))
		return;
	request_make_op(&t->hand, t->link.family, op, false, recipe(t, op, false), &r);
	if (!request_denied(r.bytes, r.len, t->link.family))
		link_call(&t->link, &t->hand, t->t, &r);
}

/* Which attributes make the family accept the operation: found by trying. */
static void learn(struct test *t, const struct spec_op *op, bool dump)
{
	uint64_t all = request_mask(dump ? &op->by_dump : &op->by_do);
	struct probe r;
	int i;

	for (i = 0; i < TRIES && !learned(t, op, dump); i++) {
		request_make_op(&t->hand, t->link.family, op, dump, all & rng_next(&t->hand.rng), &r);
		r.mute = true;
		if (!request_denied(r.bytes, r.len, t->link.family))
			link_call(&t->link, &t->hand, t->t, &r);
		supply(t);
		hand_stir(&t->hand);
	}
	if (!learned(t, op, dump))
		printf("# %s%s was never accepted\n", op->name, dump ? " (dump)" : "");
}

/* One request with its @nth allocation failing. Returns whether there was one. */
static bool call_with_fault(struct test *t, const struct spec_op *op, bool dump, unsigned int nth)
{
	struct probe r;
	uint64_t before;
	bool hit;
	int err;

	if (!renew_link(t))
		return false;
	supply(t);
	before = fault_watches(t);
	request_make_op(&t->hand, t->link.family, op, dump, recipe(t, op, dump), &r);
	r.mute = t->mute;
	if (request_denied(r.bytes, r.len, t->link.family))
		return true;
	fault_arm(nth);
	err = link_call(&t->link, &t->hand, t->t, &r);
	hit = fault_disarm();
	if (!hit)
		return false;
	t->failed++;
	t->refused += err == -ENOMEM || err == -ENOBUFS;
	if (err == -EAGAIN)
		fault_wrong(t, "no answer", op->name, nth);
	if (err && err != -ENOBUFS && !spec_documents(-err))
		fault_wrong(t, strerrorname_np(-err), op->name, nth);
	if (err == -ENOMEM && fault_watches(t) != before)
		fault_wrong(t, "something was left behind", op->name, nth);
	return true;
}

static void each_allocation(struct test *t, const struct spec_op *op, bool dump)
{
	unsigned int nth = 1;

	while (nth < FAULT_NTH_MAX && call_with_fault(t, op, dump, nth)) {
		nth++;
		hand_renew(&t->hand, rng_below(&t->hand.rng, HAND_VICTIMS));
	}
	printf("# %s%s: %u allocations failed\n", op->name, dump ? " (dump)" : "", nth - 1);
	if (nth == FAULT_NTH_MAX)
		fault_wrong(t, "there is no end of allocations", op->name, nth);
}

static void each_operation(struct test *t, void (*fn)(struct test *, const struct spec_op *, bool))
{
	unsigned int i;

	for (i = 0; i < spec_ops_count; i++) {
		if (spec_ops[i].denied || spec_ops[i].notify)
			continue;
		if (spec_ops[i].by_do.exists)
			fn(t, &spec_ops[i], false);
		if (spec_ops[i].by_dump.exists)
			fn(t, &spec_ops[i], true);
	}
}

void fault_learn(struct test *t)
{
	each_operation(t, learn);
}

void fault_requests(struct test *t)
{
	each_operation(t, each_allocation);
}
