/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tree's logic: what monitors and elements share.
 *
 * Pure. A machine takes an event, which carries the time, and tells its host in order what to do.
 * It knows no clock, socket, file or thread and allocates nothing. An action must be done, or be on its way in
 * that order, before the next one: what is to be persisted is durable before what follows it is sent.
 * When a machine next wants a CORE_TICK is a query (monitor_due(), element_due()).
 *
 * Times are nanoseconds on the node's own CLOCK_BOOTTIME; nothing compares those of two nodes. What is assumed is
 * that clocks of two nodes drift apart by no more than core_timing.drift_ppm says.
 */
#ifndef VIGIL_CORE_CORE_H
#define VIGIL_CORE_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/wire/wire.h"

enum core_bounds {
	CORE_ELEMENTS_MAX = 1024,	/* of one scope */
	CORE_HOMES_MAX = 8,		/* nodes that one coordinator may run on */
	CORE_NODE_JOBS_MAX = 1024,	/* on one node */
	CORE_JOBS_MAX = 200000,		/* in one scope */
	CORE_QUEUE_MAX = WIRE_ORDERS_MAX, /* orders to one element not yet carried out */
	CORE_BACKOFF_DOUBLINGS = 4,	/* after vain starts of a monitor */
	CORE_AILING_ROUNDS = 6,		/* after a monitor was late itself */
	CORE_PLACED_PER_TURN = 1024,	/* then messages are looked after first */
	CORE_DRAINS_PER_TURN = 4,	/* jobs moved off one draining node */
	CORE_LAPSES = 0x10000,		/* of one lease in one epoch */
	CORE_NONE = UINT32_MAX,		/* no element, job or node */
};

_Static_assert((int)CORE_NODE_JOBS_MAX <= (int)WIRE_JOBS_MAX * (int)WIRE_PAGES_MAX,
	       "a report holds a node's jobs");

/**
 * struct core_timing - one level's times; the same on all its nodes.
 * @period_ns: T; from poll to poll
 * @silence_ns: D; who was silent for so long is suspected
 * @backoff_ns: a start of a monitor waits a random time up to this one
 * @promise_ns: how long an element's promise lasts
 * @lease_ns: how long a node's lease lasts
 * @margin_ns: for what is rounded, and for the time that fencing takes
 * @drift_ppm: no clock is faster or slower than true time by more
 */
struct core_timing {
	uint64_t period_ns;
	uint64_t silence_ns;
	uint64_t backoff_ns;
	uint64_t promise_ns;
	uint64_t lease_ns;
	uint64_t margin_ns;
	uint32_t drift_ppm;
};

/**
 * struct core_rules - the safety rules that a machine keeps.
 *
 * All of them, core_rules_all, but in the simulator, which shows that it notices each that is missing.
 */
struct core_rules {
	bool better_wins;		/* 3: who hears a better value stops */
	bool passive_round;		/* 4: nothing is done before a full round */
	bool promise_once;		/* 7: one promise at a time */
	bool promise_waits;		/* 7: who has no memory waits one lease */
	bool majority;			/* 7: effective only with a majority */
	bool promise_ends;		/* 7: a monitor counts on no promise beyond its end */
	bool old_epochs_refused;	/* 8 */
	bool orders_age;		/* 8: an order holds as long as the lease that it came with, and in one life */
	bool orders_once;		/* 8: no order is carried out twice */
	bool lease_awaited;		/* 8: no start elsewhere while a lease could be held */
};

extern const struct core_rules core_rules_all;
extern const struct core_timing core_timing_lan;
extern const struct core_timing core_timing_wan;

/**
 * struct core_job - a job of a scope. @cpu_milli and @memory_mib are what it asks for.
 *
 * Jobs of one @id never differ in @singleton, not over time either: one that becomes a singleton is another job.
 */
struct core_job {
	uint64_t id;
	uint32_t customer;		/* 0: none */
	uint32_t cpu_milli;
	uint32_t memory_mib;
	bool singleton;			/* never two at once; fenced */
	bool isolated;			/* shares its node with no other customer */
};

/** struct core_member - an element of a scope. */
struct core_member {
	uint64_t child;			/* the scope that it coordinates; 0: it is a host agent */
	uint32_t homes[CORE_HOMES_MAX];	/* nodes that it may run on; an agent has one */
	uint32_t nhomes;		/* 0: there is no such element */
	uint32_t customer;		/* only jobs of this one; 0: of any */
	bool leaving;			/* gets no jobs any more; may be taken off the next list when it is empty */
	uint32_t cpu_milli;		/* what its node has; 0: not counted */
	uint32_t memory_mib;
};

enum core_event_type {
	CORE_TICK,
	CORE_MESSAGE,
	CORE_JOB,			/* element: a job is in this state now */
	CORE_LOAD,			/* element */
	CORE_SERVICE,			/* element: ready or not, draining or not */
	CORE_HOST,			/* element: how the monitor stands that it is one with */
	CORE_JOBS,			/* monitor: the jobs of the scope, by rising id */
	CORE_MEMBERS,			/* monitor: the next version of the list of elements */
	CORE_MOVE,			/* monitor: a job is wanted on another element */
	CORE_RETIRE,			/* monitor: stop in good order */
};

