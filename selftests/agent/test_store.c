// SPDX-License-Identifier: GPL-2.0
/* The store: what is committed is there again, what is not is not, and trouble has a sentence. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftests/lib/harness.h"
#include "user/store/store.h"

FIXTURE(store) {
	char dir[64];
	char why[256];
	struct store *s;
};

FIXTURE_SETUP(store)
{
	strcpy(self->dir, "/tmp/vigil-store-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	self->s = store_open(self->dir, self->why, sizeof(self->why));
	ASSERT_NE(NULL, self->s);
}

static void remove_file(const char *dir, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	unlink(path);
}

FIXTURE_TEARDOWN(store)
{
	store_close(self->s);
	remove_file(self->dir, "vigil.db");
	remove_file(self->dir, "vigil.db-wal");
	remove_file(self->dir, "vigil.db-shm");
	rmdir(self->dir);
}

static const struct store_job job = {
	.name = "web",
	.boot_id = "0123",
	.want = "up",
	.state = "failed",
	.alive = true,
	.pid = 4194304,
	.start_ticks = UINT64_MAX,
	.watch_id = UINT64_MAX - 1,
	.restarts = 7,
	.level = 3,
	.due_us = 1234567890123,
	.recent = "1 2 3",
	.reason = "it's \"quoted\"; DROP TABLE job;",
	.exit = {
		.known = true,
		.cause = 2,
		.code = 0,
		.signal = 11,
		.realtime_ns = 1700000000123456789,
		.utime_ns = 1,
		.stime_ns = 2,
		.maxrss_kib = 3,
	},
};

struct found {
	int n;
	int same;
};

static int same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void compare(void *arg, const struct store_job *row)
{
	struct found *f = arg;

	f->n++;
	f->same = same_text(row->name, job.name) && same_text(row->boot_id, job.boot_id) &&
		same_text(row->want, job.want) && same_text(row->state, job.state) &&
		same_text(row->recent, job.recent) && same_text(row->reason, job.reason) &&
		row->alive == job.alive && row->pid == job.pid &&
		row->start_ticks == job.start_ticks && row->watch_id == job.watch_id &&
		row->restarts == job.restarts && row->level == job.level &&
		row->due_us == job.due_us && memcmp(&row->exit, &job.exit, sizeof(job.exit)) == 0;
}

TEST_F(store, a_row_comes_back_as_it_was)
{
	struct found f = { 0 };

	ASSERT_EQ(0, store_begin(self->s));
	ASSERT_EQ(0, store_put_job(self->s, &job));
	ASSERT_EQ(0, store_commit(self->s));
	store_close(self->s);
	self->s = store_open(self->dir, self->why, sizeof(self->why));
	ASSERT_NE(NULL, self->s);
	ASSERT_EQ(0, store_each_job(self->s, compare, &f));
	EXPECT_EQ(1, f.n);
	EXPECT_TRUE(f.same);
}

TEST_F(store, a_row_is_replaced_and_deleted)
{
	struct store_job other = job;
	struct found f = { 0 };

	other.reason = NULL;
	other.state = "running";
	ASSERT_EQ(0, store_put_job(self->s, &other));
	ASSERT_EQ(0, store_put_job(self->s, &job));
	ASSERT_EQ(0, store_each_job(self->s, compare, &f));
	EXPECT_EQ(1, f.n);
	EXPECT_TRUE(f.same);
	ASSERT_EQ(0, store_del_job(self->s, "web"));
	f.n = 0;
	ASSERT_EQ(0, store_each_job(self->s, compare, &f));
	EXPECT_EQ(0, f.n);
}

static const struct store_ready told = {
	.name = "web",
	.pid = 4194304,
	.start_ticks = UINT64_MAX,
	.reached = true,
	.reloading = true,
	.doom = 2,
	.start_due_us = 1234567890123,
	.watchdog_us = UINT64_MAX - 1,
	.status = "it's \377 ready",
};

static void compare_told(void *arg, const struct store_ready *row)
{
	struct found *f = arg;

	f->n++;
	f->same = same_text(row->name, told.name) && row->pid == told.pid &&
		  row->start_ticks == told.start_ticks && row->reached && row->reloading &&
		  row->doom == told.doom && row->start_due_us == told.start_due_us &&
		  row->watchdog_us == told.watchdog_us && same_text(row->status, told.status);
}

TEST_F(store, what_a_job_told_comes_back_and_is_deleted)
{
	struct found f = { 0 };

	ASSERT_EQ(0, store_put_ready(self->s, &told));
	ASSERT_EQ(0, store_put_ready(self->s, &told));
	ASSERT_EQ(0, store_each_ready(self->s, compare_told, &f));
	EXPECT_EQ(1, f.n);
	EXPECT_EQ(1, f.same);
	ASSERT_EQ(0, store_del_ready(self->s, "web"));
	f.n = 0;
	ASSERT_EQ(0, store_each_ready(self->s, compare_told, &f));
	EXPECT_EQ(0, f.n);
}

static const struct store_progress progress = {
	.phase = 2,
	.step = 3,
	.ended = 4,
	.ran_us = 5,
	.told_us = 6,
	.renew_us = UINT64_MAX,
	.escalated_us = 8,
	.limit_passed = true,
	.group_recent = "10 20",
};

static void compare_progress(void *arg, const char *name, const struct store_progress *p)
{
	struct found *f = arg;

	f->n++;
	f->same = same_text(name, "web") && p->phase == progress.phase &&
		p->step == progress.step && p->ended == progress.ended &&
		p->ran_us == progress.ran_us && p->told_us == progress.told_us &&
		p->renew_us == progress.renew_us && p->escalated_us == progress.escalated_us &&
		p->limit_passed && same_text(p->group_recent, progress.group_recent);
}

TEST_F(store, progress_comes_back_as_it_was_and_goes)
{
	struct found f = { 0 };

	ASSERT_EQ(0, store_put_progress(self->s, "web", &progress));
	ASSERT_EQ(0, store_put_progress(self->s, "web", &progress));
	ASSERT_EQ(0, store_each_progress(self->s, compare_progress, &f));
	EXPECT_EQ(1, f.n);
	EXPECT_TRUE(f.same);
	ASSERT_EQ(0, store_del_progress(self->s, "web"));
	f.n = 0;
	ASSERT_EQ(0, store_each_progress(self->s, compare_progress, &f));
	EXPECT_EQ(0, f.n);
}

TEST_F(store, what_is_rolled_back_is_gone)
{
	struct found f = { 0 };

	ASSERT_EQ(0, store_begin(self->s));
	ASSERT_EQ(0, store_put_job(self->s, &job));
	store_rollback(self->s);
	store_rollback(self->s);	/* twice does no harm */
	ASSERT_EQ(0, store_each_job(self->s, compare, &f));
	EXPECT_EQ(0, f.n);
}

