// SPDX-License-Identifier: GPL-2.0
/* What watches do beyond telling of a death: the list of a watch's aspects. */
#include <linux/lockdep.h>
#include <linux/pid.h>

#include "aspect.h"
#include "net.h"
#include "watch.h"

/**
 * vigil_aspects_dead - tell the aspects that their watch has just become DEAD
 * @w: the watch
 *
 * Context: under the wait queue's lock, interrupts off.
 */
void vigil_aspects_dead(struct vigil_watch *w)
{
	struct vigil_aspect *a;

	lockdep_assert_held(&w->pid->wait_pidfd.lock);
	for (a = w->aspects; a; a = a->next)
		if (a->ops->dead)
			a->ops->dead(a, w);
}

/**
 * vigil_aspects_dying - tell the aspects that the process is certain to die
 * @w: the watch
 *
 * Context: under the wait queue's lock, interrupts off.
 */
void vigil_aspects_dying(struct vigil_watch *w)
{
	struct vigil_aspect *a;

	lockdep_assert_held(&w->pid->wait_pidfd.lock);
	for (a = w->aspects; a; a = a->next)
		if (a->ops->dying)
			a->ops->dying(a, w);
}

/**
 * vigil_aspects_copy - have the aspects add to a copy of their watch
 * @w: the watch
 * @rec: the copy
 *
 * Context: under the wait queue's lock, interrupts off.
 */
void vigil_aspects_copy(struct vigil_watch *w, struct vigil_record *rec)
{
	struct vigil_aspect *a;

	lockdep_assert_held(&w->pid->wait_pidfd.lock);
	for (a = w->aspects; a; a = a->next)
		if (a->ops->copy)
			a->ops->copy(a, rec);
}

/**
 * vigil_aspects_stop - have none of a list of aspects call another any more
 * @a: the first of them, or NULL
 * @w: the watch that they were of
 *
 * Context: process context, may sleep.
 */
void vigil_aspects_stop(struct vigil_aspect *a, struct vigil_watch *w)
{
	for (; a; a = a->next)
		if (a->ops->stop)
			a->ops->stop(a, w);
}

/**
 * vigil_aspects_end - end a list of aspects
 * @a: the first of them, or NULL
 * @w: the watch that they were of, or NULL
 *
 * Context: process context, may sleep.
 */
void vigil_aspects_end(struct vigil_aspect *a, struct vigil_watch *w)
{
	struct vigil_aspect *next;

	for (; a; a = next) {
		next = a->next;
		a->ops->end(a, w);
	}
}

/**
 * vigil_watch_aspects_begun - tell the aspects that their watch has begun
 * @w: the watch
 *
 * Context: under vn->lock, may sleep.
 * Return: 0, or the error of the first aspect that cannot go on.
 */
int vigil_watch_aspects_begun(struct vigil_watch *w)
{
	struct vigil_aspect *a;
	int err = 0;

	lockdep_assert_held(&w->vn->lock);
	for (a = w->aspects; a && !err; a = a->next)
		if (a->ops->begun)
			err = a->ops->begun(a, w);
	return err;
}

/**
 * vigil_watch_attach - give a watch one more aspect
 * @w: the watch
 * @a: the aspect; it is the watch's from now on
 *
 * A process that is dead already tells the aspect so at once.
 *
 * Context: under vn->lock.
 * Return: whether the process lives.
 */
bool vigil_watch_attach(struct vigil_watch *w, struct vigil_aspect *a)
{
	unsigned long flags;
	bool alive;

	lockdep_assert_held(&w->vn->lock);
	spin_lock_irqsave(&w->pid->wait_pidfd.lock, flags);
	a->next = w->aspects;
	/* Pairs with the walk of vigil_watch_hung(), which takes no lock: @a is whole by now. */
	smp_store_release(&w->aspects, a);
	alive = w->state == VIGIL_WATCH_STATE_ALIVE;
	if (!alive && a->ops->dead)
		a->ops->dead(a, w);
	spin_unlock_irqrestore(&w->pid->wait_pidfd.lock, flags);
	return alive;
}

/**
 * vigil_watch_detach - take an aspect away from a watch
 * @w: the watch
 * @a: the aspect; it is the caller's again, and neither stopped nor ended
 *
 * Context: under vn->lock; no aspect calls the others meanwhile.
 */
void vigil_watch_detach(struct vigil_watch *w, struct vigil_aspect *a)
{
	struct vigil_aspect **at = &w->aspects;
	unsigned long flags;

	lockdep_assert_held(&w->vn->lock);
	spin_lock_irqsave(&w->pid->wait_pidfd.lock, flags);
	while (*at != a)
		at = &(*at)->next;
	*at = a->next;
	spin_unlock_irqrestore(&w->pid->wait_pidfd.lock, flags);
}

/**
 * vigil_watch_aspect - find an aspect of a watch by its kind
 * @w: the watch
 * @ops: the kind
 *
 * Context: under vn->lock, or under the lock of the process's wait queue.
 * Return: the aspect, or NULL.
 */
struct vigil_aspect *vigil_watch_aspect(struct vigil_watch *w,
					const struct vigil_aspect_ops *ops)
{
	struct vigil_aspect *a = w->aspects;

	while (a && a->ops != ops)
		a = a->next;
	return a;
}

/**
 * vigil_watch_hung - tell the aspects that the process has missed its beat
 * @w: the watch
 *
 * No lock protects the list here, for an aspect may want that of the wait queue. New ones
 * come at its head; and none is taken away or ended before the one that calls this is stopped.
 *
 * Context: soft interrupt, in a callback of an aspect that is not stopped.
 */
void vigil_watch_hung(struct vigil_watch *w)
{
	struct vigil_aspect *a;

	/* Pairs with vigil_watch_attach(). */
	for (a = smp_load_acquire(&w->aspects); a; a = a->next)
		if (a->ops->hung)
			a->ops->hung(a, w);
}
