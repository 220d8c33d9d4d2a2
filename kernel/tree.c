// SPDX-License-Identifier: GPL-2.0
/* The aspect of a watch that watches all descendants of its process as well. */
/*
 * 1. Who is born to the root or to a member, while that is noted as such, is a member: no
 *    change of parent, session or group later takes it out.
 * 2. A member's event is on the pending list before the member stops counting as living, so
 *    "group-empty", noted by whoever counts down to none, comes after all of them. The root counts
 *    until its own DEAD event is on that list.
 * 3. Only a living root or member has children, so there are none again once there was none.
 */
#include <linux/err.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "limits.h"
#include "member.h"
#include "net.h"
#include "record.h"
#include "tree.h"
#include "watch.h"

static struct vigil_tree *tree_of(struct vigil_aspect *a)
{
	return container_of(a, struct vigil_tree, aspect);
}

void vigil_tree_get(struct vigil_tree *t)
{
	refcount_inc(&t->refs);
}

/**
 * vigil_tree_put - give back a reference
 * @t: the tree
 *
 * The memory waits for RCU: who counts down under its lock, with interrupts off, may hold no reference.
 *
 * Context: any but under a wait queue's lock.
 */
void vigil_tree_put(struct vigil_tree *t)
{
	if (!refcount_dec_and_test(&t->refs))
		return;
	if (t->watch)
		vigil_watch_put(t->watch);
	kfree_rcu(t, rcu);
}

/* The mark only says whose queue this is: the root's death is told to the aspect. */
static int mark_seen(struct wait_queue_entry *wait, unsigned int mode, int flags, void *key)
{
	return 0;
}

/**
 * vigil_tree_of - the tree to which a wait queue's entry makes its process belong
 * @e: any entry
 *
 * Context: under the wait queue's lock.
 * Return: the tree, or NULL.
 */
struct vigil_tree *vigil_tree_of(struct wait_queue_entry *e)
{
	if (e->func == mark_seen)
		return container_of(e, struct vigil_tree, mark);
	return vigil_member_tree(e);
}

/**
 * vigil_tree_nr - a process ID as the maker of the watch sees it
 * @t: the tree
 * @pid: a descendant; descendants never leave the PID namespaces below that of the root
 *
 * Return: the number.
 */
pid_t vigil_tree_nr(const struct vigil_tree *t, struct pid *pid)
{
	return t->level <= pid->level ? pid->numbers[t->level].nr : 0;
}

static void one_less(struct vigil_tree *t)
{
	lockdep_assert_held(&t->lock);
	t->living--;
	if (t->living || t->closed)
		return;
	t->empty_boottime_ns = ktime_get_boottime_ns();
	t->empty_realtime_ns = ktime_get_real_ns();
	vigil_tree_get(t);
	vigil_event_pending(&t->empty);
}

static void leave(struct vigil_tree *t)
{
	unsigned long flags;

	spin_lock_irqsave(&t->lock, flags);
	one_less(t);
	spin_unlock_irqrestore(&t->lock, flags);
}

/**
 * vigil_tree_add - note a member as living
 * @t: the tree
 * @m: the member
 *
 * Context: under the lock of the member's wait queue.
 * Return: false if the watch was released, or there is no room; that is counted.
 */
bool vigil_tree_add(struct vigil_tree *t, struct vigil_member *m)
{
	bool room, added;

	lockdep_assert_held(&m->pid->wait_pidfd.lock);
	spin_lock(&t->lock);
	room = t->count < VIGIL_TREE_MEMBERS_MAX;
	added = room && !t->closed;
	if (added) {
		list_add_tail(&m->node, &t->members);
		t->count++;
		t->living++;
	}
	t->missed += !room;
	spin_unlock(&t->lock);
	return added;
}

static void take_out(struct vigil_tree *t, struct vigil_member *m)
{
	lockdep_assert_held(&t->lock);
	list_del(&m->node);
	t->count--;
}

/**
 * vigil_tree_remove - note a member no longer
 * @t: the tree; closed
 * @m: the member
 *
 * Context: under the lock of the member's wait queue.
 */
void vigil_tree_remove(struct vigil_tree *t, struct vigil_member *m)
{
	lockdep_assert_held(&m->pid->wait_pidfd.lock);
	spin_lock(&t->lock);
	take_out(t, m);
	one_less(t);
	spin_unlock(&t->lock);
}

/**
 * vigil_tree_died - a member has died: its event takes it over
 * @t: the tree
 * @m: the member
 *
 * Context: under the lock of the member's wait queue.
 */
void vigil_tree_died(struct vigil_tree *t, struct vigil_member *m)
{
	lockdep_assert_held(&m->pid->wait_pidfd.lock);
	spin_lock(&t->lock);
	take_out(t, m);
	vigil_event_pending(&m->pending);
	one_less(t);
	spin_unlock(&t->lock);
}

/**
 * vigil_tree_missed - count a descendant that could not be noted
 * @t: the tree
 *
 * Context: any.
 */
void vigil_tree_missed(struct vigil_tree *t)
{
	unsigned long flags;

	spin_lock_irqsave(&t->lock, flags);
	t->missed++;
	spin_unlock_irqrestore(&t->lock, flags);
}

/**
 * vigil_tree_recount - forget how many could not be noted, since all of them are looked for again
 * @t: the tree
 *
 * Context: any.
 */
