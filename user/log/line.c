// SPDX-License-Identifier: GPL-2.0
/* Bytes cut into lines, and lines that are too long into pieces. */
#include "user/log/line.h"

#include <string.h>

#include "user/log/bounds.h"

bool line_next(struct line_cut *c, struct line_piece *p)
{
	const char *from = c->in + c->at;
	size_t left = c->in_len - c->at;
	const char *end = left ? memchr(from, '\n', left) : NULL;
	size_t len = end ? (size_t)(end - from) : left;

	/* Only what is longer is cut: hence something of it is left, and will end it. */
	p->whole = c->carry_len + len <= LOG_TEXT_MAX;
	if (p->whole && !end)
		return false;
	if (!p->whole)
		len = LOG_TEXT_MAX - c->carry_len;
	p->head = c->carry;
	p->head_len = c->carry_len;
	p->text = from;
	p->text_len = len;
	c->carry_len = 0;
	c->at += len + p->whole;
	return true;
}
