// SPDX-License-Identifier: GPL-2.0
/* The life of a lease: granted, renewed, run out, held again. */
/*
 *                                deadline: timer_fn(), vigil_lease_catch_up()
 *   vigil_lease_alloc()          request:  vigil_lease_fence()
 *          |                               |
 *          +--> HELD ----------------------+--> FENCING ---- vigil_fence's settle() ----+
 *               ^  ^ |                           SIGKILL sent to all that is bound      |
 *               |  +-+ vigil_lease_renew(), in time                                     v
 *               +----- vigil_lease_renew(), newer epoch ----------------------------- FENCED
 *
 *   vigil_lease_end() takes it away: from FENCED, and from HELD if nothing bound to it lives.
 *
 * 1. Every transition is made under the lease's lock. A renewal looks at the clock under it, so
 *    none is granted once the deadline has passed, be the timer ever so late: exactly one of
 *    renewal and fencing wins, and who was told of a renewal in time finds nothing killed.
 * 2. The epoch never falls. A held lease's deadline never moves back.
 * 3. While it is HELD its timer is armed, for its deadline or, for a moment, for an earlier one.
 * 4. A FENCING lease stays so until every process that was bound to it when that began is dead and
 *    every cgroup handed over is empty: bonds neither come nor go meanwhile, see bond.c.
 * 5. A lease that was FENCED is held again only under an epoch newer than the one it was held under.
 */
#include <linux/list.h>
#include <linux/math64.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "bond.h"
#include "cgroup.h"
#include "fence.h"
#include "lease.h"
#include "lease_sysfs.h"
#include "trace_lease.h"

static void start_fencing(struct vigil_lease *l, enum vigil_lease_stage stage, u64 due_ns, u64 now_ns)
{
	lockdep_assert_held(&l->lock);
	l->state = VIGIL_LEASE_STATE_FENCING;
	l->stage = stage;
	l->due_ns = due_ns;
	l->timer_late_ns = now_ns - due_ns;
	if (stage == VIGIL_LEASE_STAGE_EXPIRED) {
		atomic64_inc(&vigil_lease_counts.expired);
		trace_vigil_lease_expired(l, l->timer_late_ns);
	} else {
		trace_vigil_lease_recalled(l, l->timer_late_ns);
	}
	vigil_fence_start(l);
}

static bool run_out(const struct vigil_lease *l, u64 now_ns)
{
	lockdep_assert_held(&l->lock);
	return l->state == VIGIL_LEASE_STATE_HELD && now_ns >= l->deadline_ns;
}

/**
 * vigil_lease_catch_up - HELD -> FENCING, if the deadline has passed before the timer could say so
 * @l: the lease
 *
 * Context: under l->lock.
 */
void vigil_lease_catch_up(struct vigil_lease *l)
{
	u64 now_ns = ktime_get_boottime_ns();

	if (run_out(l, now_ns))
		start_fencing(l, VIGIL_LEASE_STAGE_EXPIRED, l->deadline_ns, now_ns);
}

/*
 * A renewal that took the lock just before this has armed the timer anew, and what is
 * returned counts for nothing then. Otherwise the timer must not be lost.
 */
static enum hrtimer_restart timer_fn(struct hrtimer *timer)
{
	struct vigil_lease *l = container_of(timer, struct vigil_lease, timer);
	enum hrtimer_restart again;
	unsigned long flags;

	spin_lock_irqsave(&l->lock, flags);
	vigil_lease_catch_up(l);
	again = l->state == VIGIL_LEASE_STATE_HELD ? HRTIMER_RESTART : HRTIMER_NORESTART;
	spin_unlock_irqrestore(&l->lock, flags);
	return again;
}

static void hold(struct vigil_lease *l, u64 epoch, u64 deadline_ns)
{
	lockdep_assert_held(&l->lock);
	l->state = VIGIL_LEASE_STATE_HELD;
	l->epoch = epoch;
	l->held_epoch = epoch;
	l->deadline_ns = deadline_ns;
	hrtimer_start(&l->timer, ns_to_ktime(deadline_ns), HRTIMER_MODE_ABS);
}

/**
 * vigil_lease_alloc - make a lease whose time does not run yet
 * @g: name, epoch and deadline
 *
 * Context: process context, may sleep.
 * Return: the lease, or NULL.
 */
struct vigil_lease *vigil_lease_alloc(const struct vigil_grant *g)
{
	struct vigil_lease *l = kzalloc(sizeof(*l), GFP_KERNEL_ACCOUNT);

	if (!l)
		return NULL;
	spin_lock_init(&l->lock);
	hrtimer_init(&l->timer, CLOCK_BOOTTIME, HRTIMER_MODE_ABS);
	l->timer.function = timer_fn;
	vigil_fence_prepare(l);
	INIT_LIST_HEAD(&l->alive);
	INIT_LIST_HEAD(&l->doomed);
	INIT_LIST_HEAD(&l->gone);
	INIT_LIST_HEAD(&l->cgroups);
	l->epoch = g->epoch;
	l->deadline_ns = g->deadline_ns;
	strscpy(l->name, g->name, sizeof(l->name));
	return l;
}

/**
 * vigil_lease_begin - let the time of a new lease run
 * @l: the lease
 *
 * Context: process context.
 */
void vigil_lease_begin(struct vigil_lease *l)
{
	unsigned long flags;

	spin_lock_irqsave(&l->lock, flags);
	hold(l, l->epoch, l->deadline_ns);
	trace_vigil_lease_granted(l);
	spin_unlock_irqrestore(&l->lock, flags);
}

