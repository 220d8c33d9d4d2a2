// SPDX-License-Identifier: GPL-2.0
/*
 * The store under faults: killed, out of power, or refused by the disk at every step that it makes,
 * it opens again, and holds what was committed.
 */
#include <errno.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftests/agent/disk.h"
#include "selftests/lib/harness.h"
#include "user/store/store_history.h"
#include "user/store/store_impl.h"

enum { CHOICES = 8, BIG = 20000, TRIES_MAX = 3, WHY_LEN = 512 };

/** struct run - a script of operations on one store. */
struct run {
	char dir[64];
	struct store *s;
	char why[WHY_LEN];
};

static const char recent[] = "1 2 3";

static int put(struct run *r, const char *name, const char *state)
{
	return store_put_job(r->s, &(struct store_job){
		.name = name, .boot_id = "0123", .want = "up", .state = state, .alive = true,
		.pid = 42, .start_ticks = 43, .recent = recent,
	});
}

static int op_open(struct run *r)
{
	if (!r->s)
		r->s = store_open(r->dir, r->why, sizeof(r->why));
	return r->s ? 0 : -errno;
}

static int op_put_jobs(struct run *r)
{
	int err = store_begin(r->s);

	err = err ? err : put(r, "a", "running");
	err = err ? err : put(r, "b", "running");
	err = err ? err : put(r, "c", "backoff");
	return err ? err : store_commit(r->s);
}

static int op_put_file(struct run *r)
{
	return store_put_file(r->s, "/etc/a.yaml", "jobs:\n", 6);
}

static int op_replace_and_delete(struct run *r)
{
	int err = store_begin(r->s);

	err = err ? err : put(r, "a", "failed");
	err = err ? err : store_del_job(r->s, "b");
	return err ? err : store_commit(r->s);
}

static int op_checkpoint(struct run *r)
{
	int rc = sqlite3_wal_checkpoint_v2(r->s->db, NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL);

	return rc == SQLITE_OK ? 0 : store_failed(r->s);
}

static int op_put_big_file(struct run *r)
{
	static char text[BIG];

	memset(text, 'x', sizeof(text));
	return store_put_file(r->s, "/etc/big.yaml", text, sizeof(text));
}

static int op_roll_back(struct run *r)
{
	int err = store_begin(r->s);

	err = err ? err : put(r, "never", "running");
	store_rollback(r->s);
	return err;
}

static int op_delete_file(struct run *r)
{
	return store_del_file(r->s, "/etc/big.yaml");
}

/* As of one turn of vigild: what happened, what was measured, and the job's row. */
static int op_put_history(struct run *r)
{
	const struct store_event e = { .seq = 1, .kind = "ended", .boot_id = "0123", .pid = 42,
				       .verdict = "restart", .text = "why" };
	const struct store_roll roll = { .grain = 1, .bucket = 2, .span = 1, .kind = 1, .n = 1,
					 .sum_us = 5, .max_us = 5 };
	const struct store_history h = { .name = "a", .seq = 1, .instance = 1 };
	const struct store_clock clock = { .boot_id = "0123" };
	int err = store_begin(r->s);

	err = err ? err : put(r, "a", "backoff");
	err = err ? err : store_put_event(r->s, "a", &e);
	err = err ? err : store_add_roll(r->s, "a", &roll);
	err = err ? err : store_put_history(r->s, &h);
	err = err ? err : store_put_clock(r->s, &clock);
	return err ? err : store_commit(r->s);
}

static int op_prune(struct run *r)
{
	return store_prune_events(r->s, "a", 1);
}

static int op_forget(struct run *r)
{
	int err = store_begin(r->s);

	err = err ? err : store_del_job(r->s, "c");
	err = err ? err : store_del_history(r->s, "a");
	return err ? err : store_commit(r->s);
}

static int op_reopen(struct run *r)
{
	store_close(r->s);
	r->s = NULL;
	return op_open(r);
}

