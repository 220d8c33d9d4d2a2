/* SPDX-License-Identifier: GPL-2.0 */
/* One process of the fuzzer, in namespaces of its kind. */
#ifndef SELFTESTS_FUZZ_WORKER_H
#define SELFTESTS_FUZZ_WORKER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct tally;

enum worker_kind {
	WORKER_HOST,		/* in the namespaces of the others */
	WORKER_NET,		/* in a network namespace of its own */
	WORKER_USER,		/* ... and a user namespace */
	WORKER_PID,		/* ... or a PID namespace */
	WORKER_KNOBS,		/* turns the knobs in sysfs */
	WORKER_KINDS,
};

struct worker {
	enum worker_kind kind;
	uint64_t seed;
	unsigned int number;
	unsigned int calls;
	struct tally *tally;
	bool reloading;		/* the module comes and goes meanwhile */
};

/* Returns its process ID or a negative errno. It exits with 0, whatever it has complained of. */
pid_t worker_start(const struct worker *w);

/* Knobs below /sys/kernel/vigil get values good and bad, and then their old ones. */
void knobs_turn(const struct worker *w);

/*
 * Whether what the network namespace tells of itself agrees, and all of it can be released; if not, it
 * complains and returns 1. No one else may use the namespace meanwhile.
 */
int ward_check(struct tally *t);

#endif /* SELFTESTS_FUZZ_WORKER_H */
