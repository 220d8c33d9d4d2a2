// SPDX-License-Identifier: GPL-2.0
/* Fields of messages, in and out: big endian, within bounds. */
#include "user/wire/cursor.h"

void cursor_fail(struct cursor *c, enum wire_error error)
{
	if (!c->error)
		c->error = error;
}

static bool has(struct cursor *c, size_t bytes)
{
	if (c->error)
		return false;
	if (c->size - c->at >= bytes)
		return true;
	c->error = c->out ? WIRE_NO_ROOM : WIRE_SHORT;
	return false;
}

static void field(struct cursor *c, uint64_t *v, unsigned int bytes)
{
	uint64_t got = 0;
	unsigned int i;

	if (!has(c, bytes))
		return;
	for (i = 0; i < bytes; i++) {
		if (c->out)
			c->out[c->at + i] = (uint8_t)(*v >> 8 * (bytes - 1 - i));
		else
			got = got << 8 | c->in[c->at + i];
	}
	if (!c->out)
		*v = got;
	c->at += bytes;
}

void cursor_u8(struct cursor *c, uint8_t *v)
{
	uint64_t wide = *v;

	field(c, &wide, 1);
	*v = (uint8_t)wide;
}

void cursor_u16(struct cursor *c, uint16_t *v)
{
	uint64_t wide = *v;

	field(c, &wide, 2);
	*v = (uint16_t)wide;
}

void cursor_u32(struct cursor *c, uint32_t *v)
{
	uint64_t wide = *v;

	field(c, &wide, 4);
	*v = (uint32_t)wide;
}

void cursor_u64(struct cursor *c, uint64_t *v)
{
	field(c, v, 8);
}

void cursor_kind(struct cursor *c, uint8_t *v, unsigned int first, unsigned int end)
{
	cursor_u8(c, v);
	if (!c->error && (*v < first || *v >= end))
		cursor_fail(c, WIRE_BAD);
}

void cursor_flags(struct cursor *c, uint8_t *v, unsigned int known)
{
	cursor_u8(c, v);
	if (!c->error && (*v & ~known))
		cursor_fail(c, WIRE_BAD);
}