static int op_put_one(struct run *r)
{
	return put(r, "d", "running");
}

static int op_close(struct run *r)
{
	store_close(r->s);
	r->s = NULL;
	return 0;
}

static int (*const script[])(struct run *r) = {
	op_open, op_put_jobs, op_put_file, op_replace_and_delete, op_checkpoint, op_put_big_file,
	op_roll_back, op_delete_file, op_put_history, op_reopen, op_put_one, op_prune, op_forget,
	op_close,
};

enum { OPS = sizeof(script) / sizeof(*script) };

static void clear_dir(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d)))
		unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
}

static int make_dir(struct run *r)
{
	*r = (struct run){ 0 };
	strcpy(r->dir, access("/dev/shm", W_OK) ? "/tmp/vigil-store-XXXXXX" :
	       "/dev/shm/vigil-store-XXXXXX");
	return mkdtemp(r->dir) ? 0 : -errno;
}

static void remove_dir(struct run *r)
{
	op_close(r);
	clear_dir(r->dir);
	rmdir(r->dir);
}

static int dump_row(void *arg, int n, char **values, char **names)
{
	int i;

	(void)names;
	for (i = 0; i < n; i++)
		fprintf(arg, "%s|", values[i] ? values[i] : "(null)");
	fputc('\n', arg);
	return 0;
}

static void dump_table(sqlite3 *db, const char *name, FILE *out)
{
	char sql[128];

	fprintf(out, "%s:\n", name);
	snprintf(sql, sizeof(sql), "SELECT * FROM %s ORDER BY 1, 2", name);
	if (sqlite3_exec(db, sql, dump_row, out, NULL) != SQLITE_OK)
		fprintf(out, "%s\n", sqlite3_errmsg(db));
}

/* All rows of all tables, and what the integrity check says; free() it. */
static char *dump(const char *dir)
{
	char path[128], *text = NULL;
	sqlite3_stmt *st;
	sqlite3 *db;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	snprintf(path, sizeof(path), "%s/" STORE_NAME, dir);
	sqlite3_open(path, &db);
	sqlite3_exec(db, "PRAGMA integrity_check", dump_row, out, NULL);
	sqlite3_prepare_v2(db, "SELECT name FROM sqlite_master WHERE type = 'table'"
			   " ORDER BY name", -1, &st, NULL);
	while (sqlite3_step(st) == SQLITE_ROW)
		dump_table(db, (const char *)sqlite3_column_text(st, 0), out);
	sqlite3_finalize(st);
	sqlite3_close(db);
	fclose(out);
	return text;
}

/** struct states - what the store holds after each operation, and the step count then. */
struct states {
	char *text[OPS];
	long steps[OPS];
};

static void free_states(struct states *st)
{
	int i;

	for (i = 0; i < OPS; i++)
		free(st->text[i]);
}

/* The texts come from a second pass: dumping opens files, too. */
static int run_all(struct run *r, struct states *st, bool texts)
{
	int i, err;

	for (i = 0; i < OPS; i++) {
		err = script[i](r);
		if (err)
			return err;
		st->steps[i] = disk_steps();
		if (texts)
			st->text[i] = dump(r->dir);
	}
	return 0;
}

/* True if it is what was committed by @done operations, or by one more. */
static bool is_state(const struct states *st, int done, const char *text)
{
	int from = done ? done - 1 : 0;

	return strcmp(text, st->text[from]) == 0 ||
	       (from + 1 < OPS && strcmp(text, st->text[from + 1]) == 0);
}

/* Opens what lies in the directory as vigild does, and judges it. */
static bool holds(struct run *r, const struct states *st, int done, const char *what)
{
	char *text;
	bool ok;

	if (op_open(r)) {
		printf("# %s, %d done: %s\n", what, done, r->why);
		return false;
	}
	op_close(r);
	text = dump(r->dir);
	ok = is_state(st, done, text);
	if (!ok)
		printf("# %s, %d done: holds\n%s\n", what, done, text);
	free(text);
	return ok;
}

