// SPDX-License-Identifier: GPL-2.0
/*
 * The jobs of an element, as its monitor is told of them: by pages, anew whenever anything has changed.
 */
#include "user/core/element_impl.h"

struct wire_job *element_job(struct element *e, uint64_t id)
{
	uint32_t i;

	for (i = 0; i < e->report.n; i++)
		if (e->report.jobs[i].job == id)
			return &e->report.jobs[i];
	return NULL;
}

/* Version 0 is that of a monitor that knows nothing. */
static void changed(struct report *r)
{
	if (!++r->version)
		r->version = 1;
}

static bool add(struct report *r, uint64_t id, uint8_t state)
{
	if (r->n == CORE_NODE_JOBS_MAX)
		return false;
	r->jobs[r->n++] = (struct wire_job){ .job = id, .state = state };
	changed(r);
	return true;
}

/* False: there is no room for another job. */
bool element_set_job(struct element *e, uint64_t id, uint8_t state)
{
	struct wire_job *j = element_job(e, id);
	struct report *r = &e->report;

	if (!j)
		return state == CORE_JOB_GONE || add(r, id, state);
	if (j->state == state)
		return true;
	if (state == CORE_JOB_GONE)
		*j = r->jobs[--r->n];
	else
		j->state = state;
	changed(r);
	return true;
}

void element_fill_report(const struct element *e, const struct wire_poll *poll, struct wire_answer *answer)
{
	const struct report *r = &e->report;
	uint32_t pages = (r->n + WIRE_JOBS_MAX - 1) / WIRE_JOBS_MAX;
	uint32_t i;

	answer->report = r->version;
	if (poll->report_have == r->version)
		return;
	answer->pages = (uint16_t)(pages ? pages : 1);
	answer->page = poll->page < answer->pages ? poll->page : 0;
	for (i = answer->page * (uint32_t)WIRE_JOBS_MAX; i < r->n && answer->njobs < WIRE_JOBS_MAX; i++)
		answer->jobs[answer->njobs++] = r->jobs[i];
}
