/* SPDX-License-Identifier: GPL-2.0 */
/* Looks at what the kernel announces by no event: paced by a timer, and until a deadline. */
#ifndef SELFTESTS_KERNEL_PACE_H
#define SELFTESTS_KERNEL_PACE_H

#include <stdbool.h>
#include <stdint.h>

enum {
	PACE_US = 5000,
	PACE_DEADLINE_MS = 30000,
};

/* A timer that ticks; end_ns is 0 for one without an end. */
struct pace {
	int timer;
	uint64_t end_ns;
};

/* deadline_ms, times the patience that is asked for; 0 for none. */
void pace_begin(struct pace *p, long period_us, int deadline_ms);
/* Waits for the next tick; false once the deadline is over. */
bool pace_next(struct pace *p);
void pace_end(struct pace *p);

/* Whether a condition comes to hold before the deadline. */
#define AWAIT(condition) ({							\
	struct pace pace_;							\
	bool held_;								\
										\
	pace_begin(&pace_, PACE_US, PACE_DEADLINE_MS);				\
	while (!(held_ = (condition)) && pace_next(&pace_))			\
		;								\
	pace_end(&pace_);							\
	held_;									\
})

#endif /* SELFTESTS_KERNEL_PACE_H */
