// SPDX-License-Identifier: GPL-2.0
/*
 * Jobs that have passed their restart limit here and are the business of the level above.
 *
 * Who takes such a job may start it on another node. So vigild starts it here no more, whatever
 * happens to the jobs that need it, to its group, to vigild or to the node, until a client of the
 * control socket asks for that, be it the operator or the level above.
 *
 * Invariant: a job that is handed over is failed, and the store has both in one transaction.
 */
#include "user/agent/handover.h"

#include "user/agent/agent.h"
#include "user/agent/explain.h"
#include "user/agent/status.h"
#include "user/base/clock.h"
#include "user/base/log.h"

void handover_give(struct job *job)
{
	job->handover.given = true;
	job->handover.realtime_ns = clock_realtime_ns();
	log_error("%s: handed over to the level above", job->name);
	history_note(job, HISTORY_HANDED_OVER, job->reason);
	persist_job(job);
}

void handover_end(struct job *job)
{
	job->handover.given = false;
}

int handover_put(struct job *job, struct store *store)
{
	struct handover *h = &job->handover;

	if (!h->given && !h->stored)
		return 0;
	h->stored = h->given;
	if (!h->given)
		return store_del_handover(store, job->name);
	return store_put_handover(store, &(struct store_handover){
		.name = job->name,
		.realtime_ns = h->realtime_ns,
		.reason = job->reason,
	});
}

static void load_one(void *arg, const struct store_handover *row)
{
	struct agent *a = arg;
	struct job *job = jobs_find(&a->jobs, row->name);

	if (!job)
		return;
	job->handover.stored = true;
	if (job->removed)
		return;
	job->handover.given = true;
	job->handover.realtime_ns = row->realtime_ns;
	explain_copy(job->reason, row->reason);
}

void handover_load(struct agent *a)
{
	struct store *store = persist_source(a);

	if (store && store_each_handover(store, load_one, a))
		log_error("cannot read which jobs were handed over: %s",
			  store_error(store));
}

/* Who takes them reads the list, and starts what is to run here after all, through the control socket. */
const char *handover_level_above(void)
{
	return "No level above is connected: what is handed over waits for \"vigil start\".";
}
