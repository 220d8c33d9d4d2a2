// SPDX-License-Identifier: GPL-2.0
/* The respawning of the keeper: a fork and an exec by the kernel's user-mode helper; and how often. */
#include <linux/cred.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/time64.h>
#include <linux/umh.h>
#include <linux/workqueue.h>

#include "keeper_prey.h"
#include "keeper_spawn.h"
#include "keeper_state.h"
#include "plan.h"

static struct vigil_keeper *const k = &vigil_keeper;

/* In the respawned process, before its exec. */
static int note_child(struct subprocess_info *info, struct cred *new)
{
	int err = -ECANCELED;

	mutex_lock(&k->lock);
	if (k->state == VIGIL_KEEPER_STATE_RESPAWNING) {
		k->pid = task_tgid_nr(current);
		vigil_prey_hunt(&k->prey, task_tgid(current));
		err = 0;
	}
	mutex_unlock(&k->lock);
	return err;
}

static int run(struct vigil_keeper_plan *plan)
{
	struct subprocess_info *info;

	info = call_usermodehelper_setup(plan->argv[0], plan->argv, plan->envp, GFP_KERNEL,
					 note_child, NULL, NULL);
	return info ? call_usermodehelper_exec(info, UMH_WAIT_EXEC) : -ENOMEM;
}

/* NULL if another registered or resigned before this. */
static struct vigil_keeper_plan *plan_of_respawn(void)
{
	struct vigil_keeper_plan *plan = NULL;

	mutex_lock(&k->lock);
	if (k->state == VIGIL_KEEPER_STATE_RESPAWNING)
		plan = vigil_plan_get(k->plan);
	mutex_unlock(&k->lock);
	return plan;
}

/* After UMH_WAIT_EXEC nothing of the respawned process runs in this module. */
static void spawn_fn(struct work_struct *work)
{
	struct vigil_keeper_plan *plan = plan_of_respawn();
	int err = plan ? run(plan) : -ECANCELED;

	vigil_plan_put(plan);
	vigil_keeper_spawned(err);
	module_put(THIS_MODULE);
}

static DECLARE_WORK(spawn_work, spawn_fn);

/**
 * vigil_keeper_spawn - respawn the keeper by its plan, if it is RESPAWNING once the lock is free
 *
 * The module is pinned by this until vigil_keeper_spawned() was called; unless it is being unloaded.
 *
 * Context: under the keeper's lock; no other respawn is between fork and exec.
 * Return: false if the module is being unloaded, and nothing begins.
 */
bool vigil_keeper_spawn(void)
{
	lockdep_assert_held(&k->lock);
	if (!try_module_get(THIS_MODULE))
		return false;
	k->last = (k->last + 1) % ARRAY_SIZE(k->respawned_ns);
	k->respawned_ns[k->last] = ktime_get_boottime_ns();
	k->spawning = true;
	k->spawn_told = false;
	queue_work(system_unbound_wq, &spawn_work);
	return true;
}

/**
 * vigil_keeper_respawns - respawns that began in the window of time, which slides
 *
 * Context: under the keeper's lock.
 * Return: how many.
 */
u32 vigil_keeper_respawns(void)
{
	u64 window_ns = (u64)k->setting[VIGIL_KEEPER_WINDOW_MS] * NSEC_PER_MSEC;
	u64 since = ktime_get_boottime_ns() - window_ns;
	unsigned int i;
	u32 n = 0;

	lockdep_assert_held(&k->lock);
	for (i = 0; i < ARRAY_SIZE(k->respawned_ns); i++)
		n += k->respawned_ns[i] && (s64)(k->respawned_ns[i] - since) > 0;
	return n;
}

/**
 * vigil_keeper_spawn_stop - wait for the last instructions of a respawn, which pins the module but for them
 *
 * Context: process context, sleeps.
 */
void vigil_keeper_spawn_stop(void)
{
	cancel_work_sync(&spawn_work);
}
