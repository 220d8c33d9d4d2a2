/* SPDX-License-Identifier: GPL-2.0 */
/* A place in a message's bytes, from which fields are taken or to which they are put. */
#ifndef VIGIL_WIRE_CURSOR_H
#define VIGIL_WIRE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/wire/wire.h"

/*
 * One description of each message serves both ways, so they cannot differ. Once there is an error
 * nothing more is read, written or changed.
 */
struct cursor {
	const uint8_t *in;		/* decoding */
	uint8_t *out;			/* encoding; NULL: decoding */
	size_t at;
	size_t size;
	enum wire_error error;
};

void cursor_u8(struct cursor *c, uint8_t *v);
void cursor_u16(struct cursor *c, uint16_t *v);
void cursor_u32(struct cursor *c, uint32_t *v);
void cursor_u64(struct cursor *c, uint64_t *v);

/** cursor_kind - a byte from @first up to below @end. */
void cursor_kind(struct cursor *c, uint8_t *v, unsigned int first, unsigned int end);

/** cursor_flags - a byte with no bits but those of @known. */
void cursor_flags(struct cursor *c, uint8_t *v, unsigned int known);

/** cursor_fail - unless there is an error already. */
void cursor_fail(struct cursor *c, enum wire_error error);

#endif /* VIGIL_WIRE_CURSOR_H */
