// SPDX-License-Identifier: GPL-2.0
/* Bonds between watches and leases. */
/*
 * Lifetimes: a bond is made and ended under vn->lock, as leases and watches are, so it has no
 * reference to either: the watch ends its bond before it goes (bond_end()), the lease its last
 * ones (vigil_bonds_end()). While the lease is FENCING no bond leaves it. If the watch is
 * released then, the bond stays with the lease alone, an orphan, and settle() looks for its
 * process instead of hearing of the death; orphans end when the lease is FENCED.
 *
 * What may be killed pins the module: a bond does from when it is made until its process
 * is dead and its cgroup, if it has one, was found empty or given up.
 */
#include <linux/list.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "bond.h"
#include "cgroup.h"
#include "fence.h"
#include "lease.h"
#include "limits.h"
#include "net.h"
#include "watch.h"

static void unpin(struct vigil_bond *b)
{
	if (b->pins)
		module_put(THIS_MODULE);
	b->pins = false;
}

/**
 * vigil_bond_died - note that a bound process is gone
 * @b: its bond
 *
 * Context: under the lease's lock.
 */
void vigil_bond_died(struct vigil_bond *b)
{
	struct vigil_lease *l = b->lease;

	lockdep_assert_held(&l->lock);
	b->dead = true;
	list_move_tail(&b->node, &l->gone);
	l->living--;
	l->dead++;
	if (!b->cgroup)
		unpin(b);
	if (!l->living && l->state == VIGIL_LEASE_STATE_FENCING)
		vigil_fence_look(l);
}

/* Under the wait queue's lock, interrupts off. A bond that was just taken off its lease hears nothing. */
static void bond_dead(struct vigil_aspect *a, struct vigil_watch *w)
{
	struct vigil_bond *b = container_of(a, struct vigil_bond, aspect);

	spin_lock(&b->lease->lock);
	if (!list_empty(&b->node))
		vigil_bond_died(b);
	spin_unlock(&b->lease->lock);
}

/* The cgroup that goes with it is returned if nobody else wants it killed. */
static struct vigil_cgroup *leave_cgroup(struct vigil_bond *b)
{
	struct vigil_cgroup *cg = b->cgroup;

	lockdep_assert_held(&b->lease->lock);
	b->cgroup = NULL;
	if (!cg || --cg->uses)
		return NULL;
	list_del(&cg->node);
	b->lease->cgroup_count--;
	return cg;
}

/* The lease's own entry for the cgroup, if it has one; else this becomes it. */
static struct vigil_cgroup *join_cgroup(struct vigil_lease *l, struct vigil_cgroup **given)
{
	struct vigil_cgroup *cg;

	lockdep_assert_held(&l->lock);
	list_for_each_entry(cg, &l->cgroups, node) {
		if (vigil_cgroup_same(cg, *given)) {
			cg->uses++;
			return cg;
		}
	}
	cg = *given;
	*given = NULL;
	cg->uses = 1;
	list_add_tail(&cg->node, &l->cgroups);
	l->cgroup_count++;
	return cg;
}

static struct vigil_cgroup *leave(struct vigil_bond *b)
{
	struct vigil_lease *l = b->lease;

	lockdep_assert_held(&l->lock);
	list_del_init(&b->node);
	if (b->dead)
		l->dead--;
	else
		l->living--;
	unpin(b);
	return leave_cgroup(b);
}

/* Its process, if it lives, is to be killed; the worker may not have come to it yet. */
static void become_orphan(struct vigil_bond *b, struct vigil_watch *w)
{
	struct vigil_lease *l = b->lease;

	lockdep_assert_held(&l->lock);
	b->watch = NULL;
	b->orphan = get_pid(w->pid);
	if (!b->dead)
		list_move_tail(&b->node, &l->doomed);
}

