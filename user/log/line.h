/* SPDX-License-Identifier: GPL-2.0 */
/* Bytes cut into lines, and lines that are too long into pieces. */
#ifndef VIGIL_LOG_LINE_H
#define VIGIL_LOG_LINE_H

#include <stdbool.h>
#include <stddef.h>

/** struct line_cut - what is cut: an unfinished line from before, then new bytes. */
struct line_cut {
	const char *carry;
	size_t carry_len;	/* at most LOG_TEXT_MAX; 0 once it has been cut off */
	const char *in;
	size_t in_len;
	size_t at;		/* bytes of @in that have been cut off */
};

/** struct line_piece - @head and then @text, without the newline. */
struct line_piece {
	const char *head;
	size_t head_len;
	const char *text;
	size_t text_len;
	bool whole;		/* the line ends here; else more of it is certain to follow */
};

/**
 * line_next - cut off the next piece, of at most LOG_TEXT_MAX bytes.
 *
 * Return: false if what is left is the beginning of a line that fits one piece.
 */
bool line_next(struct line_cut *c, struct line_piece *p);

#endif /* VIGIL_LOG_LINE_H */
