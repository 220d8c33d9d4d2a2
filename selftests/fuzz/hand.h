/* SPDX-License-Identifier: GPL-2.0 */
/* What one thread of the fuzzer has in hand: processes, descriptors, memory, and what it has learned. */
#ifndef SELFTESTS_FUZZ_HAND_H
#define SELFTESTS_FUZZ_HAND_H

#include <stdint.h>
#include <sys/types.h>

#include "selftests/fuzz/own.h"
#include "selftests/fuzz/random.h"
#include "selftests/fuzz/spec.h"

enum {
	HAND_VICTIMS = 8,
	HAND_FDS = 12,
	HAND_KNOWN = 8,		/* values kept of each attribute */
	HAND_RECIPES = 8,	/* accepted choices of attributes kept of each form */
	HAND_STACK_BYTES = 16384,
};

/* Dead ones stay until their turn comes: a zombie, or a process ID without a process. */
struct hand_victim {
	pid_t pid;
	int pidfd;
	uint64_t start_ticks;
	bool killed;
};

struct hand_known {
	uint64_t value[HAND_KNOWN];
	unsigned int count;
};

/* Which attributes of its set a request had, bit by place. */
struct hand_recipes {
	uint64_t mask[HAND_RECIPES];
	unsigned int count;
};

struct hand {
	struct rng rng;
	struct hand_victim victim[HAND_VICTIMS];
	unsigned int subject;		/* the victim that the request at hand is about */
	struct own own;
	char *stacks;
	int fd[HAND_FDS];
	char *page;
	struct hand_known **known;		/* by set, by place */
	struct hand_recipes (*recipes)[2];	/* by operation; do, dump */
};

/* Both return 0 or a negative errno. What is accepted is learned by all, if it is shared before any is opened. */
int hand_share(void);
int hand_open(struct hand *h, struct rng rng);
void hand_close(struct hand *h);

/* Some victim is killed, or reaped, or replaced; some descriptor is replaced. */
void hand_stir(struct hand *h);

/* Victim @i is killed and reaped, and another is in its place. */
void hand_renew(struct hand *h, unsigned int i);

void hand_learn(struct hand *h, int set, unsigned int place, uint64_t value);
void hand_learn_recipe(struct hand *h, const struct spec_op *op, bool dump, uint64_t mask);

#endif /* SELFTESTS_FUZZ_HAND_H */
