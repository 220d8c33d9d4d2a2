/* SPDX-License-Identifier: GPL-2.0 */
/* Thousands of processes that wait at one gate and then die, each of its own fate. */
#ifndef SELFTESTS_KERNEL_MOB_H
#define SELFTESTS_KERNEL_MOB_H

#include <stdint.h>
#include <sys/types.h>

/* They share memory and descriptors, but are processes of their own: many fit in a small guest. */
struct mob {
	int count;
	pid_t *pid;
	uint64_t *start_ticks;
	char *stacks;
	int gate[2];
};

/* Raises the limits that stand in the way. Returns 0 or a negative errno; then nothing is left. */
int mob_gather(struct mob *m, int count);
/* Opens the gate: all die, number i as mob_fate() says. */
void mob_release(struct mob *m);
/* Kills and reaps what is left, and frees. */
void mob_end(struct mob *m);

/* The wait status that number i shall end with. */
int mob_fate(int i);

#endif /* SELFTESTS_KERNEL_MOB_H */
