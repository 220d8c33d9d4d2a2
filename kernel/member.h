/* SPDX-License-Identifier: GPL-2.0 */
/* A descendant of a watched process. */
#ifndef VIGIL_MEMBER_H
#define VIGIL_MEMBER_H

#include <linux/list.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "event.h"
#include "record.h"

struct pid;
struct task_struct;
struct vigil_tree;

/**
 * struct vigil_member - a descendant of a watched process
 * @tree: of which watch, with a reference
 * @pid: the process, with a reference
 * @node: node of the tree's list; while it lives
 * @pending: its event, once it is dead
 * @start_ns: its start, CLOCK_BOOTTIME
 * @wait: entry of its wait queue; while it lives
 * @exit: how it died; once it is dead
 */
struct vigil_member {
	struct vigil_tree *tree;
	struct pid *pid;
	struct list_head node;
	struct vigil_pending pending;
	u64 start_ns;
	union {
		struct wait_queue_entry wait;
		struct vigil_exit exit;
	};
};

struct vigil_member *vigil_member_new(struct vigil_tree *t, struct task_struct *leader);
bool vigil_member_join(struct vigil_member *m);
struct vigil_tree *vigil_member_tree(struct wait_queue_entry *e);
bool vigil_member_drop(struct vigil_tree *t, struct pid *pid);

#endif /* VIGIL_MEMBER_H */
