/* SPDX-License-Identifier: GPL-2.0 */
/* A small world without faults: monitors and elements with one clock, whose messages arrive at once. */
#ifndef SELFTESTS_CORE_PAIR_H
#define SELFTESTS_CORE_PAIR_H

#include "user/core/element.h"
#include "user/core/monitor.h"

#define MS 1000000ull

enum { PAIR_ELEMENTS = 8, PAIR_JOBS = 1000, PAIR_SENT = 20000 };

struct pair_element {
	struct element *e;
	bool silent;			/* nothing reaches it, nothing comes from it */
	uint32_t started, stopped;	/* orders carried out */
	bool fails;			/* every job that it starts */
	uint64_t jobs[PAIR_JOBS + 1];	/* by id: it runs here */
	uint64_t lease_until_ns;
};

struct pair {
	uint64_t now;
	struct monitor *m;
	bool deaf;			/* the monitor does not run */
	uint32_t pid;
	struct core_member members[PAIR_ELEMENTS];
	uint32_t nmembers;
	struct core_job jobs[PAIR_JOBS];
	uint32_t njobs;
	struct pair_element elements[PAIR_ELEMENTS];
	uint64_t told[CORE_T_END];
	uint32_t spawned;
	bool effective;
	uint64_t effective_at;
	struct wire_msg *sent;		/* on their way, oldest first */
	uint32_t nsent;
	uint32_t from;			/* the element that acts; CORE_NONE: the monitor */
};

/** pair_begin - elements 0 to @n - 1, each on the node of its number, and a monitor. */
void pair_begin(struct pair *p, uint32_t n);
void pair_end(struct pair *p);

/** pair_job - one more job, with id njobs; given to the monitor by pair_tell_jobs(). */
struct core_job *pair_job(struct pair *p);
void pair_tell_jobs(struct pair *p);

/** pair_run - let so much time pass. */
void pair_run(struct pair *p, uint64_t ms);

/** pair_new_monitor - the monitor is killed, and another takes its place. */
void pair_new_monitor(struct pair *p);

void pair_to_monitor(struct pair *p, struct core_event *e);
void pair_to_element(struct pair *p, uint32_t number, struct core_event *e);

/** pair_count - jobs that run on an element. */
uint32_t pair_count(const struct pair *p, uint32_t number);

/** pair_runs - on how many elements a job runs. */
uint32_t pair_runs(const struct pair *p, uint64_t id);

#endif /* SELFTESTS_CORE_PAIR_H */
