/* SPDX-License-Identifier: GPL-2.0 */
/* What a thread of the fuzzer has made itself, for requests that make sense. */
#ifndef SELFTESTS_FUZZ_OWN_H
#define SELFTESTS_FUZZ_OWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "selftests/fuzz/random.h"
#include "selftests/fuzz/spec.h"
#include "selftests/kernel/group.h"

struct hand;

enum {
	OWN_WATCHES = 8,
	OWN_BONDS = 4,
	OWN_NAME_BYTES = 65,
};

/**
 * struct own - what the thread has made
 * @watch: its newest watches, oldest overwritten
 * @bond: watches that were told to be bound, with the names of their leases
 * @lease: the lease that was granted last, or ""
 * @next: an operation that what was made last is good for, or NULL
 * @eventfd: an eventfd
 * @group: a cgroup with one of its victims, if it may make one
 * @pick: which bond the request at hand is about; -1 for none
 */
struct own {
	uint64_t watch[OWN_WATCHES];
	unsigned int watches;
	struct {
		uint64_t watch;
		char name[OWN_NAME_BYTES];
	} bond[OWN_BONDS];
	unsigned int bonds;
	char lease[OWN_NAME_BYTES];
	const char *next;
	int eventfd;
	bool grouped;
	struct group group;
	int pick;
};

void own_open(struct own *own, pid_t victim);
void own_close(struct own *own);

/* Takes from an answer what the request has made; @attrs are those of the whole message. */
void own_learn(struct own *own, const struct spec_op *op, const uint8_t *attrs, size_t len);

/* The operation that is asked for next, now and then; or NULL, for any. */
const struct spec_op *own_next(struct own *own, struct rng *rng);

/* Before the attributes of a request are made. */
void own_choose(struct own *own, struct rng *rng);

/*
 * A value that makes sense, for attributes whose sense is not in the spec: false if none is known. A text
 * is terminated; its length is returned by @len.
 */
bool own_number(struct hand *h, int set, const struct spec_attr *a, uint64_t *value);
bool own_text(struct hand *h, const struct spec_attr *a, char *text, size_t room);

/* The attributes that an operation wants at least, and others now and then; false if that is not known. */
bool own_mask(struct rng *rng, const struct spec_op *op, uint64_t all, uint64_t *mask);

/* A beat as one would ask for: which attributes, bit by place, and the action that they are for. */
uint64_t own_beat_mask(struct rng *rng, int set, uint64_t *action);

#endif /* SELFTESTS_FUZZ_OWN_H */
