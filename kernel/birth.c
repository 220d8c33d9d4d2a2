// SPDX-License-Identifier: GPL-2.0
/* How the descendants of watched processes are found: at their birth, or by a scan. */
/*
 * The tracepoint sched_process_fork runs in the parent's context, when the child is on the list of
 * tasks but has not run: it has no child, and cannot die, before it is noted.
 *
 * A watch of a tree first has the hook in place, then its mark on the root, then scans the tasks
 * for children of who is noted, again and again until a round finds none. A child whose birth sees
 * its parent noted is noted there. One whose birth does not was on the list of tasks before its
 * parent was noted, so the round after that finds it: wq_has_sleeper() has the barrier between the
 * list and the look at the parent, and the scan has its own between noting and the next round.
 *
 * What neither finds are children whose parent died before the scan saw who it was: they have
 * passed to another parent by then, as they would have just before the watch was made.
 */
#include <linux/list.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/wait.h>

#include "hook.h"
#include "member.h"
#include "tree.h"

/* Puts a new member on @born for each tree that the parent belongs to. */
static void note_births(struct wait_queue_head *queue, struct task_struct *child,
			struct list_head *born)
{
	struct wait_queue_entry *e;
	struct vigil_member *m;
	struct vigil_tree *t;

	lockdep_assert_held(&queue->lock);
	list_for_each_entry(e, &queue->head, entry) {
		t = vigil_tree_of(e);
		if (!t)
			continue;
		m = vigil_member_new(t, child);
		if (m)
			list_add_tail(&m->node, born);
		else
			vigil_tree_missed(t);
	}
}

static void join_all(struct list_head *born)
{
	struct vigil_member *m, *next;

	list_for_each_entry_safe(m, next, born, node) {
		list_del_init(&m->node);
		vigil_member_join(m);
	}
}

/*
 * Nobody waits on the queue of an unwatched process.
 *
 * Context: the parent's, no lock held, preemption off.
 */
static void birth_seen(void *unused, struct task_struct *parent, struct task_struct *child)
{
	struct pid *pid = task_tgid(current);
	unsigned long flags;
	LIST_HEAD(born);

	if (!thread_group_leader(child) || !wq_has_sleeper(&pid->wait_pidfd))
		return;
	spin_lock_irqsave(&pid->wait_pidfd.lock, flags);
	note_births(&pid->wait_pidfd, child, &born);
	spin_unlock_irqrestore(&pid->wait_pidfd.lock, flags);
	join_all(&born);
}

static bool belongs(struct vigil_tree *t, struct pid *pid)
{
	struct wait_queue_entry *e;
	unsigned long flags;
	bool found = false;

	if (!pid)
		return false;
	spin_lock_irqsave(&pid->wait_pidfd.lock, flags);
	list_for_each_entry(e, &pid->wait_pidfd.head, entry)
		found |= vigil_tree_of(e) == t;
	spin_unlock_irqrestore(&pid->wait_pidfd.lock, flags);
	return found;
}

static bool note_found(struct vigil_tree *t, struct task_struct *leader)
{
	struct vigil_member *m = vigil_member_new(t, leader);

	if (m)
		return vigil_member_join(m);
	vigil_tree_missed(t);
	return false;
}

/*
 * The struct pid of a task that is being reaped may be gone from it. That of the idle task, the
 * parent of the first two, has a wait queue that nobody ever initialised.
 */
static unsigned int scan_round(struct vigil_tree *t)
{
	struct task_struct *p, *parent;
	unsigned int found = 0;
	struct pid *pid;

	rcu_read_lock();
	for_each_process(p) {
		parent = rcu_dereference(p->real_parent);
		if (parent == &init_task || !belongs(t, task_tgid(parent)))
			continue;
		pid = task_pid(p);
		if (pid && !belongs(t, pid))
			found += note_found(t, p);
	}
	rcu_read_unlock();
	return found;
}

/**
 * vigil_births_scan - note the descendants that are there already
 * @t: the tree; its root is marked
 *
 * Each round but the last notes one more at least, and there is a bound to those. Who cannot be noted
 * is met by every round, so only those of the last one count.
 *
 * Context: process context, may sleep.
 */
void vigil_births_scan(struct vigil_tree *t)
{
	for (vigil_tree_recount(t); scan_round(t); vigil_tree_recount(t)) {
		smp_mb(); /* pairs with that of wq_has_sleeper() in birth_seen() */
		cond_resched();
	}
}

static struct tracepoint *fork_tracepoint;

/* It is not exported, but can be found by its name. */
static void look_at(struct tracepoint *tp, void *unused)
{
	if (!strcmp(tp->name, "sched_process_fork"))
		fork_tracepoint = tp;
}

static int install_probe(void)
{
	if (!fork_tracepoint)
		for_each_kernel_tracepoint(look_at, NULL);
	if (!fork_tracepoint)
		return -EOPNOTSUPP;
	return tracepoint_probe_register(fork_tracepoint, birth_seen, NULL);
}

/* After this the probe runs nowhere. */
static void remove_probe(void)
{
	tracepoint_probe_unregister(fork_tracepoint, birth_seen, NULL);
	tracepoint_synchronize_unregister();
}

static struct vigil_hook birth_hook = {
	.install = install_probe,
	.remove = remove_probe,
	.idle = __DELAYED_WORK_INITIALIZER(birth_hook.idle, vigil_hook_idle, 0),
};

/**
 * vigil_birth_hook_get - have births noted
 *
 * Context: process context, may sleep; not under vn->lock.
 * Return: 0, -ENOMEM, or -EOPNOTSUPP where the kernel has no such tracepoint.
 */
int vigil_birth_hook_get(void)
{
	return vigil_hook_get(&birth_hook);
}

void vigil_birth_hook_put(void)
{
	vigil_hook_put(&birth_hook);
}

void vigil_birth_hook_exit(void)
{
	vigil_hook_exit(&birth_hook);
}
