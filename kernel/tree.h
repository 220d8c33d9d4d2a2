/* SPDX-License-Identifier: GPL-2.0 */
/* A watched process with all its descendants. */
#ifndef VIGIL_TREE_H
#define VIGIL_TREE_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "aspect.h"
#include "event.h"

struct pid;
struct vigil_member;
struct vigil_watch;

/**
 * struct vigil_tree - a watched process, the root, with all its descendants
 * @aspect: of the root's watch
 * @empty: the event that root and descendants are all gone
 * @watch: the root's watch, with a reference, from its beginning on
 * @mark: entry of the root's wait queue, which tells its forks apart from others'
 * @lock: protects: @members, @living, @count, @missed, @closed. Inside of the wait queues' locks.
 * @members: its living descendants
 * @living: those, the root while it lives, and the scan while it runs
 * @count: living descendants
 * @missed: descendants that could not be noted
 * @level: of the PID namespace of the watch's maker
 * @refs: one of the watch, one of each member, one of the pending list
 * @closed: the watch was released
 * @empty_boottime_ns: when the last was gone, CLOCK_BOOTTIME
 * @empty_realtime_ns: when the last was gone, CLOCK_REALTIME
 * @rcu: once the last reference is gone
 */
struct vigil_tree {
	struct vigil_aspect aspect;
	struct vigil_pending empty;
	struct vigil_watch *watch;
	struct wait_queue_entry mark;
	spinlock_t lock;	/* see above */
	struct list_head members;
	unsigned int living;
	unsigned int count;
	unsigned int missed;
	unsigned int level;
	refcount_t refs;
	bool closed;
	u64 empty_boottime_ns;
	u64 empty_realtime_ns;
	struct rcu_head rcu;
};

/* For who makes and ends watches. */
struct vigil_aspect *vigil_tree_new(void);

/* For its members. */
void vigil_tree_get(struct vigil_tree *t);
void vigil_tree_put(struct vigil_tree *t);
bool vigil_tree_add(struct vigil_tree *t, struct vigil_member *m);
void vigil_tree_remove(struct vigil_tree *t, struct vigil_member *m);
void vigil_tree_died(struct vigil_tree *t, struct vigil_member *m);
void vigil_tree_missed(struct vigil_tree *t);
void vigil_tree_recount(struct vigil_tree *t);
struct vigil_tree *vigil_tree_of(struct wait_queue_entry *e);
pid_t vigil_tree_nr(const struct vigil_tree *t, struct pid *pid);

/* How descendants are found. */
int vigil_birth_hook_get(void);
void vigil_birth_hook_put(void);
void vigil_birth_hook_exit(void);
void vigil_births_scan(struct vigil_tree *t);

#endif /* VIGIL_TREE_H */
