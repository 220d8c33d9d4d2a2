// SPDX-License-Identifier: GPL-2.0
/* The node's leases, by name; and what is bound to them. */
/*
 * Leases concern the whole node, so they belong to the initial network namespace, and its
 * vn->lock is that of this table: who holds it may use any lease, watch and bond.
 */
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>

#include "bond.h"
#include "event.h"
#include "fence.h"
#include "lease.h"
#include "lease_table.h"
#include "limits.h"
#include "net.h"
#include "table.h"

/* protects: all of it: vn->lock of the initial network namespace */
static struct {
	struct xarray leases;
	u64 last_id;
	unsigned int count;
	unsigned int max;
} table = {
	.leases = XARRAY_INIT(table.leases, 0),
	.max = VIGIL_LEASES_MAX_DEFAULT,
};

static struct vigil_net *home(void)
{
	return vigil_net_of(&init_net);
}

static struct vigil_lease *find(const char *name)
{
	struct vigil_lease *l;
	unsigned long id;

	lockdep_assert_held(&home()->lock);
	xa_for_each(&table.leases, id, l)
		if (!strcmp(l->name, name))
			return l;
	return NULL;
}

unsigned int vigil_leases_max(void)
{
	return READ_ONCE(table.max);
}

/**
 * vigil_leases_set_max - bound how many leases there may be
 * @max: how many; those that are there stay
 *
 * Context: process context, may sleep.
 * Return: 0 or -EINVAL.
 */
int vigil_leases_set_max(unsigned int max)
{
	if (max < VIGIL_LEASES_MAX_MIN || max > VIGIL_LEASES_MAX_MAX)
		return -EINVAL;
	mutex_lock(&home()->lock);
	WRITE_ONCE(table.max, max);
	mutex_unlock(&home()->lock);
	return 0;
}

/**
 * vigil_leases_held - how many leases are HELD
 *
 * Context: process context, may sleep.
 */
unsigned int vigil_leases_held(void)
{
	struct vigil_lease *l;
	unsigned int held = 0;
	unsigned long id;

	mutex_lock(&home()->lock);
	xa_for_each(&table.leases, id, l)
		held += READ_ONCE(l->state) == VIGIL_LEASE_STATE_HELD;
	mutex_unlock(&home()->lock);
	return held;
}

static int insert(struct vigil_lease *l)
{
	int err;

	lockdep_assert_held(&home()->lock);
	if (find(l->name))
		return -EEXIST;
	if (table.count >= table.max)
		return -ENOSPC;
	l->id = ++table.last_id;
	err = xa_insert(&table.leases, l->id, l, GFP_KERNEL_ACCOUNT);
	if (err)
		return err;
	table.count++;
	return 0;
}

/**
 * vigil_lease_new - make a lease
 * @g: name, epoch and deadline
 * @rec: gets a copy of it
 *
 * Context: process context, may sleep.
 * Return: 0, -EEXIST if there is one of this name, -ENOSPC if there are as many as may be, -ENOMEM.
 */
int vigil_lease_new(const struct vigil_grant *g, struct vigil_lease_record *rec)
{
	struct vigil_lease *l;
	int err;

	err = vigil_ring_need(home());
	if (err)
		return err;
	l = vigil_lease_alloc(g);
	if (!l)
		return -ENOMEM;
	mutex_lock(&home()->lock);
	err = insert(l);
	if (!err) {
		vigil_lease_begin(l);
		vigil_lease_copy(l, rec);
	}
	mutex_unlock(&home()->lock);
	if (err)
		kfree(l);
	return err;
}

/**
 * vigil_lease_with - do something with a lease
 * @g: its name, and what @fn wants
 * @fn: called under vn->lock
 * @rec: gets a copy of the lease as @fn left it, whatever that returned
 *
 * Context: process context, may sleep.
 * Return: what @fn returns, or -ENOENT if there is no lease of this name.
 */
int vigil_lease_with(const struct vigil_grant *g, vigil_lease_fn fn, struct vigil_lease_record *rec)
{
	struct vigil_lease *l;
	int err = -ENOENT;

	mutex_lock(&home()->lock);
	l = find(g->name);
	if (l) {
		err = fn(l, g);
		vigil_lease_copy(l, rec);
	}
	mutex_unlock(&home()->lock);
	return err;
}

static int nothing(struct vigil_lease *l, const struct vigil_grant *g)
{
	return 0;
}

/**
 * vigil_lease_get - copy one lease
 * @name: its name
 * @rec: gets the copy
 *
 * Context: process context, may sleep.
 * Return: 0, or -ENOENT if there is none of this name.
 */
int vigil_lease_get(const char *name, struct vigil_lease_record *rec)
{
	struct vigil_grant g = { .name = name };

	return vigil_lease_with(&g, nothing, rec);
}

