/* SPDX-License-Identifier: GPL-2.0 */
/* What is known of the keeper, and what the keeper's files call of each other. */
#ifndef VIGIL_KEEPER_STATE_H
#define VIGIL_KEEPER_STATE_H

#include <linux/mutex.h>
#include <linux/types.h>

#include "keeper.h"
#include "keeper_prey.h"
#include "limits.h"

struct vigil_keeper_plan;
struct vigil_seat;
struct vigil_watch;

/**
 * struct vigil_keeper - what is known of the keeper
 * @lock: taken under vn->lock
 * @state: enum vigil_keeper_state
 * @pid: of the keeper, or the last one respawned; for those who ask
 * @id: of the seat's watch
 * @seat: of the keeper, if its watch is still held
 * @prey: the process whose death matters
 * @plan: how to respawn it
 * @setting: what an operator or the keeper may set
 * @deadline_ns: of the state, CLOCK_BOOTTIME; 0 for none
 * @respawned_ns: when the last respawns began
 * @last: index of the newest of them
 * @failures: respawns that failed since the last keeper registered
 * @spawning: one is between fork and exec
 * @spawn_told: it is told already
 */
struct vigil_keeper {
	struct mutex lock;	/* protects: all of this but what interrupts note of @prey */
	u32 state;
	pid_t pid;
	u64 id;
	struct vigil_seat *seat;
	struct vigil_prey prey;
	struct vigil_keeper_plan *plan;
	u32 setting[VIGIL_KEEPER_SETTINGS];
	u64 deadline_ns;
	u64 respawned_ns[VIGIL_KEEPER_RESPAWN_MAX_MAX];
	unsigned int last;
	unsigned int failures;
	bool spawning;
	bool spawn_told;
};

/* The only one, for the keeper's files. */
extern struct vigil_keeper vigil_keeper;

/* The transitions that others ask for, in keeper.c; all but the last two under the lock. */
void vigil_keeper_step(void);
void vigil_keeper_accept(struct vigil_watch *w, struct vigil_seat *seat,
			 struct vigil_keeper_params *p);
void vigil_keeper_quit(u32 why);
void vigil_keeper_spawned(int err);
void vigil_keeper_wake(void);

#endif /* VIGIL_KEEPER_STATE_H */
