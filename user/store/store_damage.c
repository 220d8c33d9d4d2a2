// SPDX-License-Identifier: GPL-2.0
/* A store that will never open: how it is told, and how it is set aside. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "user/base/clock.h"
#include "user/store/store_impl.h"

#define DAMAGED STORE_NAME ".damaged-"

static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };

enum { SUFFIXES = sizeof(suffixes) / sizeof(*suffixes) };

/*
 * SQLite takes an empty file for a new store and deletes the log beside it. But a log is begun when
 * the store has its first page on the disk: then the store was cut short, and the log is all there is.
 */
int store_look(const char *path, char *why, size_t size)
{
	char wal[PATH_MAX];
	struct stat db, log;
	bool there = stat(path, &db) == 0;

	if (there && !S_ISREG(db.st_mode)) {
		snprintf(why, size, "%s lies where the store should",
			 S_ISDIR(db.st_mode) ? "a directory" : "no regular file");
		return -EUCLEAN;
	}
	snprintf(wal, sizeof(wal), "%s-wal", path);
	if ((there && db.st_size > 0) || stat(wal, &log) || log.st_size == 0)
		return 0;
	snprintf(why, size, "the store is %s, but its log is there", there ? "empty" : "missing");
	return -EUCLEAN;
}

static int is_damaged_name(const struct dirent *e)
{
	const char *dash = strrchr(e->d_name, '-');

	return strncmp(e->d_name, DAMAGED, strlen(DAMAGED)) == 0 && dash &&
	       dash + 1 == e->d_name + strlen(DAMAGED);
}

/* Names that begin with the time: the newest comes last. */
static int list_damaged(const char *dir, struct dirent ***list)
{
	return scandir(dir, list, is_damaged_name, alphasort);
}

static void free_list(struct dirent **list, int n)
{
	while (n > 0)
		free(list[--n]);
	free(list);
}

bool store_damaged_newest(const char *dir, char *name, size_t size)
{
	struct dirent **list;
	int n = list_damaged(dir, &list);

	if (n < 0)
		return false;
	if (n > 0)
		snprintf(name, size, "%s", list[n - 1]->d_name);
	free_list(list, n);
	return n > 0;
}

static void delete_one(int dirfd, const char *name)
{
	char path[NAME_MAX + 1];
	size_t i;

	for (i = 0; i < SUFFIXES; i++) {
		snprintf(path, sizeof(path), "%s%s", name, suffixes[i]);
		/* A directory that was in the way goes only if nobody has put anything there. */
		if (unlinkat(dirfd, path, 0) && errno == EISDIR)
			unlinkat(dirfd, path, AT_REMOVEDIR);
	}
}

static void delete_oldest(const char *dir, int dirfd)
{
	struct dirent **list;
	int n = list_damaged(dir, &list), i;

	for (i = 0; i < n - STORE_DAMAGED_MAX; i++)
		delete_one(dirfd, list[i]->d_name);
	if (n >= 0)
		free_list(list, n);
}

/* A name of now. */
static void new_name(char *name, size_t size)
{
	struct timespec now;
	struct tm tm;
	char when[32];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(when, sizeof(when), "%Y%m%dT%H%M%S", &tm);
	snprintf(name, size, DAMAGED "%s.%06ldZ", when, now.tv_nsec / NS_PER_US);
}

/*
 * The store goes first: a log alone is set aside by the next attempt, but a store without its log
 * might open, as it was some time ago.
 */
static int rename_all(int dirfd, const char *name)
{
	char from[32], to[NAME_MAX + 1];
	size_t i;

	for (i = 0; i < SUFFIXES; i++) {
		snprintf(from, sizeof(from), STORE_NAME "%s", suffixes[i]);
		snprintf(to, sizeof(to), "%s%s", name, suffixes[i]);
		if (renameat(dirfd, from, dirfd, to) && errno != ENOENT)
			return -errno;
	}
	return fsync(dirfd) ? -errno : 0;
}

int store_set_aside(const char *dir, char *name, size_t size)
{
	int dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err;

	if (dirfd < 0)
		return -errno;
	new_name(name, size);
	err = rename_all(dirfd, name);
	if (!err)
		delete_oldest(dir, dirfd);
	close(dirfd);
	return err;
}
