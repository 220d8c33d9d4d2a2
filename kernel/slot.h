/* SPDX-License-Identifier: GPL-2.0 */
/* Counters in the memory of processes, read without their help. */
#ifndef VIGIL_SLOT_H
#define VIGIL_SLOT_H

#include <linux/types.h>

struct user_struct;

/**
 * struct vigil_slot - a counter in a pinned page
 * @count: where it is in the kernel's own mapping; NULL if there is none
 * @payer: whose RLIMIT_MEMLOCK the page counts for
 */
struct vigil_slot {
	const u64 *count;
	struct user_struct *payer;
};

int vigil_slot_pin(struct vigil_slot *s, u64 address);
void vigil_slot_unpin(struct vigil_slot *s);

#endif /* VIGIL_SLOT_H */
