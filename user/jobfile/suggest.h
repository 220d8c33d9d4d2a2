/* SPDX-License-Identifier: GPL-2.0 */
/* Which known word did the author mean? */
#ifndef JOBFILE_SUGGEST_H
#define JOBFILE_SUGGEST_H

#include <stddef.h>

struct suggestion {
	const char *word;	/* the nearest one so far, NULL if none is near */
	unsigned int distance;
};

/* Keeps @known if it is nearer to @word than what @s holds, and near enough to be meant. */
void suggest(struct suggestion *s, const char *word, const char *known);

#endif /* JOBFILE_SUGGEST_H */
