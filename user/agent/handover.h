/* SPDX-License-Identifier: GPL-2.0 */
/* Jobs that have passed their restart limit here and are the business of the level above. */
#ifndef VIGIL_AGENT_HANDOVER_H
#define VIGIL_AGENT_HANDOVER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct agent;
struct job;
struct store;

/** struct handover - of one job, which is failed as long as it is given. */
struct handover {
	bool given;
	bool stored;			/* the store may have a row of it */
	uint64_t realtime_ns;		/* since when, on the wall clock */
};

/** handover_give - the job has failed, and goes to the level above, job->reason telling why. */
void handover_give(struct job *job);

/** handover_end - somebody wants it started here, or stopped: it is an ordinary job again. */
void handover_end(struct job *job);

/** handover_put - within a transaction. 0, -EUCLEAN or -EIO. */
int handover_put(struct job *job, struct store *store);

/** handover_load - before the jobs are settled: those that were handed over, in this boot or before. */
void handover_load(struct agent *a);

/** handover_level_above - a sentence that says whether anybody is there to take what is handed over. */
const char *handover_level_above(void);

#endif /* VIGIL_AGENT_HANDOVER_H */
