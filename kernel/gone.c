// SPDX-License-Identifier: GPL-2.0
/* A call when a thread group is gone. */
#include <linux/pid.h>
#include <linux/sched/signal.h>

#include "death.h"
#include "gone.h"

/*
 * Wait queue callback; as for watches, the wake-up may come early or late: look, and stay if it was
 * not the end. Under tasklist_lock and the queue's lock, interrupts off.
 */
static int woken(struct wait_queue_entry *wait, unsigned int mode, int flags, void *poll_key)
{
	struct vigil_gone *g = container_of(wait, struct vigil_gone, wait);
	struct task_struct *leader = pid_task(g->pid, PIDTYPE_TGID);

	if (leader && !vigil_group_is_dead(leader))
		return 0;
	list_del_init(&g->wait.entry);
	g->fn(g);
	return 0;
}

/*
 * Under the queue's lock, so a death that this does not see finds the entry. The leader is
 * looked up again: if an exec replaced it in between, its state told nothing.
 */
static bool dead_already(struct pid *pid)
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

/**
 * vigil_gone_begin - wait for the end of a thread group
 * @g: waits for none; its fn is set
 * @pid: the process
 *
 * The entry goes behind those that are there: what a watch notes of the death comes before the call.
 *
 * Context: any.
 * Return: false if it is gone already; then there is no call, and vigil_gone_end() is due all the same.
 */
bool vigil_gone_begin(struct vigil_gone *g, struct pid *pid)
{
	unsigned long flags;
	bool alive;

	g->pid = get_pid(pid);
	init_waitqueue_func_entry(&g->wait, woken);
	INIT_LIST_HEAD(&g->wait.entry);
	spin_lock_irqsave(&pid->wait_pidfd.lock, flags);
	alive = !dead_already(pid);
	if (alive)
		__add_wait_queue_entry_tail(&pid->wait_pidfd, &g->wait);
	spin_unlock_irqrestore(&pid->wait_pidfd.lock, flags);
	return alive;
}

/**
 * vigil_gone_end - wait no longer
 * @g: waits for a process, or for none
 *
 * The call is not running after this, nor any other that the same wake-up makes: they run under
 * the queue's lock.
 *
 * Context: any but the call itself.
 */
void vigil_gone_end(struct vigil_gone *g)
{
	unsigned long flags;

	if (!g->pid)
		return;
	spin_lock_irqsave(&g->pid->wait_pidfd.lock, flags);
	list_del_init(&g->wait.entry);
	spin_unlock_irqrestore(&g->pid->wait_pidfd.lock, flags);
	put_pid(g->pid);
	g->pid = NULL;
}
