// SPDX-License-Identifier: GPL-2.0
/*
 * Answers: who speaks, and in what order things are taken from what is said.
 *
 * Answers are lost, doubled, late and out of order. Of one life only the newest counts: the stamps rise. One life is
 * taken for another only after an answer to a poll that was sent when the present one was known already: what is late from
 * a life that is over answers an earlier poll.
 */
#include <string.h>

#include "user/core/monitor_impl.h"

static bool is_home(const struct mon_element *e, uint32_t node)
{
	uint32_t i;

	for (i = 0; i < e->member.nhomes; i++)
		if (e->member.homes[i] == node)
			return true;
	return false;
}

static bool to_me(const struct monitor *m, const struct wire_answer *a, uint64_t now_ns)
{
	return a->boot == m->config.self.boot && a->incarnation == m->config.self.incarnation &&
	       a->asked_ns <= now_ns && a->asked_ns >= m->started_ns;
}

/*
 * A node runs one agent at a time: a new one has replaced the old. Of a coordinator there may be duplicates: the one
 * known stays until it is silent, or another stands better.
 */
static bool replaces(const struct monitor *m, const struct mon_element *e, const struct wire_msg *msg,
		     uint64_t now_ns)
{
	if (!e->id.pid)
		return true;
	if (msg->answer.asked_ns <= e->adopted_ns)
		return false;
	return !e->member.child || monitor_silent(m, e, now_ns) || msg->answer.standing > e->standing;
}

/* What the last life was ordered dies with it; what it had started shows in the next report, or died with the node. */
static void adopt(struct monitor *m, uint32_t number, const struct wire_msg *msg, uint64_t now_ns,
		  const struct core_out *out)
{
	struct mon_element *e = &m->elements[number];
	bool rebooted = e->id.pid && e->id.boot != msg->head.from.boot;

	if (e->id.pid)
		core_tell(out, CORE_T_REBORN, number, 0);
	if (rebooted && !e->member.child)
		monitor_bury(m, number, out);
	monitor_drop_orders(e);
	monitor_void_orders(m, e);
	memset(&e->known, 0, sizeof(e->known));
	e->id = msg->head.from;
	e->adopted_ns = now_ns;
	e->stamp_ns = 0;
	e->proved_dead = false;
	e->promised = false;
}

static bool recognise(struct monitor *m, uint32_t number, const struct wire_msg *msg, uint64_t now_ns,
		      const struct core_out *out)
{
	struct mon_element *e = &m->elements[number];

	if (wire_id_same(&e->id, &msg->head.from))
		return msg->answer.stamp_ns > e->stamp_ns;
	if (!replaces(m, e, msg, now_ns))
		return false;
	adopt(m, number, msg, now_ns, out);
	return true;
}

static void note(struct mon_element *e, const struct wire_answer *a, uint32_t number, uint64_t now_ns,
		 const struct core_out *out)
{
	if (e->suspected || e->lost)
		core_tell(out, CORE_T_BACK, number, 0);
	e->suspected = false;
	e->lost = false;
	e->answered = true;
	e->heard_ns = now_ns;
	e->stamp_ns = a->stamp_ns;
	e->stamp_at_ns = now_ns;
	e->standing = a->standing;
	e->flags = a->flags;
	e->members = a->members;
	e->pressure.load = a->load;
}

static bool trusted(const struct monitor *m, const struct wire_msg *msg)
{
	return m->effective && msg->answer.flags & WIRE_ANSWER_PROMISED && msg->head.epoch == m->epoch &&
	       msg->answer.asked_ns >= m->effective_ns;
}

void monitor_take_answer(struct monitor *m, const struct wire_msg *msg, uint64_t now_ns,
			 const struct core_out *out)
{
	uint32_t number = msg->head.element;
	struct mon_element *e = &m->elements[number];

	if (number >= m->config.nmembers || !is_home(e, msg->head.from.node) ||
	    !to_me(m, &msg->answer, now_ns))
		return;
	if (now_ns - msg->answer.asked_ns < m->config.timing.silence_ns &&
	    monitor_beaten(m, &msg->answer.best, out))
		return;
	if (!recognise(m, number, msg, now_ns, out))
		return;
	note(e, &msg->answer, number, now_ns, out);
	monitor_establish(m, now_ns, out);
	monitor_take_promise(m, e, msg, now_ns, out);
	if (!trusted(m, msg))
		return;
	monitor_acked(e, msg->answer.acked);
	monitor_take_report(m, number, msg, now_ns, out);
}
