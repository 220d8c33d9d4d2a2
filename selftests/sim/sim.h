/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The simulator's world. Everything in it follows from the seed, whatever it is compiled with: no expression draws two
 * random numbers in an order that the compiler may choose.
 */
#ifndef SELFTESTS_SIM_SIM_H
#define SELFTESTS_SIM_SIM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "selftests/fuzz/random.h"
#include "user/core/coordinator.h"

#define US 1000ull
#define MS (1000 * US)
#define S (1000 * MS)

enum sim_bounds {
	SIM_NODES_MAX = 16000,
	SIM_SCOPES_MAX = 2500,
	SIM_MEMBERS_MAX = 10000,		/* nodes with agents */
	SIM_COORDS_MAX = 12,		/* coordinator processes on one node */
	SIM_VERSIONS_MAX = 64,		/* lists of members of one scope */
	SIM_TEXT_MAX = 200,
};

/* Every kind of fault. */
enum fault {
	FAULT_LOSS,
	FAULT_DUPLICATE,
	FAULT_DELAY,
	FAULT_REORDER,
	FAULT_PARTITION,
	FAULT_PARTITION_ONE_WAY,
	FAULT_PAUSE_PROCESS,
	FAULT_PAUSE_NODE,
	FAULT_FREEZE_NODE,
	FAULT_STOP_CLOCK,
	FAULT_DRIFT,
	FAULT_CRASH_AGENT,
	FAULT_CRASH_COORDINATOR,
	FAULT_CRASH_NODE,
	FAULT_CRASH_IN_STEP,
	FAULT_RESTART_WITH_MEMORY,
	FAULT_RESTART_WITHOUT_MEMORY,
	FAULT_LOSE_DISK,
	FAULT_LEVEL,
	FAULT_SUBTREE,
	FAULT_DUPLICATE_MONITOR,
	FAULT_JOB_DIES,
	FAULT_JOB_FAILS,
	FAULT_DRAIN,
	FAULT_MOVE,
	FAULT_LOAD,
	FAULT_JOIN,
	FAULT_LEAVE,
	FAULT_JOBS,
	FAULT_PROOF_OF_NODE,
	FAULT_PROOF_OF_PROCESS,
	FAULT_RESIGN,
	FAULT_END,
};

struct clock {
	int64_t offset_ns;
	int64_t ppm;
};

/* One running instance of a job. */
struct instance {
	uint64_t job;
	bool bound;			/* to the lease */
	bool stopping;
	uint32_t number;		/* tells it from others of the same job */
	struct instance *next;
};

/* What the module of a node keeps over the life of its agent. */
struct module {
	uint64_t lease_token;
	uint64_t lease_until_ns;	/* the node's clock */
	bool lease_held;
	bool promise_known;
	uint64_t promise_until_ns;
	struct instance *instances;
	uint32_t next_instance;
};

struct proc {
	uint32_t node;
	uint32_t scope;			/* index; an agent's: of its monitor */
	bool agent;
	bool dying;			/* in the middle of a step */
	struct wire_id id;
	struct core_out out;
	struct coordinator c;
	struct element *element;	/* an agent's */
	uint64_t paused_until;
	uint64_t armed;			/* the world's clock; 0: not */
	uint32_t version;		/* of the members that it was given */
	uint64_t version_tried;
	uint64_t born;
	bool *answered;			/* for the check of the passive round */
	uint32_t jobs_version;
};

struct node {
	uint32_t number;
	bool up;
	uint32_t side;			/* of the partition */
	uint64_t boot;
	uint32_t incarnation;
	uint32_t pid;
	struct clock clock;
	struct module module;
	uint64_t store_epoch;
	struct wire_id store_holder;
	uint32_t store_members;
	bool draining;
	uint64_t frozen_until;
	uint64_t clock_stopped_at;	/* then jobs may be doubled until it hears of it */
	uint64_t suspect_clock_until;
	uint32_t scope;			/* of its agent; CORE_NONE: it has none */
	uint32_t element;
	struct proc *agent;
	struct proc *coords[SIM_COORDS_MAX];
};