void vigil_tree_recount(struct vigil_tree *t)
{
	unsigned long flags;

	spin_lock_irqsave(&t->lock, flags);
	t->missed = 0;
	spin_unlock_irqrestore(&t->lock, flags);
}

static bool put_mark(struct vigil_tree *t, struct wait_queue_head *queue)
{
	struct wait_queue_entry *e;
	unsigned int n = 0;

	lockdep_assert_held(&queue->lock);
	list_for_each_entry(e, &queue->head, entry)
		n += !!vigil_tree_of(e);
	if (n < VIGIL_TREES_PER_PROCESS_MAX)
		__add_wait_queue(queue, &t->mark);
	return n < VIGIL_TREES_PER_PROCESS_MAX;
}

static int tree_begun(struct vigil_aspect *a, struct vigil_watch *w)
{
	struct wait_queue_head *queue = &w->pid->wait_pidfd;
	struct vigil_tree *t = tree_of(a);
	unsigned long flags;
	bool marked;

	t->watch = w;
	refcount_inc(&w->refs);
	spin_lock_irqsave(&queue->lock, flags);
	marked = put_mark(t, queue);
	spin_unlock_irqrestore(&queue->lock, flags);
	if (!marked)
		return -EUSERS;
	vigil_births_scan(t);
	leave(t);
	return 0;
}

static void tree_dead(struct vigil_aspect *a, struct vigil_watch *w)
{
	leave(tree_of(a));
}

static void tree_copy(struct vigil_aspect *a, struct vigil_record *rec)
{
	struct vigil_tree *t = tree_of(a);

	spin_lock(&t->lock);
	rec->members = t->count;
	rec->members_missed = t->missed;
	spin_unlock(&t->lock);
}

static struct pid *first_member(struct vigil_tree *t)
{
	struct vigil_member *m;
	struct pid *pid = NULL;
	unsigned long flags;

	spin_lock_irqsave(&t->lock, flags);
	m = list_first_entry_or_null(&t->members, struct vigil_member, node);
	if (m)
		pid = get_pid(m->pid);
	spin_unlock_irqrestore(&t->lock, flags);
	return pid;
}

/*
 * Once it is closed nobody joins. A member that is not found any more on its process's queue has
 * died, and is off the list.
 */
static void drop_members(struct vigil_tree *t)
{
	unsigned long flags;
	struct pid *pid;

	spin_lock_irqsave(&t->lock, flags);
	t->closed = true;
	spin_unlock_irqrestore(&t->lock, flags);
	while ((pid = first_member(t))) {
		vigil_member_drop(t, pid);
		put_pid(pid);
		cond_resched();
	}
}

static void tree_end(struct vigil_aspect *a, struct vigil_watch *w)
{
	struct vigil_tree *t = tree_of(a);
	unsigned long flags;

	if (w) {
		spin_lock_irqsave(&w->pid->wait_pidfd.lock, flags);
		list_del_init(&t->mark.entry);
		spin_unlock_irqrestore(&w->pid->wait_pidfd.lock, flags);
	}
	drop_members(t);
	vigil_birth_hook_put();
	vigil_tree_put(t);
}

static const struct vigil_aspect_ops tree_ops = {
	.begun = tree_begun,
	.dead = tree_dead,
	.copy = tree_copy,
	.end = tree_end,
};

static struct vigil_tree *tree_of_pending(struct vigil_pending *p)
{
	return container_of(p, struct vigil_tree, empty);
}

static struct vigil_net *empty_net(struct vigil_pending *p)
{
	return tree_of_pending(p)->watch->vn;
}

static void empty_number(struct vigil_pending *p, struct vigil_event *ev)
{
	struct vigil_tree *t = tree_of_pending(p);

	ev->type = VIGIL_EVENT_TYPE_GROUP_EMPTY;
	ev->boottime_ns = t->empty_boottime_ns;
	ev->realtime_ns = t->empty_realtime_ns;
	vigil_watch_copy(t->watch, NULL, &ev->watch);
}

static void empty_put(struct vigil_pending *p)
{
	vigil_tree_put(tree_of_pending(p));
}

static const struct vigil_pending_ops empty_event = {
	.net = empty_net,
	.number = empty_number,
	.put = empty_put,
};

/**
 * vigil_tree_new - make the aspect, and put the hook in place
 *
 * Context: process context of the watch's maker, may sleep; not under vn->lock.
 * Return: the aspect, or -ENOMEM or -EOPNOTSUPP.
 */
struct vigil_aspect *vigil_tree_new(void)
{
	struct vigil_tree *t = kzalloc(sizeof(*t), GFP_KERNEL_ACCOUNT);
	int err = t ? vigil_birth_hook_get() : -ENOMEM;

	if (err) {
		kfree(t);
		return ERR_PTR(err);
	}
	t->aspect.ops = &tree_ops;
	t->empty.ops = &empty_event;
	init_waitqueue_func_entry(&t->mark, mark_seen);
	INIT_LIST_HEAD(&t->mark.entry);
	spin_lock_init(&t->lock);
	INIT_LIST_HEAD(&t->members);
	t->living = 2;
	t->level = task_active_pid_ns(current)->level;
	refcount_set(&t->refs, 1);
	return &t->aspect;
}
