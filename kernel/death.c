// SPDX-License-Identifier: GPL-2.0
/* What the kernel knows of a dead thread group. */
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/oom.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "death.h"
#include "record.h"

/**
 * vigil_group_is_dead - whether no thread of a group is left
 * @leader: its leader
 *
 * The leader may be long dead while other threads live. Once this is true it
 * stays true: a dead leader makes no threads.
 *
 * Context: under tasklist_lock, which is not exported and so cannot be
 * asserted; or under RCU if the caller looks up the leader again
 * afterwards, because an exec by another thread puts a new leader in its place.
 */
bool vigil_group_is_dead(struct task_struct *leader)
{
	return READ_ONCE(leader->exit_state) && thread_group_empty(leader);
}

static u32 wait_status(struct task_struct *leader)
{
	if (leader->signal->flags & SIGNAL_GROUP_EXIT)
		return leader->signal->group_exit_code;
	return leader->exit_code;
}

/*
 * The OOM killer marks its victims before it sends SIGKILL, but it also marks
 * a process that was already exiting for another reason: both must hold.
 */
static enum vigil_cause cause(u32 status, struct task_struct *leader)
{
	u32 sig = status & WAIT_STATUS_SIGNAL;

	if (!sig)
		return VIGIL_CAUSE_EXITED;
	if (sig == SIGKILL && tsk_is_oom_victim(leader))
		return VIGIL_CAUSE_OOM_KILLED;
	if (status & WAIT_STATUS_CORE)
		return VIGIL_CAUSE_CORE_DUMPED;
	return VIGIL_CAUSE_SIGNALLED;
}

/*
 * The run time is exact but for the last tick; what share of it was system
 * time is only sampled, once a tick. Scale the samples to the run time, as the scheduler's
 * cputime_adjust() does for wait4(2).
 */
static void cpu_times(struct vigil_exit *exit, struct task_struct *leader)
{
	struct signal_struct *sig = leader->signal;
	u64 run = sig->sum_sched_runtime + leader->se.sum_exec_runtime;
	u64 user = sig->utime + leader->utime;
	u64 sys = sig->stime + leader->stime;

	if (!sys)
		exit->stime_ns = 0;
	else if (!user)
		exit->stime_ns = run;
	else
		exit->stime_ns = mul_u64_u64_div_u64(sys, run, sys + user);
	exit->utime_ns = run - exit->stime_ns;
}

/**
 * vigil_death_stamp - note the time of a death
 * @exit: gets the time
 */
void vigil_death_stamp(struct vigil_exit *exit)
{
	exit->boottime_ns = ktime_get_boottime_ns();
	exit->realtime_ns = ktime_get_real_ns();
}

/**
 * vigil_death_describe - note how a thread group died
 * @exit: gets everything but the time and the sequence number
 * @leader: leader of the group; vigil_group_is_dead() holds
 *
 * Context: any; does not sleep or allocate. @leader cannot be freed meanwhile, nor its
 * signal_struct, which is freed with the last of its tasks.
 */
void vigil_death_describe(struct vigil_exit *exit, struct task_struct *leader)
{
	exit->status = wait_status(leader);
	exit->cause = cause(exit->status, leader);
	exit->maxrss_kib = leader->signal->maxrss << (PAGE_SHIFT - 10);
	cpu_times(exit, leader);
	strscpy(exit->comm, leader->comm, sizeof(exit->comm));
}
