// SPDX-License-Identifier: GPL-2.0
/* Watches: one for each watched thread group and owner name. */
/*
 *	vigil_watch_new()            process dies            vigil_watch_del()
 *	      |                            |                  any time
 *	      +--> ALIVE ----- death_seen() or claim_dead() ----> DEAD --> gone
 *
 * 1. ALIVE becomes DEAD exactly once, under the lock of the process's wait queue.
 * 2. While it is ALIVE its entry is on that wait queue, and only then.
 * 3. A DEAD watch has been put on the pending list exactly once, with a reference of its own.
 */
#include <linux/jhash.h>
#include <linux/llist.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/refcount.h>
#include <linux/rhashtable.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "death.h"
#include "event.h"
#include "limits.h"
#include "net.h"
#include "param.h"
#include "record.h"
#include "watch.h"

/* Watches that go with their socket are found without a walk over all others. */
#define MARK_TRANSIENT	XA_MARK_1

/**
 * struct vigil_watch - one watched thread group of one owner
 * @id: identity, index in vigil_net.watches
 * @vn: its namespace, which outlives it
 * @pid: the process; the reference keeps the wait queue
 * @key: node of vigil_net.keys
 * @pending: node of the list of deaths that have no number yet
 * @start_ns: start of the process, CLOCK_BOOTTIME
 * @wait: entry of the process's wait queue; while ALIVE
 * @exit: how it died; once DEAD
 * @rcu: once the last reference is gone
 * @refs: one of the tables, one of the pending list
 * @portid: netlink port of its maker
 * @tgid: process ID in its maker's PID namespace
 * @flags: enum vigil_watch_flags
 * @state: enum vigil_watch_state; changed under the wait queue's lock
 * @owner_len: bytes of the owner name
 * @tag_len: bytes of the tag
 * @names: owner name and tag, one behind the other, not terminated
 */
struct vigil_watch {
	u64 id;
	struct vigil_net *vn;
	struct pid *pid;
	struct rhash_head key;
	struct llist_node pending;
	u64 start_ns;
	union {
		struct wait_queue_entry wait;
		struct vigil_exit exit;
		struct rcu_head rcu;
	};
	refcount_t refs;
	u32 portid;
	pid_t tgid;
	u8 flags;
	u8 state;
	u8 owner_len;
	u8 tag_len;
	char names[];
};

static_assert(sizeof(struct vigil_watch) + VIGIL_OWNER_LEN_MAX +
	      VIGIL_TAG_LEN_MAX <= VIGIL_WATCH_BYTES_MAX);

static atomic64_t last_id;

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

/**
 * vigil_watch_put - give back a reference
 * @w: the watch
 *
 * The memory waits for RCU: a resize of the table may still be looking at it.
 */
void vigil_watch_put(struct vigil_watch *w)
{
	if (!refcount_dec_and_test(&w->refs))
		return;
	put_pid(w->pid);
	kfree_rcu(w, rcu);
}

/*
 * ALIVE -> DEAD. The union's wait entry ends where the exit record begins to
 * be written, so it must be off the queue by then.
 */
static void become_dead(struct vigil_watch *w)
{
	lockdep_assert_held(&w->pid->wait_pidfd.lock);
	list_del(&w->wait.entry);
	memset(&w->exit, 0, sizeof(w->exit));
	w->state = VIGIL_WATCH_STATE_DEAD;
	atomic_inc(&w->vn->dead);
	vigil_death_stamp(&w->exit);
}

static void hand_over(struct vigil_watch *w)
{
	refcount_inc(&w->refs);
	vigil_event_pending(&w->pending);
}

/*
 * Wait queue callback. The kernel wakes this queue when the group is dead, on
 * some kernels also when a leader dies before its threads or when a
 * traced leader dies, and again at the reaping: look, and stay on the queue if it was not the end.
 *
 * Context: under tasklist_lock and the queue's lock, interrupts off. The last dying
 * thread is current or on its way out, so its leader is still hashed.
 */
static int death_seen(struct wait_queue_entry *wait, unsigned int mode,
		      int flags, void *poll_key)
{
	struct vigil_watch *w = container_of(wait, struct vigil_watch, wait);
	struct task_struct *leader = pid_task(w->pid, PIDTYPE_TGID);

	if (leader && !vigil_group_is_dead(leader))
		return 0;
	become_dead(w);
	if (leader)
		vigil_death_describe(&w->exit, leader);
	hand_over(w);
	return 0;
}

