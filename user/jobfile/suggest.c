/* SPDX-License-Identifier: GPL-2.0 */
/* Which known word did the author mean? */
#include <string.h>
#include <strings.h>

#include "user/jobfile/suggest.h"

enum {
	WORD_LEN_MAX = 24,
	DISTANCE_MAX = 2,
};

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int m = a < b ? a : b;

	return m < c ? m : c;
}

/*
 * Edits (insert, drop, replace, swap neighbours) that turn @a into @b, both at most
 * WORD_LEN_MAX long. Three rows of the table are alive at a time.
 */
static unsigned int distance(const char *a, size_t la, const char *b, size_t lb)
{
	unsigned int rows[3][WORD_LEN_MAX + 1];
	unsigned int *prev2 = rows[0], *prev = rows[1], *row = rows[2], *old;
	size_t i, j;

	for (j = 0; j <= lb; j++)
		prev[j] = j;
	for (i = 1; i <= la; i++) {
		row[0] = i;
		for (j = 1; j <= lb; j++) {
			row[j] = min3(prev[j] + 1, row[j - 1] + 1,
				      prev[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    prev2[j - 2] + 1 < row[j])
				row[j] = prev2[j - 2] + 1;
		}
		old = prev2;
		prev2 = prev;
		prev = row;
		row = old;
	}
	return prev[lb];
}

void suggest(struct suggestion *s, const char *word, const char *known)
{
	size_t lw = strlen(word), lk = strlen(known);
	unsigned int d;

	if (lw > WORD_LEN_MAX || lk > WORD_LEN_MAX)
		return;
	d = strcasecmp(word, known) ? distance(word, lw, known, lk) : 0;
	/* Half of a short word may not be replaced: "a" does not mean "b". */
	if (d > DISTANCE_MAX || 2 * d >= lk || (s->word && d >= s->distance))
		return;
	s->word = known;
	s->distance = d;
}
