/* SPDX-License-Identifier: GPL-2.0 */
/* The keeper: the node's agent, which the kernel brings back. */
#ifndef VIGIL_KEEPER_H
#define VIGIL_KEEPER_H

#include <linux/types.h>
#include <linux/vigil.h>

#include "record.h"

struct vigil_keeper_plan;
struct vigil_watch;

/* What an operator or the keeper itself may set; it outlives the keeper. */
enum vigil_keeper_setting {
	VIGIL_KEEPER_RESPAWN_MAX,
	VIGIL_KEEPER_WINDOW_MS,
	VIGIL_KEEPER_REGISTER_MS,
	VIGIL_KEEPER_LAST_RESORT,
	VIGIL_KEEPER_SETTINGS,
};

/**
 * struct vigil_keeper_params - what a keeper is made from
 * @plan: how to respawn it; becomes the keeper's if it is taken
 * @replace: PID of the keeper that it replaces, 0 for none
 * @given: bit by setting, whether @setting has it
 * @setting: new values, within bounds
 */
struct vigil_keeper_params {
	struct vigil_keeper_plan *plan;
	pid_t replace;
	unsigned long given;
	u32 setting[VIGIL_KEEPER_SETTINGS];
};

/**
 * struct vigil_keeper_status - copy of the keeper's state
 * @state: enum vigil_keeper_state
 * @id: its watch, 0 if it has none
 * @pid: the keeper, or the process that is to be it, as the initial PID namespace sees it; 0 for none
 * @respawns: in the current window
 * @setting: the present values
 * @plan: how to respawn it, with a reference; or NULL
 */
struct vigil_keeper_status {
	u32 state;
	u64 id;
	pid_t pid;
	u32 respawns;
	u32 setting[VIGIL_KEEPER_SETTINGS];
	struct vigil_keeper_plan *plan;
};

int vigil_keeper_set(struct vigil_watch *w, struct vigil_keeper_params *p, pid_t *holder);
int vigil_keeper_resign(pid_t pid, pid_t *holder);
void vigil_keeper_status(struct vigil_keeper_status *s);
bool vigil_keeper_ok(void);

bool vigil_keeper_in_bounds(enum vigil_keeper_setting which, u32 value);
void vigil_keeper_change(enum vigil_keeper_setting which, u32 value);
const char *vigil_keeper_state_name(u32 state);

int vigil_keeper_init(void);
void vigil_keeper_stop(void);
void vigil_keeper_exit(void);

int vigil_keeper_sysfs_create(void);
void vigil_keeper_sysfs_remove(void);

#endif /* VIGIL_KEEPER_H */
