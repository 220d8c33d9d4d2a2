// SPDX-License-Identifier: GPL-2.0
/* The gate "vital": no watch that is marked so is dead. */
/*
 * Such a watch has an aspect, which goes on a list at the death and off it when the watch is
 * released: who brings the process back releases the dead watch and makes a new one.
 */
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>

#include "aspect.h"
#include "gate.h"
#include "vital.h"
#include "watch.h"

struct vital {
	struct vigil_aspect aspect;
	struct list_head node;
	u64 id;
	u64 died_ns;
};

/* protects: dead. Taken with interrupts off. */
static DEFINE_SPINLOCK(dead_lock);

/* Oldest death first. */
static LIST_HEAD(dead);

static struct vital *vital_of(struct vigil_aspect *a)
{
	return container_of(a, struct vital, aspect);
}

static void vital_dead(struct vigil_aspect *a, struct vigil_watch *w)
{
	struct vital *v = vital_of(a);

	v->id = w->id;
	v->died_ns = ktime_get_ns();
	spin_lock(&dead_lock);
	list_add_tail(&v->node, &dead);
	spin_unlock(&dead_lock);
}

static void vital_end(struct vigil_aspect *a, struct vigil_watch *w)
{
	struct vital *v = vital_of(a);

	spin_lock_irq(&dead_lock);
	list_del(&v->node);
	spin_unlock_irq(&dead_lock);
	kfree(v);
}

static const struct vigil_aspect_ops vital_ops = {
	.dead = vital_dead,
	.end = vital_end,
};

/**
 * vigil_vital_attach - make a watch vital
 * @w: a watch that has not begun
 *
 * Context: under vn->lock, may sleep.
 * Return: 0 or -ENOMEM.
 */
int vigil_vital_attach(struct vigil_watch *w)
{
	struct vital *v = kzalloc(sizeof(*v), GFP_KERNEL_ACCOUNT);

	if (!v)
		return -ENOMEM;
	v->aspect.ops = &vital_ops;
	INIT_LIST_HEAD(&v->node);
	vigil_watch_attach(w, &v->aspect);
	return 0;
}

/**
 * vigil_vital_missed - whether a vital watch is dead
 * @miss: gets the one that died first
 * @now_ns: not needed
 *
 * Context: process context.
 * Return: true if so.
 */
bool vigil_vital_missed(struct vigil_miss *miss, u64 now_ns)
{
	struct vital *oldest;

	spin_lock_irq(&dead_lock);
	oldest = list_first_entry_or_null(&dead, struct vital, node);
	if (oldest)
		*miss = (struct vigil_miss) {
			.since_ns = oldest->died_ns,
			.detail = oldest->id,
		};
	spin_unlock_irq(&dead_lock);
	return oldest;
}
