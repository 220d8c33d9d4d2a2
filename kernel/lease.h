/* SPDX-License-Identifier: GPL-2.0 */
/* A lease: until its deadline, what is bound to it may live. */
#ifndef VIGIL_LEASE_H
#define VIGIL_LEASE_H

#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/vigil.h>

/**
 * struct vigil_grant - what somebody promises
 * @name: name of the lease
 * @epoch: number of the grant's term
 * @deadline_ns: until when, CLOCK_BOOTTIME
 */
struct vigil_grant {
	const char *name;
	u64 epoch;
	u64 deadline_ns;
};

/**
 * struct vigil_lease_record - copy of a lease
 * @id: where it stands among all
 * @epoch: the newest epoch
 * @deadline_ns: CLOCK_BOOTTIME
 * @state: enum vigil_lease_state
 * @living: bound processes that are not gone
 * @dead: bound processes that are gone
 * @cgroups: cgroups handed over with them
 * @name: its name, terminated
 */
struct vigil_lease_record {
	u64 id;
	u64 epoch;
	u64 deadline_ns;
	u32 state;
	u32 living;
	u32 dead;
	u32 cgroups;
	char name[VIGIL_LEASE_NAME_LEN_MAX + 1];
};

/**
 * struct vigil_lease - until its deadline, what is bound to it may live
 * @id: where it stands among all; never used twice
 * @timer: fires at the deadline, on CLOCK_BOOTTIME
 * @kill: sends SIGKILL to the processes
 * @settle: kills the cgroups, and looks until nothing is left
 * @look_ms: pause before the next look; used by @settle alone
 * @told: the beginning of the fencing has been told; used by @settle alone
 * @lock: protects: all below, and the bonds that are on the lists. Taken with interrupts off, under
 *	the lock of a process's wait queue.
 * @state: enum vigil_lease_state
 * @stage: enum vigil_lease_stage with which the fencing was begun
 * @epoch: the newest epoch
 * @held_epoch: the epoch under which it is held, or was held last
 * @deadline_ns: CLOCK_BOOTTIME
 * @killed: the killer has sent SIGKILL to every process
 * @due_ns: when the fencing was to begin
 * @timer_late_ns: how long after that it was begun
 * @kill_late_ns: how long after that the last SIGKILL was sent
 * @alive: bonds of processes that live
 * @doomed: bonds of processes that were sent SIGKILL
 * @gone: bonds of processes that are dead
 * @living: bonds on @alive and @doomed
 * @dead: bonds on @gone
 * @cgroups: handed over with bonds, each once; while FENCING, changed by @settle alone
 * @cgroup_count: how many
 * @name: its name, terminated
 */
struct vigil_lease {
	u64 id;
	struct hrtimer timer;
	struct kthread_work kill;
	struct kthread_delayed_work settle;
	unsigned int look_ms;
	bool told;

	/* Timer, requests, deaths and the two threads. */
	spinlock_t lock;
	u8 state;
	u8 stage;
	bool killed;
	u64 epoch;
	u64 held_epoch;
	u64 deadline_ns;
	u64 due_ns;
	u64 timer_late_ns;
	u64 kill_late_ns;
	struct list_head alive;
	struct list_head doomed;
	struct list_head gone;
	unsigned int living;
	unsigned int dead;
	struct list_head cgroups;
	unsigned int cgroup_count;
	char name[VIGIL_LEASE_NAME_LEN_MAX + 1];
};

struct vigil_lease *vigil_lease_alloc(const struct vigil_grant *g);
void vigil_lease_begin(struct vigil_lease *l);
int vigil_lease_renew(struct vigil_lease *l, const struct vigil_grant *g);
int vigil_lease_fence(struct vigil_lease *l, const struct vigil_grant *g);
int vigil_lease_end(struct vigil_lease *l, bool force);
void vigil_lease_catch_up(struct vigil_lease *l);
void vigil_lease_copy(struct vigil_lease *l, struct vigil_lease_record *rec);

#endif /* VIGIL_LEASE_H */
