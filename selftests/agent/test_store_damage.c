// SPDX-License-Identifier: GPL-2.0
/* Stores of other versions, and stores that are none: what opens, what is refused, what is set aside. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftests/lib/harness.h"
#include "user/store/store_impl.h"

enum { FLIPS = 300, NOBODY = 65534 };

/* As the first vigild made it: a change to what it did would show here. */
static const char version_1[] =
	"PRAGMA journal_mode = WAL; BEGIN;"
	"CREATE TABLE job (name TEXT NOT NULL PRIMARY KEY, boot_id TEXT NOT NULL, want TEXT NOT NULL,"
	" state TEXT NOT NULL, alive INTEGER NOT NULL, pid INTEGER NOT NULL,"
	" start_ticks INTEGER NOT NULL, watch_id INTEGER NOT NULL, restarts INTEGER NOT NULL,"
	" level INTEGER NOT NULL, due_us INTEGER NOT NULL, recent TEXT NOT NULL, reason TEXT,"
	" exit_known INTEGER NOT NULL, exit_cause INTEGER NOT NULL, exit_code INTEGER NOT NULL,"
	" exit_signal INTEGER NOT NULL, exit_realtime_ns INTEGER NOT NULL,"
	" exit_utime_ns INTEGER NOT NULL, exit_stime_ns INTEGER NOT NULL,"
	" exit_maxrss_kib INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE file (path TEXT NOT NULL PRIMARY KEY, text BLOB NOT NULL) STRICT;"
	"PRAGMA user_version = 1; COMMIT;";

static const char rows[] =
	"INSERT INTO job (name, boot_id, want, state, alive, pid, start_ticks, watch_id, restarts,"
	" level, due_us, recent, reason, exit_known, exit_cause, exit_code, exit_signal,"
	" exit_realtime_ns, exit_utime_ns, exit_stime_ns, exit_maxrss_kib) VALUES"
	" ('web', 'boot', 'up', 'failed', 1, 7, 8, 9, 10, 11, 12, '1 2', 'why', 1, 1, 3, 0, 4, 5, 6, 7);"
	"INSERT INTO file VALUES ('/etc/x.yaml', x'6a6f6273');";

FIXTURE(damage) {
	char dir[64];
	char path[96];
	char why[512];
	char name[256];
	struct store *s;
};

FIXTURE_SETUP(damage)
{
	strcpy(self->dir, "/tmp/vigil-store-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	snprintf(self->path, sizeof(self->path), "%s/" STORE_NAME, self->dir);
}

static void clear_dir(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (unlinkat(dirfd(d), e->d_name, 0))
			unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
	if (d)
		closedir(d);
}

FIXTURE_TEARDOWN(damage)
{
	store_close(self->s);
	clear_dir(self->dir);
	rmdir(self->dir);
}

static bool run_sql(const char *path, const char *sql)
{
	sqlite3 *db;
	bool ok = sqlite3_open(path, &db) == SQLITE_OK &&
		  sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;

	if (!ok)
		printf("# %s\n", sqlite3_errmsg(db));
	sqlite3_close(db);
	return ok;
}

static void check_row(void *arg, const struct store_job *row)
{
	*(int *)arg += strcmp(row->name, "web") == 0 && strcmp(row->state, "failed") == 0 &&
		       row->alive && row->pid == 7 && row->start_ticks == 8 && row->watch_id == 9 &&
		       row->restarts == 10 && row->due_us == 12 && strcmp(row->recent, "1 2") == 0 &&
		       strcmp(row->reason, "why") == 0 && row->exit.code == 3 &&
		       row->exit.maxrss_kib == 7;
}

static void check_file(void *arg, const char *path, const char *text, size_t len)
{
	*(int *)arg += strcmp(path, "/etc/x.yaml") == 0 && len == 4 && memcmp(text, "jobs", 4) == 0;
}

/* 2: the job and the file, each as it was. */
static int found(const char *dir, char *why, size_t size)
{
	struct store *s = store_open(dir, why, size);
	int n = 0;

	if (!s)
		return -errno;
	if (store_each_job(s, check_row, &n) || store_each_file(s, check_file, &n))
		n = -1;
	store_close(s);
	return n;
}

TEST_F(damage, a_store_of_the_first_version_keeps_its_rows)
{
	ASSERT_TRUE(run_sql(self->path, version_1));
	ASSERT_TRUE(run_sql(self->path, rows));
	EXPECT_EQ(2, found(self->dir, self->why, sizeof(self->why)));
}

static bool make_version(const char *path, int version)
{
	char set[48];
	int i;
	bool ok = run_sql(path, "PRAGMA journal_mode = WAL");

	for (i = 0; ok && i < version; i++)
		ok = run_sql(path, store_migration(i));
	snprintf(set, sizeof(set), "PRAGMA user_version = %d", version);
	return ok && run_sql(path, set) && run_sql(path, rows);
}

TEST_F(damage, a_store_of_each_earlier_version_keeps_its_rows)
{
	int version;

	for (version = 1; store_migration(version - 1); version++) {
		ASSERT_TRUE(make_version(self->path, version));
		EXPECT_EQ(2, found(self->dir, self->why, sizeof(self->why)));
		clear_dir(self->dir);
	}
}

static long read_all(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY);
	long n = fd < 0 ? -1 : read(fd, buf, size);

	if (fd >= 0)
		close(fd);
	return n;
}

