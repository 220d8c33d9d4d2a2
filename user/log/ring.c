// SPDX-License-Identifier: GPL-2.0
/* Records on their way from the reader to the writer of the logger. */
#include "user/log/ring.h"

#include <stddef.h>

enum { ALIGNMENT = 16 };

_Static_assert(LOG_RING_SIZE % ALIGNMENT == 0, "a filler's header has room at the end");
_Static_assert(2 * (LOG_OUT_MAX + sizeof(struct ring_entry)) < LOG_RING_SIZE, "an entry fits");

static struct ring_entry *entry_at(struct ring *r, uint64_t at)
{
	return (struct ring_entry *)(void *)(r->data + at % LOG_RING_SIZE);
}

uint32_t ring_size(size_t len)
{
	size_t size = offsetof(struct ring_entry, text) + len;

	return (uint32_t)((size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
}

struct ring_entry *ring_room(struct ring *r, size_t len, uint64_t *at)
{
	uint64_t head = atomic_load(&r->head), tail = atomic_load(&r->tail);
	uint64_t to_end = LOG_RING_SIZE - head % LOG_RING_SIZE;
	uint32_t size = ring_size(len);
	uint64_t begin = to_end < size ? head + to_end : head;
	struct ring_entry *filler = entry_at(r, head);

	if (begin + size - tail > LOG_RING_SIZE)
		return NULL;
	if (begin != head) {
		filler->size = (uint32_t)to_end;
		filler->len = 0;
	}
	*at = begin;
	return entry_at(r, begin);
}

void ring_put(struct ring *r, uint64_t head)
{
	atomic_store(&r->head, head);
}

struct ring_entry *ring_first(struct ring *r)
{
	struct ring_entry *e;

	while (atomic_load(&r->tail) != atomic_load(&r->head)) {
		e = entry_at(r, atomic_load(&r->tail));
		if (e->len)
			return e;
		ring_drop(r, e);
	}
	return NULL;
}

void ring_drop(struct ring *r, const struct ring_entry *e)
{
	atomic_fetch_add(&r->tail, e->size);
}
