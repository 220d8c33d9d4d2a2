// SPDX-License-Identifier: GPL-2.0
/* What is to happen, by time; what is to happen at one time, in the order in which it was decided. */
#include <stdlib.h>

#include "selftests/sim/sim.h"

static bool before(const struct event *a, const struct event *b)
{
	return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void grow(struct sim *s)
{
	if (s->nheap < s->heap_max)
		return;
	s->heap_max = s->heap_max ? 2 * s->heap_max : 1024;
	s->heap = realloc(s->heap, s->heap_max * sizeof(*s->heap));
	if (!s->heap)
		abort();
}

void queue_push(struct sim *s, struct event e)
{
	uint32_t i;

	grow(s);
	e.order = s->next_order++;
	for (i = s->nheap++; i && before(&e, &s->heap[(i - 1) / 2]); i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = e;
}

bool queue_pop(struct sim *s, struct event *e)
{
	struct event last;
	uint32_t i = 0, child;

	if (!s->nheap)
		return false;
	*e = s->heap[0];
	last = s->heap[--s->nheap];
	while ((child = 2 * i + 1) < s->nheap) {
		if (child + 1 < s->nheap && before(&s->heap[child + 1], &s->heap[child]))
			child++;
		if (before(&last, &s->heap[child]))
			break;
		s->heap[i] = s->heap[child];
		i = child;
	}
	s->heap[i] = last;
	return true;
}

void queue_clear(struct sim *s)
{
	while (s->nheap)
		free(s->heap[--s->nheap].bytes);
	free(s->heap);
}
