// SPDX-License-Identifier: GPL-2.0
/* NAME, NAME.1, NAME.2 and so on. */
#include "user/log/rotate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/log/bounds.h"

enum { NAME_SIZE = 256 };

static void number(char *out, const char *name, unsigned int n)
{
	if (n)
		snprintf(out, NAME_SIZE, "%s.%u", name, n);
	else
		snprintf(out, NAME_SIZE, "%s", name);
}

static bool exists(int dir_fd, const char *name, unsigned int n)
{
	char path[NAME_SIZE];
	struct stat st;

	number(path, name, n);
	return fstatat(dir_fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* A gap is where a rotation was broken off: what is below it has yet to move. */
static unsigned int first_gap(int dir_fd, const char *name, unsigned int files)
{
	unsigned int n = 1;

	while (n < files && exists(dir_fd, name, n))
		n++;
	return n;
}

static int shift(int dir_fd, const char *name, unsigned int n)
{
	char from[NAME_SIZE], to[NAME_SIZE];

	number(from, name, n);
	number(to, name, n + 1);
	return renameat(dir_fd, from, dir_fd, to) ? -errno : 0;
}

/* Fewer may be kept now than before. */
static void remove_beyond(int dir_fd, const char *name, unsigned int files)
{
	char path[NAME_SIZE];
	unsigned int n = files;

	do {
		number(path, name, n++);
	} while (n <= LOG_ROTATED_MAX && unlinkat(dir_fd, path, 0) == 0);
}

int rotate(int dir_fd, const char *name, unsigned int files)
{
	unsigned int n = first_gap(dir_fd, name, files);
	int err = 0;

	while (!err && n-- > 0)
		err = shift(dir_fd, name, n);
	remove_beyond(dir_fd, name, files);
	return err;
}
