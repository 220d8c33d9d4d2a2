// SPDX-License-Identifier: GPL-2.0
/* The gate "keeper": the node's agent is kept, where its loss is to be healed by a reset. */
#include <linux/kernel.h>

#include "gate.h"
#include "keeper.h"

/* 0 while the gate is met. Read and written in rounds only, which run one at a time. */
static u64 lost_since_ns;

/**
 * vigil_keeper_missed - whether the keeper is gone for good and the watchdog is to bite for that
 * @miss: gets since when, as far as rounds have seen it
 * @now_ns: now, CLOCK_MONOTONIC
 *
 * Context: a round.
 * Return: true if so.
 */
bool vigil_keeper_missed(struct vigil_miss *miss, u64 now_ns)
{
	if (vigil_keeper_ok())
		lost_since_ns = 0;
	else if (!lost_since_ns)
		lost_since_ns = now_ns;
	*miss = (struct vigil_miss) { .since_ns = lost_since_ns };
	return lost_since_ns;
}