TEST_F(damage, a_store_of_a_newer_version_is_refused_and_left_alone)
{
	static char before[1 << 18], after[1 << 18];
	long n;

	self->s = store_open(self->dir, self->why, sizeof(self->why));
	ASSERT_NE(NULL, self->s);
	store_close(self->s);
	self->s = NULL;
	ASSERT_TRUE(run_sql(self->path, "PRAGMA user_version = 1000"));
	n = read_all(self->path, before, sizeof(before));
	EXPECT_EQ(-EPROTONOSUPPORT, found(self->dir, self->why, sizeof(self->why)));
	EXPECT_NE(NULL, strstr(self->why, "its schema has version 1000, this vigild knows version"));
	EXPECT_EQ(n, read_all(self->path, after, sizeof(after)));
	EXPECT_EQ(0, memcmp(before, after, (size_t)n));
}

/* Set aside, and a new one opens in its place. */
static bool renewed(const char *dir, char *name, size_t size)
{
	char why[512];
	struct store *s;

	if (store_set_aside(dir, name, size))
		return false;
	s = store_open(dir, why, sizeof(why));
	if (!s)
		printf("# %s\n", why);
	store_close(s);
	return s;
}

static void write_bytes(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		abort();
	close(fd);
}

TEST_F(damage, what_is_no_database_is_damage)
{
	static const char text[] = "this is not a database, and longer than a header of one would be, "
				   "which has a hundred bytes";
	char aside[400], kept[sizeof(text)];

	write_bytes(self->path, text, sizeof(text));
	EXPECT_EQ(-EUCLEAN, found(self->dir, self->why, sizeof(self->why)));
	ASSERT_TRUE(renewed(self->dir, self->name, sizeof(self->name)));
	snprintf(aside, sizeof(aside), "%s/%s", self->dir, self->name);
	EXPECT_EQ((long)sizeof(text), read_all(aside, kept, sizeof(kept)));
	EXPECT_EQ(0, memcmp(text, kept, sizeof(text)));
}

TEST_F(damage, a_directory_in_its_place_is_damage)
{
	ASSERT_EQ(0, mkdir(self->path, 0700));
	EXPECT_EQ(-EUCLEAN, found(self->dir, self->why, sizeof(self->why)));
	EXPECT_NE(NULL, strstr(self->why, "a directory lies where the store should"));
	EXPECT_TRUE(renewed(self->dir, self->name, sizeof(self->name)));
}

TEST_F(damage, a_log_without_its_store_is_damage)
{
	char wal[128];

	snprintf(wal, sizeof(wal), "%s-wal", self->path);
	write_bytes(wal, "frames", 6);
	EXPECT_EQ(-EUCLEAN, found(self->dir, self->why, sizeof(self->why)));
	write_bytes(self->path, "", 0);
	EXPECT_EQ(-EUCLEAN, found(self->dir, self->why, sizeof(self->why)));
	EXPECT_TRUE(renewed(self->dir, self->name, sizeof(self->name)));
}

TEST_F(damage, a_schema_that_is_not_what_its_version_says_is_damage)
{
	ASSERT_TRUE(run_sql(self->path, "CREATE TABLE job (x); PRAGMA user_version = 0"));
	EXPECT_EQ(-EUCLEAN, found(self->dir, self->why, sizeof(self->why)));
	clear_dir(self->dir);
	ASSERT_TRUE(run_sql(self->path, version_1));
	ASSERT_TRUE(run_sql(self->path, "DROP TABLE file"));
	EXPECT_EQ(-EUCLEAN, found(self->dir, self->why, sizeof(self->why)));
}

