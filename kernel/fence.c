// SPDX-License-Identifier: GPL-2.0
/* Killing what is bound to a lease, until nothing of it lives. */
/*
 * Two real-time threads. The killer takes nothing but spinlocks, so no thread of lower priority can
 * hold it up, and no userspace that is stopped or stuck. The settler writes to cgroup.kill, which
 * may have to wait for the kernel's cgroup_mutex; it tells the stages, in order, and looks
 * until nothing is left. What it finds in a cgroup at a later look it kills again.
 */
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/minmax.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <net/net_namespace.h>

#include "bond.h"
#include "cgroup.h"
#include "death.h"
#include "event.h"
#include "fence.h"
#include "lease.h"
#include "lease_sysfs.h"
#include "limits.h"
#include "net.h"
#include "record.h"
#include "trace_lease.h"
#include "watch.h"

static struct kthread_worker *killer, *settler;

/*
 * Picks living bonds and takes a reference to the watch of each: while the bond is on the list,
 * its watch has not been released.
 */
static unsigned int pick(struct vigil_lease *l, struct vigil_watch **batch)
{
	struct vigil_bond *b, *next;
	unsigned long flags;
	unsigned int n = 0;

	spin_lock_irqsave(&l->lock, flags);
	list_for_each_entry_safe(b, next, &l->alive, node) {
		if (n == VIGIL_FENCE_BATCH)
			break;
		list_move_tail(&b->node, &l->doomed);
		refcount_inc(&b->watch->refs);
		batch[n++] = b->watch;
	}
	spin_unlock_irqrestore(&l->lock, flags);
	return n;
}

static void kill_batch(struct vigil_watch **batch, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		vigil_watch_kill(batch[i], VIGIL_CAUSE_FENCED);
		vigil_watch_put(batch[i]);
	}
}

static void note_kill(struct vigil_lease *l)
{
	unsigned long flags;

	spin_lock_irqsave(&l->lock, flags);
	l->killed = true;
	l->kill_late_ns = ktime_get_boottime_ns() - l->due_ns;
	trace_vigil_lease_killed(l, l->kill_late_ns);
	spin_unlock_irqrestore(&l->lock, flags);
}

static void kill_fn(struct kthread_work *work)
{
	struct vigil_lease *l = container_of(work, struct vigil_lease, kill);
	struct vigil_watch *batch[VIGIL_FENCE_BATCH];
	unsigned int n;

	for (n = pick(l, batch); n; n = pick(l, batch))
		kill_batch(batch, n);
	note_kill(l);
	kthread_mod_delayed_work(settler, &l->settle, 0);
}

/* Returns whether any was killed. The list is this thread's alone while the lease is FENCING. */
static bool kill_cgroups(struct vigil_lease *l)
{
	struct vigil_cgroup *cg;
	bool killed = false;

	list_for_each_entry(cg, &l->cgroups, node) {
		if (!vigil_cgroup_populated(cg))
			continue;
		vigil_cgroup_kill(cg);
		killed = true;
	}
	return killed;
}

static void tell(struct vigil_lease *l, enum vigil_lease_stage stage)
{
	struct vigil_event ev = { .type = VIGIL_EVENT_TYPE_LEASE };
	unsigned long flags;

	spin_lock_irqsave(&l->lock, flags);
	ev.lease.stage = stage;
	ev.lease.epoch = l->held_epoch;
	ev.lease.timer_late_ns = l->timer_late_ns;
	ev.lease.kill_late_ns = l->kill_late_ns;
	strscpy(ev.lease.name, l->name, sizeof(ev.lease.name));
	spin_unlock_irqrestore(&l->lock, flags);
	vigil_event_tell(vigil_net_of(&init_net), &ev);
}

/* All SIGKILLs of the first round are sent. */
static void tell_begun(struct vigil_lease *l, bool by_cgroup)
{
	if (by_cgroup)
		note_kill(l);
	if (l->stage == VIGIL_LEASE_STAGE_EXPIRED)
		vigil_lease_note_late(l->timer_late_ns, l->kill_late_ns);
	tell(l, l->stage);
	l->told = true;
}

static bool process_gone(struct pid *pid)
{
	struct task_struct *leader;
	bool gone;

	rcu_read_lock();
	leader = pid_task(pid, PIDTYPE_TGID);
	gone = !leader || (vigil_group_is_dead(leader) &&
			   pid_task(pid, PIDTYPE_TGID) == leader);
	rcu_read_unlock();
	return gone;
}