struct job_track {
	uint64_t id;
	bool singleton;
	bool wanted;
	uint32_t scope;
	uint32_t running;
};

/* What was promised by an element, by the world's clock. */
struct promise_track {
	struct wire_id holder;
	uint64_t until;
	uint64_t epoch_max;
	uint64_t done_epoch;
	uint64_t done_serial;
	struct wire_id done_life;
};

struct scope {
	uint64_t id;
	uint8_t level;
	uint32_t parent;		/* index, or CORE_NONE */
	uint32_t number;		/* in the parent */
	struct core_timing timing;
	struct core_member *members;	/* now */
	uint32_t nmembers;
	uint32_t version;
	struct core_member *versions[SIM_VERSIONS_MAX];
	uint32_t *candidates;
	uint32_t ncandidates;
	struct core_job *jobs;
	uint32_t njobs;
	uint32_t jobs_version;
	struct promise_track *promises;
	uint64_t epoch_max;		/* of effective monitors */
	uint64_t effective_at;		/* since when somebody is; 0: nobody */
};

struct params {
	uint64_t seed;
	uint32_t nodes;
	uint32_t levels;		/* of coordinators: 1..3 */
	uint32_t per_scope;
	uint32_t jobs_per_node;
	uint32_t dedicated;		/* nodes without agents for each level's coordinators; 0: any node */
	uint64_t fault_ns;		/* how long there are faults */
	bool clocks_stop;
	bool members_change;
	bool wan_above;
	uint32_t storms;		/* faults drawn */
	uint32_t loss_permille;		/* of a world that is otherwise quiet */
};

struct net {
	uint32_t loss_permille;
	uint32_t duplicate_permille;
	uint32_t delay_permille;	/* of messages that are very late */
	uint64_t latency_ns;
	bool partition;
	bool one_way;
};

struct event;

struct sim {
	struct params p;
	struct rng rng;
	struct core_rules rules;
	uint64_t now;
	uint64_t next_order;
	struct event *heap;
	uint32_t nheap, heap_max;
	struct node *nodes;
	uint32_t nnodes;
	struct scope *scopes;
	uint32_t nscopes;
	struct job_track *jobs;
	uint32_t njobs;
	struct net net;
	bool healing;			/* no more faults */
	bool trace;
	bool failed;
	char why[SIM_TEXT_MAX];
	uint64_t steps, messages, faults;
	uint64_t jobs_died;
	uint64_t told[CORE_T_END];
	uint64_t hit[FAULT_END];
	uint64_t recovered_ns;		/* from the end of faults until all was well */
	/* of the step under way */
	struct proc *stepping;
	const struct wire_msg *input;
	uint32_t actions_left;		/* before it is killed; 0: it is not */
};

