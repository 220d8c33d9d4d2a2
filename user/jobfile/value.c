/* SPDX-License-Identifier: GPL-2.0 */
/* What one word of a job file means: numbers, durations, sizes, signals, names. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "user/jobfile/jobfile.h"
#include "user/jobfile/value.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum { ACCOUNT_LEN_MAX = 32 };

struct unit {
	const char *name;
	uint64_t factor;
};

/* Both from small to large. */
static const struct unit duration_units[] = {
	{ "us", 1 }, { "ms", 1000 }, { "s", 1000000 },
	{ "min", 60000000 }, { "h", 3600000000 },
};

static const struct unit size_units[] = {
	{ "", 1 }, { "K", 1ull << 10 }, { "M", 1ull << 20 },
	{ "G", 1ull << 30 }, { "T", 1ull << 40 },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
}

/* Leaves *end behind the digits. */
static enum value_result digits(const char *text, const char **end, uint64_t *out)
{
	uint64_t n = 0;

	if (!is_digit(*text))
		return VALUE_NOT_A_NUMBER;
	for (; is_digit(*text); text++)
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(*text - '0'), &n))
			return VALUE_TOO_BIG;
	*end = text;
	*out = n;
	return VALUE_OK;
}

enum value_result value_number(const char *text, uint64_t *out)
{
	enum value_result r = digits(text, &text, out);

	return r == VALUE_OK && *text ? VALUE_NOT_A_NUMBER : r;
}

static enum value_result with_unit(const char *text, const struct unit *units, size_t n,
				   uint64_t *out)
{
	enum value_result r = digits(text, &text, out);
	size_t i;

	if (r != VALUE_OK)
		return r;
	for (i = 0; i < n; i++)
		if (!strcmp(units[i].name, text))
			return __builtin_mul_overflow(*out, units[i].factor, out) ? VALUE_TOO_BIG :
										    VALUE_OK;
	return *text ? VALUE_BAD_UNIT : VALUE_NO_UNIT;
}

enum value_result value_duration(const char *text, uint64_t *out)
{
	return with_unit(text, duration_units, ARRAY_SIZE(duration_units), out);
}

enum value_result value_size(const char *text, uint64_t *out)
{
	return with_unit(text, size_units, ARRAY_SIZE(size_units), out);
}

static struct written with_largest(uint64_t v, const struct unit *units, size_t n)
{
	struct written w;

	while (n > 1 && (!v || v % units[n - 1].factor))
		n--;
	snprintf(w.text, sizeof(w.text), "%" PRIu64 "%s", v / units[n - 1].factor,
		 units[n - 1].name);
	return w;
}

struct written write_number(uint64_t n)
{
	return with_largest(n, size_units, 1);
}

struct written write_duration(uint64_t us)
{
	return with_largest(us, duration_units, ARRAY_SIZE(duration_units));
}

struct written write_size(uint64_t bytes)
{
	return with_largest(bytes, size_units, ARRAY_SIZE(size_units));
}

static int realtime_signal(const char *name)
{
	uint64_t n = 0;

	if (strncmp(name, "RTMIN", 5))
		return 0;
	if (name[5] && (name[5] != '+' || value_number(name + 6, &n) != VALUE_OK))
		return 0;
	return n <= (uint64_t)(SIGRTMAX - SIGRTMIN) ? SIGRTMIN + (int)n : 0;
}

int value_signal(const char *text, struct suggestion *meant)
{
	const char *name = strncmp(text, "SIG", 3) ? text : text + 3, *known;
	uint64_t n;
	int sig;

	if (value_number(text, &n) == VALUE_OK)
		return n <= (uint64_t)SIGRTMAX ? (int)n : 0;
	for (sig = 1; sig < NSIG; sig++) {
		known = sigabbrev_np(sig);
		if (!known)
			continue;
		if (!strcmp(known, name))
			return sig;
		suggest(meant, name, known);
	}
	return realtime_signal(name);
}

bool value_is_account(const char *text)
{
	uint64_t n;
	size_t i;

	/* The largest number stands for "no change" in chown(2) and its like. */
	if (is_digit(*text))
		return value_number(text, &n) == VALUE_OK && n < UINT32_MAX;
	for (i = 0; text[i]; i++)
		if (!is_word(text[i]) && text[i] != '_' && (!i || !strchr(".-", text[i])))
			return false;
	return i && i <= ACCOUNT_LEN_MAX;
}

bool value_is_variable(const char *text)
{
	if (is_digit(*text) || !*text)
		return false;
	while (is_word(*text) || *text == '_')
		text++;
	return !*text;
}

bool value_is_job_name(const char *text)
{
	size_t i;

	if (!is_word(text[0]))
		return false;
	for (i = 1; text[i]; i++)
		if (!is_word(text[i]) && !strchr("._-", text[i]))
			return false;
	return i <= JOB_NAME_LEN_MAX;
}
