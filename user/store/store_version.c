// SPDX-License-Identifier: GPL-2.0
/* Texts of job files that some job runs by or may go back to, and which job has which. */
#include "user/store/store_version.h"

#include "user/store/store_impl.h"

/* In the order of the schema. */
enum version_column { COL_ID, COL_PATH, COL_TEXT };

enum job_version_column {
	COL_NAME,
	COL_RUNNING,
	COL_GOOD,
	COL_BEFORE,
	COL_REJECTED,
	COL_ROLLING,
	COL_WHY,
};

int store_put_version(struct store *s, uint64_t id, const char *path, const char *text, size_t len)
{
	sqlite3_stmt *st = s->st[STORE_PUT_VERSION];

	sqlite3_bind_int64(st, COL_ID + 1, (sqlite3_int64)id);
	sqlite3_bind_text(st, COL_PATH + 1, path, -1, SQLITE_STATIC);
	sqlite3_bind_blob(st, COL_TEXT + 1, text, (int)len, SQLITE_STATIC);
	return store_step(s, st);
}

int store_prune_versions(struct store *s)
{
	return store_step(s, s->st[STORE_PRUNE_VERSIONS]);
}

int store_each_version(struct store *s, store_version_fn fn, void *arg)
{
	sqlite3_stmt *st = s->st[STORE_ALL_VERSIONS];
	int rc;

	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		fn(arg, (uint64_t)sqlite3_column_int64(st, COL_ID),
		   (const char *)sqlite3_column_text(st, COL_PATH),
		   sqlite3_column_blob(st, COL_TEXT), (size_t)sqlite3_column_bytes(st, COL_TEXT));
	rc = rc == SQLITE_DONE ? 0 : store_failed(s);
	sqlite3_reset(st);
	return rc;
}

static void bind_num(sqlite3_stmt *st, enum job_version_column col, uint64_t value)
{
	sqlite3_bind_int64(st, (int)col + 1, (sqlite3_int64)value);
}

int store_put_job_version(struct store *s, const struct store_job_version *row)
{
	sqlite3_stmt *st = s->st[STORE_PUT_JOB_VERSION];

	sqlite3_bind_text(st, COL_NAME + 1, row->name, -1, SQLITE_STATIC);
	bind_num(st, COL_RUNNING, row->running);
	bind_num(st, COL_GOOD, row->good);
	bind_num(st, COL_BEFORE, row->before);
	bind_num(st, COL_REJECTED, row->rejected);
	bind_num(st, COL_ROLLING, row->rolling);
	sqlite3_bind_text(st, COL_WHY + 1, row->why, -1, SQLITE_STATIC);
	return store_step(s, st);
}

int store_del_job_version(struct store *s, const char *name)
{
	sqlite3_bind_text(s->st[STORE_DEL_JOB_VERSION], 1, name, -1, SQLITE_STATIC);
	return store_step(s, s->st[STORE_DEL_JOB_VERSION]);
}

static uint64_t get_num(sqlite3_stmt *st, enum job_version_column col)
{
	return (uint64_t)sqlite3_column_int64(st, (int)col);
}

int store_each_job_version(struct store *s, store_job_version_fn fn, void *arg)
{
	sqlite3_stmt *st = s->st[STORE_ALL_JOB_VERSIONS];
	int rc;

	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		const struct store_job_version row = {
			.name = (const char *)sqlite3_column_text(st, COL_NAME),
			.running = get_num(st, COL_RUNNING),
			.good = get_num(st, COL_GOOD),
			.before = get_num(st, COL_BEFORE),
			.rejected = get_num(st, COL_REJECTED),
			.rolling = get_num(st, COL_ROLLING) != 0,
			.why = (const char *)sqlite3_column_text(st, COL_WHY),
		};

		fn(arg, &row);
	}
	rc = rc == SQLITE_DONE ? 0 : store_failed(s);
	sqlite3_reset(st);
	return rc;
}
