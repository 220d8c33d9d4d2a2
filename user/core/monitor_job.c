// SPDX-License-Identifier: GPL-2.0
/*
 * The jobs of a scope, and where each is.
 *
 *               seen in a report                 reported as running
 *   UNKNOWN ------------------------> THERE <---------------------- ORDERED
 *      |                             | ^  |                            ^
 *      | every element is accounted  | |  | it is to go elsewhere      | monitor_place()
 *      v for in this term            | |  v                            |
 *   NOWHERE <------------------------+ +- LEAVING                      |
 *      |    not in a report that is new enough; its home was buried    |
 *      +---------------------------------------------------------------+
 *
 * 1. A job has a home exactly in the states ORDERED, THERE and LEAVING, and is in that element's list.
 * 2. NOWHERE is certain. UNKNOWN becomes NOWHERE only when nothing can hide it any more.
 * 3. A report answers an order only if the element had carried that out before. A job's serial is one of its home's.
 */
#include <assert.h>
#include <string.h>

#include "user/core/monitor_impl.h"

struct mon_job *monitor_find_job(const struct monitor *m, uint64_t id)
{
	uint32_t low = 0, high = m->njobs;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (m->jobs[middle].job.id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < m->njobs && m->jobs[low].job.id == id ? &m->jobs[low] : NULL;
}

static void link_job(struct monitor *m, struct mon_job *j, struct mon_element *e)
{
	uint32_t index = (uint32_t)(j - m->jobs);

	j->prev = CORE_NONE;
	j->next = e->first_job;
	if (j->next != CORE_NONE)
		m->jobs[j->next].prev = index;
	e->first_job = index;
	e->njobs++;
	e->cpu_milli += j->job.cpu_milli;
	e->memory_mib += j->job.memory_mib;
	e->nisolated += j->job.isolated;
}

static void unlink_job(struct monitor *m, struct mon_job *j, struct mon_element *e)
{
	if (j->prev == CORE_NONE)
		e->first_job = j->next;
	else
		m->jobs[j->prev].next = j->next;
	if (j->next != CORE_NONE)
		m->jobs[j->next].prev = j->prev;
	e->njobs--;
	e->cpu_milli -= j->job.cpu_milli;
	e->memory_mib -= j->job.memory_mib;
	e->nisolated -= j->job.isolated;
}

void monitor_unsettle_job(struct monitor *m, struct mon_job *j, enum job_state state)
{
	if (j->home != CORE_NONE)
		unlink_job(m, j, &m->elements[j->home]);
	j->home = CORE_NONE;
	j->serial = 0;
	j->state = state;
}

void monitor_settle_job(struct monitor *m, struct mon_job *j, uint32_t number, enum job_state state)
{
	assert(j->home == CORE_NONE || j->home == number);
	if (j->home == CORE_NONE)
		link_job(m, j, &m->elements[number]);
	j->home = number;
	j->state = state;
}

/* Orders to a life that is over: the next report decides. */
void monitor_void_orders(struct monitor *m, struct mon_element *e)
{
	uint32_t i;

	for (i = e->first_job; i != CORE_NONE; i = m->jobs[i].next)
		m->jobs[i].serial = 0;
}

void monitor_forget_jobs(struct monitor *m)
{
	uint32_t i;

	for (i = 0; i < m->njobs; i++)
		monitor_unsettle_job(m, &m->jobs[i], JOB_UNKNOWN);
}

static void carry_over(struct mon_job *j, const struct core_job *job, const struct mon_job *old)
{
	if (old)
		*j = *old;
	else
		*j = (struct mon_job){ .home = CORE_NONE, .avoid = CORE_NONE, .wish = CORE_NONE };
	j->job = *job;
}

/* Lists run by index: they are made anew. A job that is not there any more is stopped once it is reported. */
static void relink(struct monitor *m)
{
	uint32_t i;

	for_each_element(m, i) {
		struct mon_element *e = &m->elements[i];

		e->first_job = CORE_NONE;
		e->njobs = 0;
		e->nisolated = 0;
		e->cpu_milli = 0;
		e->memory_mib = 0;
		e->known.have = 0;
		e->known.page = 0;
	}
	for (i = 0; i < m->njobs; i++)
		if (m->jobs[i].home != CORE_NONE)
			link_job(m, &m->jobs[i], &m->elements[m->jobs[i].home]);
}

/*
 * A job that is new here may be running all the same: it was taken off the list a moment ago and is being stopped, or
 * an order to start it is on its way. So it is looked for as at the beginning of a term.
 */
void monitor_take_jobs(struct monitor *m, const struct core_event *event, const struct core_out *out)
{
	bool fresh = false;
	uint32_t nold = m->njobs, old = 0, i;
	struct mon_job *from = m->jobs;

	assert(event->jobs.n <= m->config.jobs_max);
	m->jobs = m->old_jobs;
	m->old_jobs = from;
	for (i = 0; i < event->jobs.n; i++) {
		const struct core_job *job = &event->jobs.list[i];

		assert(!i || job[-1].id < job->id);
		while (old < nold && from[old].job.id < job->id)
			old++;
		fresh |= old == nold || from[old].job.id != job->id;
		carry_over(&m->jobs[i], job, old < nold && from[old].job.id == job->id ? &from[old] : NULL);
	}
	m->njobs = event->jobs.n;
	relink(m);
	if (fresh && m->effective)
		monitor_new_term(m, event->now_ns, out);
}
