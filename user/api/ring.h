/* SPDX-License-Identifier: GPL-2.0 */
/* A bounded queue of pointers from one thread to one other. Neither ever waits. */
#ifndef VIGIL_API_RING_H
#define VIGIL_API_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "user/api/bounds.h"

/*
 * Each end has a counter that only it writes. What was written before a put is seen after the
 * get of it: the counter is stored with release and loaded with acquire order.
 */
struct api_ring {
	_Atomic size_t head;		/* written by who puts */
	_Atomic size_t tail;		/* written by who gets */
	void *slot[API_CALLS_MAX];
};

/** ring_put - False: it is full. */
static inline bool ring_put(struct api_ring *r, void *item)
{
	size_t head = atomic_load_explicit(&r->head, memory_order_relaxed);

	if (head - atomic_load_explicit(&r->tail, memory_order_acquire) == API_CALLS_MAX)
		return false;
	r->slot[head % API_CALLS_MAX] = item;
	atomic_store_explicit(&r->head, head + 1, memory_order_release);
	return true;
}

/** ring_get - the oldest, or NULL. */
static inline void *ring_get(struct api_ring *r)
{
	size_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
	void *item;

	if (tail == atomic_load_explicit(&r->head, memory_order_acquire))
		return NULL;
	item = r->slot[tail % API_CALLS_MAX];
	atomic_store_explicit(&r->tail, tail + 1, memory_order_release);
	return item;
}

#endif /* VIGIL_API_RING_H */
