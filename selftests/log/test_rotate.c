// SPDX-License-Identifier: GPL-2.0
/* Rotation, also where an earlier one was broken off, and the rules' file. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "selftests/lib/harness.h"
#include "user/log/rotate.h"
#include "user/log/rules.h"

FIXTURE(dir) {
	char path[32];
	int fd;
	char text[256];		/* what files there are, and what is in them */
};

FIXTURE_SETUP(dir)
{
	strcpy(self->path, "/tmp/vigil-rotate.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->path));
	self->fd = open(self->path, O_RDONLY | O_DIRECTORY);
	ASSERT_LE(0, self->fd);
}

static void clear(int fd)
{
	char name[16];
	int i;

	unlinkat(fd, "x", 0);
	for (i = 1; i < 10; i++) {
		snprintf(name, sizeof(name), "x.%d", i);
		unlinkat(fd, name, 0);
	}
}

FIXTURE_TEARDOWN(dir)
{
	clear(self->fd);
	close(self->fd);
	rmdir(self->path);
}

/* "ab.c": x has a, x.1 has b, x.2 is missing, x.3 has c. */
static void make_files(int fd, const char *files)
{
	char name[16];
	int i, file;

	clear(fd);
	for (i = 0; files[i]; i++) {
		if (files[i] == '.')
			continue;
		snprintf(name, sizeof(name), i ? "x.%d" : "x", i);
		file = openat(fd, name, O_WRONLY | O_CREAT, 0600);
		if (write(file, &files[i], 1) != 1)
			abort();
		close(file);
	}
}

static const char *see_files(int fd, char *out)
{
	char name[16];
	int i, last = 0, file;

	for (i = 0; i < 10; i++) {
		snprintf(name, sizeof(name), i ? "x.%d" : "x", i);
		out[i] = '.';
		file = openat(fd, name, O_RDONLY);
		if (file < 0)
			continue;
		last = i + 1;
		if (read(file, &out[i], 1) != 1)
			abort();
		close(file);
	}
	out[last] = '\0';
	return out;
}

struct rotation {
	const char *before;
	unsigned int files;
	const char *after;
};

static const struct rotation rotations[] = {
	{ "a", 5, ".a" },
	{ "ab", 5, ".ab" },
	{ "abc", 3, ".ab" },
	{ "abcde", 5, ".abcd" },
	{ "a", 1, "" },
	{ "ab", 1, "" },
	{ "abcde", 2, ".a" },
	{ "a.bcd", 5, ".abcd" },	/* broken off: b, c and d had moved already */
	{ "ab.cd", 5, ".abcd" },
	{ "abc.d", 5, ".abcd" },
};

TEST_F(dir, files_move_up_and_the_last_one_goes)
{
	size_t i;

	for (i = 0; i < sizeof(rotations) / sizeof(*rotations); i++) {
		make_files(self->fd, rotations[i].before);
		EXPECT_EQ(0, rotate(self->fd, "x", rotations[i].files));
		EXPECT_STREQ(rotations[i].after, see_files(self->fd, self->text))
			TH_LOG("%s, %u", rotations[i].before, rotations[i].files);
	}
}

TEST_F(dir, rules_read_as_they_were_written)
{
	struct log_rules rules = {
		.max_size = 1ull << 40, .rate_within_us = 3600000000ull, .rate_max = 1000000, .max_files = 100,
		.journald = true, .syslog = 23,
	}, back;

	EXPECT_EQ(-2, rules_read(self->fd, "web", &back));
	EXPECT_EQ(5, back.max_files);
	ASSERT_EQ(0, rules_write(self->fd, "web", &rules));
	ASSERT_EQ(0, rules_read(self->fd, "web", &back));
	EXPECT_EQ(rules.max_size, back.max_size);
	EXPECT_EQ(rules.rate_within_us, back.rate_within_us);
	EXPECT_EQ(rules.rate_max, back.rate_max);
	EXPECT_EQ(rules.max_files, back.max_files);
	EXPECT_TRUE(back.journald);
	EXPECT_EQ(23, back.syslog);
	rules_forget(self->fd, "web");
	EXPECT_EQ(-2, rules_read(self->fd, "web", &back));
}

TEST_HARNESS_MAIN