TEST_F(damage, no_permission_is_no_damage)
{
	int status;
	pid_t pid;

	ASSERT_TRUE(make_version(self->path, 1));
	ASSERT_EQ(0, chmod(self->path, 0));
	if (geteuid() != 0)
		SKIP(return, "root is needed, to be somebody else");
	ASSERT_EQ(0, chmod(self->dir, 0755));
	pid = fork();
	if (pid == 0) {
		if (setgid(NOBODY) || setuid(NOBODY))
			_exit(9);
		_exit(-found(self->dir, self->why, sizeof(self->why)));
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(EIO, WEXITSTATUS(status));
	EXPECT_EQ(2, found(self->dir, self->why, sizeof(self->why)));
}

/* After the check at the opening. */
TEST_F(damage, damage_that_shows_later_is_told_apart_from_trouble)
{
	static char junk[1 << 14];
	int n = 0, fd;

	ASSERT_TRUE(make_version(self->path, 1));
	self->s = store_open(self->dir, self->why, sizeof(self->why));
	ASSERT_NE(NULL, self->s);
	ASSERT_EQ(SQLITE_OK, sqlite3_wal_checkpoint_v2(self->s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE,
						       NULL, NULL));
	memset(junk, 0xa5, sizeof(junk));
	fd = open(self->path, O_WRONLY);
	ASSERT_EQ((ssize_t)sizeof(junk), pwrite(fd, junk, sizeof(junk), 4096));
	close(fd);
	sqlite3_db_release_memory(self->s->db);
	EXPECT_EQ(-EUCLEAN, store_each_job(self->s, check_row, &n));
	EXPECT_EQ(-EUCLEAN, store_del_job(self->s, "web"));
	EXPECT_EQ(0, n);
}

static unsigned int draw(unsigned int *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 8;
}

/* The file with some bytes changed, or cut off. */
static void spoil(char *bytes, long *n, unsigned int *seed)
{
	int i, flips = 1 + (int)(draw(seed) % 8);

	if (draw(seed) % 4 == 0)
		*n = (long)(draw(seed) % (unsigned int)*n);
	for (i = 0; *n && i < flips; i++)
		bytes[draw(seed) % (unsigned int)*n] ^= (char)(1 + draw(seed) % 255);
}

/*
 * Whatever the bytes are, it opens or is told to be damaged, and in the second case the next one
 * opens. What it yields may be wrong if a row's own bytes were hit: nothing in them tells.
 */
TEST_F(damage, any_bytes_open_or_are_damage)
{
	static char good[1 << 18], bad[1 << 18];
	unsigned int seed = 1;
	int i, opened = 0, aside = 0;
	long n, len;

	ASSERT_TRUE(make_version(self->path, 1));
	ASSERT_EQ(2, found(self->dir, self->why, sizeof(self->why)));
	len = read_all(self->path, good, sizeof(good));
	ASSERT_GT(len, 0);
	for (i = 0; i < FLIPS; i++) {
		int got;

		n = len;
		memcpy(bad, good, (size_t)n);
		spoil(bad, &n, &seed);
		clear_dir(self->dir);
		write_bytes(self->path, bad, (size_t)n);
		got = found(self->dir, self->why, sizeof(self->why));
		if (got >= -1)
			opened++;
		else if (got == -EUCLEAN && renewed(self->dir, self->name, sizeof(self->name)))
			aside++;
		else if (got != -EPROTONOSUPPORT)
			printf("# %d: %d %s\n", i, got, self->why);
		else
			opened++;
	}
	printf("# %d opened, %d set aside\n", opened, aside);
	EXPECT_EQ(FLIPS, opened + aside);
	EXPECT_GT(aside, FLIPS / 10);
}

static int count_files(const char *dir)
{
	DIR *d = opendir(dir);
	int n = -2;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

TEST_F(damage, few_damaged_stores_are_kept)
{
	char newest[256];
	int i;

	EXPECT_FALSE(store_damaged_newest(self->dir, newest, sizeof(newest)));
	for (i = 0; i < 2 * STORE_DAMAGED_MAX; i++) {
		write_bytes(self->path, "not a database", 14);
		ASSERT_EQ(0, store_set_aside(self->dir, self->name, sizeof(self->name)));
	}
	EXPECT_EQ(STORE_DAMAGED_MAX, count_files(self->dir));
	ASSERT_TRUE(store_damaged_newest(self->dir, newest, sizeof(newest)));
	EXPECT_STREQ(self->name, newest);
}

TEST_HARNESS_MAIN
