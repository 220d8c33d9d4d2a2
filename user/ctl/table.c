/* SPDX-License-Identifier: GPL-2.0 */
/* Rows of text in columns as wide as their widest cell. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "user/ctl/table.h"

struct cell {
	char *text;
	enum colour colour;
};

struct table {
	size_t columns;
	size_t n;
	struct cell *cells;
	bool nomem;
};

static void add(struct table *t, enum colour c, const char *text)
{
	struct cell *cells = reallocarray(t->cells, t->n + 1, sizeof(*cells));
	char *clean = clean_text(text, false);

	if (cells)
		t->cells = cells;
	if (!cells || !clean) {
		t->nomem = true;
		free(clean);
		return;
	}
	cells[t->n++] = (struct cell){ clean, c };
}

struct table *table_new(const char *const *heads)
{
	struct table *t = calloc(1, sizeof(*t));

	for (; t && heads[t->columns]; t->columns++)
		add(t, BOLD, heads[t->columns]);
	return t;
}

void table_free(struct table *t)
{
	size_t i;

	for (i = 0; t && i < t->n; i++)
		free(t->cells[i].text);
	if (t)
		free(t->cells);
	free(t);
}

void table_cell(struct table *t, enum colour c, const char *fmt, ...)
{
	char *text = NULL;
	va_list args;
	int n;

	if (!t)
		return;
	va_start(args, fmt);
	n = vasprintf(&text, fmt, args);
	va_end(args);
	if (n < 0) {
		t->nomem = true;
		return;
	}
	add(t, c, text);
	free(text);
}

static size_t column_width(const struct table *t, size_t column)
{
	size_t i, w, max = 0;

	for (i = column; i < t->n; i += t->columns) {
		w = text_width(t->cells[i].text);
		if (w > max)
			max = w;
	}
	return max;
}

static void print_cell(const struct table *t, size_t i, size_t width)
{
	const struct cell *c = &t->cells[i];
	bool last = (i + 1) % t->columns == 0;
	int pad = last ? 0 : (int)(width - text_width(c->text)) + 2;

	printf("%s%s%s%*s%s", colour_on(c->colour), c->text, colour_off(c->colour), pad, "",
	       last ? "\n" : "");
}

bool table_print(const struct table *t)
{
	size_t i, *widths;
	bool ok;

	widths = t && !t->nomem ? calloc(t->columns, sizeof(*widths)) : NULL;
	ok = widths;
	for (i = 0; ok && i < t->columns; i++)
		widths[i] = column_width(t, i);
	for (i = 0; ok && i < t->n; i++)
		print_cell(t, i, widths[i % t->columns]);
	free(widths);
	return ok;
}
