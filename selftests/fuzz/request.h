/* SPDX-License-Identifier: GPL-2.0 */
/* Requests made from the spec, and then spoilt. */
#ifndef SELFTESTS_FUZZ_REQUEST_H
#define SELFTESTS_FUZZ_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "selftests/fuzz/hand.h"
#include "selftests/fuzz/spec.h"

enum { REQUEST_BYTES = 2048 };

/**
 * struct probe - one request, and what is known of it.
 * @mask: which attributes of its set it has, bit by place
 * @spoilt: something was done to it that the spec does not foresee
 * @mute: it may be refused by what comes before the family, without a sentence
 */
struct probe {
	const struct spec_op *op;
	bool dump;
	bool spoilt;
	bool mute;
	uint64_t mask;
	uint32_t len;
	uint8_t bytes[REQUEST_BYTES] __attribute__((aligned(8)));
};

/* One of any operation, as the spec has it, if not with values that make sense. */
void request_make(struct hand *h, uint16_t family, struct probe *r);

/* One of this operation with its attributes all there. */
void request_make_op(struct hand *h, uint16_t family, const struct spec_op *op, bool dump,
		     uint64_t mask, struct probe *r);

void request_spoil(struct hand *h, struct probe *r);

/* Whether it must not be sent: a denied operation or value is in it, wherever. */
bool request_denied(const void *bytes, size_t len, uint16_t family);

/* One more operation is denied from now on, in this process and in those that it forks. */
void request_spare(const char *name);

/* Places of the attributes that a form has. */
uint64_t request_mask(const struct spec_form *form);

/* A value for one attribute: a number's into @number (returned length is its size), else bytes. */
size_t value_make(struct hand *h, int set, unsigned int place, uint8_t *bytes, size_t room);

#endif /* SELFTESTS_FUZZ_REQUEST_H */
