/* SPDX-License-Identifier: GPL-2.0 */
/* What the command says: messages, colours, and text that cannot steer a terminal. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "user/ctl/command.h"
#include "user/ctl/say.h"

/* Bytes of the well-formed UTF-8 character at @s, 0 if it is none or one of the C1 controls. */
static size_t character(const unsigned char *s)
{
	size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xc2 && s[0] < 0xe0 ? 2 :
		   s[0] >= 0xe0 && s[0] < 0xf0 ? 3 : s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : 0;
	size_t i;

	for (i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xc2 && s[1] < 0xa0) || (s[0] == 0xe0 && s[1] < 0xa0) ||
	    (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) ||
	    (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

char *clean_text(const char *text, bool lines)
{
	const unsigned char *s = (const unsigned char *)text;
	char *out = malloc(4 * strlen(text) + 1), *p = out;
	size_t n;

	if (!out)
		return NULL;
	for (; *s; s += n ? n : 1) {
		n = character(s);
		if (n == 1 && (*s < ' ' || *s == 0x7f) && !(lines && *s == '\n'))
			n = 0;
		if (n)
			p = mempcpy(p, s, n);
		else
			p += sprintf(p, "\\x%02x", *s);
	}
	*p = '\0';
	return out;
}

size_t text_width(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static void write_clean(FILE *f, const char *prefix, const char *fmt, va_list args)
{
	char *text, *clean;

	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	clean = text ? clean_text(text, true) : NULL;
	fprintf(f, "%s%s", prefix, clean ? clean : "out of memory");
	free(clean);
	free(text);
}

void complain(const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	va_start(args, fmt);
	write_clean(stderr, "vigil: ", fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

void say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	write_clean(stdout, "", fmt, args);
	va_end(args);
}

bool say_flush(void)
{
	return !fflush(stdout) && !ferror(stdout);
}

int say_end(int status)
{
	if (say_flush())
		return status;
	/* Whoever closes a pipe has read enough and needs no message. */
	if (errno != EPIPE)
		complain("cannot write the output: %s", strerror(errno));
	return CTL_FAILED;
}

static bool colourful(void)
{
	static int known = -1;
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (known < 0)
		known = isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb");
	return known;
}

const char *colour_on(enum colour c)
{
	static const char *const on[] = {
		[PLAIN] = "", [GREEN] = "\033[32m", [YELLOW] = "\033[33m", [RED] = "\033[31m",
		[BOLD] = "\033[1m",
	};

	return colourful() ? on[c] : "";
}

const char *colour_off(enum colour c)
{
	return colourful() && c != PLAIN ? "\033[0m" : "";
}

struct span span_of(double seconds)
{
	enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };
	unsigned long long s = seconds > 0 ? (unsigned long long)seconds : 0;
	struct span out;

	if (s < MINUTE)
		snprintf(out.text, sizeof(out.text), "%.1fs", seconds > 0 ? seconds : 0);
	else if (s < HOUR)
		snprintf(out.text, sizeof(out.text), "%llum %llus", s / MINUTE, s % MINUTE);
	else if (s < DAY)
		snprintf(out.text, sizeof(out.text), "%lluh %llum", s / HOUR, s % HOUR / MINUTE);
	else
		snprintf(out.text, sizeof(out.text), "%llud %lluh", s / DAY, s % DAY / HOUR);
	return out;
}

struct moment moment_of(uint64_t realtime_ns)
{
	enum { NS_PER_MS = 1000000, MS_PER_S = 1000 };
	uint64_t ms = realtime_ns / NS_PER_MS;
	time_t s = ms / MS_PER_S;
	struct moment m;
	struct tm tm;
	size_t n;

	n = localtime_r(&s, &tm) ? strftime(m.text, sizeof(m.text), "%Y-%m-%d %H:%M:%S", &tm) : 0;
	snprintf(m.text + n, sizeof(m.text) - n, ".%03u", (unsigned int)(ms % MS_PER_S));
	return m;
}
