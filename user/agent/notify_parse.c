// SPDX-License-Identifier: GPL-2.0
/* What a job says by sd_notify(3): bytes in, a message or an error out. */
#include "user/agent/notify_parse.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

/* A part of the message; nothing of it is terminated. */
struct piece {
	const char *at;
	size_t len;
};

static bool is(struct piece p, const char *word)
{
	return strlen(word) == p.len && memcmp(p.at, word, p.len) == 0;
}

/* A decimal number and nothing else. */
static bool number(struct piece p, uint64_t max, uint64_t *out)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < p.len; i++) {
		unsigned int digit = (unsigned char)p.at[i] - (unsigned int)'0';

		if (digit > 9 || n > (max - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*out = n;
	return p.len > 0;
}

/* The first bytes that fit, no character of UTF-8 cut in two. */
static void take_status(struct notify_message *m, struct piece p)
{
	size_t n = p.len < NOTIFY_STATUS_MAX ? p.len : NOTIFY_STATUS_MAX - 1, i;

	while (n < p.len && n > 0 && ((unsigned char)p.at[n] & 0xc0) == 0x80)
		n--;
	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p.at[i];

		m->status[i] = c < ' ' || c == 0x7f ? ' ' : p.at[i];
	}
	m->status[n] = '\0';
	m->fields |= NOTIFY_STATUS;
}

/* They are joined by colons in LISTEN_FDNAMES. */
static void take_fdname(struct notify_message *m, struct piece p)
{
	size_t i;

	if (p.len == 0 || p.len >= NOTIFY_FDNAME_MAX)
		return;
	for (i = 0; i < p.len; i++)
		if (p.at[i] <= ' ' || p.at[i] == ':' || p.at[i] == 0x7f)
			return;
	memcpy(m->fdname, p.at, p.len);
	m->fdname[p.len] = '\0';
	m->fields |= NOTIFY_FDNAME;
}

static void take_number(struct notify_message *m, struct piece name, struct piece value)
{
	uint64_t n;

	if (is(name, "MAINPID") && number(value, INT_MAX, &n) && n > 0) {
		m->mainpid = (pid_t)n;
		m->fields |= NOTIFY_MAINPID;
	} else if (is(name, "ERRNO") && number(value, INT_MAX, &n)) {
		m->error = (int)n;
		m->fields |= NOTIFY_ERRNO;
	} else if (is(name, "MONOTONIC_USEC") && number(value, UINT64_MAX, &n)) {
		m->monotonic_us = n;
		m->fields |= NOTIFY_MONOTONIC;
	} else if (is(name, "WATCHDOG_USEC") && number(value, UINT64_MAX, &n)) {
		m->watchdog_us = n;
		m->fields |= NOTIFY_WATCHDOG_US;
	} else if (is(name, "EXTEND_TIMEOUT_USEC") && number(value, UINT64_MAX, &n)) {
		m->extend_us = n;
		m->fields |= NOTIFY_EXTEND;
	}
}

static const struct {
	const char *line;
	enum notify_field field;
} words[] = {
	{ "READY=1", NOTIFY_READY },
	{ "RELOADING=1", NOTIFY_RELOADING },
	{ "STOPPING=1", NOTIFY_STOPPING },
	{ "WATCHDOG=1", NOTIFY_WATCHDOG },
	{ "WATCHDOG=trigger", NOTIFY_TRIGGER },
	{ "FDSTORE=1", NOTIFY_FDSTORE },
	{ "FDSTOREREMOVE=1", NOTIFY_FDREMOVE },
	{ "FDPOLL=0", NOTIFY_NO_POLL },
	{ "BARRIER=1", NOTIFY_BARRIER },
};

static void take_line(struct notify_message *m, struct piece line)
{
	const char *equals = memchr(line.at, '=', line.len);
	struct piece name, value;
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (is(line, words[i].line)) {
			m->fields |= words[i].field;
			return;
		}
	}
	if (!equals)
		return;
	name = (struct piece){ line.at, (size_t)(equals - line.at) };
	value = (struct piece){ equals + 1, line.len - name.len - 1 };
	if (is(name, "STATUS"))
		take_status(m, value);
	else if (is(name, "FDNAME"))
		take_fdname(m, value);
	else
		take_number(m, name, value);
}

int notify_parse(const char *text, size_t len, struct notify_message *m)
{
	size_t lines = 0;

	memset(m, 0, sizeof(*m));
	if (len && text[len - 1] == '\0')
		len--;
	if (memchr(text, '\0', len))
		return -EINVAL;
	while (len) {
		const char *end = memchr(text, '\n', len);
		struct piece line = { text, end ? (size_t)(end - text) : len };

		lines += line.len > 0;
		take_line(m, line);
		text += line.len + (end != NULL);
		len -= line.len + (end != NULL);
	}
	return m->fields & NOTIFY_BARRIER && lines > 1 ? -EINVAL : 0;
}
