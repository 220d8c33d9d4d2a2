// SPDX-License-Identifier: GPL-2.0
/*
 * Moving jobs that run: off draining elements, off those that are short or soon will be, and where an operator
 * wants them. A move is a stop; the start follows when the job is known to be gone (monitor_place.c).
 *
 * Nothing is moved for nothing: only to an element that fits now, and for load only after several rounds of
 * shortage, to one far below it, one job at a time and not again before that has had its effect.
 */
#include "user/core/monitor_impl.h"

enum balance_bounds {
	BALANCE_SMOOTH = 8,		/* rounds that the smoothed load looks back */
	BALANCE_AHEAD = 40,		/* rounds that the trend is drawn out for */
	BALANCE_HIGH_PERMILLE = 900,
	BALANCE_LOW_PERMILLE = 600,
	BALANCE_ROUNDS = 20,		/* of shortage in a row */
	BALANCE_PAUSE = 100,		/* rounds between two moves */
	BALANCE_SCALE = 256,
};

static uint32_t pressure_of(const struct mon_element *e)
{
	const struct wire_load *l = &e->pressure.load;

	return l->cpu_permille > l->memory_permille ? l->cpu_permille : l->memory_permille;
}

/* Once a round. Actual shortage, or one that the trend foretells. */
void monitor_weigh(struct monitor *m, struct mon_element *e)
{
	struct pressure *p = &e->pressure;
	int32_t before = (int32_t)p->smooth;
	int32_t now = before + ((int32_t)pressure_of(e) * BALANCE_SCALE - before) / BALANCE_SMOOTH;
	int32_t ahead;

	(void)m;
	p->trend += ((now - before) - p->trend) / BALANCE_SMOOTH;
	p->smooth = (uint32_t)now;
	ahead = now + (p->trend > 0 ? p->trend * BALANCE_AHEAD : 0);
	p->high = ahead >= BALANCE_HIGH_PERMILLE * BALANCE_SCALE ? p->high + 1 : 0;
}

static bool move_away(struct monitor *m, struct mon_job *j, uint32_t from)
{
	if (!monitor_order(m, from, WIRE_STOP, j->job.id))
		return false;
	j->serial = m->elements[from].queue.serial;
	j->state = JOB_LEAVING;
	j->avoid = from;
	return true;
}

static void drain(struct monitor *m, uint32_t number, uint64_t now_ns, const struct core_out *out)
{
	struct mon_element *e = &m->elements[number];
	uint32_t i, moving = 0;

	for (i = e->first_job; i != CORE_NONE; i = m->jobs[i].next)
		moving += m->jobs[i].state == JOB_LEAVING;
	for (i = e->first_job; i != CORE_NONE && moving < CORE_DRAINS_PER_TURN; i = m->jobs[i].next) {
		struct mon_job *j = &m->jobs[i];

		if (j->state != JOB_THERE || monitor_choose(m, j, number, now_ns) == CORE_NONE)
			continue;
		if (!move_away(m, j, number))
			return;
		core_tell(out, CORE_T_DRAINED, number, j->job.id);
		moving++;
	}
}

static void relieve(struct monitor *m, uint32_t number, uint64_t now_ns, const struct core_out *out)
{
	struct mon_element *e = &m->elements[number];
	uint32_t i;

	for (i = e->first_job; i != CORE_NONE; i = m->jobs[i].next) {
		struct mon_job *j = &m->jobs[i];
		uint32_t to = j->state == JOB_THERE ? monitor_choose(m, j, number, now_ns) : CORE_NONE;

		if (to == CORE_NONE || m->elements[to].pressure.smooth > BALANCE_LOW_PERMILLE * BALANCE_SCALE)
			continue;
		if (!move_away(m, j, number))
			return;
		core_tell(out, CORE_T_REBALANCED, number, j->job.id);
		m->balanced_ns = now_ns;
		e->pressure.high = 0;
		return;
	}
}

void monitor_balance(struct monitor *m, uint64_t now_ns, const struct core_out *out)
{
	uint64_t pause_ns = BALANCE_PAUSE * m->config.timing.period_ns;
	uint32_t i;

	if (!monitor_effective(m, now_ns))
		return;
	for_each_element(m, i) {
		struct mon_element *e = &m->elements[i];

		monitor_weigh(m, e);
		if (!e->known.known || e->suspected || e->member.child)
			continue;
		if (e->flags & WIRE_ANSWER_DRAINING || e->member.leaving)
			drain(m, i, now_ns, out);
		else if (e->pressure.high >= BALANCE_ROUNDS && now_ns - m->balanced_ns >= pause_ns)
			relieve(m, i, now_ns, out);
	}
}

/* The wish stays; the job goes there now if it can, and else when it next starts. */
void monitor_take_move(struct monitor *m, const struct core_event *event, const struct core_out *out)
{
	struct mon_job *j = monitor_find_job(m, event->move.job);
	uint32_t to = event->move.element;

	if (!j || to >= m->config.nmembers || !m->elements[to].member.nhomes)
		return;
	j->wish = to;
	if (!m->effective || j->state != JOB_THERE || j->home == to ||
	    monitor_choose(m, j, j->home, event->now_ns) != to)
		return;
	if (move_away(m, j, j->home))
		core_tell(out, CORE_T_MOVED, to, j->job.id);
}