/*
 * Describe a death that no wake-up will tell of. If the parent reaps the
 * process in this very moment, its accounts are being moved about: then it
 * counts as reaped before, and nothing is told rather than something wrong.
 */
static void describe_unseen(struct vigil_watch *w, struct task_struct *leader)
{
	struct vigil_exit seen = { };

	vigil_death_describe(&seen, leader);
	if (pid_task(w->pid, PIDTYPE_TGID) != leader)
		return;
	seen.boottime_ns = w->exit.boottime_ns;
	seen.realtime_ns = w->exit.realtime_ns;
	w->exit = seen;
}

/*
 * The process may have died before the entry was on its queue: then no wake-up
 * comes. A wake-up that took the queue's lock before this did set exit_state
 * before that, so it is seen here; one that takes it later finds the entry.
 *
 * The leader is looked up again after the look at its state: if it was replaced by an exec
 * in between, that state told nothing.
 */
static void claim_dead(struct vigil_watch *w)
{
	struct task_struct *leader;

	lockdep_assert_held(&w->pid->wait_pidfd.lock);
	rcu_read_lock();
	leader = pid_task(w->pid, PIDTYPE_TGID);
	if (!leader || (vigil_group_is_dead(leader) &&
			pid_task(w->pid, PIDTYPE_TGID) == leader)) {
		become_dead(w);
		if (leader)
			describe_unseen(w, leader);
		hand_over(w);
	}
	rcu_read_unlock();
}

static unsigned int watches_on(struct wait_queue_head *queue)
{
	struct wait_queue_entry *e;
	unsigned int n = 0;

	lockdep_assert_held(&queue->lock);
	list_for_each_entry(e, &queue->head, entry)
		n += e->func == death_seen;
	return n;
}

/* From here on the death is seen, or has been seen. */
static int enter_queue(struct vigil_watch *w)
{
	struct wait_queue_head *queue = &w->pid->wait_pidfd;
	unsigned long flags;
	int err = -EUSERS;

	spin_lock_irqsave(&queue->lock, flags);
	if (watches_on(queue) < VIGIL_WATCHES_PER_PROCESS_MAX) {
		__add_wait_queue(queue, &w->wait);
		claim_dead(w);
		err = 0;
	}
	spin_unlock_irqrestore(&queue->lock, flags);
	return err;
}

/* After this no callback runs on the watch: they run under the queue's lock. */
static void leave_queue(struct vigil_watch *w)
{
	unsigned long flags;

	spin_lock_irqsave(&w->pid->wait_pidfd.lock, flags);
	if (w->state == VIGIL_WATCH_STATE_ALIVE)
		list_del_init(&w->wait.entry);
	spin_unlock_irqrestore(&w->pid->wait_pidfd.lock, flags);
}

static u64 start_of(struct pid *pid)
{
	struct task_struct *leader;
	u64 ns = 0;

	rcu_read_lock();
	leader = pid_task(pid, PIDTYPE_TGID);
	if (leader)
		ns = leader->start_boottime;
	rcu_read_unlock();
	return ns;
}

static struct vigil_watch *watch_alloc(struct vigil_net *vn, struct pid *pid,
				       const struct vigil_watch_params *p)
{
	struct vigil_watch *w;

	w = kzalloc(struct_size(w, names, p->owner_len + p->tag_len),
		    GFP_KERNEL_ACCOUNT);
	if (!w)
		return NULL;
	w->id = atomic64_inc_return(&last_id);
	w->vn = vn;
	w->pid = get_pid(pid);
	w->start_ns = start_of(pid);
	refcount_set(&w->refs, 1);
	w->portid = p->portid;
	w->tgid = pid_nr_ns(pid, task_active_pid_ns(current));
	w->flags = p->flags;
	w->state = VIGIL_WATCH_STATE_ALIVE;
	w->owner_len = p->owner_len;
	w->tag_len = p->tag_len;
	memcpy(w->names, p->owner, p->owner_len);
	memcpy(w->names + p->owner_len, p->tag, p->tag_len);
	init_waitqueue_func_entry(&w->wait, death_seen);
	INIT_LIST_HEAD(&w->wait.entry);
	return w;
}