static int remove(struct vigil_lease *l, bool force)
{
	unsigned long id = l->id;
	int err;

	lockdep_assert_held(&home()->lock);
	err = vigil_lease_end(l, force);
	if (err)
		return err;
	xa_erase(&table.leases, id);
	table.count--;
	return 0;
}

/**
 * vigil_lease_del - end a lease that is given back
 * @name: its name
 *
 * Context: process context, sleeps.
 * Return: 0, -ENOENT if there is none of this name, -EBUSY if not all that is bound to it is gone.
 */
int vigil_lease_del(const char *name)
{
	struct vigil_lease *l;
	int err = -ENOENT;

	mutex_lock(&home()->lock);
	l = find(name);
	if (l)
		err = remove(l, false);
	mutex_unlock(&home()->lock);
	return err;
}

/**
 * vigil_lease_next - copy the first lease from an id on
 * @id: the first id wanted; becomes that of the lease found
 * @rec: gets the copy
 *
 * Context: process context, may sleep.
 * Return: false if there is none.
 */
bool vigil_lease_next(u64 *id, struct vigil_lease_record *rec)
{
	unsigned long index = *id;
	struct vigil_lease *l;

	mutex_lock(&home()->lock);
	l = xa_find(&table.leases, &index, ULONG_MAX, XA_PRESENT);
	if (l)
		vigil_lease_copy(l, rec);
	mutex_unlock(&home()->lock);
	*id = index;
	return l;
}

struct bind_args {
	const char *name;
	struct vigil_cgroup **cg;
	struct vigil_bond_record *rec;
};

/* -ESRCH tells a lease that is not there from a watch that is not. */
static int bind_it(struct vigil_watch *w, void *data)
{
	struct bind_args *args = data;
	struct vigil_lease *l = find(args->name);
	int err;

	if (!l)
		return -ESRCH;
	err = vigil_bond_new(w, l, args->cg);
	if (!err || err == -EBUSY)
		vigil_bond_copy(w, args->rec);
	return err;
}

/**
 * vigil_lease_bind - bind a watch to a lease
 * @name: name of the lease
 * @watch_id: identity of the watch
 * @cg: the cgroup to be killed with it, if there is one; becomes NULL if the lease keeps it
 * @rec: gets a copy of the bond, also if it is to another lease
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOENT if there is no such watch, -ESRCH if there is no such lease; else as
 * vigil_bond_new().
 */
int vigil_lease_bind(const char *name, u64 watch_id, struct vigil_cgroup **cg,
		     struct vigil_bond_record *rec)
{
	struct bind_args args = { name, cg, rec };

	return vigil_watch_with(home(), watch_id, bind_it, &args);
}

static int unbind_it(struct vigil_watch *w, void *name)
{
	struct vigil_lease *l = find(name);

	return l ? vigil_bond_del(w, l) : -ESRCH;
}

/**
 * vigil_lease_unbind - take a watch from a lease
 * @name: name of the lease
 * @watch_id: identity of the watch
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOENT if there is no such watch or it is not bound to the lease, -ESRCH if there
 * is no such lease, -EBUSY while the lease is being fenced.
 */
int vigil_lease_unbind(const char *name, u64 watch_id)
{
	return vigil_watch_with(home(), watch_id, unbind_it, (void *)name);
}

/**
 * vigil_bond_next - copy the first bond from a watch on
 * @watch_id: the first watch wanted; becomes that of the bond found
 * @name: only bonds to this lease, or NULL
 * @rec: gets the copy
 *
 * Context: process context, may sleep.
 * Return: false if there is none.
 */
bool vigil_bond_next(u64 *watch_id, const char *name, struct vigil_bond_record *rec)
{
	struct vigil_net *vn = home();
	struct vigil_watch *w;
	unsigned long index;
	bool found = false;

	mutex_lock(&vn->lock);
	xa_for_each_start(&vn->watches, index, w, *watch_id) {
		found = vigil_bond_copy(w, rec) && (!name || !strcmp(rec->lease, name));
		if (found)
			break;
	}
	mutex_unlock(&vn->lock);
	*watch_id = index;
	return found;
}

int vigil_leases_init(void)
{
	return vigil_fence_init();
}

/*
 * No request runs or comes any more. A bond to a process that lives pins the module, so, but
 * for an unloading by force, nothing here is left to be fenced.
 */
void vigil_leases_exit(void)
{
	struct vigil_lease *l;
	unsigned long id;

	mutex_lock(&home()->lock);
	xa_for_each(&table.leases, id, l)
		remove(l, true);
	mutex_unlock(&home()->lock);
	xa_destroy(&table.leases);
	vigil_fence_exit();
}
