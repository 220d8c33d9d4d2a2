// SPDX-License-Identifier: GPL-2.0
/* What the loop shows to other threads. */
#include "user/api/published.h"

#include <stddef.h>

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#include <sanitizer/tsan_interface.h>
#endif
#endif

/* Without the sanitizer the barriers of liburcu itself are all there is to it. */
#ifndef SANITIZER_TSAN_INTERFACE_H
static inline void __tsan_acquire(void *addr)
{
	(void)addr;
}

static inline void __tsan_release(void *addr)
{
	(void)addr;
}
#endif

/* What a reader did happens before what is done after the grace period that waited for it. */
static char reading;

void published_set(void **place, void *thing)
{
	if (thing)
		__tsan_release(thing);
	rcu_set_pointer(place, thing);
}

void *published_get(void **place)
{
	void *thing = rcu_dereference(*place);

	if (thing)
		__tsan_acquire(thing);
	return thing;
}

void published_enter(void)
{
	rcu_read_lock();
}

void published_leave(void)
{
	__tsan_release(&reading);
	rcu_read_unlock();
}

static void grace_is_over(struct rcu_head *rcu)
{
	struct published_head *head = caa_container_of(rcu, struct published_head, rcu);

	__tsan_acquire(head);
	__tsan_acquire(&reading);
	head->free(head);
}

void published_retire(struct published_head *head, void (*free)(struct published_head *head))
{
	head->free = free;
	__tsan_release(head);
	call_rcu(&head->rcu, grace_is_over);
}

void published_barrier(void)
{
	rcu_barrier();
}
