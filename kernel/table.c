// SPDX-License-Identifier: GPL-2.0
/* The tables of a network namespace's watches: by id, and by process and owner. */
#include <linux/jhash.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rhashtable.h>
#include <linux/sched.h>
#include <linux/xarray.h>

#include "aspect.h"
#include "beat.h"
#include "event.h"
#include "net.h"
#include "param.h"
#include "record.h"
#include "table.h"
#include "trace.h"
#include "vital.h"
#include "watch.h"

/* Watches that go with their socket are found without a walk over all others. */
#define MARK_TRANSIENT	XA_MARK_1

struct watch_key {
	struct pid *pid;
	const char *owner;
	u8 owner_len;
};

static u32 hash_key(const struct pid *pid, const char *owner, u8 len, u32 seed)
{
	return jhash(owner, len, seed ^ hash_ptr(pid, 32));
}

static u32 key_hashfn(const void *data, u32 len, u32 seed)
{
	const struct watch_key *k = data;

	return hash_key(k->pid, k->owner, k->owner_len, seed);
}

static u32 obj_hashfn(const void *data, u32 len, u32 seed)
{
	const struct vigil_watch *w = data;

	return hash_key(w->pid, w->names, w->owner_len, seed);
}

static int obj_cmpfn(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct watch_key *k = arg->key;
	const struct vigil_watch *w = obj;

	return w->pid != k->pid || w->owner_len != k->owner_len ||
	       memcmp(w->names, k->owner, k->owner_len);
}

static const struct rhashtable_params key_params = {
	.head_offset = offsetof(struct vigil_watch, key),
	.hashfn = key_hashfn,
	.obj_hashfn = obj_hashfn,
	.obj_cmpfn = obj_cmpfn,
	.automatic_shrinking = true,
};

int vigil_watches_init(struct vigil_net *vn)
{
	xa_init(&vn->watches);
	return rhashtable_init(&vn->keys, &key_params);
}

void vigil_watches_destroy(struct vigil_net *vn)
{
	rhashtable_destroy(&vn->keys);
	xa_destroy(&vn->watches);
}

static int watch_insert(struct vigil_net *vn, struct vigil_watch *w)
{
	struct watch_key key = { w->pid, w->names, w->owner_len };
	int err;

	lockdep_assert_held(&vn->lock);
	err = rhashtable_lookup_insert_key(&vn->keys, &key, &w->key, key_params);
	if (err)	/* whatever else kept the table from growing was a lack of memory */
		return err == -EEXIST ? err : -ENOMEM;
	err = xa_insert(&vn->watches, w->id, w, GFP_KERNEL_ACCOUNT);
	if (err) {
		rhashtable_remove_fast(&vn->keys, &w->key, key_params);
		return err;
	}
	vn->count++;
	if (w->flags & VIGIL_WATCH_FLAGS_TRANSIENT) {
		xa_set_mark(&vn->watches, w->id, MARK_TRANSIENT);
		WRITE_ONCE(vn->transients, vn->transients + 1);
	}
	return 0;
}

static void watch_remove(struct vigil_net *vn, struct vigil_watch *w)
{
	lockdep_assert_held(&vn->lock);
	trace_vigil_watch_del(w);
	xa_erase(&vn->watches, w->id);
	rhashtable_remove_fast(&vn->keys, &w->key, key_params);
	vn->count--;
	if (w->flags & VIGIL_WATCH_FLAGS_TRANSIENT)
		WRITE_ONCE(vn->transients, vn->transients - 1);
	vigil_watch_end(w);
	if (w->state == VIGIL_WATCH_STATE_DEAD)
		atomic_dec(&vn->dead);
	vigil_watch_put(w);
}

/* Every aspect is there before the first thing can be seen. */
static int watch_start(struct vigil_watch *w, struct vigil_aspect *aspects)
{
	struct vigil_aspect *a, *next;
	int err;

	for (a = aspects; a; a = next) {
		next = a->next;
		vigil_watch_attach(w, a);
	}
	if (w->flags & VIGIL_WATCH_FLAGS_VITAL) {
		err = vigil_vital_attach(w);
		if (err)
			return err;
	}
	err = vigil_watch_begin(w);
	return err ? err : vigil_watch_aspects_begun(w);
}

/**
 * vigil_watch_new - watch a thread group
 * @vn: namespace to which the watch belongs
 * @pid: the process; it may be dead already, then its DEAD event follows at once
 * @p: owner, tag and the like; its aspects are ended if there is an error
 * @rec: gets a copy of the watch
 *
 * Context: process context, may sleep.
 * Return: 0, -EEXIST if @p->owner watches @pid already, -ENOSPC if as many
 * are held as may be, -EUSERS if too many owners watch @pid, -ENOMEM, or the error of an aspect.
 */
