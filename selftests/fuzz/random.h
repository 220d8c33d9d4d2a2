/* SPDX-License-Identifier: GPL-2.0 */
/* Random numbers that a seed repeats (splitmix64). */
#ifndef SELFTESTS_FUZZ_RANDOM_H
#define SELFTESTS_FUZZ_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct rng {
	uint64_t state;
};

static inline uint64_t rng_next(struct rng *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static inline unsigned int rng_below(struct rng *r, unsigned int n)
{
	return n ? rng_next(r) % n : 0;
}

static inline bool rng_once_in(struct rng *r, unsigned int n)
{
	return rng_below(r, n) == 0;
}

/* A stream of its own for each of many, from one seed. */
static inline struct rng rng_split(uint64_t seed, uint64_t number)
{
	struct rng r = { .state = seed * 0x2545f4914f6cdd1d + number };

	rng_next(&r);
	return r;
}

#endif /* SELFTESTS_FUZZ_RANDOM_H */
