/* SPDX-License-Identifier: GPL-2.0 */
/* What was seen, by all workers together: in memory that they share. */
#ifndef SELFTESTS_FUZZ_TALLY_H
#define SELFTESTS_FUZZ_TALLY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "selftests/fuzz/spec.h"

enum {
	TALLY_OPS = 256,	/* a command is one byte */
	TALLY_ERRNOS = 134,
	TALLY_COMPLAINTS = 16,
	TALLY_WORDS = 200,
};

struct tally_op {
	atomic_uint asked;
	atomic_uint accepted;
	atomic_uint refused;
};

struct tally {
	struct tally_op op[TALLY_OPS];		/* by command; those not spoilt */
	atomic_uint sent;
	atomic_uint answers;
	atomic_uint events;
	atomic_uint errnos[TALLY_ERRNOS];
	atomic_uint undocumented;
	atomic_uint sentenceless;
	atomic_uint malformed;
	atomic_uint unreleased;
	atomic_uint complaints;
	char words[TALLY_COMPLAINTS][TALLY_WORDS];
};

struct tally *tally_new(void);
/* The first of them are kept, and printed by both below. */
void tally_complain(struct tally *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* As KTAP diagnostics. */
void tally_print_words(const struct tally *t);
void tally_print(const struct tally *t);

#endif /* SELFTESTS_FUZZ_TALLY_H */
