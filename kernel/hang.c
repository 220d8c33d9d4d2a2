// SPDX-License-Identifier: GPL-2.0
/* What a process that does not beat is doing. */
/*
 * Seen from outside, without its help and without a lock: a snapshot. The list of a process's
 * threads is walked under RCU, as far as a bound; new threads come at its end, so that two
 * walks meet the same ones.
 */
#include <linux/cgroup.h>
#include <linux/pid.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "hang.h"
#include "limits.h"

/* The kernel's own macro names tasklist_lock, which modules cannot. */
#define for_each_thread_rcu(leader, t) \
	list_for_each_entry_rcu(t, &(leader)->signal->thread_head, thread_node)

static u64 cpu_ns_of(struct task_struct *leader)
{
	u64 ns = leader->signal->sum_sched_runtime;
	struct task_struct *t;
	unsigned int n = 0;

	for_each_thread_rcu(leader, t) {
		if (n++ == VIGIL_HANG_THREADS_MAX)
			break;
		ns += READ_ONCE(t->se.sum_exec_runtime);
	}
	return ns;
}

/**
 * vigil_hang_cpu_ns - CPU time that a process has used so far
 * @pid: the process
 *
 * Exact but for the last tick of threads that run now. 0 if it is gone.
 *
 * Context: any.
 * Return: the time.
 */
u64 vigil_hang_cpu_ns(struct pid *pid)
{
	struct task_struct *leader;
	u64 ns = 0;

	rcu_read_lock();
	leader = pid_task(pid, PIDTYPE_TGID);
	if (leader)
		ns = cpu_ns_of(leader);
	rcu_read_unlock();
	return ns;
}

/* Who waits for a vfork counts as frozen too: that alone tells nothing. */
static bool is_frozen(struct task_struct *t)
{
	return cgroup_task_frozen(t) && READ_ONCE(t->jobctl) & JOBCTL_TRAP_FREEZE;
}

static bool is_stopped(struct task_struct *t)
{
	return task_is_stopped_or_traced(t) || is_frozen(t) ||
	       READ_ONCE(t->__state) & TASK_FROZEN;
}

static bool is_uninterruptible(struct task_struct *t)
{
	unsigned int state = READ_ONCE(t->__state);

	return state & TASK_UNINTERRUPTIBLE && !(state & TASK_NOLOAD);
}

static void look_at_threads(struct task_struct *leader, bool *stopped, bool *uninterruptible)
{
	struct task_struct *t;
	unsigned int n = 0;

	for_each_thread_rcu(leader, t) {
		if (n++ == VIGIL_HANG_THREADS_MAX)
			break;
		*stopped |= is_stopped(t);
		*uninterruptible |= is_uninterruptible(t);
	}
}

/**
 * vigil_hang_state - what a process is doing
 * @pid: the process
 * @cpu_ns: CPU time that it used lately
 * @window_ns: in how long
 *
 * Context: any.
 * Return: the state that explains most: who is stopped uses no CPU time, and need not.
 */
enum vigil_hang_state vigil_hang_state(struct pid *pid, u64 cpu_ns, u64 window_ns)
{
	bool stopped = false, uninterruptible = false;
	struct task_struct *leader;

	rcu_read_lock();
	leader = pid_task(pid, PIDTYPE_TGID);
	if (leader)
		look_at_threads(leader, &stopped, &uninterruptible);
	rcu_read_unlock();
	if (stopped)
		return VIGIL_HANG_STATE_STOPPED;
	if (uninterruptible)
		return VIGIL_HANG_STATE_UNINTERRUPTIBLE;
	if (cpu_ns >= window_ns / VIGIL_HANG_CPU_SHARE)
		return VIGIL_HANG_STATE_RUNNING;
	return VIGIL_HANG_STATE_SLEEPING;
}