/* The watch is released. */
static void bond_end(struct vigil_aspect *a, struct vigil_watch *w)
{
	struct vigil_bond *b = container_of(a, struct vigil_bond, aspect);
	struct vigil_lease *l = b->lease;
	struct vigil_cgroup *cg = NULL;
	unsigned long flags;
	bool orphan;

	lockdep_assert_held(&w->vn->lock);
	spin_lock_irqsave(&l->lock, flags);
	vigil_lease_catch_up(l);
	orphan = l->state == VIGIL_LEASE_STATE_FENCING;
	if (orphan)
		become_orphan(b, w);
	else
		cg = leave(b);
	spin_unlock_irqrestore(&l->lock, flags);
	if (orphan) {
		kill_pid(w->pid, SIGKILL, 1);
		return;
	}
	vigil_cgroup_close(cg);
	kfree(b);
}

static const struct vigil_aspect_ops bond_ops = {
	.dead = bond_dead,
	.end = bond_end,
};

static struct vigil_bond *bond_of(struct vigil_watch *w)
{
	struct vigil_aspect *a = vigil_watch_aspect(w, &bond_ops);

	return a ? container_of(a, struct vigil_bond, aspect) : NULL;
}

static int join(struct vigil_bond *b, struct vigil_cgroup **cg)
{
	struct vigil_lease *l = b->lease;

	lockdep_assert_held(&l->lock);
	vigil_lease_catch_up(l);
	if (l->state != VIGIL_LEASE_STATE_HELD)
		return -ETIME;
	if (l->living + l->dead >= VIGIL_BONDS_PER_LEASE_MAX)
		return -ENOSPC;
	b->pins = try_module_get(THIS_MODULE);
	if (!b->pins)
		return -ENODEV;
	if (*cg)
		b->cgroup = join_cgroup(l, cg);
	list_add_tail(&b->node, &l->alive);
	l->living++;
	return 0;
}

/**
 * vigil_bond_new - bind a watch to a lease
 * @w: the watch; its process may be dead already
 * @l: the lease
 * @cg: the cgroup to be killed with it, if there is one; becomes NULL if the lease keeps it
 *
 * A fencing that begins before the watch knows of the bond kills the process, too; then the death
 * is told when the watch is made to know.
 *
 * Context: under vn->lock, may sleep.
 * Return: 0, -EPERM if the watch is transient, -EOPNOTSUPP if the process is init, -EEXIST if it is
 * bound to @l already, -EBUSY if to another lease, -ETIME if the lease has run out, -ENOSPC if too many
 * are bound, -ENODEV if the module is being unloaded, -ENOMEM.
 */
int vigil_bond_new(struct vigil_watch *w, struct vigil_lease *l, struct vigil_cgroup **cg)
{
	struct vigil_bond *b = bond_of(w);
	unsigned long flags;
	int err;

	lockdep_assert_held(&w->vn->lock);
	if (w->flags & VIGIL_WATCH_FLAGS_TRANSIENT)
		return -EPERM;
	if (vigil_pid_is_init(w->pid))
		return -EOPNOTSUPP;
	if (b)
		return b->lease == l ? -EEXIST : -EBUSY;
	b = kzalloc(sizeof(*b), GFP_KERNEL_ACCOUNT);
	if (!b)
		return -ENOMEM;
	b->aspect.ops = &bond_ops;
	b->lease = l;
	b->watch = w;
	spin_lock_irqsave(&l->lock, flags);
	err = join(b, cg);
	spin_unlock_irqrestore(&l->lock, flags);
	if (err) {
		kfree(b);
		return err;
	}
	vigil_watch_attach(w, &b->aspect);
	return 0;
}

/**
 * vigil_bond_del - take a watch from a lease
 * @w: the watch
 * @l: the lease
 *
 * Context: under vn->lock.
 * Return: 0, -ENOENT if it is not bound to @l, -EBUSY while the lease is being fenced.
 */
int vigil_bond_del(struct vigil_watch *w, struct vigil_lease *l)
{
	struct vigil_bond *b = bond_of(w);
	struct vigil_cgroup *cg = NULL;
	unsigned long flags;
	bool fencing;

	lockdep_assert_held(&w->vn->lock);
	if (!b || b->lease != l)
		return -ENOENT;
	spin_lock_irqsave(&l->lock, flags);
	vigil_lease_catch_up(l);
	fencing = l->state == VIGIL_LEASE_STATE_FENCING;
	if (!fencing)
		cg = leave(b);
	spin_unlock_irqrestore(&l->lock, flags);
	if (fencing)
		return -EBUSY;
	vigil_cgroup_close(cg);
	vigil_watch_detach(w, &b->aspect);
	kfree(b);
	return 0;
}

