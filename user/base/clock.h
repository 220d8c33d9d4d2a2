/* SPDX-License-Identifier: GPL-2.0 */
/* The one clock of the daemons: microseconds since boot, suspend included. */
#ifndef VIGIL_BASE_CLOCK_H
#define VIGIL_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

enum {
	US_PER_MS = 1000,
	US_PER_S = 1000000,
	NS_PER_US = 1000,
	NS_PER_S = 1000000000,
};

static inline uint64_t clock_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint64_t)ts.tv_sec * US_PER_S + (uint64_t)ts.tv_nsec / NS_PER_US;
}

/* Wall clock, for people only: nothing is decided by it. */
static inline uint64_t clock_realtime_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

#endif /* VIGIL_BASE_CLOCK_H */
