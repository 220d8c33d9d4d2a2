/* SPDX-License-Identifier: GPL-2.0 */
/* Who starts and stops before whom: carries out what depend.c decides. */
#ifndef VIGIL_AGENT_ORDER_H
#define VIGIL_AGENT_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "user/agent/depend.h"
#include "user/agent/job.h"

struct agent;

struct order {
	struct depend depend;
	struct job **jobs;		/* by number; NULL: gone meanwhile */
	struct job_list touched;
};

/** order_init - before the first job. */
void order_init(struct agent *a);
void order_free(struct agent *a);

/** order_rebuild - the definitions have changed. */
void order_rebuild(struct agent *a);

/** order_touch - something about the job has changed: others will be looked at in this turn. */
void order_touch(struct job *job);

/** order_moved - the job has another main process, and is the same instance. */
void order_moved(struct job *job);

/** order_forget - the job leaves the table. */
void order_forget(struct job *job);

/** order_turn - let the jobs follow each other, a bounded number. True: there is more. */
bool order_turn(struct agent *a);

/** order_exchange - each has the other's ties from now on. */
void order_exchange(struct job *a, struct job *b);

/** order_may_start - false: it waits, and job->reason says for whom. */
bool order_may_start(struct job *job);

/** order_defers_stop - may others have to end before this one? Then order_turn() ends it. */
bool order_defers_stop(const struct job *job);

/** order_stop_limit_us - the time that a stop may take, with all that stops before. */
uint64_t order_stop_limit_us(const struct job *job);

#endif /* VIGIL_AGENT_ORDER_H */
