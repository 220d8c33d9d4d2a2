// SPDX-License-Identifier: GPL-2.0
/*
 * Reports: which jobs an element holds, page by page. Acted upon as they come; what is not on any page
 * is known to be absent when the last one is in.
 */
#include "user/core/monitor_impl.h"

static void stop_there(struct monitor *m, uint32_t number, uint64_t job)
{
	if (!monitor_order(m, number, WIRE_STOP, job))
		m->elements[number].known.again = true;
}

/* The element has given up on it: another one is to try. */
static void see_failed(struct monitor *m, uint32_t number, struct mon_job *j, uint64_t acked, uint64_t now_ns)
{
	if (j->home != number) {
		stop_there(m, number, j->job.id);
		return;
	}
	if (j->serial > acked)
		return;
	monitor_unsettle_job(m, j, JOB_NOWHERE);
	j->avoid = number;
	j->retry_ns = now_ns + m->config.timing.period_ns;
}

static void see_double(struct monitor *m, uint32_t number, struct mon_job *j, const struct core_out *out)
{
	core_tell(out, CORE_T_DOUBLE, number, j->job.id);
	stop_there(m, number, j->job.id);
}

static void see(struct monitor *m, uint32_t number, const struct wire_job *seen, uint64_t acked,
		uint64_t now_ns, const struct core_out *out)
{
	struct mon_job *j = monitor_find_job(m, seen->job);

	if (!j) {
		stop_there(m, number, seen->job);
		return;
	}
	j->mark = j->home == CORE_NONE || j->home == number ? m->elements[number].known.mark : j->mark;
	if (seen->state == WIRE_JOB_FAILED)
		see_failed(m, number, j, acked, now_ns);
	else if (j->home == CORE_NONE)
		monitor_settle_job(m, j, number, JOB_THERE);
	else if (j->home != number)
		see_double(m, number, j, out);
	else if (j->serial <= acked && (j->state == JOB_ORDERED || seen->state != WIRE_JOB_STOPPING))
		j->state = JOB_THERE;
}

/* What is at home here, is on no page, and is not still to be started: it is not running. */
static void miss_the_rest(struct monitor *m, struct mon_element *e, uint64_t acked, uint64_t now_ns)
{
	uint32_t i, next;

	for (i = e->first_job; i != CORE_NONE; i = next) {
		struct mon_job *j = &m->jobs[i];

		next = j->next;
		if (j->mark == e->known.mark || j->serial > acked)
			continue;
		if (j->state == JOB_ORDERED)
			j->retry_ns = now_ns + m->config.timing.period_ns;
		monitor_unsettle_job(m, j, JOB_NOWHERE);
		monitor_kick(m, now_ns);
	}
}

static void complete(struct monitor *m, struct mon_element *e, const struct wire_answer *a, uint64_t now_ns)
{
	miss_the_rest(m, e, a->acked, now_ns);
	if (!e->known.known)
		monitor_kick(m, now_ns);
	e->known.known = true;
	e->known.have = e->known.again ? 0 : a->report;
	e->known.page = 0;
}

/* Pages of one version, in order, from the first. */
static bool expected(struct monitor *m, struct knowledge *k, const struct wire_answer *a)
{
	if (!a->page) {
		k->paging = a->report;
		k->page = 0;
		k->again = false;
		k->mark = ++m->mark;
		return true;
	}
	if (a->report == k->paging && a->page == k->page)
		return true;
	k->page = 0;
	return false;
}

void monitor_take_report(struct monitor *m, uint32_t number, const struct wire_msg *msg, uint64_t now_ns,
			 const struct core_out *out)
{
	struct mon_element *e = &m->elements[number];
	const struct wire_answer *a = &msg->answer;
	unsigned int i;

	if (!a->pages || !expected(m, &e->known, a))
		return;
	for (i = 0; i < a->njobs; i++)
		see(m, number, &a->jobs[i], a->acked, now_ns, out);
	e->known.page = a->page + 1;
	if (e->known.page >= a->pages)
		complete(m, e, a, now_ns);
	else
		monitor_poll(m, number, now_ns, out);
}
