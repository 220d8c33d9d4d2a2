// SPDX-License-Identifier: GPL-2.0
/* The durable state of one node's agent: opening, transactions, job files. */
#include "user/store/store_impl.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char schema[] =
	"CREATE TABLE job ("
	" name TEXT NOT NULL PRIMARY KEY,"
	" boot_id TEXT NOT NULL,"
	" want TEXT NOT NULL,"
	" state TEXT NOT NULL,"
	" alive INTEGER NOT NULL,"
	" pid INTEGER NOT NULL,"
	" start_ticks INTEGER NOT NULL,"
	" watch_id INTEGER NOT NULL,"
	" restarts INTEGER NOT NULL,"
	" level INTEGER NOT NULL,"
	" due_us INTEGER NOT NULL,"
	" recent TEXT NOT NULL,"
	" reason TEXT,"
	" exit_known INTEGER NOT NULL,"
	" exit_cause INTEGER NOT NULL,"
	" exit_code INTEGER NOT NULL,"
	" exit_signal INTEGER NOT NULL,"
	" exit_realtime_ns INTEGER NOT NULL,"
	" exit_utime_ns INTEGER NOT NULL,"
	" exit_stime_ns INTEGER NOT NULL,"
	" exit_maxrss_kib INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE file ("
	" path TEXT NOT NULL PRIMARY KEY,"
	" text BLOB NOT NULL"
	") STRICT;"
	"PRAGMA user_version = 1;";

_Static_assert(STORE_SCHEMA_VERSION == 1, "the schema above sets user_version");

static const char *const sql[STORE_STATEMENTS] = {
	[STORE_BEGIN] = "BEGIN IMMEDIATE",
	[STORE_COMMIT] = "COMMIT",
	[STORE_ROLLBACK] = "ROLLBACK",
	[STORE_PUT_JOB] = ("INSERT OR REPLACE INTO job VALUES"
		" (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"),
	[STORE_DEL_JOB] = "DELETE FROM job WHERE name = ?",
	[STORE_ALL_JOBS] = "SELECT * FROM job",
	[STORE_PUT_FILE] = "INSERT OR REPLACE INTO file VALUES (?,?)",
	[STORE_DEL_FILE] = "DELETE FROM file WHERE path = ?",
	[STORE_ALL_FILES] = "SELECT path, text FROM file",
};

int store_failed(struct store *s)
{
	snprintf(s->error, sizeof(s->error), "%s", s->db ? sqlite3_errmsg(s->db) : "out of memory");
	return -EIO;
}

const char *store_error(const struct store *s)
{
	return s->error;
}

int store_step(struct store *s, sqlite3_stmt *st)
{
	int rc = sqlite3_step(st);
	int err = rc == SQLITE_DONE || rc == SQLITE_ROW ? 0 : store_failed(s);

	sqlite3_reset(st);
	return err;
}

int store_begin(struct store *s)
{
	return store_step(s, s->st[STORE_BEGIN]);
}

int store_commit(struct store *s)
{
	return store_step(s, s->st[STORE_COMMIT]);
}

void store_rollback(struct store *s)
{
	/* SQLite has rolled back by itself after some errors. */
	if (sqlite3_get_autocommit(s->db))
		return;
	sqlite3_step(s->st[STORE_ROLLBACK]);
	sqlite3_reset(s->st[STORE_ROLLBACK]);
}

static int run(struct store *s, const char *text)
{
	return sqlite3_exec(s->db, text, NULL, NULL, NULL) == SQLITE_OK ? 0 : store_failed(s);
}

static int user_version(struct store *s, int *version)
{
	sqlite3_stmt *st;
	int err = 0;

	if (sqlite3_prepare_v2(s->db, "PRAGMA user_version", -1, &st, NULL) != SQLITE_OK)
		return store_failed(s);
	if (sqlite3_step(st) == SQLITE_ROW)
		*version = sqlite3_column_int(st, 0);
	else
		err = store_failed(s);
	sqlite3_finalize(st);
	return err;
}

static int make_schema(struct store *s)
{
	int version = 0, err;

	err = user_version(s, &version);
	if (err || version == STORE_SCHEMA_VERSION)
		return err;
	if (version != 0) {
		snprintf(s->error, sizeof(s->error),
			 "its schema has version %d, this vigild knows version %d",
			 version, STORE_SCHEMA_VERSION);
		return -EIO;
	}
	err = run(s, "BEGIN IMMEDIATE");
	if (!err)
		err = run(s, schema);
	if (!err)
		err = run(s, "COMMIT");
	return err;
}

/* An open that only reads must not pass for a store that works: take the write lock once. */
static int prove_writable(struct store *s)
{
	int err = run(s, "BEGIN IMMEDIATE");

	if (!err)
		err = run(s, "PRAGMA user_version = 1");
	return err ? err : run(s, "COMMIT");
}

static int set_up(struct store *s, const char *path)
{
	size_t i;
	int err;

	if (sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
			    SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return store_failed(s);
	sqlite3_busy_timeout(s->db, STORE_BUSY_MS_MAX);
	err = run(s, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
	if (!err)
		err = make_schema(s);
	if (!err)
		err = prove_writable(s);
	for (i = 0; !err && i < STORE_STATEMENTS; i++)
		if (sqlite3_prepare_v3(s->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &s->st[i],
				       NULL) != SQLITE_OK)
			err = store_failed(s);
	return err;
}

struct store *store_open(const char *dir, char *why, size_t size)
{
	char path[PATH_MAX];
	struct store *s;

	if (snprintf(path, sizeof(path), "%s/vigil.db", dir) >= (int)sizeof(path)) {
		snprintf(why, size, "the path of the state directory is too long");
		return NULL;
	}
	s = calloc(1, sizeof(*s));
	if (!s) {
		snprintf(why, size, "out of memory");
		return NULL;
	}
	if (set_up(s, path) == 0)
		return s;
	snprintf(why, size, "%s: %s", path, s->error);
	store_close(s);
	return NULL;
}

void store_close(struct store *s)
{
	size_t i;

	if (!s)
		return;
	for (i = 0; i < STORE_STATEMENTS; i++)
		sqlite3_finalize(s->st[i]);
	sqlite3_close(s->db);
	free(s);
}

int store_put_file(struct store *s, const char *path, const char *text, size_t len)
{
	sqlite3_stmt *st = s->st[STORE_PUT_FILE];

	sqlite3_bind_text(st, 1, path, -1, SQLITE_STATIC);
	sqlite3_bind_blob64(st, 2, len ? text : "", len, SQLITE_STATIC);
	return store_step(s, st);
}

int store_del_file(struct store *s, const char *path)
{
	sqlite3_bind_text(s->st[STORE_DEL_FILE], 1, path, -1, SQLITE_STATIC);
	return store_step(s, s->st[STORE_DEL_FILE]);
}

int store_each_file(struct store *s, store_file_fn fn, void *arg)
{
	sqlite3_stmt *st = s->st[STORE_ALL_FILES];
	int rc;

	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		const char *text = sqlite3_column_blob(st, 1);

		fn(arg, (const char *)sqlite3_column_text(st, 0), text ? text : "",
		   (size_t)sqlite3_column_bytes(st, 1));
	}
	rc = rc == SQLITE_DONE ? 0 : store_failed(s);
	sqlite3_reset(st);
	return rc;
}