int vigil_watch_new(struct vigil_net *vn, struct pid *pid,
		    const struct vigil_watch_params *p, struct vigil_record *rec)
{
	struct vigil_watch *w;
	int err;

	w = vigil_watch_alloc(vn, pid, p);
	if (!w) {
		vigil_aspects_end(p->aspects, NULL);
		return -ENOMEM;
	}
	mutex_lock(&vn->lock);
	err = vigil_ring_create(vn);
	if (err)
		goto unlock;
	if (vn->count >= vigil_watches_max()) {
		err = -ENOSPC;
		goto unlock;
	}
	err = watch_insert(vn, w);
	if (err)
		goto unlock;
	trace_vigil_watch_new(w);
	err = watch_start(w, p->aspects);
	if (err) {
		watch_remove(vn, w);
		mutex_unlock(&vn->lock);
		return err;
	}
	if (p->beat)
		vigil_beat_attach(w, p->beat);
	vigil_watch_copy(w, task_active_pid_ns(current), rec);
	mutex_unlock(&vn->lock);
	return 0;

unlock:
	mutex_unlock(&vn->lock);
	vigil_aspects_end(p->aspects, NULL);
	vigil_watch_put(w);
	return err;
}

/**
 * vigil_watch_with - do something with a watch
 * @vn: its namespace
 * @id: its identity
 * @fn: called under vn->lock
 * @arg: for @fn
 *
 * Context: process context, may sleep.
 * Return: what @fn returns, or -ENOENT if the reader's PID namespace sees no such watch.
 */
int vigil_watch_with(struct vigil_net *vn, u64 id,
		     int (*fn)(struct vigil_watch *w, void *arg), void *arg)
{
	struct vigil_watch *w;
	int err = -ENOENT;

	mutex_lock(&vn->lock);
	w = xa_load(&vn->watches, id);
	if (w && pid_nr_ns(w->pid, task_active_pid_ns(current)))
		err = fn(w, arg);
	mutex_unlock(&vn->lock);
	return err;
}

static int remove_it(struct vigil_watch *w, void *unused)
{
	watch_remove(w->vn, w);
	return 0;
}

/**
 * vigil_watch_del - release a watch and its exit record
 * @vn: its namespace
 * @id: its identity
 *
 * A DEAD event that is on its way is sent all the same.
 *
 * Context: process context, may sleep.
 * Return: 0, or -ENOENT if the reader's PID namespace sees no such watch.
 */
int vigil_watch_del(struct vigil_net *vn, u64 id)
{
	return vigil_watch_with(vn, id, remove_it, NULL);
}

/**
 * vigil_watch_get - copy one watch
 * @vn: its namespace
 * @id: its identity
 * @rec: gets the copy
 *
 * Context: process context, may sleep.
 * Return: 0, or -ENOENT if the reader's PID namespace sees no such watch.
 */
int vigil_watch_get(struct vigil_net *vn, u64 id, struct vigil_record *rec)
{
	struct vigil_watch *w;
	int err = -ENOENT;

	mutex_lock(&vn->lock);
	w = xa_load(&vn->watches, id);
	if (w && vigil_watch_copy(w, task_active_pid_ns(current), rec))
		err = 0;
	mutex_unlock(&vn->lock);
	return err;
}

static bool owned_by(const struct vigil_watch *w, const char *owner, u8 len)
{
	return !owner ||
	       (w->owner_len == len && !memcmp(w->names, owner, len));
}

/**
 * vigil_watch_next - copy the first watch from an id on
 * @vn: its namespace
 * @id: the first id wanted; becomes that of the watch found
 * @owner: only watches of this owner, or NULL
 * @owner_len: bytes of @owner
 * @rec: gets the copy
 *
 * Context: process context, may sleep.
 * Return: false if the reader's PID namespace sees no more.
 */
bool vigil_watch_next(struct vigil_net *vn, u64 *id, const char *owner,
		      u8 owner_len, struct vigil_record *rec)
{
	struct pid_namespace *ns = task_active_pid_ns(current);
	struct vigil_watch *w;
	unsigned long index;
	bool found = false;

	mutex_lock(&vn->lock);
	xa_for_each_start(&vn->watches, index, w, *id) {
		if (owned_by(w, owner, owner_len) && vigil_watch_copy(w, ns, rec)) {
			*id = w->id;
			found = true;
			break;
		}
	}
	mutex_unlock(&vn->lock);
	return found;
}

/**
 * vigil_watches_drop_port - release the transient watches of a closed socket
 * @vn: namespace of the socket
 * @portid: its netlink port
 *
 * Context: process context, may sleep.
 */
void vigil_watches_drop_port(struct vigil_net *vn, u32 portid)
{
	struct vigil_watch *w;
	unsigned long index;

	if (!READ_ONCE(vn->transients))
		return;
	mutex_lock(&vn->lock);
	xa_for_each_marked(&vn->watches, index, w, MARK_TRANSIENT)
		if (w->portid == portid)
			watch_remove(vn, w);
	mutex_unlock(&vn->lock);
}

/**
 * vigil_watches_clear - release every watch of a namespace
 * @vn: the namespace
 *
 * Context: process context, may sleep.
 */
void vigil_watches_clear(struct vigil_net *vn)
{
	struct vigil_watch *w;
	unsigned long index;

	mutex_lock(&vn->lock);
	xa_for_each(&vn->watches, index, w)
		watch_remove(vn, w);
	mutex_unlock(&vn->lock);
}
