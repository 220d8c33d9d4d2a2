/* SPDX-License-Identifier: GPL-2.0 */
/* From a record of the kernel's log to the sections of the black box: any bytes in. Pure. */
/*
 * The lines are those that kernel/blackbox_write.c prints. What comes before them on a line is
 * whatever the keeper of the log puts there.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/ctl/box.h"

static const char mark[] = "vigil blackbox ";

/** struct cursor - what is left of a line. */
struct cursor {
	const char *pos;
	const char *end;
};

static bool take_char(struct cursor *c, char wanted)
{
	if (c->pos == c->end || *c->pos != wanted)
		return false;
	c->pos++;
	return true;
}

static int digit_of(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	if (ch >= 'a' && ch <= 'f')
		return ch - 'a' + 10;
	return 16;
}

static bool take_number(struct cursor *c, unsigned int base, uint64_t max, uint64_t *out)
{
	const char *begin = c->pos;
	unsigned int digit;

	for (*out = 0; c->pos < c->end; c->pos++) {
		digit = digit_of(*c->pos);
		if (digit >= base)
			break;
		if (*out > (max - digit) / base)
			return false;
		*out = *out * base + digit;
	}
	return c->pos > begin;
}

/* SECONDS.MICROSECONDS, and a blank. */
static bool take_time(struct cursor *c, uint64_t *us)
{
	enum { US_PER_S = 1000000, FRACTION_DIGITS = 6 };
	uint64_t seconds, fraction;
	const char *point;

	if (!take_number(c, 10, UINT64_MAX / US_PER_S - 1, &seconds) || !take_char(c, '.'))
		return false;
	point = c->pos;
	if (!take_number(c, 10, US_PER_S - 1, &fraction) || c->pos - point != FRACTION_DIGITS)
		return false;
	*us = seconds * US_PER_S + fraction;
	return take_char(c, ' ');
}

static bool take_word(struct cursor *c, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(c->end - c->pos) < len || memcmp(c->pos, word, len))
		return false;
	c->pos += len;
	return true;
}

/* The rest of the line. A record may have been cut and damaged: bytes of no text become '?'. */
static void take_text(struct cursor *c, char *out)
{
	size_t len = c->end - c->pos, i;

	if (len > BOX_TEXT_MAX)
		len = BOX_TEXT_MAX;
	for (i = 0; i < len; i++)
		out[i] = (unsigned char)c->pos[i] < ' ' || c->pos[i] == 0x7f ? '?' : c->pos[i];
	out[len] = '\0';
}

/* LIFE.NUMBER, a colon and a blank. */
static bool take_name(struct cursor *c, uint32_t *life, uint32_t *number)
{
	enum { LIFE_DIGITS = 8 };
	const char *begin = c->pos;
	uint64_t l, n;

	if (!take_number(c, 16, UINT32_MAX, &l) || c->pos - begin != LIFE_DIGITS)
		return false;
	if (!take_char(c, '.') || !take_number(c, 10, UINT32_MAX, &n) || !n)
		return false;
	*life = l;
	*number = n;
	return take_char(c, ':') && take_char(c, ' ');
}

static struct box_section *section_of(struct box *b, uint32_t life, uint32_t number)
{
	struct box_section *s;
	size_t i;

	for (i = 0; i < b->n; i++)
		if (b->sections[i].life == life && b->sections[i].number == number)
			return &b->sections[i];
	if (b->n == BOX_SECTIONS_MAX)
		return NULL;
	s = realloc(b->sections, (b->n + 1) * sizeof(*s));
	if (!s)
		return NULL;
	b->sections = s;
	s += b->n++;
	*s = (struct box_section){ .life = life, .number = number };
	return s;
}

static bool take_mark(struct cursor *c, struct box_section *out)
{
	if (!take_word(c, "begin ") && !take_word(c, "end "))
		return false;
	if (!take_time(c, &out->uptime_us) || !take_time(c, &out->realtime_us) ||
	    !take_number(c, 10, UINT64_MAX, &out->decisions) || !take_char(c, ' ') ||
	    !take_number(c, 10, UINT64_MAX, &out->events) || !take_char(c, ' '))
		return false;
	take_text(c, out->why);
	return true;
}

