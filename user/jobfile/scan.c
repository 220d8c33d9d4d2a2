/* SPDX-License-Identifier: GPL-2.0 */
/* The first look at a job file: is it YAML of the plain kind that a job file is made of? */
#include <string.h>
#include <yaml.h>

#include "user/jobfile/scan.h"

enum {
	NODES_MAX = 1 << 19,	/* bounds the memory of the tree */
	DEPTH_MAX = 16,		/* libyaml takes a time quadratic in the depth */
};

struct scan {
	yaml_parser_t parser;
	const char *text;
	size_t len;
	struct errors *e;
	unsigned int nodes;
	unsigned int depth;
	unsigned int documents;
};

static void refuse(struct scan *s, yaml_mark_t at, const char *what, const yaml_char_t *name,
		   const char *instead)
{
	const char *text = (const char *)name;

	errors_add(s->e, at.line + 1, at.column + 1, "%s \"%s\": a job file has none, %s", what,
		   show(text, strlen(text)).text, instead);
}

/* Byte offset to line and column; libyaml gives no mark for bytes that it cannot read. */
static yaml_mark_t mark_of(const struct scan *s, size_t offset)
{
	yaml_mark_t m = { 0 };
	size_t i;

	for (i = 0; i < offset && i < s->len; i++) {
		if (s->text[i] == '\n') {
			m.line++;
			m.column = 0;
		} else if (((unsigned char)s->text[i] & 0xc0) != 0x80) {
			m.column++;
		}
	}
	return m;
}

static void reader_error(struct scan *s)
{
	const yaml_parser_t *p = &s->parser;
	yaml_mark_t m = mark_of(s, p->problem_offset);

	errors_add(s->e, m.line + 1, m.column + 1,
		   "%s (byte 0x%02x): a job file is UTF-8 text", p->problem,
		   p->problem_offset < s->len ? (unsigned char)s->text[p->problem_offset] : 0);
}

static bool is_tab(const struct scan *s, yaml_mark_t m)
{
	/* The mark counts characters, not bytes; a line's indent is made of one-byte ones. */
	const char *p = s->text, *end = s->text + s->len;

	while (m.line && p < end)
		m.line -= *p++ == '\n';
	return (size_t)(end - p) > m.column && p[m.column] == '\t';
}

static void syntax_error(struct scan *s)
{
	const yaml_parser_t *p = &s->parser;
	yaml_mark_t m = p->problem_mark;

	if (is_tab(s, m))
		errors_add(s->e, m.line + 1, m.column + 1, "a tab cannot indent: use spaces");
	else if (p->context && p->context_mark.line != m.line)
		errors_add(s->e, m.line + 1, m.column + 1, "not YAML: %s %s that began in line %zu",
			   p->problem, p->context, p->context_mark.line + 1);
	else
		errors_add(s->e, m.line + 1, m.column + 1, "not YAML: %s%s%s", p->problem,
			   p->context ? " " : "", p->context ? p->context : "");
}

static void parser_error(struct scan *s)
{
	if (s->parser.error == YAML_MEMORY_ERROR)
		s->e->nomem = true;
	else if (s->parser.error == YAML_READER_ERROR)
		reader_error(s);
	else
		syntax_error(s);
}

static void look_at_node(struct scan *s, const yaml_event_t *ev, const yaml_char_t *anchor,
			 const yaml_char_t *tag)
{
	s->nodes++;
	if (anchor)
		refuse(s, ev->start_mark, "anchor", anchor, "drop it");
	if (tag)
		refuse(s, ev->start_mark, "tag", tag, "drop it");
}

static void look(struct scan *s, const yaml_event_t *ev)
{
	switch (ev->type) {
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		s->depth--;
		break;
	case YAML_SCALAR_EVENT:
		look_at_node(s, ev, ev->data.scalar.anchor, ev->data.scalar.tag);
		break;
	case YAML_SEQUENCE_START_EVENT:
		s->depth++;
		look_at_node(s, ev, ev->data.sequence_start.anchor, ev->data.sequence_start.tag);
		break;
	case YAML_MAPPING_START_EVENT:
		s->depth++;
		look_at_node(s, ev, ev->data.mapping_start.anchor, ev->data.mapping_start.tag);
		break;
	case YAML_ALIAS_EVENT:
		refuse(s, ev->start_mark, "alias", ev->data.alias.anchor,
		       "write the value itself");
		break;
	case YAML_DOCUMENT_START_EVENT:
		if (++s->documents > 1)
			errors_add(s->e, ev->start_mark.line + 1, ev->start_mark.column + 1,
				   "a second document begins here: a job file is one document");
		break;
	default:
		break;
	}
}

static bool within_bounds(struct scan *s, yaml_mark_t at)
{
	if (s->depth > DEPTH_MAX)
		errors_add(s->e, at.line + 1, at.column + 1, "nested more than %d deep", DEPTH_MAX);
	else if (s->nodes > NODES_MAX)
		errors_add(s->e, at.line + 1, at.column + 1,
			   "more than %d values in one file: split it", NODES_MAX);
	else
		return true;
	return false;
}

/* Every event up to the end, the first syntax error, or the first excess. */
static bool walk(struct scan *s)
{
	bool bounded;
	yaml_event_type_t type;
	yaml_event_t ev;

	do {
		if (!yaml_parser_parse(&s->parser, &ev)) {
			parser_error(s);
			return false;
		}
		type = ev.type;
		look(s, &ev);
		bounded = within_bounds(s, ev.start_mark);
		yaml_event_delete(&ev);
		if (!bounded)
			return false;
	} while (type != YAML_STREAM_END_EVENT && s->documents < 2 && !errors_full(s->e));
	return true;
}

bool scan(const char *text, size_t len, struct errors *e)
{
	struct scan s = { .text = text, .len = len, .e = e };
	bool ok;

	if (!yaml_parser_initialize(&s.parser)) {
		e->nomem = true;
		return false;
	}
	yaml_parser_set_encoding(&s.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&s.parser, (const unsigned char *)text, len);
	ok = walk(&s);
	yaml_parser_delete(&s.parser);
	return ok;
}
