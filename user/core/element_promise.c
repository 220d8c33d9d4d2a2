// SPDX-License-Identifier: GPL-2.0
/*
 * The element's promise.
 *
 * Rule 7. An element grants its lease to one monitor at a time, and to no other until that has run out or was
 * given back. A restarted element reads its promise back from the module; where it cannot it first
 * waits as long as a promise could last.
 *
 * Rule 8, its first half. Promises are numbered by epochs, which never fall: an older one is refused, and so is
 * the same one from another monitor. Since two majorities share an element, no two monitors are
 * ever effective in the same epoch.
 *
 * Change of members. A monitor that knows an older list of its scope's elements than this element does
 * is refused: one of a newer list may have a majority of that.
 */
#include "user/core/element_impl.h"

void element_forget_promise(struct element *e, uint64_t now_ns)
{
	const struct core_timing *t = &e->config.timing;

	e->promise.until_ns = 0;
	e->promise.wait_until_ns = 0;
	if (e->config.rules->promise_waits)
		e->promise.wait_until_ns = now_ns + core_at_most(t, t->promise_ns);
}

static bool is_holder(const struct element *e, const struct wire_id *id)
{
	return wire_id_same(&e->promise.holder, id);
}

/* The times are a bargain: what the monitor reckons with must be what this element keeps. */
static bool same_times(const struct element *e, const struct wire_poll *p)
{
	return p->promise_ns == e->config.timing.promise_ns && p->bid.lease_ns == e->config.timing.lease_ns;
}

static bool old_epoch(const struct element *e, const struct wire_head *h)
{
	if (!e->config.rules->old_epochs_refused)
		return false;
	if (h->epoch != e->promise.epoch_max)
		return h->epoch < e->promise.epoch_max;
	return !is_holder(e, &h->from);
}

/* Why not? CORE_T_PROMISED: it is fine. */
static enum core_tell judge(const struct element *e, const struct wire_msg *m, uint64_t now_ns)
{
	if (now_ns < e->promise.wait_until_ns)
		return CORE_T_REFUSED_WAITING;
	if (m->poll.members < e->promise.members)
		return CORE_T_REFUSED_MEMBERS;
	if (!same_times(e, &m->poll))
		return CORE_T_REFUSED_TIMING;
	if (now_ns < e->promise.until_ns && !is_holder(e, &m->head.from) && e->config.rules->promise_once)
		return CORE_T_REFUSED_PROMISE;
	if (old_epoch(e, &m->head))
		return CORE_T_REFUSED_EPOCH;
	return CORE_T_PROMISED;
}

static void persist(struct element *e, const struct core_out *out)
{
	const struct core_action a = {
		.type = CORE_PERSIST, .epoch = e->promise.epoch_max, .holder = e->promise.holder,
		.members = e->promise.members,
	};

	out->act(out->ctx, &a);
}

static void note(struct element *e, const struct core_out *out)
{
	const struct core_action a = {
		.type = CORE_PROMISE, .holder = e->promise.holder, .epoch = e->promise.epoch,
		.until_ns = e->promise.until_ns,
	};

	out->act(out->ctx, &a);
}

/* Another holder or a newer epoch: whatever was ordered before counts no more. */
static void turn_to(struct element *e, const struct wire_msg *m, const struct core_out *out)
{
	struct promise *p = &e->promise;

	if (!is_holder(e, &m->head.from))
		core_tell(out, CORE_T_PROMISED, e->config.number, 0);
	p->holder = m->head.from;
	p->epoch = m->head.epoch;
	e->orders.done = 0;
}

static void grant(struct element *e, const struct wire_msg *m, uint64_t now_ns, const struct core_out *out)
{
	struct promise *p = &e->promise;

	if (!is_holder(e, &m->head.from) || p->epoch != m->head.epoch)
		turn_to(e, m, out);
	if (p->epoch_max < m->head.epoch || p->members < m->poll.members) {
		p->epoch_max = p->epoch_max < m->head.epoch ? m->head.epoch : p->epoch_max;
		p->members = p->members < m->poll.members ? m->poll.members : p->members;
		persist(e, out);
	}
	p->until_ns = now_ns + e->config.timing.promise_ns;
	note(e, out);
}

bool element_promise(struct element *e, const struct wire_msg *poll, uint64_t now_ns,
		     const struct core_out *out)
{
	enum core_tell verdict;

	if (!(poll->poll.flags & WIRE_POLL_WANT) || !e->votes)
		return false;
	verdict = judge(e, poll, now_ns);
	if (verdict != CORE_T_PROMISED) {
		core_tell(out, verdict, e->config.number, 0);
		return false;
	}
	grant(e, poll, now_ns, out);
	return true;
}

/* The holder has stopped for good, and had ceased to be effective before it said so. */
void element_give_back(struct element *e, const struct wire_msg *resign, const struct core_out *out)
{
	if (!e->promise.until_ns || !is_holder(e, &resign->head.from))
		return;
	e->promise.until_ns = 0;
	note(e, out);
	core_tell(out, CORE_T_GIVEN_BACK, e->config.number, 0);
}