/* The process that wrote is killed, with another transaction open. */
TEST_F(store, a_kill_keeps_what_was_committed_and_nothing_else)
{
	struct found f = { 0 };
	pid_t pid;

	store_close(self->s);
	self->s = NULL;
	pid = fork();
	ASSERT_GE(pid, 0);
	if (pid == 0) {
		struct store *s = store_open(self->dir, self->why, sizeof(self->why));
		struct store_job other = job;

		other.name = "other";
		if (s && !store_begin(s) && !store_put_job(s, &job) && !store_commit(s) &&
		    !store_begin(s) && !store_put_job(s, &other))
			kill(getpid(), SIGKILL);
		_exit(1);
	}
	ASSERT_EQ(pid, waitpid(pid, &f.n, 0));
	ASSERT_TRUE(WIFSIGNALED(f.n));
	f.n = 0;
	self->s = store_open(self->dir, self->why, sizeof(self->why));
	ASSERT_NE(NULL, self->s);
	ASSERT_EQ(0, store_each_job(self->s, compare, &f));
	EXPECT_EQ(1, f.n);
	EXPECT_TRUE(f.same);
}

static void compare_file(void *arg, const char *path, const char *text, size_t len)
{
	struct found *f = arg;

	f->n++;
	f->same = strcmp(path, "/etc/x.yaml") == 0 && len == 5 && memcmp(text, "a\0b\n\xff", 5) == 0;
}

