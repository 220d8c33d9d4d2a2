// SPDX-License-Identifier: GPL-2.0
/* The aspect of a watch that tells when its process is certain to die. */
/*
 * It is seen at most once, under the lock of the process's wait queue, which
 * the watch leaves under the same lock when it is DEAD. So DYING goes on the pending list
 * before DEAD, and gets the smaller number.
 *
 * The bell is an eventfd that is rung right there, under that lock; and at the death, under
 * tasklist_lock too, if that was all there was to see. The locks of an eventfd and of those who
 * wait on it are taken inside: nothing that waits on an eventfd takes the lock of a process's wait
 * queue, and a wake-up of that queue takes the locks of epoll and of the scheduler just so. An
 * eventfd must not be rung from within the ringing of one, which eventfd_signal() refuses: no
 * waiter of one ends a thread there and then.
 */
#include <linux/err.h>
#include <linux/pid.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "aspect.h"
#include "compat/eventfd.h"
#include "dying.h"
#include "event.h"
#include "net.h"
#include "record.h"
#include "trace.h"
#include "watch.h"

/**
 * struct vigil_dying - that a process is certain to die, and who is to know
 * @aspect: of its watch
 * @pending: its DYING event
 * @watch: with a reference; once @seen, until the event has a number
 * @bell: rung once there is something to see, or NULL; under the wait queue's lock
 * @boottime_ns: when it was seen, CLOCK_BOOTTIME
 * @realtime_ns: when it was seen, CLOCK_REALTIME
 * @seq: number of the event, 0 until it has one; under the wait queue's lock
 * @refs: one of the watch, one of the pending list
 * @seen: it is certain to die; under the wait queue's lock
 * @rung: @bell was rung; under the wait queue's lock
 */
struct vigil_dying {
	struct vigil_aspect aspect;
	struct vigil_pending pending;
	struct vigil_watch *watch;
	struct eventfd_ctx *bell;
	u64 boottime_ns;
	u64 realtime_ns;
	u64 seq;
	refcount_t refs;
	bool seen;
	bool rung;
};

static struct vigil_dying *dying_of(struct vigil_aspect *a)
{
	return container_of(a, struct vigil_dying, aspect);
}

static void dying_put(struct vigil_dying *d)
{
	if (refcount_dec_and_test(&d->refs))
		kfree(d);
}

static void ring(struct vigil_dying *d)
{
	if (!d->bell || d->rung)
		return;
	d->rung = true;
	vigil_eventfd_signal(d->bell);
}

/* In the dying process. The watch is on the queue, so the reference of the tables is there still. */
static void dying_seen(struct vigil_aspect *a, struct vigil_watch *w)
{
	struct vigil_dying *d = dying_of(a);

	lockdep_assert_held(&w->pid->wait_pidfd.lock);
	if (d->seen)
		return;
	d->seen = true;
	d->boottime_ns = ktime_get_boottime_ns();
	d->realtime_ns = ktime_get_real_ns();
	d->watch = w;
	trace_vigil_dying(w, d->boottime_ns);
	refcount_inc(&w->refs);
	refcount_inc(&d->refs);
	vigil_event_pending(&d->pending);
	ring(d);
}

static void dying_dead(struct vigil_aspect *a, struct vigil_watch *w)
{
	lockdep_assert_held(&w->pid->wait_pidfd.lock);
	ring(dying_of(a));
}

static void dying_copy(struct vigil_aspect *a, struct vigil_record *rec)
{
	struct vigil_dying *d = dying_of(a);

	rec->dying_seq = d->seq;
	if (d->seen && rec->state == VIGIL_WATCH_STATE_ALIVE)
		rec->state = VIGIL_WATCH_STATE_DYING;
}

/* Nobody finds the watch on its queue any more, so nobody rings the bell. */
static void dying_end(struct vigil_aspect *a, struct vigil_watch *w)
{
	struct vigil_dying *d = dying_of(a);

	if (d->bell)
		eventfd_ctx_put(d->bell);
	vigil_exit_hook_put();
	dying_put(d);
}

static const struct vigil_aspect_ops dying_ops = {
	.dying = dying_seen,
	.dead = dying_dead,
	.copy = dying_copy,
	.end = dying_end,
};

static struct vigil_dying *dying_of_pending(struct vigil_pending *p)
{
	return container_of(p, struct vigil_dying, pending);
}

static struct vigil_net *event_net(struct vigil_pending *p)
{
	return dying_of_pending(p)->watch->vn;
}

/* The process may be dead by now: the event tells how it was then. */
static void event_number(struct vigil_pending *p, struct vigil_event *ev)
{
	struct vigil_dying *d = dying_of_pending(p);
	struct pid *pid = d->watch->pid;
	unsigned long flags;

	spin_lock_irqsave(&pid->wait_pidfd.lock, flags);
	d->seq = ev->seq;
	spin_unlock_irqrestore(&pid->wait_pidfd.lock, flags);
	ev->type = VIGIL_EVENT_TYPE_DYING;
	ev->boottime_ns = d->boottime_ns;
	ev->realtime_ns = d->realtime_ns;
	vigil_watch_copy(d->watch, NULL, &ev->watch);
	ev->watch.state = VIGIL_WATCH_STATE_DYING;
}

static void event_put(struct vigil_pending *p)
{
	struct vigil_dying *d = dying_of_pending(p);

	vigil_watch_put(d->watch);
	dying_put(d);
}

static const struct vigil_pending_ops dying_event = {
	.net = event_net,
	.number = event_number,
	.put = event_put,
};

/**
 * vigil_dying_new - make the aspect, and put the hook in place
 * @bell: an eventfd that is to be rung, or NULL; its reference is the aspect's from now on
 *
 * Context: process context, may sleep; not under vn->lock.
 * Return: the aspect; or an error as vigil_exit_hook_get() has them, with @bell given back.
 */
struct vigil_aspect *vigil_dying_new(struct eventfd_ctx *bell)
{
	struct vigil_dying *d = kzalloc(sizeof(*d), GFP_KERNEL_ACCOUNT);
	int err = d ? vigil_exit_hook_get() : -ENOMEM;

	if (err) {
		if (bell)
			eventfd_ctx_put(bell);
		kfree(d);
		return ERR_PTR(err);
	}
	d->aspect.ops = &dying_ops;
	d->pending.ops = &dying_event;
	d->bell = bell;
	refcount_set(&d->refs, 1);
	return &d->aspect;
}

/**
 * vigil_dying_set_bell - have an eventfd rung instead of the one before
 * @w: the watch
 * @bell: the eventfd; its reference is the watch's from now on
 *
 * If the process is certain to die by now, or dead, it is rung at once.
 *
 * Context: under vn->lock.
 * Return: 0; or -EOPNOTSUPP if the watch has no such aspect, with @bell given back.
 */
int vigil_dying_set_bell(struct vigil_watch *w, struct eventfd_ctx *bell)
{
	struct vigil_aspect *a = vigil_watch_aspect(w, &dying_ops);
	struct vigil_dying *d = a ? dying_of(a) : NULL;
	unsigned long flags;

	lockdep_assert_held(&w->vn->lock);
	if (d) {
		spin_lock_irqsave(&w->pid->wait_pidfd.lock, flags);
		swap(d->bell, bell);
		d->rung = false;
		if (d->seen || w->state == VIGIL_WATCH_STATE_DEAD)
			ring(d);
		spin_unlock_irqrestore(&w->pid->wait_pidfd.lock, flags);
	}
	if (bell)
		eventfd_ctx_put(bell);
	return d ? 0 : -EOPNOTSUPP;
}
