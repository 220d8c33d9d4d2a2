/* SPDX-License-Identifier: GPL-2.0 */
/* Environment files: lines of NAME=VALUE, as systemd's EnvironmentFile= takes them. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "user/jobfile/envfile.h"
#include "user/jobfile/value.h"

/* What is left of the text, and the value that is being made: it is never longer than the text. */
struct reader {
	const char *at;
	const char *end;
	unsigned int line;
	char *value;
	size_t len;
	size_t solid;		/* blanks beyond this are dropped: they are not quoted */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static char next(struct reader *r)
{
	r->line += *r->at == '\n';
	return *r->at++;
}

static bool more(const struct reader *r)
{
	return r->at < r->end;
}

static void skip_blanks(struct reader *r)
{
	while (more(r) && is_blank(*r->at))
		next(r);
}

static void skip_line(struct reader *r)
{
	while (more(r) && next(r) != '\n')
		;
}

static void put(struct reader *r, char c, bool solid)
{
	r->value[r->len++] = c;
	if (solid)
		r->solid = r->len;
}

/* Behind a backslash. @marks: what it may stand before; NULL: anything. */
static void escaped(struct reader *r, const char *marks)
{
	char c;

	if (!more(r))
		return;
	c = next(r);
	if (c == '\n')
		return;
	if (marks && !strchr(marks, c))
		put(r, '\\', true);
	put(r, c, true);
}

/* Behind the first quote. False: there is no second one. */
static bool quoted(struct reader *r, char quote)
{
	char c;

	r->solid = r->len;
	while (more(r)) {
		c = next(r);
		if (c == quote)
			return true;
		if (c == '\\' && quote == '"')
			escaped(r, "\"\\`$");
		else
			put(r, c, true);
	}
	return false;
}

/* Up to the end of its line. NULL, or what is wrong with it. */
static const char *read_value(struct reader *r)
{
	char c;

	r->len = 0;
	r->solid = 0;
	skip_blanks(r);
	while (more(r) && *r->at != '\n') {
		c = next(r);
		if (c == '\0')
			return "a NUL byte";
		if (c == '\\')
			escaped(r, NULL);
		else if (c != '"' && c != '\'')
			put(r, c, !is_blank(c));
		else if (!quoted(r, c))
			return "a quote is not closed";
	}
	r->value[r->solid] = '\0';
	return memchr(r->value, '\0', r->solid) ? "a NUL byte" : NULL;
}

/* Up to the equals sign. NULL, or what is wrong with it. */
static const char *read_name(struct reader *r, char *name)
{
	size_t len = 0;

	while (more(r) && *r->at != '=' && *r->at != '\n')
		name[len++] = next(r);
	if (!more(r) || *r->at != '=')
		return "NAME=VALUE is wanted here";
	next(r);
	while (len && is_blank(name[len - 1]))
		len--;
	name[len] = '\0';
	return !memchr(name, '\0', len) && value_is_variable(name) ? NULL :
	       "no variable's name: letters, digits and _, no digit first";
}

static int read_line(struct reader *r, char *name, env_fn fn, void *arg, struct env_error *err)
{
	skip_blanks(r);
	if (!more(r))
		return 0;
	err->line = r->line;
	if (*r->at == '\n' || *r->at == '#' || *r->at == ';') {
		skip_line(r);
		return 0;
	}
	err->text = read_name(r, name);
	if (!err->text)
		err->text = read_value(r);
	return err->text ? -EINVAL : fn(arg, name, r->value);
}

int env_file_parse(const char *text, size_t len, env_fn fn, void *arg, struct env_error *err)
{
	struct reader r = { .at = text, .end = text + len, .line = 1 };
	char *name = malloc(len + 1);
	int ret = 0;

	r.value = malloc(len + 1);
	*err = (struct env_error){ 0 };
	if (!name || !r.value)
		ret = -ENOMEM;
	while (!ret && more(&r))
		ret = read_line(&r, name, fn, arg, err);
	free(name);
	free(r.value);
	return ret;
}
