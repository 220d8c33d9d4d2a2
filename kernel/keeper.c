// SPDX-License-Identifier: GPL-2.0
/* The keeper: the node's agent, which the kernel brings back. */
/*
 *         set, by the first keeper or by one that takes over
 *   NONE ----------------------------------------------------> KEPT <-------- set, by the respawned
 *    ^                                                        |    |           process or by another
 *    | resign, from any state;                    it is gone  |    | it is hung:       |
 *    | the watch of a KEPT one is                             |    | kill it           |
 *    | released                                               |    v                   |
 *    |                                                        |   LOST <------+        |
 *    |                                                        |    | gone     | it failed:
 *    |                                                        |    |          | pause; or it is late: kill it
 *    |                                                        v    v          |        |
 *    +---------------------------- EXHAUSTED <--- too many? ------------> RESPAWNING --+
 *                                   |    ^
 *                        it is gone |    | LOST, and cannot be killed, or no respawn comes to its end
 *                                   +----+
 *
 * 1. Every transition is made under the lock, by a request or by vigil_keeper_step(). Interrupts only
 *    leave a note (prey, seat->hung) and queue the work that calls it; requests call it first.
 * 2. At most one process is the prey: the one whose death matters. KEPT: the keeper. RESPAWNING: the
 *    respawned process, from before its exec. LOST: what is being killed, or none during a pause.
 * 3. No process is respawned while there is a prey, so never two. Nothing but the prey is ever killed:
 *    its children are the jobs.
 * 4. In LOST and RESPAWNING there is a deadline, so neither lasts.
 * 5. At most respawn-max respawns begin within window-ms; the one too many is EXHAUSTED instead.
 * 6. At most one respawn is between fork and exec ("spawning"), and pins the module.
 * 7. Each transition is told by one event, in their order, after the DEAD event that caused it.
 * 8. A keeper that is resigned or replaced is forgotten: its death fires nothing.
 */
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "keeper.h"
#include "keeper_news.h"
#include "keeper_prey.h"
#include "keeper_seat.h"
#include "keeper_spawn.h"
#include "keeper_state.h"
#include "limits.h"
#include "plan.h"
#include "record.h"
#include "resort.h"
#include "watch.h"

struct vigil_keeper vigil_keeper = {
	.lock = __MUTEX_INITIALIZER(vigil_keeper.lock),
	.prey = { .wake = vigil_keeper_wake },
	.setting = {
		[VIGIL_KEEPER_RESPAWN_MAX] = VIGIL_KEEPER_RESPAWN_MAX_DEFAULT,
		[VIGIL_KEEPER_WINDOW_MS] = VIGIL_KEEPER_WINDOW_MS_DEFAULT,
		[VIGIL_KEEPER_REGISTER_MS] = VIGIL_KEEPER_REGISTER_MS_DEFAULT,
		[VIGIL_KEEPER_LAST_RESORT] = VIGIL_KEEPER_LAST_RESORT_REPORT,
	},
};

static struct vigil_keeper *const k = &vigil_keeper;

static struct workqueue_struct *queue;
static void step_fn(struct work_struct *work);
static void late_fn(struct work_struct *work);
static DECLARE_WORK(step_work, step_fn);
static DECLARE_DELAYED_WORK(late_work, late_fn);

/* Takes no lock: interrupts call it. */
void vigil_keeper_wake(void)
{
	queue_work(queue, &step_work);
}

static u64 ms_to_ns(u32 ms)
{
	return (u64)ms * NSEC_PER_MSEC;
}

static void await_deadline(u64 left_ns)
{
	lockdep_assert_held(&k->lock);
	mod_delayed_work(queue, &late_work, nsecs_to_jiffies(left_ns) + 1);
}

/* The work compares the time with the deadline, so one that was queued for an older one does no harm. */
static void enter(u32 state, u32 limit_ms)
{
	lockdep_assert_held(&k->lock);
	WRITE_ONCE(k->state, state);
	WRITE_ONCE(k->deadline_ns, limit_ms ? ktime_get_boottime_ns() + ms_to_ns(limit_ms) : 0);
	if (limit_ms)
		await_deadline(ms_to_ns(limit_ms));
	else
		cancel_delayed_work(&late_work);
}

static void tell(u32 stage, u32 why, int error)
{
	struct vigil_keeper_news news = {
		.stage = stage,
		.why = why,
		.error = error,
		.pid = k->pid,
		.respawns = vigil_keeper_respawns(),
		.last_resort = k->setting[VIGIL_KEEPER_LAST_RESORT],
	};

	lockdep_assert_held(&k->lock);
	vigil_keeper_tell(&news);
}

/* LOST, RESPAWNING -> EXHAUSTED. One that is exhausted already has told so. */
static void exhaust(u32 why)
{
	lockdep_assert_held(&k->lock);
	if (k->state == VIGIL_KEEPER_STATE_EXHAUSTED)
		return;
	enter(VIGIL_KEEPER_STATE_EXHAUSTED, 0);
	tell(VIGIL_KEEPER_STAGE_EXHAUSTED, why, 0);
	vigil_last_resort(k->setting[VIGIL_KEEPER_LAST_RESORT]);
}