enum { CORE_JOB_GONE = 0 };		/* beside enum wire_job_state */

struct core_event {
	enum core_event_type type;
	uint64_t now_ns;
	uint32_t random;		/* drawn uniformly, for each event */
	union {
		const struct wire_msg *msg;
		struct {
			uint64_t id;
			uint8_t state;	/* enum wire_job_state, or CORE_JOB_GONE */
		} job;
		struct wire_load load;
		struct {
			bool ready;
			bool draining;
		} service;
		struct {
			uint8_t standing;
			bool votes;	/* may promise: an effective coordinator, and every agent */
			bool covers;	/* looks after the level above */
		} host;
		struct {
			const struct core_job *list;
			uint32_t n;
		} jobs;
		struct {
			const struct core_member *list;
			uint32_t version;
		} members;
		struct {
			uint64_t job;
			uint32_t element;
		} move;
	};
};

enum core_action_type {
	CORE_SEND,			/* @msg to @node; CORE_NONE: to every element of the scope */
	CORE_PERSIST,			/* element: @epoch, its @holder and @members, to the store */
	CORE_PROMISE,			/* element: @holder and @until_ns, to the module */
	CORE_LEASE,			/* element: the module's lease until @until_ns, under @epoch */
	CORE_START,			/* element: @job; unless @epoch is 0 only while the lease is held under it */
	CORE_STOP,			/* element: @job */
	CORE_SPAWN,			/* a monitor of @scope on @node, unless one runs there */
	CORE_EFFECTIVE,			/* monitor, in @epoch */
	CORE_STEP_DOWN,			/* monitor: not effective any more */
	CORE_EXIT,			/* monitor: it has stopped */
	CORE_TELL,			/* what happened, for the history */
};

/* What is told. Each is a step of a rule, or a thing that an operator would ask about. */
enum core_tell {
	CORE_T_ESTABLISHED,
	CORE_T_BEATEN,
	CORE_T_DUEL,			/* two of one standing have met */
	CORE_T_AILING,
	CORE_T_CUT_OFF,
	CORE_T_SUSPECTED,
	CORE_T_LOST,
	CORE_T_BACK,
	CORE_T_REBORN,			/* an element in a new life */
	CORE_T_BROUGHT_BACK,
	CORE_T_NEW_TERM,
	CORE_T_BACKOFF,
	CORE_T_STOOD_DOWN,
	CORE_T_STARTED_MONITOR,
	CORE_T_FORGOT,			/* a best value not heard for D */
	CORE_T_PROMISED,		/* to another monitor than before */
	CORE_T_GIVEN_BACK,
	CORE_T_REFUSED_PROMISE,		/* promised to another */
	CORE_T_REFUSED_EPOCH,
	CORE_T_REFUSED_WAITING,
	CORE_T_REFUSED_MEMBERS,
	CORE_T_REFUSED_TIMING,
	CORE_T_REFUSED_LIFE,		/* for another life of the element */
	CORE_T_REFUSED_AGE,
	CORE_T_REFUSED_HOLDER,		/* orders of one to whom nothing is promised */
	CORE_T_REPEATED,		/* an order carried out already */
	CORE_T_NO_LEASE,		/* a singleton not started without one */
	CORE_T_PLACED,
	CORE_T_HELD_BACK,		/* a singleton waits for leases to run out */
	CORE_T_NO_ROOM,
	CORE_T_DOUBLE,			/* a job in two places: one is stopped */
	CORE_T_DRAINED,
	CORE_T_REBALANCED,
	CORE_T_MOVED,
	CORE_T_MEMBERS,
	CORE_T_MEMBERS_REFUSED,
	CORE_T_PROOF,
	CORE_T_END,
};

/** core_tell_name - "established", "cut off", ... */
const char *core_tell_name(enum core_tell tell);

struct core_action {
	enum core_action_type type;
	enum core_tell tell;
	uint32_t node;
	uint32_t element;
	uint32_t members;
	uint64_t scope;
	uint64_t epoch;
	uint64_t until_ns;
	uint64_t job;
	struct wire_id holder;
	const struct wire_msg *msg;	/* until act() returns */
};

/** struct core_out - where actions go. act() must not step a machine. */
struct core_out {
	void (*act)(void *ctx, const struct core_action *action);
	void *ctx;
};

/** core_tell - tell @out what happened. @element and @job: CORE_NONE and 0 if there is none. */
void core_tell(const struct core_out *out, enum core_tell tell, uint32_t element, uint64_t job);

/*
 * Rule 7's and rule 8's arithmetic. A span that another clock measures is over for certain only after
 * core_at_most() of it on this one, and is certain to last only for core_at_least() of it.
 *
 * With a drift of e a true second is between 1-e and 1+e of any clock's. A span s of one clock takes at most
 * s/(1-e) of true time, in which another clock advances by at most s(1+e)/(1-e), and that is at most
 * s(1+3e) for every e up to 1/3. It takes at least s/(1+e), hence s(1-e)/(1+e), at least s(1-2e).
 */
uint64_t core_at_most(const struct core_timing *t, uint64_t span_ns);
uint64_t core_at_least(const struct core_timing *t, uint64_t span_ns);

#endif /* VIGIL_CORE_CORE_H */
