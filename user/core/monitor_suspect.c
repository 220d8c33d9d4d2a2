// SPDX-License-Identifier: GPL-2.0
/*
 * Silence, and what it means.
 *
 * Rule 9. Suspected is not dead. A monitor that notices its own delays widens its limits and lowers its own election
 * value instead of accusing others: time in which it did not run counts as nobody's silence.
 *
 * Rule 6. A monitor brings back an element that stopped answering: a lower coordinator on another candidate node. An
 * agent is respawned by its own node's module; a node that stays silent is lost.
 *
 * Rule 8, its second half. A node is lost only when it is proved dead, or when every lease that it could still
 * hold has run out: those that this monitor granted, and those that one before it may have granted until this
 * one became effective. Drift and margin are counted.
 */
#include "user/core/monitor_impl.h"

bool monitor_silent(const struct monitor *m, const struct mon_element *e, uint64_t now_ns)
{
	return now_ns - e->heard_ns >= m->config.timing.silence_ns;
}

static void widen(struct monitor *m, uint64_t late_ns, uint64_t now_ns)
{
	uint32_t i;

	for_each_element(m, i) {
		struct mon_element *e = &m->elements[i];

		e->heard_ns = now_ns - e->heard_ns > late_ns ? e->heard_ns + late_ns : now_ns;
	}
}

void monitor_notice_delay(struct monitor *m, uint64_t now_ns, const struct core_out *out)
{
	uint64_t late_ns = now_ns - m->due_ns;

	if (m->ailing)
		m->ailing--;
	if (late_ns < m->config.timing.period_ns)
		return;
	if (!m->ailing)
		core_tell(out, CORE_T_AILING, CORE_NONE, 0);
	m->ailing = CORE_AILING_ROUNDS;
	widen(m, late_ns, now_ns);
}

static void notice_isolation(struct monitor *m, uint64_t now_ns, const struct core_out *out)
{
	bool was = m->cut_off;
	uint32_t i, heard = 0;

	for_each_element(m, i)
		heard += !monitor_silent(m, &m->elements[i], now_ns) && m->elements[i].answered;
	m->cut_off = now_ns - m->started_ns >= m->config.timing.silence_ns && heard < m->npresent / 2 + 1;
	if (m->cut_off && !was)
		core_tell(out, CORE_T_CUT_OFF, CORE_NONE, 0);
}

/* No lease that anybody granted to it can be held any more. */
static bool lease_over(const struct monitor *m, const struct mon_element *e, uint64_t now_ns)
{
	const struct core_timing *t = &m->config.timing;

	if (e->proved_dead || !m->config.rules->lease_awaited)
		return true;
	return now_ns >= e->lease_until_ns && now_ns >= m->effective_ns + core_at_most(t, t->lease_ns);
}

bool monitor_accounted(const struct monitor *m, const struct mon_element *e, uint64_t now_ns)
{
	return e->known.known || lease_over(m, e, now_ns);
}

/* Nothing runs there, and nothing that was ordered can start there. */
void monitor_bury(struct monitor *m, uint32_t number, const struct core_out *out)
{
	struct mon_element *e = &m->elements[number];

	if (!e->lost)
		core_tell(out, CORE_T_LOST, number, 0);
	e->lost = true;
	e->lease_until_ns = 0;
	monitor_drop_orders(e);
	e->known.known = false;
	e->known.have = 0;
	while (e->first_job != CORE_NONE)
		monitor_unsettle_job(m, &m->jobs[e->first_job], JOB_NOWHERE);
}

static void bring_back(struct monitor *m, uint32_t number, uint64_t now_ns, const struct core_out *out)
{
	struct mon_element *e = &m->elements[number];
	struct core_action a = { .type = CORE_SPAWN, .scope = e->member.child, .element = number };

	if (!e->member.child || m->state != MONITOR_ESTABLISHED ||
	    now_ns - e->brought_ns < m->config.timing.silence_ns)
		return;
	a.node = e->member.homes[e->next_home++ % e->member.nhomes];
	e->brought_ns = now_ns;
	core_tell(out, CORE_T_BROUGHT_BACK, number, 0);
	out->act(out->ctx, &a);
}

/* As far as is known; of one that is silent nothing is. */
static bool holds_something(const struct monitor *m, const struct mon_element *e, uint64_t now_ns)
{
	return e->known.known || e->njobs || (!e->lost && monitor_silent(m, e, now_ns));
}

static void watch(struct monitor *m, uint32_t number, uint64_t now_ns, const struct core_out *out)
{
	struct mon_element *e = &m->elements[number];

	if (monitor_silent(m, e, now_ns)) {
		if (!e->suspected)
			core_tell(out, CORE_T_SUSPECTED, number, 0);
		e->suspected = true;
	}
	if (e->suspected)
		bring_back(m, number, now_ns, out);
	if (m->effective && holds_something(m, e, now_ns) && !monitor_promised(e, now_ns) &&
	    lease_over(m, e, now_ns))
		monitor_bury(m, number, out);
}

void monitor_suspect(struct monitor *m, uint64_t now_ns, const struct core_out *out)
{
	uint32_t i;

	notice_isolation(m, now_ns, out);
	for_each_element(m, i)
		watch(m, i, now_ns, out);
}

static bool is_about(const struct mon_element *e, const struct wire_proof *p)
{
	if (!e->id.pid || e->id.node != p->node || e->id.boot != p->boot)
		return false;
	return p->of == WIRE_DEAD_NODE || e->id.incarnation == p->incarnation;
}

/*
 * A dead process is suspected without waiting for its silence: a coordinator is brought back, an agent is polled at
 * once, as its node's module has respawned it. A dead node is lost without waiting for its lease.
 */
void monitor_take_proof(struct monitor *m, const struct wire_msg *msg, uint64_t now_ns,
			const struct core_out *out)
{
	const struct wire_proof *p = &msg->proof;
	struct mon_element *e = &m->elements[msg->head.element];
	uint32_t number = msg->head.element;

	if (number >= m->config.nmembers || !e->member.nhomes || !is_about(e, p))
		return;
	core_tell(out, CORE_T_PROOF, number, 0);
	e->suspected = true;
	if (p->of == WIRE_DEAD_NODE && !e->member.child) {
		e->proved_dead = true;
		e->promised_until_ns = 0;
		if (m->effective)
			monitor_bury(m, number, out);
	}
	bring_back(m, number, now_ns, out);
	monitor_kick(m, now_ns);
}
