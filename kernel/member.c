// SPDX-License-Identifier: GPL-2.0
/* A descendant of a watched process. */
/*
 *	vigil_member_new()      vigil_member_join()         dies
 *	      |                        |                     |
 *	      +-----> not joined ------+---> LIVING -- member_seen() --> its event --> gone
 *	                   |                   |
 *	                   +--> gone           +-- vigil_member_drop() --> gone
 *
 * While it is LIVING it is on its process's wait queue and on its tree's list, and only then. Both
 * change under the wait queue's lock; the list under the tree's, too, which is inside.
 */
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "death.h"
#include "limits.h"
#include "member.h"
#include "tree.h"
#include "watch.h"

static_assert(sizeof(struct vigil_member) <= VIGIL_MEMBER_BYTES_MAX);

/* Not under a lock that @m->pid or the tree could take with them. */
static void member_free(struct vigil_member *m)
{
	put_pid(m->pid);
	vigil_tree_put(m->tree);
	kfree(m);
}

/*
 * Wait queue callback, as that of a watch: it may come before the end. The tree is freed after RCU,
 * so that it is there until this returns, even if the event is numbered and given back meanwhile.
 *
 * Context: under tasklist_lock and the queue's lock, interrupts off.
 */
static int member_seen(struct wait_queue_entry *wait, unsigned int mode, int flags,
		       void *poll_key)
{
	struct vigil_member *m = container_of(wait, struct vigil_member, wait);
	struct task_struct *leader = pid_task(m->pid, PIDTYPE_TGID);
	struct vigil_tree *t = m->tree;

	if (leader && !vigil_group_is_dead(leader))
		return 0;
	list_del(&m->wait.entry);
	memset(&m->exit, 0, sizeof(m->exit));
	vigil_death_stamp(&m->exit);
	if (leader)
		vigil_death_describe(&m->exit, leader);
	vigil_tree_died(t, m);
	return 0;
}

static struct vigil_member *member_of(struct vigil_pending *p)
{
	return container_of(p, struct vigil_member, pending);
}

static struct vigil_net *event_net(struct vigil_pending *p)
{
	return member_of(p)->tree->watch->vn;
}

static void event_number(struct vigil_pending *p, struct vigil_event *ev)
{
	struct vigil_member *m = member_of(p);

	ev->type = VIGIL_EVENT_TYPE_MEMBER_DEAD;
	ev->boottime_ns = m->exit.boottime_ns;
	ev->realtime_ns = m->exit.realtime_ns;
	vigil_watch_copy(m->tree->watch, NULL, &ev->watch);
	ev->member.exit = m->exit;
	ev->member.exit.seq = ev->seq;
	ev->member.start_ns = m->start_ns;
	ev->member.tgid = vigil_tree_nr(m->tree, m->pid);
}

static void event_put(struct vigil_pending *p)
{
	member_free(member_of(p));
}

static const struct vigil_pending_ops member_event = {
	.net = event_net,
	.number = event_number,
	.put = event_put,
};

/**
 * vigil_member_new - make a member that is not in its tree yet
 * @t: its tree
 * @leader: leader of its thread group; cannot be freed meanwhile
 *
 * Context: any; does not sleep.
 * Return: the member, for vigil_member_join(), or NULL.
 */
struct vigil_member *vigil_member_new(struct vigil_tree *t, struct task_struct *leader)
{
	struct vigil_member *m = kmalloc(sizeof(*m), GFP_ATOMIC | __GFP_NOWARN);

	if (!m)
		return NULL;
	m->tree = t;
	vigil_tree_get(t);
	m->pid = get_pid(task_pid(leader));
	m->start_ns = leader->start_boottime;
	m->pending.ops = &member_event;
	INIT_LIST_HEAD(&m->node);
	init_waitqueue_func_entry(&m->wait, member_seen);
	return m;
}

/* Of trees that have this process; how many, and whether @t is one of them. */
static unsigned int trees_on(struct wait_queue_head *queue, const struct vigil_tree *t,
			     bool *has)
{
	struct wait_queue_entry *e;
	struct vigil_tree *found;
	unsigned int n = 0;

	lockdep_assert_held(&queue->lock);
	*has = false;
	list_for_each_entry(e, &queue->head, entry) {
		found = vigil_tree_of(e);
		n += !!found;
		*has |= found == t;
	}
	return n;
}

/* As in the making of a watch: no wake-up will tell of a death before this, so it is seen here. */
static bool is_dead(struct pid *pid)
{
	struct task_struct *leader;
	bool dead;

	lockdep_assert_held(&pid->wait_pidfd.lock);
	rcu_read_lock();
	leader = pid_task(pid, PIDTYPE_TGID);
	dead = !leader || (vigil_group_is_dead(leader) &&
			   pid_task(pid, PIDTYPE_TGID) == leader);
	rcu_read_unlock();
	return dead;
}

/* Whether it is one of the living of its tree now. */
static bool join(struct vigil_member *m)
{
	struct wait_queue_head *queue = &m->pid->wait_pidfd;
	bool has;

	if (trees_on(queue, m->tree, &has) >= VIGIL_TREES_PER_PROCESS_MAX && !has) {
		vigil_tree_missed(m->tree);
		return false;
	}
	if (has || is_dead(m->pid) || !vigil_tree_add(m->tree, m))
		return false;
	__add_wait_queue(queue, &m->wait);
	return true;
}

/**
 * vigil_member_join - have a member in its tree
 * @m: the member; freed if it is none: if it is there already, or dead, or there is no room
 *
 * Context: any but under the lock of its wait queue; does not sleep.
 * Return: whether it is new in its tree.
 */
bool vigil_member_join(struct vigil_member *m)
{
	struct pid *pid = m->pid;
	unsigned long flags;
	bool joined;

	spin_lock_irqsave(&pid->wait_pidfd.lock, flags);
	joined = join(m);
	spin_unlock_irqrestore(&pid->wait_pidfd.lock, flags);
	if (!joined)
		member_free(m);
	return joined;
}

/**
 * vigil_member_tree - the tree of a member's wait queue entry
 * @e: any entry
 *
 * Context: under the wait queue's lock.
 * Return: the tree, or NULL if the entry is not a member's.
 */
struct vigil_tree *vigil_member_tree(struct wait_queue_entry *e)
{
	return e->func == member_seen ? container_of(e, struct vigil_member, wait)->tree : NULL;
}

/**
 * vigil_member_drop - let go of a living member
 * @t: the tree
 * @pid: the member's process, with a reference of the caller
 *
 * Context: process context.
 * Return: false if it has died meanwhile.
 */
bool vigil_member_drop(struct vigil_tree *t, struct pid *pid)
{
	struct vigil_member *m = NULL;
	struct wait_queue_entry *e;
	unsigned long flags;

	spin_lock_irqsave(&pid->wait_pidfd.lock, flags);
	list_for_each_entry(e, &pid->wait_pidfd.head, entry) {
		if (vigil_member_tree(e) != t)
			continue;
		m = container_of(e, struct vigil_member, wait);
		list_del(&e->entry);
		vigil_tree_remove(t, m);
		break;
	}
	spin_unlock_irqrestore(&pid->wait_pidfd.lock, flags);
	if (m)
		member_free(m);
	return m;
}
