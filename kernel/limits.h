/* SPDX-License-Identifier: GPL-2.0 */
/* Every bound of the module in one place. */
#ifndef VIGIL_LIMITS_H
#define VIGIL_LIMITS_H

#include <linux/time64.h>

enum vigil_limits {
	/* Bounds of the module parameters, and their defaults. */
	VIGIL_RING_SIZE_MIN = 64,
	VIGIL_RING_SIZE_DEFAULT = 16384,
	VIGIL_RING_SIZE_MAX = 1 << 20,
	VIGIL_WATCHES_MAX_MIN = 1,
	VIGIL_WATCHES_MAX_DEFAULT = 100000,
	VIGIL_WATCHES_MAX_MAX = 10000000,

	/* Owners of one process: at its death each is noted with interrupts off. */
	VIGIL_WATCHES_PER_PROCESS_MAX = 1024,

	/* Memory of one watch, its names included. */
	VIGIL_WATCH_BYTES_MAX = 256,

	/* Deaths numbered before the soft interrupt gives way to others, and for how long. */
	VIGIL_FLUSH_BATCH = 256,
	VIGIL_YIELD_NS = 20 * NSEC_PER_USEC,
	/* Events handed to the listeners at a time; below VIGIL_RING_SIZE_MIN. */
	VIGIL_PUBLISH_BATCH = 32,

	/*
	 * A death is told at once, unless there was a flush less than a window ago. Then
	 * the deaths of a storm are gathered for a moment, if there were this many flushes in
	 * the window, so that listeners wake once for many; and for more such
	 * moments, up to so many, as long as nobody has read what was sent last. As many
	 * deaths as fit into one datagram, whatever their names, are sent in any case.
	 */
	VIGIL_BURST_FLUSHES = 8,
	VIGIL_BURST_WINDOW_NS = 2 * NSEC_PER_MSEC,
	VIGIL_GATHER_NS = 200 * NSEC_PER_USEC,
	VIGIL_GATHER_LOOKS_MAX = 20,
	VIGIL_GATHER_DEATHS = 11,
};

#endif /* VIGIL_LIMITS_H */