static int check_epoch(struct vigil_lease *l, u64 epoch)
{
	lockdep_assert_held(&l->lock);
	if (epoch >= l->epoch)
		return 0;
	atomic64_inc(&vigil_lease_counts.refused_epochs);
	return -ESTALE;
}

static int check_renewal(struct vigil_lease *l, u64 epoch)
{
	int err = check_epoch(l, epoch);

	if (err)
		return err;
	if (l->state == VIGIL_LEASE_STATE_FENCING)
		return -EBUSY;
	if (l->state == VIGIL_LEASE_STATE_FENCED && epoch <= l->held_epoch)
		return -ETIME;
	return 0;
}

/**
 * vigil_lease_renew - move the deadline of a held lease, or hold a fenced one again
 * @l: the lease
 * @g: epoch and deadline
 *
 * A deadline before the present one changes nothing but the epoch: grants may overtake each other on
 * their way, and what was promised stays promised.
 *
 * Context: process context.
 * Return: 0, -ESTALE if a newer epoch has been seen, -EBUSY while it is being fenced, -ETIME if it
 * was fenced under this epoch.
 */
int vigil_lease_renew(struct vigil_lease *l, const struct vigil_grant *g)
{
	unsigned long flags;
	int err;

	spin_lock_irqsave(&l->lock, flags);
	vigil_lease_catch_up(l);
	err = check_renewal(l, g->epoch);
	if (err) {
		trace_vigil_lease_refused(l, g->epoch, err);
	} else if (l->state == VIGIL_LEASE_STATE_HELD) {
		hold(l, g->epoch, max(g->deadline_ns, l->deadline_ns));
		trace_vigil_lease_renewed(l);
	} else {
		hold(l, g->epoch, g->deadline_ns);
		trace_vigil_lease_granted(l);
	}
	spin_unlock_irqrestore(&l->lock, flags);
	return err;
}

/**
 * vigil_lease_fence - HELD -> FENCING, by request
 * @l: the lease
 * @g: the epoch; a newer one becomes the lease's, and may hold it afterwards
 *
 * Of a lease that is fenced or being fenced only the epoch changes.
 *
 * Context: process context.
 * Return: 0, or -ESTALE if a newer epoch has been seen.
 */
int vigil_lease_fence(struct vigil_lease *l, const struct vigil_grant *g)
{
	unsigned long flags;
	u64 now_ns;
	int err;

	spin_lock_irqsave(&l->lock, flags);
	vigil_lease_catch_up(l);
	err = check_epoch(l, g->epoch);
	if (err) {
		trace_vigil_lease_refused(l, g->epoch, err);
	} else {
		l->epoch = g->epoch;
		now_ns = ktime_get_boottime_ns();
		if (l->state == VIGIL_LEASE_STATE_HELD)
			start_fencing(l, VIGIL_LEASE_STAGE_RECALLED, now_ns, now_ns);
	}
	spin_unlock_irqrestore(&l->lock, flags);
	return err;
}

static bool any_populated(struct vigil_lease *l)
{
	struct vigil_cgroup *cg;

	lockdep_assert_held(&l->lock);
	list_for_each_entry(cg, &l->cgroups, node)
		if (vigil_cgroup_populated(cg))
			return true;
	return false;
}

/* Once it is FENCED no timer and no work makes anything of it. */
static int retire(struct vigil_lease *l, bool force)
{
	unsigned long flags;
	int err = 0;

	spin_lock_irqsave(&l->lock, flags);
	vigil_lease_catch_up(l);
	if (!force && (l->state == VIGIL_LEASE_STATE_FENCING || l->living || any_populated(l))) {
		err = -EBUSY;
	} else {
		l->state = VIGIL_LEASE_STATE_FENCED;
		trace_vigil_lease_ended(l);
	}
	spin_unlock_irqrestore(&l->lock, flags);
	return err;
}

/**
 * vigil_lease_end - end a lease that was given back
 * @l: the lease; nobody else can find it any more afterwards
 * @force: whatever is bound to it
 *
 * The timer, then the work that it may have started; neither takes vn->lock. The bonds
 * are made and ended under vn->lock, so none is left and none comes.
 *
 * Context: under vn->lock, sleeps.
 * Return: 0, and @l is freed; or -EBUSY if not all that is bound to it is gone.
 */
int vigil_lease_end(struct vigil_lease *l, bool force)
{
	int err = retire(l, force);

	if (err)
		return err;
	hrtimer_cancel(&l->timer);
	vigil_fence_stop(l);
	vigil_bonds_end(l);
	kfree(l);
	return 0;
}

/**
 * vigil_lease_copy - copy a lease for a reader
 * @l: the lease
 * @rec: gets the copy
 *
 * Context: any.
 */
void vigil_lease_copy(struct vigil_lease *l, struct vigil_lease_record *rec)
{
	unsigned long flags;

	spin_lock_irqsave(&l->lock, flags);
	rec->id = l->id;
	rec->epoch = l->epoch;
	rec->deadline_ns = l->deadline_ns;
	rec->state = l->state;
	rec->living = l->living;
	rec->dead = l->dead;
	rec->cgroups = l->cgroup_count;
	strscpy(rec->name, l->name, sizeof(rec->name));
	spin_unlock_irqrestore(&l->lock, flags);
}