static void look_for_orphans(struct vigil_lease *l)
{
	struct vigil_bond *b, *next;

	lockdep_assert_held(&l->lock);
	list_for_each_entry_safe(b, next, &l->doomed, node)
		if (b->orphan && process_gone(b->orphan))
			vigil_bond_died(b);
}

/* FENCING -> FENCED. Every DEAD event was noted before its bond heard of the death. */
static void become_fenced(struct vigil_lease *l)
{
	LIST_HEAD(cgroups);
	unsigned long flags;

	vigil_events_flush();
	spin_lock_irqsave(&l->lock, flags);
	vigil_bonds_forget(l, &cgroups);
	l->state = VIGIL_LEASE_STATE_FENCED;
	trace_vigil_lease_fenced(l);
	spin_unlock_irqrestore(&l->lock, flags);
	vigil_cgroups_close(&cgroups);
	atomic64_inc(&vigil_lease_counts.fenced);
	tell(l, VIGIL_LEASE_STAGE_FENCED);
}

static void look_again(struct vigil_lease *l)
{
	kthread_queue_delayed_work(settler, &l->settle, msecs_to_jiffies(l->look_ms));
	l->look_ms = min_t(unsigned int, 2 * l->look_ms, VIGIL_FENCE_LOOK_MS_MAX);
}

/* Returns false until the killer has come to the end, and once the lease is no longer FENCING. */
static bool look(struct vigil_lease *l, bool *left)
{
	unsigned long flags;
	bool mine;

	spin_lock_irqsave(&l->lock, flags);
	look_for_orphans(l);
	*left = l->living;
	mine = l->state == VIGIL_LEASE_STATE_FENCING && l->killed;
	spin_unlock_irqrestore(&l->lock, flags);
	return mine;
}

/* The killer asks for a look when it is done; a death may ask before, or when all is over. */
static void settle_fn(struct kthread_work *work)
{
	struct vigil_lease *l = container_of(work, struct vigil_lease, settle.work);
	bool left, killed;

	if (!look(l, &left))
		return;
	killed = kill_cgroups(l);
	if (!l->told)
		tell_begun(l, killed);
	if (left || killed)
		look_again(l);
	else
		become_fenced(l);
}

/**
 * vigil_fence_prepare - make a new lease ready to be fenced
 * @l: the lease
 */
void vigil_fence_prepare(struct vigil_lease *l)
{
	kthread_init_work(&l->kill, kill_fn);
	kthread_init_delayed_work(&l->settle, settle_fn);
}

/**
 * vigil_fence_start - kill what is bound to a lease that has just become FENCING
 * @l: the lease
 *
 * Context: under l->lock, interrupts included.
 */
void vigil_fence_start(struct vigil_lease *l)
{
	lockdep_assert_held(&l->lock);
	l->look_ms = VIGIL_FENCE_LOOK_MS_MIN;
	l->told = false;
	l->killed = false;
	kthread_queue_work(killer, &l->kill);
}

/**
 * vigil_fence_look - look at once whether anything is left
 * @l: the lease
 *
 * Context: under l->lock, interrupts included.
 */
void vigil_fence_look(struct vigil_lease *l)
{
	lockdep_assert_held(&l->lock);
	kthread_mod_delayed_work(settler, &l->settle, 0);
}

/**
 * vigil_fence_stop - wait for what runs on a lease, and let nothing more run
 * @l: the lease; it is not FENCING and does not become so any more
 *
 * Context: process context, sleeps.
 */
void vigil_fence_stop(struct vigil_lease *l)
{
	kthread_cancel_work_sync(&l->kill);
	kthread_cancel_delayed_work_sync(&l->settle);
}

static struct kthread_worker *start_worker(const char *name)
{
	struct kthread_worker *worker = kthread_create_worker(0, "%s", name);

	if (!IS_ERR(worker))
		sched_set_fifo(worker->task);
	return worker;
}

int vigil_fence_init(void)
{
	killer = start_worker("vigil_killer");
	if (IS_ERR(killer))
		return PTR_ERR(killer);
	settler = start_worker("vigil_settler");
	if (!IS_ERR(settler))
		return 0;
	kthread_destroy_worker(killer);
	return PTR_ERR(settler);
}

/* No lease is left, so neither has anything to do. */
void vigil_fence_exit(void)
{
	kthread_destroy_worker(settler);
	kthread_destroy_worker(killer);
}
