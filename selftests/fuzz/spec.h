/* SPDX-License-Identifier: GPL-2.0 */
/* The netlink spec as data: what spec-table writes, and all that the fuzzer knows of the family. */
#ifndef SELFTESTS_FUZZ_SPEC_H
#define SELFTESTS_FUZZ_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum spec_kind {
	SPEC_PAD,
	SPEC_NUMBER,
	SPEC_STRING,
	SPEC_BINARY,
	SPEC_FLAG,
	SPEC_NEST,
};

/**
 * struct spec_attr - one attribute of a set.
 * @type: its number on the wire
 * @size: bytes of a number
 * @nest: index in spec_sets of what is nested in it, -1 if nothing is
 * @values: what its enum allows, or NULL
 * @min, @max: bounds of a number
 * @len_max: bytes of a string, 0 if the spec has no bound
 * @flags: @values are bits that may be joined
 */
struct spec_attr {
	const char *name;
	uint16_t type;
	enum spec_kind kind;
	uint8_t size;
	bool flags;
	int nest;
	const uint64_t *values;
	unsigned int values_count;
	uint64_t min;
	uint64_t max;
	unsigned int len_max;
};

struct spec_set {
	const char *name;
	const struct spec_attr *attrs;
	unsigned int count;
};

/** struct spec_form - one way to call an operation; its attributes by their places in the set. */
struct spec_form {
	bool exists;
	const uint8_t *attrs;
	unsigned int count;
};

struct spec_op {
	const char *name;
	uint8_t cmd;
	int set;
	bool notify;
	bool denied;		/* never sent: it could end the guest */
	struct spec_form by_do;
	struct spec_form by_dump;
};

/** struct spec_denied - a value that must not be sent; see the list in spec-table. */
struct spec_denied {
	uint8_t cmd;
	int set;
	uint16_t type;
	uint64_t value;
};

extern const struct spec_set spec_sets[];
extern const struct spec_op spec_ops[];
extern const unsigned int spec_ops_count;
extern const struct spec_denied spec_denied[];
extern const unsigned int spec_denied_count;

/* Every errno that the documents name. */
extern const int spec_errnos[];
extern const unsigned int spec_errnos_count;

const struct spec_op *spec_op_by_cmd(unsigned int cmd);
const struct spec_attr *spec_attr_by_type(int set, unsigned int type);
bool spec_documents(int err);

#endif /* SELFTESTS_FUZZ_SPEC_H */
