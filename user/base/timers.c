// SPDX-License-Identifier: GPL-2.0
/* A bounded set of timers ordered by due time: a binary heap of pointers. */
#include "user/base/timers.h"

#include <errno.h>
#include <stdlib.h>

int timers_init(struct timers *ts, size_t max)
{
	ts->heap = calloc(max, sizeof(*ts->heap));
	ts->n = 0;
	ts->max = max;
	return ts->heap ? 0 : -ENOMEM;
}

void timers_fini(struct timers *ts)
{
	free(ts->heap);
	ts->heap = NULL;
}

static void put(struct timers *ts, size_t i, struct loop_timer *t)
{
	ts->heap[i] = t;
	t->place = i + 1;
}

static void sift_up(struct timers *ts, size_t i, struct loop_timer *t)
{
	while (i > 0) {
		size_t parent = (i - 1) / 2;

		if (ts->heap[parent]->due_us <= t->due_us)
			break;
		put(ts, i, ts->heap[parent]);
		i = parent;
	}
	put(ts, i, t);
}

static void sift_down(struct timers *ts, size_t i, struct loop_timer *t)
{
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= ts->n)
			break;
		if (child + 1 < ts->n && ts->heap[child + 1]->due_us < ts->heap[child]->due_us)
			child++;
		if (ts->heap[child]->due_us >= t->due_us)
			break;
		put(ts, i, ts->heap[child]);
		i = child;
	}
	put(ts, i, t);
}

void timers_disarm(struct timers *ts, struct loop_timer *t)
{
	struct loop_timer *last;
	size_t i;

	if (!timer_armed(t))
		return;
	i = t->place - 1;
	t->place = 0;
	last = ts->heap[--ts->n];
	if (last == t)
		return;
	/* One of the two moves nothing: the other has then restored the order. */
	sift_up(ts, i, last);
	sift_down(ts, last->place - 1, last);
}

void timers_arm(struct timers *ts, struct loop_timer *t, uint64_t due_us)
{
	timers_disarm(ts, t);
	if (ts->n == ts->max)
		abort();
	t->due_us = due_us;
	sift_up(ts, ts->n++, t);
}

struct loop_timer *timers_first(const struct timers *ts)
{
	return ts->n ? ts->heap[0] : NULL;
}