static bool take_note(struct cursor *c, struct box_note *out)
{
	if (take_word(c, "e "))
		out->kind = 'e';
	else if (take_word(c, "d "))
		out->kind = 'd';
	else
		return false;
	if (!take_number(c, 10, UINT64_MAX, &out->number) || !take_char(c, ' ') ||
	    !take_time(c, &out->uptime_us))
		return false;
	take_text(c, out->text);
	return true;
}

static int add_note(struct box_section *s, const struct box_note *note)
{
	struct box_note *notes;
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->notes[i].kind == note->kind && s->notes[i].number == note->number)
			return 0;
	if (s->n == BOX_NOTES_MAX)
		return 0;
	notes = realloc(s->notes, (s->n + 1) * sizeof(*notes));
	if (!notes)
		return -ENOMEM;
	s->notes = notes;
	notes[s->n++] = *note;
	return 0;
}

/* Of the first and the last line, the first that is found counts. */
static void set_mark(struct box_section *s, const struct box_section *told)
{
	if (s->marked)
		return;
	s->marked = true;
	s->uptime_us = told->uptime_us;
	s->realtime_us = told->realtime_us;
	s->decisions = told->decisions;
	s->events = told->events;
	memcpy(s->why, told->why, sizeof(s->why));
}

static int read_line(struct box *b, struct cursor c, const char *source, uint64_t seen_us)
{
	struct box_section told = { .life = 0 }, *s;
	struct box_note note;
	bool is_mark;

	if (!take_name(&c, &told.life, &told.number))
		return 0;
	is_mark = take_mark(&c, &told);
	if (!is_mark && !take_note(&c, &note))
		return 0;
	s = section_of(b, told.life, told.number);
	if (!s)
		return b->n == BOX_SECTIONS_MAX ? 0 : -ENOMEM;
	if (!s->source) {
		s->source = strdup(source);
		s->seen_us = seen_us;
		if (!s->source)
			return -ENOMEM;
	}
	if (is_mark)
		set_mark(s, &told);
	return is_mark ? 0 : add_note(s, &note);
}

int box_read(struct box *b, const char *text, size_t len, const char *source, uint64_t seen_us)
{
	const char *end = text + len, *line = text, *begin;
	struct cursor c;
	int err;

	while (line < end) {
		c.end = memchr(line, '\n', end - line) ?: end;
		begin = memmem(line, c.end - line, mark, strlen(mark));
		if (begin) {
			c.pos = begin + strlen(mark);
			err = read_line(b, c, source, seen_us);
			if (err)
				return err;
		}
		line = c.end + 1;
	}
	return 0;
}

static uint64_t when(const struct box_section *s)
{
	return s->marked ? s->realtime_us : s->seen_us;
}

static int newer_first(const void *a, const void *b)
{
	const struct box_section *s = a, *t = b;

	if (s->life == t->life)
		return (s->number < t->number) - (s->number > t->number);
	return (when(s) < when(t)) - (when(s) > when(t));
}

static int older_first(const void *a, const void *b)
{
	const struct box_note *n = a, *m = b;

	if (n->uptime_us != m->uptime_us)
		return n->uptime_us > m->uptime_us ? 1 : -1;
	if (n->kind != m->kind)
		return n->kind > m->kind ? -1 : 1;
	return (n->number > m->number) - (n->number < m->number);
}

void box_sort(struct box *b)
{
	size_t i;

	if (!b->n)
		return;
	qsort(b->sections, b->n, sizeof(*b->sections), newer_first);
	for (i = 0; i < b->n; i++)
		if (b->sections[i].n)
			qsort(b->sections[i].notes, b->sections[i].n,
			      sizeof(*b->sections[i].notes), older_first);
}

void box_free(struct box *b)
{
	size_t i;

	for (i = 0; i < b->n; i++) {
		free(b->sections[i].notes);
		free(b->sections[i].source);
	}
	free(b->sections);
	*b = (struct box){ .n = 0 };
}