static u32 state_of(const struct vigil_bond *b)
{
	lockdep_assert_held(&b->lease->lock);
	if (b->dead)
		return VIGIL_BOND_STATE_DEAD;
	return b->lease->state == VIGIL_LEASE_STATE_FENCING ?
	       VIGIL_BOND_STATE_KILLED : VIGIL_BOND_STATE_ALIVE;
}

/**
 * vigil_bond_copy - copy the bond of a watch for a reader
 * @w: the watch
 * @rec: gets the copy
 *
 * Context: under vn->lock.
 * Return: false if it is bound to no lease.
 */
bool vigil_bond_copy(struct vigil_watch *w, struct vigil_bond_record *rec)
{
	struct vigil_bond *b = bond_of(w);
	unsigned long flags;

	if (!b)
		return false;
	rec->watch_id = w->id;
	rec->tgid = pid_nr_ns(w->pid, task_active_pid_ns(current));
	strscpy(rec->lease, b->lease->name, sizeof(rec->lease));
	spin_lock_irqsave(&b->lease->lock, flags);
	rec->reach = b->cgroup ? VIGIL_BOND_REACH_CGROUP : VIGIL_BOND_REACH_PROCESS;
	rec->state = state_of(b);
	spin_unlock_irqrestore(&b->lease->lock, flags);
	return true;
}

static void free_orphan(struct vigil_bond *b)
{
	list_del(&b->node);
	b->lease->dead--;
	put_pid(b->orphan);
	kfree(b);
}

/**
 * vigil_bonds_forget - nothing that is bound to a lease lives: let go of cgroups and orphans
 * @l: the lease
 * @cgroups: gets the cgroups, for vigil_cgroups_close()
 *
 * Context: under l->lock.
 */
void vigil_bonds_forget(struct vigil_lease *l, struct list_head *cgroups)
{
	struct vigil_bond *b, *next;

	lockdep_assert_held(&l->lock);
	list_for_each_entry_safe(b, next, &l->gone, node) {
		b->cgroup = NULL;
		unpin(b);
		if (!b->watch)
			free_orphan(b);
	}
	list_splice_init(&l->cgroups, cgroups);
	l->cgroup_count = 0;
}

/**
 * vigil_cgroups_close - let go of cgroups that a lease had
 * @cgroups: list of them
 *
 * Context: process context.
 */
void vigil_cgroups_close(struct list_head *cgroups)
{
	struct vigil_cgroup *cg, *next;

	list_for_each_entry_safe(cg, next, cgroups, node)
		vigil_cgroup_close(cg);
}

/* Outside the lease's lock, which is taken under that of the watch's process. */
static void end_one(struct vigil_bond *b)
{
	struct vigil_cgroup *cg;
	unsigned long flags;

	spin_lock_irqsave(&b->lease->lock, flags);
	cg = leave(b);
	spin_unlock_irqrestore(&b->lease->lock, flags);
	vigil_cgroup_close(cg);
	if (b->watch)
		vigil_watch_detach(b->watch, &b->aspect);
	put_pid(b->orphan);
	kfree(b);
}

static struct vigil_bond *first_bond(struct vigil_lease *l)
{
	struct vigil_bond *b;
	unsigned long flags;

	spin_lock_irqsave(&l->lock, flags);
	b = list_first_entry_or_null(&l->gone, struct vigil_bond, node);
	if (!b)
		b = list_first_entry_or_null(&l->doomed, struct vigil_bond, node);
	if (!b)
		b = list_first_entry_or_null(&l->alive, struct vigil_bond, node);
	spin_unlock_irqrestore(&l->lock, flags);
	return b;
}

/**
 * vigil_bonds_end - end every bond of a lease that ends
 * @l: the lease; no timer or work runs on it
 *
 * Context: under vn->lock.
 */
void vigil_bonds_end(struct vigil_lease *l)
{
	struct vigil_bond *b;

	for (b = first_bond(l); b; b = first_bond(l))
		end_one(b);
}
