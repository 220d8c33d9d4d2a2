// SPDX-License-Identifier: GPL-2.0
/*
 * Orders, and the node's lease that they come with.
 *
 * Rule 8. Orders carry the epoch, and an element refuses older ones. They hold for one life of the element, as
 * long as the lease that came with them: a datagram that was on its way for long can start nothing. A
 * singleton is started only under a held lease, which ends on time whatever becomes of everybody.
 *
 * The lease's number in the module is the epoch and, below that, how often it has run out in it: the
 * module lets a lease that has run out be held again only under a newer number.
 */
#include "user/core/element_impl.h"

static uint64_t newest(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Why not? CORE_T_PLACED: they are to be obeyed. */
static enum core_tell judge(const struct element *e, const struct wire_head *h, const struct wire_bidding *b,
			    uint64_t now_ns)
{
	const struct core_rules *rules = e->config.rules;
	const struct promise *p = &e->promise;

	if (b->boot != e->config.self.boot || b->incarnation != e->config.self.incarnation)
		return CORE_T_REFUSED_LIFE;
	if (rules->old_epochs_refused && h->epoch < p->epoch_max)
		return CORE_T_REFUSED_EPOCH;
	if (rules->old_epochs_refused &&
	    (now_ns >= p->until_ns || h->epoch != p->epoch || !wire_id_same(&p->holder, &h->from)))
		return CORE_T_REFUSED_HOLDER;
	if (!b->stamp_ns || b->stamp_ns > e->stamp_ns)
		return CORE_T_REFUSED_AGE;
	if (rules->orders_age && now_ns >= b->stamp_ns + e->config.timing.lease_ns)
		return CORE_T_REFUSED_AGE;
	return CORE_T_PLACED;
}

static void renew(struct element *e, const struct wire_bidding *b, uint64_t now_ns,
		  const struct core_out *out)
{
	uint64_t until_ns = b->stamp_ns + e->config.timing.lease_ns;
	uint64_t token = newest(e->promise.epoch * CORE_LAPSES, e->orders.lease_token);
	struct core_action a = { .type = CORE_LEASE };

	if (until_ns <= e->orders.lease_until_ns || until_ns <= now_ns)
		return;
	if (now_ns >= e->orders.lease_until_ns)
		token = newest(token, e->orders.lease_token + 1);
	e->orders.lease_until_ns = until_ns;
	e->orders.lease_token = token;
	a.until_ns = until_ns;
	a.epoch = token;
	out->act(out->ctx, &a);
}

static void start(struct element *e, const struct wire_order *o, uint64_t now_ns, const struct core_out *out)
{
	struct core_action a = { .type = CORE_START, .job = o->job };
	const struct wire_job *there = element_job(e, o->job);

	if (there && there->state != WIRE_JOB_FAILED)
		return;
	if (o->op == WIRE_START_SINGLETON) {
		if (now_ns >= e->orders.lease_until_ns) {
			core_tell(out, CORE_T_NO_LEASE, e->config.number, o->job);
			return;
		}
		a.epoch = e->orders.lease_token;
	}
	if (element_set_job(e, o->job, WIRE_JOB_STARTING))
		out->act(out->ctx, &a);
}

static void stop(struct element *e, const struct wire_order *o, const struct core_out *out)
{
	const struct core_action a = { .type = CORE_STOP, .job = o->job };
	const struct wire_job *there = element_job(e, o->job);

	if (!there)
		return;
	if (there->state == WIRE_JOB_FAILED) {
		element_set_job(e, o->job, CORE_JOB_GONE);
		return;
	}
	element_set_job(e, o->job, WIRE_JOB_STOPPING);
	out->act(out->ctx, &a);
}

static void carry_out(struct element *e, const struct wire_order *o, uint64_t now_ns,
		      const struct core_out *out)
{
	if (o->serial <= e->orders.done && e->config.rules->orders_once) {
		core_tell(out, CORE_T_REPEATED, e->config.number, o->job);
		return;
	}
	e->orders.done = newest(o->serial, e->orders.done);
	if (o->op == WIRE_STOP)
		stop(e, o, out);
	else
		start(e, o, now_ns, out);
}

void element_obey(struct element *e, const struct wire_head *head, const struct wire_bidding *bid, bool grant,
		  uint64_t now_ns, const struct core_out *out)
{
	enum core_tell verdict;
	unsigned int i;

	if (!grant && !bid->norders)
		return;
	verdict = judge(e, head, bid, now_ns);
	if (verdict != CORE_T_PLACED) {
		core_tell(out, verdict, e->config.number, 0);
		return;
	}
	if (grant)
		renew(e, bid, now_ns, out);
	for (i = 0; i < bid->norders; i++)
		carry_out(e, &bid->orders[i], now_ns, out);
}
