/* SPDX-License-Identifier: GPL-2.0 */
/* The list of a job file's errors, each with its place. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/jobfile/errors.h"

static struct job_error *slot(struct errors *e)
{
	struct job_error *list;

	if (e->n == JOB_FILE_ERRORS_MAX) {
		e->more = true;
		return NULL;
	}
	list = reallocarray(e->list, e->n + 1, sizeof(*list));
	if (!list) {
		e->nomem = true;
		return NULL;
	}
	e->list = list;
	return &list[e->n++];
}

void errors_add(struct errors *e, size_t line, size_t column, const char *fmt, ...)
{
	struct job_error *err = slot(e);
	va_list args;

	if (!err)
		return;
	err->line = line;
	err->column = column;
	va_start(args, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
}

bool errors_full(const struct errors *e)
{
	return e->more || e->nomem;
}

static int compare(const void *a, const void *b)
{
	const struct job_error *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return strcmp(x->text, y->text);
}

void errors_finish(struct errors *e)
{
	if (!e->n)
		return;
	qsort(e->list, e->n, sizeof(*e->list), compare);
	if (e->more)
		snprintf(e->list[e->n - 1].text, sizeof(e->list[0].text),
			 "more than %d errors: the rest is not shown", JOB_FILE_ERRORS_MAX - 1);
}

/* A shortened text must not end within a character. */
static size_t whole_chars(const char *text, size_t len)
{
	while (len && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	return len;
}

struct shown show(const char *text, size_t len)
{
	enum { DOTS = 3 };
	struct shown s = { "" };
	size_t room = sizeof(s.text) - 1, n = len, i;

	if (len > room)
		n = whole_chars(text, room - DOTS);
	for (i = 0; i < n; i++)
		s.text[i] = (unsigned char)text[i] < ' ' || text[i] == 0x7f ? '?' : text[i];
	if (n < len)
		memcpy(s.text + n, "...", DOTS);
	return s;
}

void job_error_format(const struct job_error *e, const char *path, char *buf, size_t size)
{
	if (e->line)
		snprintf(buf, size, "%s:%u:%u: %s", path, e->line, e->column, e->text);
	else
		snprintf(buf, size, "%s: %s", path, e->text);
}