/* LOST, EXHAUSTED -> RESPAWNING; unless the module is being unloaded. The respawn waits for the lock. */
static void spawn(void)
{
	lockdep_assert_held(&k->lock);
	if (!vigil_keeper_spawn())
		return;
	enter(VIGIL_KEEPER_STATE_RESPAWNING, k->setting[VIGIL_KEEPER_REGISTER_MS]);
}

/* Nothing is left of the last one. A fork of ours that has not come to its end may yet. */
static void bring_back(void)
{
	lockdep_assert_held(&k->lock);
	if (k->spawning)
		exhaust(VIGIL_KEEPER_WHY_STUCK);
	else if (vigil_keeper_respawns() >= k->setting[VIGIL_KEEPER_RESPAWN_MAX])
		exhaust(VIGIL_KEEPER_WHY_LIMIT);
	else
		spawn();
}

/* RESPAWNING -> LOST. What fails at once would fail at once again: pause, each time for longer. */
static void failed(u32 why, int error)
{
	unsigned int shift = min_t(unsigned int, k->failures, VIGIL_KEEPER_PAUSE_SHIFT_MAX);

	lockdep_assert_held(&k->lock);
	k->failures++;
	tell(VIGIL_KEEPER_STAGE_RESPAWN_FAILED, why, error);
	if (vigil_keeper_respawns() >= k->setting[VIGIL_KEEPER_RESPAWN_MAX])
		exhaust(VIGIL_KEEPER_WHY_LIMIT);
	else
		enter(VIGIL_KEEPER_STATE_LOST, VIGIL_KEEPER_PAUSE_MS << shift);
}

static bool has_hung(void)
{
	lockdep_assert_held(&k->lock);
	return k->seat && READ_ONCE(k->seat->hung);
}

static void gone(void)
{
	lockdep_assert_held(&k->lock);
	vigil_prey_drop(&k->prey);
	switch (k->state) {
	case VIGIL_KEEPER_STATE_KEPT:
		enter(VIGIL_KEEPER_STATE_LOST, VIGIL_KEEPER_KILL_MS);
		tell(VIGIL_KEEPER_STAGE_LOST, has_hung() ? VIGIL_KEEPER_WHY_HUNG :
		     VIGIL_KEEPER_WHY_DEAD, 0);
		bring_back();
		break;
	case VIGIL_KEEPER_STATE_RESPAWNING:
		failed(VIGIL_KEEPER_WHY_DEAD, 0);
		break;
	case VIGIL_KEEPER_STATE_LOST:
	case VIGIL_KEEPER_STATE_EXHAUSTED:
		bring_back();
		break;
	}
}

/* KEPT -> LOST. The kill was sent where the missed beat was found; it does no harm twice. */
static void hung(void)
{
	lockdep_assert_held(&k->lock);
	enter(VIGIL_KEEPER_STATE_LOST, VIGIL_KEEPER_KILL_MS);
	tell(VIGIL_KEEPER_STAGE_LOST, VIGIL_KEEPER_WHY_HUNG, 0);
	vigil_prey_kill(&k->prey);
}

static void late(void)
{
	lockdep_assert_held(&k->lock);
	if (k->state == VIGIL_KEEPER_STATE_RESPAWNING) {
		k->failures++;
		enter(VIGIL_KEEPER_STATE_LOST, VIGIL_KEEPER_KILL_MS);
		tell(VIGIL_KEEPER_STAGE_RESPAWN_FAILED, VIGIL_KEEPER_WHY_LATE, 0);
		vigil_prey_kill(&k->prey);
	} else if (k->prey.gone.pid) {
		exhaust(VIGIL_KEEPER_WHY_STUCK);
	} else {
		bring_back();
	}
}

/* A respawned process that dies between fork and exec is an exec that failed, and spawned() tells of it. */
static bool exec_will_tell(void)
{
	return k->spawning && (k->state == VIGIL_KEEPER_STATE_RESPAWNING ||
			      k->state == VIGIL_KEEPER_STATE_LOST);
}

/**
 * vigil_keeper_step - make of the news what has become of the keeper
 *
 * Context: under the keeper's lock.
 */
void vigil_keeper_step(void)
{
	lockdep_assert_held(&k->lock);
	if (!exec_will_tell() && vigil_prey_is_gone(&k->prey))
		gone();
	if (k->state == VIGIL_KEEPER_STATE_KEPT && has_hung())
		hung();
	if (k->deadline_ns && ktime_get_boottime_ns() >= k->deadline_ns)
		late();
}

static void step_fn(struct work_struct *work)
{
	mutex_lock(&k->lock);
	vigil_keeper_step();
	mutex_unlock(&k->lock);
}

/*
 * Jiffies are counted late where a guest stands still, and then many at once: a timer that was armed
 * meanwhile runs before the clock has come to the deadline. What is left is waited for, or nothing
 * would look at the deadline any more.
 */
