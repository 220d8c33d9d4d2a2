// SPDX-License-Identifier: GPL-2.0
/* Watches: one for each watched thread group and owner name. */
/*
 *	vigil_watch_new()            process dies            vigil_watch_del()
 *	      |                            |                  any time
 *	      +--> ALIVE ----- death_seen() or claim_dead() ----> DEAD --> gone
 *
 * 1. ALIVE becomes DEAD exactly once, under the lock of the process's wait queue.
 * 2. While it is ALIVE its entry is on that wait queue, and only then.
 * 3. A DEAD watch has been put on the pending list exactly once, with a reference of its own.
 * 4. Each aspect is told of the death at most once, and its end comes once, after that.
 */
#include <linux/llist.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "aspect.h"
#include "death.h"
#include "event.h"
#include "limits.h"
#include "net.h"
#include "record.h"
#include "trace.h"
#include "watch.h"

static_assert(sizeof(struct vigil_watch) + VIGIL_OWNER_LEN_MAX +
	      VIGIL_TAG_LEN_MAX <= VIGIL_WATCH_BYTES_MAX);

static atomic64_t last_id;

/**
 * vigil_watch_put - give back a reference
 * @w: the watch
 *
 * The memory waits for RCU: a resize of the table may still be looking at it.
 */
void vigil_watch_put(struct vigil_watch *w)
{
	if (!refcount_dec_and_test(&w->refs))
		return;
	put_pid(w->pid);
	kfree_rcu(w, rcu);
}

/*
 * ALIVE -> DEAD. The union's wait entry ends where the exit record begins to
 * be written, so it must be off the queue by then.
 */
static void become_dead(struct vigil_watch *w)
{
	lockdep_assert_held(&w->pid->wait_pidfd.lock);
	list_del(&w->wait.entry);
	memset(&w->exit, 0, sizeof(w->exit));
	w->state = VIGIL_WATCH_STATE_DEAD;
	atomic_inc(&w->vn->dead);
	vigil_death_stamp(&w->exit);
}

/* The exit record is whole: the watch's own event goes first, then its aspects are told. */
static void hand_over(struct vigil_watch *w)
{
	lockdep_assert_held(&w->pid->wait_pidfd.lock);
	trace_vigil_death(w);
	refcount_inc(&w->refs);
	vigil_event_pending(&w->pending);
	vigil_aspects_dead(w);
}

static void describe(struct vigil_watch *w, struct vigil_exit *exit,
		     struct task_struct *leader)
{
	vigil_death_describe(exit, leader);
	if (w->doom && exit->cause == VIGIL_CAUSE_SIGNALLED &&
	    (exit->status & WAIT_STATUS_SIGNAL) == SIGKILL)
		exit->cause = w->doom;
}

/*
 * Wait queue callback. The kernel wakes this queue when the group is dead, on
 * some kernels also when a leader dies before its threads or when a
 * traced leader dies, and again at the reaping: look, and stay on the queue if it was not the end.
 *
 * Context: under tasklist_lock and the queue's lock, interrupts off. The last dying
 * thread is current or on its way out, so its leader is still hashed.
 */
static int death_seen(struct wait_queue_entry *wait, unsigned int mode,
		      int flags, void *poll_key)
{
	struct vigil_watch *w = container_of(wait, struct vigil_watch, wait);
	struct task_struct *leader = pid_task(w->pid, PIDTYPE_TGID);

	if (leader && !vigil_group_is_dead(leader))
		return 0;
	become_dead(w);
	if (leader)
		describe(w, &w->exit, leader);
	hand_over(w);
	return 0;
}

/*
 * Describe a death that no wake-up will tell of. If the parent reaps the
 * process in this very moment, its accounts are being moved about: then it
 * counts as reaped before, and nothing is told rather than something wrong.
 */
static void describe_unseen(struct vigil_watch *w, struct task_struct *leader)
{
	struct vigil_exit seen = { };

	describe(w, &seen, leader);
	if (pid_task(w->pid, PIDTYPE_TGID) != leader)
		return;
	seen.boottime_ns = w->exit.boottime_ns;
	seen.realtime_ns = w->exit.realtime_ns;
	w->exit = seen;
}

/*
 * The process may have died before the entry was on its queue: then no wake-up
 * comes. A wake-up that took the queue's lock before this did set exit_state
 * before that, so it is seen here; one that takes it later finds the entry.
 *
 * The leader is looked up again after the look at its state: if it was replaced by an exec
 * in between, that state told nothing.
 */
static void claim_dead(struct vigil_watch *w)
{
	struct task_struct *leader;

	lockdep_assert_held(&w->pid->wait_pidfd.lock);
	rcu_read_lock();
	leader = pid_task(w->pid, PIDTYPE_TGID);
	if (!leader || (vigil_group_is_dead(leader) &&
			pid_task(w->pid, PIDTYPE_TGID) == leader)) {
		become_dead(w);
		if (leader)
			describe_unseen(w, leader);
		hand_over(w);
	}
	rcu_read_unlock();
}

static unsigned int watches_on(struct wait_queue_head *queue)
{
	struct wait_queue_entry *e;
	unsigned int n = 0;

	lockdep_assert_held(&queue->lock);
	list_for_each_entry(e, &queue->head, entry)
		n += e->func == death_seen;
	return n;
}

/**
 * vigil_watch_begin - watch for the death from now on
 * @w: a new watch
 *
 * A process that is dead already is seen at once.
 *
 * Context: any.
 * Return: 0, or -EUSERS if too many owners watch the process.
 */
