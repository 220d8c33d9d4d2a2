/* SPDX-License-Identifier: GPL-2.0 */
/* A bounded set of timers ordered by due time; the room is made once. */
#ifndef VIGIL_BASE_TIMERS_H
#define VIGIL_BASE_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** struct loop_timer - lives in its owner; zeroed but for @fn and @arg means disarmed. */
struct loop_timer {
	void (*fn)(void *arg);
	void *arg;
	uint64_t due_us;	/* on CLOCK_BOOTTIME */
	size_t place;		/* index in the heap plus 1; 0: disarmed */
};

struct timers {
	struct loop_timer **heap;
	size_t n;
	size_t max;
};

int timers_init(struct timers *ts, size_t max);
void timers_fini(struct timers *ts);

/** timers_arm - arm, or move if armed. Aborts if more than max are armed: that is a bug. */
void timers_arm(struct timers *ts, struct loop_timer *t, uint64_t due_us);
void timers_disarm(struct timers *ts, struct loop_timer *t);

static inline bool timer_armed(const struct loop_timer *t)
{
	return t->place != 0;
}

/** timers_first - the timer due first, or NULL. */
struct loop_timer *timers_first(const struct timers *ts);

#endif /* VIGIL_BASE_TIMERS_H */
