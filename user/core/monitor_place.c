// SPDX-License-Identifier: GPL-2.0
/*
 * Placement: where a job is to start, and when it may.
 *
 * When: it is certainly nowhere else. Either its home in this term has reported that it is gone, or was buried; or it
 * has none, and every element has reported in this term or can hold no lease any more (rule 8).
 *
 * Where: on a running, ready, non-draining element that fits by customer, isolation and resources; of those on
 * the one with the least load. One where it has failed only if there is no other.
 */
#include "user/core/monitor_impl.h"

static bool serves(const struct mon_element *e, uint64_t now_ns)
{
	const uint8_t state = e->flags & (WIRE_ANSWER_READY | WIRE_ANSWER_DRAINING);

	if (e->member.child || e->member.leaving || e->suspected || e->lost)
		return false;
	return state == WIRE_ANSWER_READY && e->known.known && monitor_promised(e, now_ns) &&
	       now_ns < e->lease_until_ns;
}

static bool has_room(const struct mon_element *e, const struct core_job *job)
{
	if (e->queue.n == CORE_QUEUE_MAX || e->njobs >= CORE_NODE_JOBS_MAX)
		return false;
	if (e->member.cpu_milli && e->cpu_milli + job->cpu_milli > e->member.cpu_milli)
		return false;
	return !e->member.memory_mib || e->memory_mib + job->memory_mib <= e->member.memory_mib;
}

/* Isolated jobs, and those beside them, are all of one customer. */
static bool gets_on(const struct monitor *m, const struct mon_element *e, const struct core_job *job)
{
	uint32_t i;

	if (e->member.customer && e->member.customer != job->customer)
		return false;
	if (!e->nisolated && !job->isolated)
		return true;
	for (i = e->first_job; i != CORE_NONE; i = m->jobs[i].next)
		if (m->jobs[i].job.customer != job->customer)
			return false;
	return true;
}

static bool fits(const struct monitor *m, const struct mon_element *e, const struct core_job *job,
		 uint64_t now_ns)
{
	return serves(e, now_ns) && has_room(e, job) && gets_on(m, e, job);
}

/* A job weighs as much as a tenth of a node's CPU or memory. */
static uint32_t weight(const struct mon_element *e)
{
	const struct wire_load *l = &e->pressure.load;

	return e->njobs * 100 + (l->cpu_permille > l->memory_permille ? l->cpu_permille : l->memory_permille);
}

uint32_t monitor_choose(const struct monitor *m, const struct mon_job *j, uint32_t except, uint64_t now_ns)
{
	uint32_t best = CORE_NONE, i;

	if (j->wish != CORE_NONE && j->wish != except && fits(m, &m->elements[j->wish], &j->job, now_ns))
		return j->wish;
	for_each_element(m, i) {
		if (i == except || !fits(m, &m->elements[i], &j->job, now_ns))
			continue;
		if (best == CORE_NONE || weight(&m->elements[i]) < weight(&m->elements[best]))
			best = i;
	}
	return best;
}

static void start(struct monitor *m, struct mon_job *j, uint64_t now_ns, const struct core_out *out)
{
	uint32_t where = monitor_choose(m, j, j->avoid, now_ns);
	enum wire_op op = j->job.singleton ? WIRE_START_SINGLETON : WIRE_START;

	if (where == CORE_NONE && j->avoid != CORE_NONE)
		where = monitor_choose(m, j, CORE_NONE, now_ns);
	if (where == CORE_NONE || !monitor_order(m, where, op, j->job.id)) {
		core_tell(out, CORE_T_NO_ROOM, CORE_NONE, j->job.id);
		j->retry_ns = now_ns + m->config.timing.period_ns;
		return;
	}
	j->serial = m->elements[where].queue.serial;
	j->avoid = CORE_NONE;
	monitor_settle_job(m, j, where, JOB_ORDERED);
	core_tell(out, CORE_T_PLACED, where, j->job.id);
}

static void count_unaccounted(struct monitor *m, uint64_t now_ns)
{
	uint32_t i;

	m->unaccounted = 0;
	for_each_element(m, i)
		m->unaccounted += !monitor_accounted(m, &m->elements[i], now_ns);
}

static bool may_start(struct monitor *m, struct mon_job *j, uint64_t now_ns, const struct core_out *out)
{
	if (j->state != JOB_NOWHERE && j->state != JOB_UNKNOWN)
		return false;
	if (j->state == JOB_UNKNOWN && m->unaccounted) {
		if (!m->held_back)
			core_tell(out, CORE_T_HELD_BACK, CORE_NONE, j->job.id);
		m->held_back = true;
		return false;
	}
	return now_ns >= j->retry_ns;
}

void monitor_place(struct monitor *m, uint64_t now_ns, const struct core_out *out)
{
	uint32_t i, placed = 0;

	if (!monitor_effective(m, now_ns))
		return;
	count_unaccounted(m, now_ns);
	for (i = 0; i < m->njobs && placed < CORE_PLACED_PER_TURN; i++) {
		if (!may_start(m, &m->jobs[i], now_ns, out))
			continue;
		start(m, &m->jobs[i], now_ns, out);
		placed++;
	}
}