int vigil_watch_begin(struct vigil_watch *w)
{
	struct wait_queue_head *queue = &w->pid->wait_pidfd;
	unsigned long flags;
	int err = -EUSERS;

	spin_lock_irqsave(&queue->lock, flags);
	if (watches_on(queue) < VIGIL_WATCHES_PER_PROCESS_MAX) {
		__add_wait_queue(queue, &w->wait);
		claim_dead(w);
		err = 0;
	}
	spin_unlock_irqrestore(&queue->lock, flags);
	return err;
}

/**
 * vigil_watch_end - watch no longer, and end its aspects
 * @w: the watch; begun or not
 *
 * After this no callback runs on it: they run under the queue's lock, or an aspect makes them
 * until it is stopped.
 *
 * Context: process context, may sleep.
 */
void vigil_watch_end(struct vigil_watch *w)
{
	struct vigil_aspect *first;
	unsigned long flags;

	spin_lock_irqsave(&w->pid->wait_pidfd.lock, flags);
	if (w->state == VIGIL_WATCH_STATE_ALIVE)
		list_del_init(&w->wait.entry);
	first = w->aspects;
	w->aspects = NULL;
	spin_unlock_irqrestore(&w->pid->wait_pidfd.lock, flags);
	vigil_aspects_stop(first, w);
	vigil_aspects_end(first, w);
}

/**
 * vigil_watches_dying - tell every watch of a process that it is certain to die
 * @pid: the process
 *
 * Context: any but under the lock of its wait queue; does not sleep or allocate.
 */
void vigil_watches_dying(struct pid *pid)
{
	struct wait_queue_head *queue = &pid->wait_pidfd;
	struct wait_queue_entry *e;
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	list_for_each_entry(e, &queue->head, entry)
		if (e->func == death_seen)
			vigil_aspects_dying(container_of(e, struct vigil_watch, wait));
	spin_unlock_irqrestore(&queue->lock, flags);
}

/**
 * vigil_watch_note - note an event of a process that lives
 * @w: the watch
 * @p: the event; a reference to @w comes with it
 *
 * Its number comes before that of the DEAD event.
 *
 * Context: any; does not sleep or allocate.
 * Return: false if the process is dead, and the event is not noted.
 */
bool vigil_watch_note(struct vigil_watch *w, struct vigil_pending *p)
{
	unsigned long flags;
	bool alive;

	spin_lock_irqsave(&w->pid->wait_pidfd.lock, flags);
	alive = w->state == VIGIL_WATCH_STATE_ALIVE;
	if (alive) {
		refcount_inc(&w->refs);
		vigil_event_pending(p);
	}
	spin_unlock_irqrestore(&w->pid->wait_pidfd.lock, flags);
	return alive;
}

/**
 * vigil_pid_is_init - whether a process is the node's first
 * @pid: the process
 *
 * A signal of the kernel's own kills it, too, and the node goes down with it: what can
 * lead to that is refused.
 *
 * Context: any.
 * Return: true if so.
 */
bool vigil_pid_is_init(struct pid *pid)
{
	return pid_nr(pid) == 1;
}

/**
 * vigil_watch_kill - send SIGKILL, and note why for the exit record
 * @w: the watch
 * @why: VIGIL_CAUSE_HUNG or VIGIL_CAUSE_FENCED; the first of several counts
 *
 * Context: any but hard interrupts; does not sleep.
 */
void vigil_watch_kill(struct vigil_watch *w, enum vigil_cause why)
{
	unsigned long flags;

	spin_lock_irqsave(&w->pid->wait_pidfd.lock, flags);
	if (!w->doom)
		w->doom = why;
	spin_unlock_irqrestore(&w->pid->wait_pidfd.lock, flags);
	kill_pid(w->pid, SIGKILL, 1);
}

static u64 start_of(struct pid *pid)
{
	struct task_struct *leader;
	u64 ns = 0;

	rcu_read_lock();
	leader = pid_task(pid, PIDTYPE_TGID);
	if (leader)
		ns = leader->start_boottime;
	rcu_read_unlock();
	return ns;
}

/**
 * vigil_watch_alloc - make a watch that does not watch yet
 * @vn: its namespace
 * @pid: the process, dead or alive
 * @p: owner, tag and the like
 *
 * Context: process context, may sleep.
 * Return: the watch with one reference, or NULL.
 */
struct vigil_watch *vigil_watch_alloc(struct vigil_net *vn, struct pid *pid,
				      const struct vigil_watch_params *p)
{
	struct vigil_watch *w;

	w = kzalloc(struct_size(w, names, p->owner_len + p->tag_len),
		    GFP_KERNEL_ACCOUNT);
	if (!w)
		return NULL;
	w->id = atomic64_inc_return(&last_id);
	w->vn = vn;
	w->pid = get_pid(pid);
	w->start_ns = start_of(pid);
	refcount_set(&w->refs, 1);
	w->portid = p->portid;
	w->tgid = pid_nr_ns(pid, task_active_pid_ns(current));
	w->flags = p->flags;
	w->state = VIGIL_WATCH_STATE_ALIVE;
	w->owner_len = p->owner_len;
	w->tag_len = p->tag_len;
	memcpy(w->names, p->owner, p->owner_len);
	memcpy(w->names + p->owner_len, p->tag, p->tag_len);
	w->pending.ops = &vigil_dead_event;
	init_waitqueue_func_entry(&w->wait, death_seen);
	INIT_LIST_HEAD(&w->wait.entry);
	return w;
}