/* main.c */
extern const char *const fault_names[FAULT_END];
void sim_fail(struct sim *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sim_trace(struct sim *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
#define trace(s, ...) do { if ((s)->trace) sim_trace(s, __VA_ARGS__); } while (0)

/* sim.c */
struct sim *sim_new(const struct params *p, const struct core_rules *rules, bool tracing);
void sim_run(struct sim *s);
void sim_free(struct sim *s);
uint64_t sim_bound(const struct sim *s);

void sim_begin_quiet(struct sim *s);
void sim_run_until(struct sim *s, uint64_t at);

/* failover.c */
enum death { DEATH_NODE, DEATH_NODE_OF_COORDINATOR, DEATH_LEVEL_2, DEATH_LEVEL_3, DEATH_LEVEL_4,
	    DEATH_ALL_LEVELS, DEATH_END };
uint64_t failover(struct sim *s, enum death death);

/* layout.c */
void layout(struct sim *s);

/* clock.c */
uint64_t clock_local(const struct node *n, uint64_t world);
uint64_t clock_world(const struct node *n, uint64_t local);
void clock_stand_still(struct node *n, uint64_t for_ns);

/* queue.c */
enum event_type { EV_TIMER, EV_MESSAGE, EV_SPAWN, EV_RESPAWN, EV_BOOT, EV_FENCE, EV_JOB_START, EV_JOB_STATE,
		 EV_JOB_DEAD,
		  EV_FAULT, EV_HEAL, EV_PARTITION_ENDS, EV_DRAIN_ENDS, EV_PROOF };
struct event {
	uint64_t at;
	uint64_t order;
	enum event_type type;
	uint32_t node;
	uint32_t scope;
	uint64_t boot;			/* it is for this life of the node; 0: any */
	struct wire_id life;		/* ... and of this process */
	uint64_t job;
	uint64_t value;
	uint32_t number;
	uint8_t *bytes;
	size_t len;
};

void queue_push(struct sim *s, struct event e);
bool queue_pop(struct sim *s, struct event *e);
void queue_clear(struct sim *s);

/* net.c */
void net_send(struct sim *s, uint32_t from, uint32_t to, const struct wire_msg *m);
void net_deliver(struct sim *s, const struct event *e);
bool net_blocked(const struct sim *s, uint32_t from, uint32_t to);
void net_spawn(struct sim *s, uint32_t from, uint32_t to, uint32_t scope);

/* proc.c */
void proc_start_agent(struct sim *s, struct node *n, bool memory);
struct proc *proc_start_coord(struct sim *s, struct node *n, uint32_t scope);
void proc_respawn(struct sim *s, struct node *n, uint32_t ms_max);
void proc_kill(struct sim *s, struct proc *p);
void proc_step(struct sim *s, struct proc *p, struct core_event *event);
void proc_timer(struct sim *s, const struct event *e);
struct proc *proc_find(struct node *n, const struct wire_id *life);
struct element *proc_element(struct proc *p);
void proc_arm(struct sim *s, struct proc *p);
uint32_t scope_index(const struct sim *s, uint64_t id);
void proc_tell_listed(struct sim *s, struct node *n);

/* act.c */
void act(void *ctx, const struct core_action *a);

/* module.c */
void module_lease(struct sim *s, struct node *n, uint64_t token, uint64_t until_ns);
void module_start(struct sim *s, const struct event *e);
void module_fence(struct sim *s, const struct event *e);
void module_state(struct sim *s, const struct event *e);
void module_stop(struct sim *s, struct node *n, uint64_t job);
void module_die(struct sim *s, struct node *n, struct instance *dead, bool tell);
void module_dead(struct sim *s, const struct event *e);
struct instance *module_find(struct node *n, uint64_t job);
struct job_track *job_find(struct sim *s, uint64_t id);

/* node.c */
void node_boot(struct sim *s, struct node *n);
void node_crash(struct sim *s, struct node *n, uint64_t for_ns);
void node_freeze(struct sim *s, struct node *n, uint64_t for_ns, bool clock_too);

/* fault.c */
void fault_draw(struct sim *s);
void fault_end(struct sim *s, const struct event *e);
void fault_heal(struct sim *s);
void fault_proof(struct sim *s, const struct event *e);
void fault_prove(struct sim *s, uint32_t scope, uint32_t element, const struct wire_id *dead, uint8_t of);

/* check.c */
void check_effective(struct sim *s, struct proc *p);
void check_promise(struct sim *s, struct proc *p, const struct core_action *a);
void check_order(struct sim *s, struct proc *p, const struct core_action *a);
void check_passive(struct sim *s, struct proc *p, const struct core_action *a);
void check_started(struct sim *s, struct job_track *j, struct node *n);
bool check_well(struct sim *s, bool complain);

#endif /* SELFTESTS_SIM_SIM_H */