static int done_at(const struct states *st, long steps)
{
	int done = 0;

	while (done < OPS && st->steps[done] <= steps)
		done++;
	return done;
}

FIXTURE(faults) {
	struct run r;
	struct states st;
};

FIXTURE_SETUP(faults)
{
	struct run plain;

	disk_register();
	disk_set(DISK_PASS, -1, 0);
	ASSERT_EQ(0, make_dir(&plain));
	ASSERT_EQ(0, run_all(&plain, &self->st, true));
	remove_dir(&plain);
	ASSERT_EQ(0, make_dir(&self->r));
}

FIXTURE_TEARDOWN(faults)
{
	disk_set(DISK_PASS, -1, 0);
	remove_dir(&self->r);
	free_states(&self->st);
}

TEST_F(faults, a_power_cut_at_any_step_leaves_what_was_committed)
{
	struct run *r = &self->r;
	long k, total;
	unsigned int choice;
	int bad = 0;

	disk_set(DISK_RECORD, -1, 0);
	ASSERT_EQ(0, run_all(r, &self->st, false));
	total = disk_steps();
	disk_set(DISK_PASS, -1, 0);
	for (k = 0; k <= total; k++) {
		for (choice = 0; choice < CHOICES; choice++) {
			clear_dir(r->dir);
			ASSERT_TRUE(disk_rebuild(r->dir, k, choice));
			bad += !holds(r, &self->st, done_at(&self->st, k), "power cut");
		}
	}
	printf("# %ld steps, %d states of the disk each\n", total, CHOICES);
	EXPECT_GT(total, 40);
	EXPECT_EQ(0, bad);
}

/* The child tells by a pipe how many operations have returned. */
static int run_killed(struct run *r, enum disk_mode mode, long step, bool *finished)
{
	int told[2], done = 0, status;
	char byte = 0;
	pid_t pid;

	if (pipe(told))
		abort();
	pid = fork();
	if (pid == 0) {
		disk_set(mode, step, 0);
		for (done = 0; done < OPS; done++)
			if (script[done](r) || write(told[1], &byte, 1) != 1)
				_exit(1);
		_exit(0);
	}
	close(told[1]);
	while (read(told[0], &byte, 1) == 1)
		done++;
	close(told[0]);
	waitpid(pid, &status, 0);
	*finished = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	return WIFEXITED(status) && WEXITSTATUS(status) ? -1 : done;
}

static int kill_everywhere(struct run *r, const struct states *st, enum disk_mode mode, long *steps)
{
	bool finished = false;
	int bad = 0, done;

	for (*steps = 0; !finished; ++*steps) {
		clear_dir(r->dir);
		done = run_killed(r, mode, *steps, &finished);
		bad += done < 0 || !holds(r, st, done, "kill");
	}
	return bad;
}

TEST_F(faults, a_kill_at_any_step_leaves_what_was_committed)
{
	long steps;

	EXPECT_EQ(0, kill_everywhere(&self->r, &self->st, DISK_KILL, &steps));
	EXPECT_GT(steps, 40);
}

TEST_F(faults, a_kill_amid_any_write_leaves_what_was_committed)
{
	long steps;

	EXPECT_EQ(0, kill_everywhere(&self->r, &self->st, DISK_KILL_TORN, &steps));
	EXPECT_GT(steps, 40);
}

