/* SPDX-License-Identifier: GPL-2.0 */
/* A time as people write it. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "user/ctl/moment.h"

#define NS_PER_S 1000000000ull
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *name;
	uint64_t s;
} units[] = {
	{ "s", 1 }, { "min", 60 }, { "h", 3600 }, { "d", 86400 },
};

static int parse_ago(const char *text, uint64_t now_ns, uint64_t *realtime_ns)
{
	unsigned long long n;
	uint64_t ago;
	char *end;
	size_t i;

	errno = 0;
	n = strtoull(text, &end, 10);
	for (i = 0; i < ARRAY_SIZE(units) && !errno; i++) {
		if (strcmp(end, units[i].name) || __builtin_mul_overflow(n, units[i].s * NS_PER_S, &ago))
			continue;
		*realtime_ns = ago < now_ns ? now_ns - ago : 0;
		return 0;
	}
	return -1;
}

/* Exactly @len characters of the text, as strptime() takes them; else NULL. */
static const char *take(const char *text, const char *form, size_t len, struct tm *tm)
{
	const char *end = strptime(text, form, tm);

	return end == text + len ? end : NULL;
}

/* The part of a second: digits after a point. */
static const char *take_fraction(const char *text, uint64_t *ns)
{
	uint64_t unit = NS_PER_S / 10;

	*ns = 0;
	if (*text != '.')
		return text;
	for (text++; *text >= '0' && *text <= '9'; text++, unit /= 10)
		*ns += unit * (uint64_t)(*text - '0');
	return text;
}

/* "Z", or "+01:00". */
static int parse_zone(const char *text, long *offset_s)
{
	struct tm tm = { 0 };

	*offset_s = 0;
	if (!strcmp(text, "Z") || !strcmp(text, "z"))
		return 0;
	if ((*text != '+' && *text != '-') || !take(text + 1, "%H:%M", 5, &tm) || text[6])
		return -1;
	*offset_s = (*text == '-' ? -1 : 1) * (tm.tm_hour * 3600L + tm.tm_min * 60L);
	return 0;
}

static int give(time_t s, uint64_t ns, uint64_t *realtime_ns)
{
	if (s < 0)
		return -1;
	*realtime_ns = (uint64_t)s * NS_PER_S + ns;
	return 0;
}

static int parse_rfc3339(const char *text, uint64_t *realtime_ns)
{
	struct tm tm = { 0 };
	const char *rest = take(text, "%Y-%m-%dT%H:%M:%S", 19, &tm);
	uint64_t ns;
	long offset_s;

	if (!rest)
		return -1;
	rest = take_fraction(rest, &ns);
	if (parse_zone(rest, &offset_s))
		return -1;
	return give(timegm(&tm) - offset_s, ns, realtime_ns);
}

static int parse_local(const char *text, uint64_t *realtime_ns)
{
	static const struct {
		const char *form;
		size_t len;
	} forms[] = {
		{ "%Y-%m-%d", 10 }, { "%Y-%m-%d %H:%M", 16 }, { "%Y-%m-%d %H:%M:%S", 19 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(forms); i++) {
		struct tm tm = { .tm_isdst = -1 };

		if (strlen(text) == forms[i].len && take(text, forms[i].form, forms[i].len, &tm))
			return give(mktime(&tm), 0, realtime_ns);
	}
	return -1;
}

int moment_parse(const char *text, uint64_t now_ns, uint64_t *realtime_ns)
{
	*realtime_ns = now_ns;
	if (!strcmp(text, "now"))
		return 0;
	if (*text < '0' || *text > '9')
		return -1;
	if (!parse_ago(text, now_ns, realtime_ns) || !parse_local(text, realtime_ns))
		return 0;
	return parse_rfc3339(text, realtime_ns);
}
