// SPDX-License-Identifier: GPL-2.0
/* What requests, files and the watchdog ask of the keeper. */
#include <linux/bitops.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/time64.h>

#include "keeper.h"
#include "keeper_seat.h"
#include "keeper_spawn.h"
#include "keeper_state.h"
#include "limits.h"
#include "net.h"
#include "plan.h"
#include "watch.h"

static struct vigil_keeper *const k = &vigil_keeper;

static const struct {
	u32 min, max;
} bounds[VIGIL_KEEPER_SETTINGS] = {
	[VIGIL_KEEPER_RESPAWN_MAX] = { 1, VIGIL_KEEPER_RESPAWN_MAX_MAX },
	[VIGIL_KEEPER_WINDOW_MS] = { VIGIL_KEEPER_MS_MIN, VIGIL_KEEPER_MS_MAX },
	[VIGIL_KEEPER_REGISTER_MS] = { VIGIL_KEEPER_MS_MIN, VIGIL_KEEPER_MS_MAX },
	[VIGIL_KEEPER_LAST_RESORT] = { 0, VIGIL_KEEPER_LAST_RESORT_REBOOT },
};

/* The process that has to go, or say so, before another may be the keeper. */
static struct pid *holder(void)
{
	lockdep_assert_held(&k->lock);
	if (k->state == VIGIL_KEEPER_STATE_KEPT || k->state == VIGIL_KEEPER_STATE_LOST)
		return k->prey.gone.pid;
	return NULL;
}

/**
 * vigil_keeper_set - a process is the keeper from now on
 * @w: its watch, in the initial network namespace
 * @p: how it is to be kept; the plan is taken over, and p->plan is what the caller must put
 * @who: gets the PID of the present keeper, if that is in the way
 *
 * Context: under vn->lock, may sleep.
 * Return: 0; -EBUSY if another process is the keeper and @p does not replace it; -ESRCH if the
 * process is dead; -EINVAL if the watch goes with its socket; -ENOMEM.
 */
int vigil_keeper_set(struct vigil_watch *w, struct vigil_keeper_params *p, pid_t *who)
{
	struct vigil_seat *seat;
	int err = 0;

	lockdep_assert_held(&w->vn->lock);
	if (w->flags & VIGIL_WATCH_FLAGS_TRANSIENT)
		return -EINVAL;
	if (READ_ONCE(w->state) == VIGIL_WATCH_STATE_DEAD)
		return -ESRCH;
	mutex_lock(&k->lock);
	vigil_keeper_step();
	*who = holder() && holder() != w->pid ? pid_nr(holder()) : 0;
	seat = *who && *who != p->replace ? NULL : vigil_seat_take(w);
	if (seat)
		vigil_keeper_accept(w, seat, p);
	else
		err = *who && *who != p->replace ? -EBUSY : -ENOMEM;
	mutex_unlock(&k->lock);
	return err;
}

/**
 * vigil_keeper_resign - there is no keeper from now on
 * @pid: only if the keeper is this process, in the initial PID namespace; 0 for whoever it is
 * @who: gets the PID of the present keeper, if that is another
 *
 * Context: process context, may sleep.
 * Return: 0; -ENOENT if there is no keeper; -ESRCH if it is another process.
 */
int vigil_keeper_resign(pid_t pid, pid_t *who)
{
	int err = 0;

	mutex_lock(&k->lock);
	vigil_keeper_step();
	*who = k->pid;
	if (k->state == VIGIL_KEEPER_STATE_NONE)
		err = -ENOENT;
	else if (pid && pid != k->pid)
		err = -ESRCH;
	else
		vigil_keeper_quit(VIGIL_KEEPER_WHY_NONE);
	mutex_unlock(&k->lock);
	return err;
}

/**
 * vigil_keeper_status - copy the keeper's state
 * @s: gets the copy; its plan is to be put
 *
 * Context: process context, may sleep.
 */
void vigil_keeper_status(struct vigil_keeper_status *s)
{
	mutex_lock(&k->lock);
	s->state = k->state;
	s->id = k->id;
	s->pid = k->pid;
	s->respawns = vigil_keeper_respawns();
	memcpy(s->setting, k->setting, sizeof(s->setting));
	s->plan = vigil_plan_get(k->plan);
	mutex_unlock(&k->lock);
}

/**
 * vigil_keeper_ok - whether the watchdog may be petted, as far as the keeper goes
 *
 * The watchdog is to bite only where the operator has chosen so. Then it does when the keeper is gone for
 * good; and when a state has outlasted its deadline by as much again as it had, since then
 * the work that should have ended it does not run any more.
 *
 * Context: any; takes no lock.
 * Return: true also if there is no keeper.
 */
bool vigil_keeper_ok(void)
{
	u64 deadline = READ_ONCE(k->deadline_ns);

	if (READ_ONCE(k->setting[VIGIL_KEEPER_LAST_RESORT]) != VIGIL_KEEPER_LAST_RESORT_BITE)
		return true;
	if (READ_ONCE(k->state) == VIGIL_KEEPER_STATE_EXHAUSTED)
		return false;
	return !deadline || ktime_get_boottime_ns() < deadline +
		(u64)READ_ONCE(k->setting[VIGIL_KEEPER_REGISTER_MS]) * NSEC_PER_MSEC;
}

/**
 * vigil_keeper_in_bounds - whether a setting may have a value
 * @which: the setting
 * @value: the value
 *
 * Return: whether it may.
 */
bool vigil_keeper_in_bounds(enum vigil_keeper_setting which, u32 value)
{
	return value >= bounds[which].min && value <= bounds[which].max;
}

/**
 * vigil_keeper_change - change a setting
 * @which: the setting
 * @value: within its bounds
 *
 * It is the next respawn's; a deadline that runs is not changed.
 *
 * Context: process context, may sleep.
 */
void vigil_keeper_change(enum vigil_keeper_setting which, u32 value)
{
	mutex_lock(&k->lock);
	WRITE_ONCE(k->setting[which], value);
	mutex_unlock(&k->lock);
}
