/* SPDX-License-Identifier: GPL-2.0 */
/* Allocations that fail, each in its turn. */
#ifndef SELFTESTS_FUZZ_FAULT_H
#define SELFTESTS_FUZZ_FAULT_H

#include "selftests/fuzz/link.h"
#include "selftests/fuzz/tally.h"
#include "selftests/kernel/client.h"

enum { FAULT_NTH_MAX = 2000 };	/* allocations in one call, at most */

struct test {
	struct hand hand;
	struct link link;
	struct client c;
	struct tally *t;
	bool mute;		/* the kernel's own allocations fail, too, and it has no sentences */
	unsigned int failed;	/* allocations */
	unsigned int refused;	/* requests, with ENOMEM or ENOBUFS */
};

void fault_wrong(struct test *t, const char *what, const char *where, int value);
uint64_t fault_watches(struct test *t);

/* Finds out what makes the family accept each operation. */
void fault_learn(struct test *t);
/* Each allocation of each operation fails in its turn. */
void fault_requests(struct test *t);

void fault_namespaces(struct test *t);
void fault_loading(struct test *t);

/* Deaths of which so many of a hundred events cannot be sent. Returns how often the listener was told. */
unsigned int fault_sending(struct test *t, unsigned int percent);

#endif /* SELFTESTS_FUZZ_FAULT_H */