/* As vigild does: after an error close, open again, and write what was not written. */
static bool run_retrying(struct run *r, const struct states *st, enum disk_mode mode)
{
	int i, tries, err = 0;
	char *text;

	for (i = 0; i < OPS; i++) {
		for (tries = 0; tries < TRIES_MAX; tries++) {
			err = r->s || i == 0 ? 0 : op_open(r);
			err = err ? err : script[i](r);
			if (!err)
				break;
			if (err == -EUCLEAN)
				printf("# taken for damage: %s\n", r->s ? store_error(r->s) : r->why);
			if (err != -EIO)
				return false;
			if (r->s)
				store_rollback(r->s);
			op_close(r);
			/* The second try may find the disk as bad as the first did. */
			if (mode == DISK_FAIL_ON && tries == 1)
				disk_set(DISK_PASS, -1, 0);
			if (mode == DISK_FAIL_ON && tries == 0)
				continue;
			if (!holds(r, st, i, "error"))
				return false;
		}
		if (err)
			return false;
	}
	disk_set(DISK_PASS, -1, 0);
	text = dump(r->dir);
	i = strcmp(text, st->text[OPS - 1]);
	free(text);
	return i == 0;
}

static int fail_everywhere(struct run *r, const struct states *st, enum disk_mode mode, int error)
{
	long k, steps = st->steps[OPS - 1];
	int bad = 0;

	for (k = 0; k < steps; k++) {
		clear_dir(r->dir);
		disk_set(mode, k, error);
		if (!run_retrying(r, st, mode)) {
			printf("# step %ld, error %d\n", k, error);
			bad++;
		}
		op_close(r);
	}
	return bad;
}

static int count_steps(struct run *r, struct states *st)
{
	int err;

	disk_set(DISK_PASS, -1, 0);
	err = run_all(r, st, false);
	return err;
}

TEST_F(faults, an_error_at_any_step_loses_nothing_and_the_next_try_succeeds)
{
	static const int errors[] = { SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC };
	size_t i;

	ASSERT_EQ(0, count_steps(&self->r, &self->st));
	for (i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		EXPECT_EQ(0, fail_everywhere(&self->r, &self->st, DISK_FAIL, errors[i]));
}

TEST_F(faults, a_disk_that_stays_bad_for_a_while_loses_nothing)
{
	static const int errors[] = { SQLITE_FULL, SQLITE_IOERR_WRITE };
	size_t i;

	ASSERT_EQ(0, count_steps(&self->r, &self->st));
	for (i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		EXPECT_EQ(0, fail_everywhere(&self->r, &self->st, DISK_FAIL_ON, errors[i]));
}

/* A store of an earlier version is brought up to date in one step, however the power fails. */
TEST_F(faults, a_power_cut_amid_the_migrations_leaves_one_version_or_the_other)
{
	struct run *r = &self->r;
	char path[128], *want, *text;
	unsigned int choice;
	long k, from, total;
	sqlite3 *db;
	int bad = 0;

	disk_set(DISK_RECORD, -1, 0);
	snprintf(path, sizeof(path), "%s/" STORE_NAME, r->dir);
	ASSERT_EQ(SQLITE_OK, sqlite3_open(path, &db));
	ASSERT_EQ(SQLITE_OK, sqlite3_exec(db, "PRAGMA journal_mode = WAL; BEGIN", NULL, NULL, NULL));
	ASSERT_EQ(SQLITE_OK, sqlite3_exec(db, store_migration(0), NULL, NULL, NULL));
	ASSERT_EQ(SQLITE_OK, sqlite3_exec(db, "INSERT INTO file VALUES ('/f', x'74');"
					  "PRAGMA user_version = 1; COMMIT", NULL, NULL, NULL));
	sqlite3_close(db);
	from = disk_steps();
	ASSERT_EQ(0, op_open(r));
	op_close(r);
	total = disk_steps();
	disk_set(DISK_PASS, -1, 0);
	want = dump(r->dir);
	for (k = from; k <= total; k++) {
		for (choice = 0; choice < CHOICES; choice++) {
			clear_dir(r->dir);
			ASSERT_TRUE(disk_rebuild(r->dir, k, choice));
			ASSERT_EQ(0, op_open(r));
			op_close(r);
			text = dump(r->dir);
			bad += strcmp(text, want) != 0;
			free(text);
		}
	}
	free(want);
	EXPECT_EQ(0, bad);
}

TEST_HARNESS_MAIN