static void late_fn(struct work_struct *work)
{
	u64 now_ns;

	mutex_lock(&k->lock);
	vigil_keeper_step();
	now_ns = ktime_get_boottime_ns();
	if (k->deadline_ns > now_ns)
		await_deadline(k->deadline_ns - now_ns);
	mutex_unlock(&k->lock);
}

static void tell_spawned(void)
{
	lockdep_assert_held(&k->lock);
	if (k->spawn_told)
		return;
	k->spawn_told = true;
	tell(VIGIL_KEEPER_STAGE_RESPAWNED, VIGIL_KEEPER_WHY_NONE, 0);
}

/*
 * The exec is done, or it failed. If the state is another by now, somebody else registered or resigned, and
 * then the process is let be; or it came too late for its deadline and has been killed, or never began.
 */
static void spawned(int err)
{
	lockdep_assert_held(&k->lock);
	k->spawning = false;
	switch (k->state) {
	case VIGIL_KEEPER_STATE_RESPAWNING:
		if (err) {
			vigil_prey_drop(&k->prey);
			failed(VIGIL_KEEPER_WHY_EXEC, -err);
		} else {
			tell_spawned();
		}
		break;
	case VIGIL_KEEPER_STATE_LOST:
	case VIGIL_KEEPER_STATE_EXHAUSTED:
		if (err)
			gone();
		break;
	}
	vigil_keeper_step();
}

/**
 * vigil_keeper_spawned - the exec is done, or it failed, or nothing was begun
 * @err: 0 or the error
 *
 * Context: process context, may sleep.
 */
void vigil_keeper_spawned(int err)
{
	mutex_lock(&k->lock);
	spawned(err);
	mutex_unlock(&k->lock);
}

static void forget(void)
{
	lockdep_assert_held(&k->lock);
	vigil_prey_drop(&k->prey);
	WRITE_ONCE(k->seat, NULL);
	k->id = 0;
	enter(VIGIL_KEEPER_STATE_NONE, 0);
}

/**
 * vigil_keeper_quit - any -> NONE
 * @why: enum vigil_keeper_why
 *
 * Context: under the keeper's lock.
 */
void vigil_keeper_quit(u32 why)
{
	lockdep_assert_held(&k->lock);
	forget();
	tell(VIGIL_KEEPER_STAGE_RESIGNED, why, 0);
	k->pid = 0;
	vigil_plan_put(k->plan);
	k->plan = NULL;
}

/**
 * vigil_keeper_accept - any -> KEPT
 * @w: watch of the process that is the keeper from now on
 * @seat: its seat
 * @p: as vigil_keeper_set() has it
 *
 * Context: under vn->lock and the keeper's lock.
 */
void vigil_keeper_accept(struct vigil_watch *w, struct vigil_seat *seat,
			 struct vigil_keeper_params *p)
{
	unsigned int i;

	lockdep_assert_held(&k->lock);
	if (k->state == VIGIL_KEEPER_STATE_RESPAWNING && k->spawning && k->prey.gone.pid == w->pid)
		tell_spawned();
	if (k->state == VIGIL_KEEPER_STATE_EXHAUSTED || k->state == VIGIL_KEEPER_STATE_NONE)
		memset(k->respawned_ns, 0, sizeof(k->respawned_ns));
	for (i = 0; i < VIGIL_KEEPER_SETTINGS; i++)
		if (test_bit(i, &p->given))
			WRITE_ONCE(k->setting[i], p->setting[i]);
	swap(k->plan, p->plan);
	k->pid = pid_nr(w->pid);
	k->id = w->id;
	k->failures = 0;
	WRITE_ONCE(k->seat, seat);
	vigil_prey_hunt(&k->prey, w->pid);
	enter(VIGIL_KEEPER_STATE_KEPT, 0);
	tell(VIGIL_KEEPER_STAGE_REGISTERED, VIGIL_KEEPER_WHY_NONE, 0);
	vigil_keeper_step();
}

int vigil_keeper_init(void)
{
	int err;

	queue = alloc_workqueue("vigil_keeper", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!queue)
		return -ENOMEM;
	err = vigil_keeper_sysfs_create();
	if (err)
		destroy_workqueue(queue);
	return err;
}

/*
 * The keeping ends with the module, and silently: to unload it is an operator's act. No request
 * comes any more, and a respawn pins the module but for its last instructions. With no state but NONE
 * vigil_keeper_step() does nothing; so after this no event is told, whatever is queued later.
 */
void vigil_keeper_stop(void)
{
	mutex_lock(&k->lock);
	forget();
	mutex_unlock(&k->lock);
	vigil_keeper_spawn_stop();
	cancel_delayed_work_sync(&late_work);
	cancel_work_sync(&step_work);
}

/* All watches are released: no seat is left, so none queues the work, and there is no prey. */
void vigil_keeper_exit(void)
{
	vigil_keeper_sysfs_remove();
	destroy_workqueue(queue);
	vigil_plan_put(k->plan);
}
