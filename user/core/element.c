// SPDX-License-Identifier: GPL-2.0
/*
 * An element. Three machines in one, each moved by what monitors of its scope send, and by time.
 *
 *   its promise (element_promise.c)          whether it is looked after (element_cover.c)
 *
 *     WAITING  has no memory, or no vote       COVERED <----- a poll, an announcement ----+
 *        | one lease later                        | not polled for D                      |
 *        v            a poll that wants it        v                                       |
 *      FREE --------------------------------+   BACK-OFF ---------------------------------+
 *        ^  run out, or the holder resigned |     | over, and still not polled
 *        |                                  v     v
 *        +------------------------------ PROMISED  a monitor is started on a candidate; COVERED, for D
 *                              renewed by each poll
 *
 *   its orders (element_order.c): carried out in rising serial, each once, for the holder alone
 *
 * 1. At most one monitor is promised to at any time, over restarts of the element as well.
 * 2. The newest epoch never falls, and is durable before any answer or act in it.
 * 3. An order is carried out only if it names this life, comes from the holder in the promise's epoch while the
 *    promise lasts, and its lease has not run out.
 * 4. The lease's end is reckoned from the stamp that this element put on an answer, never from when
 *    the grant came: however late it comes, it ends on time.
 * 5. Each answer of one life has a later stamp than all before it.
 */
#include <assert.h>
#include <string.h>

#include "user/core/element_impl.h"

size_t element_size(void)
{
	return sizeof(struct element);
}

static void remember(struct element *e, const struct element_memory *past, uint64_t now_ns)
{
	e->promise.epoch_max = past->epoch;
	e->promise.members = past->members;
	e->orders.lease_token = past->lease_token;
	e->orders.lease_until_ns = past->lease_until_ns;
	e->promise.holder = past->holder;
	e->promise.epoch = past->epoch;
	if (past->known)
		e->promise.until_ns = past->until_ns;
	else
		element_forget_promise(e, now_ns);
}

struct element *element_init(void *memory, const struct element_config *config,
			     const struct element_memory *past, uint64_t now_ns)
{
	struct element *e = memory;

	assert(config->self.pid && config->self.boot && config->ncandidates);
	assert(config->timing.promise_ns && config->timing.silence_ns >= config->timing.period_ns);
	memset(e, 0, sizeof(*e));
	e->config = *config;
	e->report.version = 1;
	e->standing = WIRE_ESTABLISHED;
	e->votes = true;
	e->covers = true;
	e->ready = true;
	e->cover.polled_ns = now_ns;
	remember(e, past, now_ns);
	return e;
}

static void take_poll(struct element *e, const struct wire_msg *m, uint64_t now_ns,
		      const struct core_out *out)
{
	bool promised;

	element_hear(e, &m->head.from, m->poll.standing, now_ns);
	if (!(m->poll.flags & WIRE_POLL_CUT_OFF))
		element_covered(e, now_ns, out);
	promised = element_promise(e, m, now_ns, out);
	element_obey(e, &m->head, &m->poll.bid, m->poll.flags & WIRE_POLL_GRANT, now_ns, out);
	element_answer(e, m, promised, now_ns, out);
}

static void take_announcement(struct element *e, const struct wire_msg *m, uint64_t now_ns,
			      const struct core_out *out)
{
	if (m->announce.what == WIRE_PRESENT)
		element_hear(e, &m->head.from, m->announce.standing, now_ns);
	element_announced(e, now_ns, out);
}

static void take_message(struct element *e, const struct wire_msg *m, uint64_t now_ns,
			 const struct core_out *out)
{
	if (m->head.scope != e->config.scope || m->head.level != e->config.level)
		return;
	switch (m->head.type) {
	case WIRE_POLL:
		if (m->head.element == e->config.number)
			take_poll(e, m, now_ns, out);
		break;
	case WIRE_ORDER:
		if (m->head.element == e->config.number)
			element_obey(e, &m->head, &m->order, false, now_ns, out);
		break;
	case WIRE_ANNOUNCE:
		take_announcement(e, m, now_ns, out);
		break;
	case WIRE_RESIGN:
		element_unhear(e, &m->head.from);
		element_give_back(e, m, out);
		break;
	default:
		break;
	}
}

/* A coordinator that is not effective any more has no vote in the scope above; its successor may get one. */
static void take_host(struct element *e, const struct core_event *event)
{
	e->standing = event->host.standing;
	if (event->host.votes != e->votes)
		element_forget_promise(e, event->now_ns);
	if (event->host.covers && !e->covers)
		e->cover.polled_ns = event->now_ns;
	e->votes = event->host.votes;
	e->covers = event->host.covers;
}

void element_step(struct element *e, const struct core_event *event, const struct core_out *out)
{
	element_forget(e, event->now_ns, out);
	switch (event->type) {
	case CORE_MESSAGE:
		take_message(e, event->msg, event->now_ns, out);
		break;
	case CORE_JOB:
		element_set_job(e, event->job.id, event->job.state);
		break;
	case CORE_LOAD:
		e->load = event->load;
		break;
	case CORE_SERVICE:
		e->ready = event->service.ready;
		e->draining = event->service.draining;
		break;
	case CORE_HOST:
		take_host(e, event);
		break;
	case CORE_TICK:
		element_watch(e, event, out);
		break;
	default:
		break;
	}
}

uint64_t element_due(const struct element *e)
{
	return element_cover_due(e);
}

uint64_t element_epoch_max(const struct element *e)
{
	return e->promise.epoch_max;
}

bool element_promised(const struct element *e, uint64_t now_ns, struct wire_id *holder, uint64_t *epoch)
{
	if (now_ns >= e->promise.until_ns)
		return false;
	*holder = e->promise.holder;
	*epoch = e->promise.epoch;
	return true;
}