TEST_F(store, texts_are_kept_byte_by_byte)
{
	struct found f = { 0 };

	ASSERT_EQ(0, store_put_file(self->s, "/etc/x.yaml", "", 0));
	ASSERT_EQ(0, store_put_file(self->s, "/etc/x.yaml", "a\0b\n\xff", 5));
	ASSERT_EQ(0, store_each_file(self->s, compare_file, &f));
	EXPECT_EQ(1, f.n);
	EXPECT_TRUE(f.same);
	ASSERT_EQ(0, store_del_file(self->s, "/etc/x.yaml"));
	f.n = 0;
	ASSERT_EQ(0, store_each_file(self->s, compare_file, &f));
	EXPECT_EQ(0, f.n);
}

TEST_F(store, another_writer_is_told_and_survived)
{
	struct store *other = store_open(self->dir, self->why, sizeof(self->why));

	ASSERT_NE(NULL, other);
	ASSERT_EQ(0, store_begin(other));
	EXPECT_GT(0, store_begin(self->s));
	EXPECT_STREQ("database is locked", store_error(self->s));
	store_rollback(self->s);
	ASSERT_EQ(0, store_commit(other));
	store_close(other);
	EXPECT_EQ(0, store_put_job(self->s, &job));
}

TEST(a_missing_directory_is_told)
{
	char why[256];

	EXPECT_EQ(NULL, store_open("/no/such/directory", why, sizeof(why)));
	EXPECT_STREQ("/no/such/directory/vigil.db: unable to open database file", why);
}

struct standbys_seen {
	int n;
	struct store_standby last;
	char lane[STORE_LANE_MAX + 1];
	char next[STORE_LANE_MAX + 1];
};

static void see_standby(void *arg, const struct store_standby *row)
{
	struct standbys_seen *seen = arg;

	seen->n++;
	seen->last = *row;
	snprintf(seen->lane, sizeof(seen->lane), "%s", row->lane);
	snprintf(seen->next, sizeof(seen->next), "%s", row->next);
}

TEST_F(store, rows_of_standbys_are_there_again_until_they_are_deleted)
{
	const struct store_standby row = {
		.name = "db", .lane = "db+1", .next = "db", .untold = true, .since_us = UINT64_MAX - 7,
	};
	const struct store_standby other = { .name = "db", .lane = "db", .next = "" };
	struct standbys_seen seen = { 0 };

	ASSERT_EQ(0, store_put_standby(self->s, &other));
	ASSERT_EQ(0, store_put_standby(self->s, &row));
	store_close(self->s);
	self->s = store_open(self->dir, self->why, sizeof(self->why));
	ASSERT_NE(NULL, self->s);
	ASSERT_EQ(0, store_each_standby(self->s, see_standby, &seen));
	EXPECT_EQ(1, seen.n);
	EXPECT_STREQ("db+1", seen.lane);
	EXPECT_STREQ("db", seen.next);
	EXPECT_TRUE(seen.last.untold);
	EXPECT_EQ(UINT64_MAX - 7, seen.last.since_us);
	ASSERT_EQ(0, store_del_standby(self->s, "db"));
	seen.n = 0;
	ASSERT_EQ(0, store_each_standby(self->s, see_standby, &seen));
	EXPECT_EQ(0, seen.n);
}

TEST_HARNESS_MAIN
