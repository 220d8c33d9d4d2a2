/* SPDX-License-Identifier: GPL-2.0 */
/* The file that jobs stamp and the bench reads: board.py has the same layout. */
#ifndef BENCH_AGENT_BOARD_H
#define BENCH_AGENT_BOARD_H

#include <stdint.h>

#define BOARD_NAME "board"	/* in the job's working directory */

enum { BOARD_SLOTS = 8192 };

/** struct slot - one job's. Slot 0 is the board's own: its @starts counts those of all. */
struct slot {
	uint32_t starts;	/* slot 0: also a futex, woken at each start */
	int32_t pid;
	uint64_t first_ns;	/* CLOCK_MONOTONIC at the first instruction of the newest start */
	uint64_t unused[6];
};

_Static_assert(sizeof(struct slot) == 64, "a cache line each");

#endif /* BENCH_AGENT_BOARD_H */