static int watch_insert(struct vigil_net *vn, struct vigil_watch *w)
{
	struct watch_key key = { w->pid, w->names, w->owner_len };
	int err;

	lockdep_assert_held(&vn->lock);
	err = rhashtable_lookup_insert_key(&vn->keys, &key, &w->key, key_params);
	if (err)
		return err;
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
	xa_erase(&vn->watches, w->id);
	rhashtable_remove_fast(&vn->keys, &w->key, key_params);
	vn->count--;
	if (w->flags & VIGIL_WATCH_FLAGS_TRANSIENT)
		WRITE_ONCE(vn->transients, vn->transients - 1);
	leave_queue(w);
	if (w->state == VIGIL_WATCH_STATE_DEAD)
		atomic_dec(&vn->dead);
	vigil_watch_put(w);
}

/* A copy for a reader in PID namespace @ns; true if that sees the process. */
static bool watch_copy(struct vigil_watch *w, struct pid_namespace *ns,
		       struct vigil_record *rec)
{
	struct task_struct *leader;
	unsigned long flags;

	rec->id = w->id;
	rec->start_ns = w->start_ns;
	rec->tgid = ns ? pid_nr_ns(w->pid, ns) : w->tgid;
	rec->flags = w->flags;
	rec->owner_len = w->owner_len;
	rec->tag_len = w->tag_len;
	memcpy(rec->owner, w->names, w->owner_len);
	rec->owner[w->owner_len] = '\0';
	memcpy(rec->tag, w->names + w->owner_len, w->tag_len);
	rec->tag[w->tag_len] = '\0';

	rcu_read_lock();
	spin_lock_irqsave(&w->pid->wait_pidfd.lock, flags);
	rec->state = w->state;
	if (w->state == VIGIL_WATCH_STATE_DEAD) {
		rec->exit = w->exit;
	} else {
		leader = pid_task(w->pid, PIDTYPE_TGID);
		strscpy(rec->exit.comm, leader ? leader->comm : "",
			sizeof(rec->exit.comm));
	}
	spin_unlock_irqrestore(&w->pid->wait_pidfd.lock, flags);
	rcu_read_unlock();
	return rec->tgid;
}

/**
 * vigil_watch_new - watch a thread group
 * @vn: namespace to which the watch belongs
 * @pid: the process; it may be dead already, then its DEAD event follows at once
 * @p: owner, tag and the like
 * @rec: gets a copy of the watch
 *
 * Context: process context, may sleep.
 * Return: 0, -EEXIST if @p->owner watches @pid already, -ENOSPC if as many
 * are held as may be, -EUSERS if too many owners watch @pid, -ENOMEM.
 */
int vigil_watch_new(struct vigil_net *vn, struct pid *pid,
		    const struct vigil_watch_params *p, struct vigil_record *rec)
{
	struct vigil_watch *w;
	int err;

	w = watch_alloc(vn, pid, p);
	if (!w)
		return -ENOMEM;
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
	err = enter_queue(w);
	if (err) {
		watch_remove(vn, w);
		mutex_unlock(&vn->lock);
		return err;
	}
	watch_copy(w, task_active_pid_ns(current), rec);
	mutex_unlock(&vn->lock);
	return 0;

unlock:
	mutex_unlock(&vn->lock);
	vigil_watch_put(w);
	return err;
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
	struct vigil_watch *w;
	int err = -ENOENT;

	mutex_lock(&vn->lock);
	w = xa_load(&vn->watches, id);
	if (w && pid_nr_ns(w->pid, task_active_pid_ns(current))) {
		watch_remove(vn, w);
		err = 0;
	}
	mutex_unlock(&vn->lock);
	return err;
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
	if (w && watch_copy(w, task_active_pid_ns(current), rec))
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
		if (owned_by(w, owner, owner_len) && watch_copy(w, ns, rec)) {
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

struct vigil_watch *vigil_watch_of_pending(struct llist_node *node)
{
	return llist_entry(node, struct vigil_watch, pending);
}

struct vigil_net *vigil_watch_net(const struct vigil_watch *w)
{
	return w->vn;
}

/**
 * vigil_watch_number - give a death its sequence number
 * @w: a watch taken from the pending list
 * @seq: the number
 * @rec: gets a copy of the watch, with the PID as its maker saw it
 *
 * Context: any.
 */
void vigil_watch_number(struct vigil_watch *w, u64 seq, struct vigil_record *rec)
{
	unsigned long flags;

	spin_lock_irqsave(&w->pid->wait_pidfd.lock, flags);
	w->exit.seq = seq;
	spin_unlock_irqrestore(&w->pid->wait_pidfd.lock, flags);
	watch_copy(w, NULL, rec);
}
