// SPDX-License-Identifier: GPL-2.0
/* Environment files, by tables. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "selftests/lib/harness.h"
#include "user/jobfile/envfile.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

struct good_case {
	const char *text;
	const char *want;	/* [NAME=VALUE]... */
};

static const struct good_case good[] = {
	{ "", "" },
	{ "\n\n  \n", "" },
	{ "A=b", "[A=b]" },
	{ "A=b\nC=d\n", "[A=b][C=d]" },
	{ "  A = b c \t\r\n", "[A=b c]" },
	{ "# A=b\n; C=d\n  # E=f\nG=h # i", "[G=h # i]" },
	{ "A=", "[A=]" },
	{ "A=\nB=c\n", "[A=][B=c]" },
	{ "A=''\nB=\"\"", "[A=][B=]" },
	{ "A=' b '", "[A= b ]" },
	{ "A='b\\c\"'", "[A=b\\c\"]" },
	{ "A=\"b'c\\\"\\\\\\$\\`\\n\"", "[A=b'c\"\\$`\\n]" },
	{ "A=\"b\nc\"\nD=e", "[A=b\nc][D=e]" },
	{ "A=\"b\\\nc\"", "[A=bc]" },
	{ "A=b\\\nc\nD=e", "[A=bc][D=e]" },
	{ "A=b\\ \\'c\\", "[A=b 'c]" },
	{ "A=b'c d'\"e\"f", "[A=bc def]" },
	{ "A='b'  ", "[A=b]" },
	{ "A=b=c", "[A=b=c]" },
	{ "A=1\nA=2", "[A=1][A=2]" },
	{ "A=\xff\xfe", "[A=\xff\xfe]" },
};

struct bad_case {
	const char *text;
	size_t len;
	unsigned int line;
	const char *want;
};

#define BAD(text, line, want) { text, sizeof(text) - 1, line, want }

static const struct bad_case bad[] = {
	BAD("A", 1, "NAME=VALUE is wanted here"),
	BAD("A=b\n\nexport\n", 3, "NAME=VALUE is wanted here"),
	BAD("export A=b", 1, "no variable's name"),
	BAD("=b", 1, "no variable's name"),
	BAD("1A=b", 1, "no variable's name"),
	BAD("A-B=c", 1, "no variable's name"),
	BAD("A=b\nC='d\ne", 2, "a quote is not closed"),
	BAD("A=\"b\\\"", 1, "a quote is not closed"),
	BAD("A=b\0c", 1, "a NUL byte"),
	BAD("A='b\0c'", 1, "a NUL byte"),
	BAD("A=b\\\0c", 1, "a NUL byte"),
	BAD("A\0=c", 1, "no variable's name"),
	BAD("A='b\nc'\nD", 3, "NAME=VALUE is wanted here"),
};

static int note(void *arg, const char *name, const char *value)
{
	char *buf = arg;
	size_t n = strlen(buf);

	snprintf(buf + n, 256 - n, "[%s=%s]", name, value);
	return 0;
}

TEST(what_a_file_means)
{
	struct env_error err;
	size_t i;

	for (i = 0; i < ARRAY_LEN(good); i++) {
		char got[256] = "";

		EXPECT_EQ(env_file_parse(good[i].text, strlen(good[i].text), note, got, &err), 0);
		EXPECT_STREQ(got, good[i].want) { TH_LOG("case %zu", i); }
	}
}

TEST(what_is_wrong_and_in_which_line)
{
	struct env_error err;
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		char got[256] = "";

		EXPECT_EQ(env_file_parse(bad[i].text, bad[i].len, note, got, &err), -EINVAL)
			{ TH_LOG("case %zu", i); }
		EXPECT_EQ(err.line, bad[i].line) { TH_LOG("case %zu", i); }
		ASSERT_NE(err.text, NULL);
		EXPECT_EQ(strncmp(err.text, bad[i].want, strlen(bad[i].want)), 0)
			{ TH_LOG("case %zu: %s", i, err.text); }
	}
}

static int refuse(void *arg, const char *name, const char *value)
{
	(void)arg;
	(void)name;
	(void)value;
	return -E2BIG;
}

TEST(the_taker_can_end_it)
{
	struct env_error err;

	EXPECT_EQ(env_file_parse("A=b\n", 4, refuse, NULL, &err), -E2BIG);
}

/* Any bytes in, a value or an error out: for the sanitizers. */
TEST(any_bytes_are_read_without_harm)
{
	static const char bytes[] = "A=\"'\\\n #;\r\0\x80z";
	uint32_t random = 1;
	struct env_error err;
	char text[24];
	int i;
	size_t j;

	for (i = 0; i < 200000; i++) {
		for (j = 0; j < sizeof(text); j++) {
			random = random * 1664525 + 1013904223;
			text[j] = bytes[(random >> 16) % (sizeof(bytes) - 1)];
		}
		char got[256] = "";
		int ret = env_file_parse(text, i % sizeof(text), note, got, &err);

		ASSERT_TRUE(ret == 0 || (ret == -EINVAL && err.text && err.line));
	}
}

TEST_HARNESS_MAIN
