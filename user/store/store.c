// SPDX-License-Identifier: GPL-2.0
/* The durable state of one node's agent: opening, transactions, job files. */
#include "user/store/store_impl.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/store/columns.h"

/*
 * What makes a store of version n one of version n + 1. Entries are added, never changed: a store
 * that an older vigild has left is brought up to date by those it lacks.
 */
static const char *const migrations[] = {
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
	") STRICT;",
	"CREATE TABLE ready ("
	" name TEXT NOT NULL PRIMARY KEY,"
	" pid INTEGER NOT NULL,"
	" start_ticks INTEGER NOT NULL,"
	" reached INTEGER NOT NULL,"
	" reloading INTEGER NOT NULL,"
	" doom INTEGER NOT NULL,"
	" start_due_us INTEGER NOT NULL,"
	" watchdog_us INTEGER NOT NULL,"
	" status TEXT NOT NULL"
	") STRICT, WITHOUT ROWID;",
	"CREATE TABLE job_progress ("
	" name TEXT NOT NULL PRIMARY KEY,"
	" phase INTEGER NOT NULL,"
	" step INTEGER NOT NULL,"
	" ended INTEGER NOT NULL,"
	" ran_us INTEGER NOT NULL,"
	" told_us INTEGER NOT NULL,"
	" renew_us INTEGER NOT NULL,"
	" escalated_us INTEGER NOT NULL,"
	" limit_passed INTEGER NOT NULL,"
	" group_recent TEXT NOT NULL"
	") STRICT, WITHOUT ROWID;",
	"CREATE TABLE event ("
	" job TEXT NOT NULL,"
	" seq INTEGER NOT NULL,"
	" kind TEXT NOT NULL,"
	" boot_id TEXT NOT NULL,"
	" boottime_us INTEGER NOT NULL,"
	" realtime_ns INTEGER NOT NULL,"
	" instance INTEGER NOT NULL,"
	" pid INTEGER NOT NULL,"
	" start_ticks INTEGER NOT NULL,"
	" watch_id INTEGER NOT NULL,"
	" cause INTEGER NOT NULL,"
	" code INTEGER NOT NULL,"
	" signal INTEGER NOT NULL,"
	" ran_us INTEGER NOT NULL,"
	" detect_us INTEGER NOT NULL,"
	" restart_us INTEGER NOT NULL,"
	" verdict TEXT,"
	" delay_us INTEGER NOT NULL,"
	" nth INTEGER NOT NULL,"
	" nmax INTEGER NOT NULL,"
	" window_us INTEGER NOT NULL,"
	" uid INTEGER NOT NULL,"
	" peer INTEGER NOT NULL,"
	" text TEXT,"
	" PRIMARY KEY (job, seq)"
	") STRICT, WITHOUT ROWID;"
	"CREATE UNIQUE INDEX event_end ON event (job, boot_id, pid, start_ticks, watch_id)"
	" WHERE kind = 'ended';"
	"CREATE TABLE history ("
	" job TEXT NOT NULL PRIMARY KEY,"
	" seq INTEGER NOT NULL,"
	" instance INTEGER NOT NULL,"
	" pid INTEGER NOT NULL,"
	" start_ticks INTEGER NOT NULL,"
	" born_us INTEGER NOT NULL,"
	" phase INTEGER NOT NULL,"
	" since_us INTEGER NOT NULL,"
	" blame INTEGER NOT NULL,"
	" died_us INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE roll ("
	" job TEXT NOT NULL,"
	" grain INTEGER NOT NULL,"
	" bucket INTEGER NOT NULL,"
	" kind INTEGER NOT NULL,"
	" span INTEGER NOT NULL,"
	" n INTEGER NOT NULL,"
	" sum_us INTEGER NOT NULL,"
	" max_us INTEGER NOT NULL,"
	" PRIMARY KEY (job, grain, bucket, kind)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE clock ("
	" id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),"
	" boot_id TEXT NOT NULL,"
	" offset_us INTEGER NOT NULL,"
	" alive_us INTEGER NOT NULL,"
	" alive_real_ns INTEGER NOT NULL"
	") STRICT;",
	"CREATE TABLE handed_over ("
	" name TEXT NOT NULL PRIMARY KEY,"
	" realtime_ns INTEGER NOT NULL,"
	" reason TEXT NOT NULL"
	") STRICT, WITHOUT ROWID;",
	"CREATE TABLE foretell ("
	" name TEXT NOT NULL PRIMARY KEY,"
	" boot_id TEXT NOT NULL,"
	" pid INTEGER NOT NULL,"
	" start_ticks INTEGER NOT NULL,"
	" restarted_us INTEGER NOT NULL,"
	" flags TEXT NOT NULL"
	") STRICT, WITHOUT ROWID;",
	"CREATE TABLE version ("
	" id INTEGER NOT NULL PRIMARY KEY,"
	" path TEXT NOT NULL,"
	" text BLOB NOT NULL"
	") STRICT;"
	"CREATE TABLE job_version ("
	" name TEXT NOT NULL PRIMARY KEY,"
	" running INTEGER NOT NULL,"
	" good INTEGER NOT NULL,"
	" before INTEGER NOT NULL,"
	" rejected INTEGER NOT NULL,"
	" rolling INTEGER NOT NULL,"
	" why TEXT"
	") STRICT, WITHOUT ROWID;",
	"CREATE TABLE standby ("
	" name TEXT NOT NULL PRIMARY KEY,"
	" lane TEXT NOT NULL,"
	" next TEXT NOT NULL,"
	" untold INTEGER NOT NULL,"
	" since_us INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;",
};

enum { SCHEMA_VERSION = sizeof(migrations) / sizeof(*migrations) };

const char *store_migration(int version)
{
	return version < SCHEMA_VERSION ? migrations[version] : NULL;
}

static const char *const sql[STORE_STATEMENTS] = {
	[STORE_BEGIN] = "BEGIN IMMEDIATE",
	[STORE_COMMIT] = "COMMIT",
	[STORE_ROLLBACK] = "ROLLBACK",
	[STORE_PUT_JOB] = ("INSERT OR REPLACE INTO job VALUES"
		" (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"),
	[STORE_DEL_JOB] = "DELETE FROM job WHERE name = ?",
	[STORE_ALL_JOBS] = "SELECT * FROM job",
	[STORE_PUT_PROGRESS] = "INSERT OR REPLACE INTO job_progress VALUES (?,?,?,?,?,?,?,?,?,?)",
	[STORE_DEL_PROGRESS] = "DELETE FROM job_progress WHERE name = ?",
	[STORE_ALL_PROGRESS] = "SELECT * FROM job_progress",
	[STORE_PUT_HANDOVER] = "INSERT OR REPLACE INTO handed_over VALUES (?,?,?)",
	[STORE_DEL_HANDOVER] = "DELETE FROM handed_over WHERE name = ?",
	[STORE_ALL_HANDOVERS] = "SELECT name, realtime_ns, reason FROM handed_over",
	[STORE_PUT_FORETELL] = "INSERT OR REPLACE INTO foretell VALUES (?,?,?,?,?,?)",
	[STORE_DEL_FORETELL] = "DELETE FROM foretell WHERE name = ?",
	[STORE_ALL_FORETELLS] = "SELECT * FROM foretell",
	[STORE_PUT_FILE] = "INSERT OR REPLACE INTO file VALUES (?,?)",
	[STORE_DEL_FILE] = "DELETE FROM file WHERE path = ?",
	[STORE_ALL_FILES] = "SELECT path, text FROM file",
	[STORE_PUT_VERSION] = ("INSERT INTO version SELECT ?1, ?2, ?3"
		" WHERE NOT EXISTS (SELECT 1 FROM version WHERE id = ?1)"),
	[STORE_PRUNE_VERSIONS] = ("DELETE FROM version WHERE id NOT IN (SELECT running FROM job_version"
		" UNION SELECT good FROM job_version UNION SELECT before FROM job_version"
		" UNION SELECT rejected FROM job_version)"),
	[STORE_ALL_VERSIONS] = "SELECT id, path, text FROM version",
	[STORE_PUT_JOB_VERSION] = "INSERT OR REPLACE INTO job_version VALUES (?,?,?,?,?,?,?)",
	[STORE_DEL_JOB_VERSION] = "DELETE FROM job_version WHERE name = ?",
	[STORE_ALL_JOB_VERSIONS] = "SELECT * FROM job_version",
	[STORE_PUT_READY] = "INSERT OR REPLACE INTO ready VALUES (?,?,?,?,?,?,?,?,?)",
	[STORE_DEL_READY] = "DELETE FROM ready WHERE name = ?",
	[STORE_ALL_READY] = "SELECT * FROM ready",
	[STORE_PUT_STANDBY] = "INSERT OR REPLACE INTO standby VALUES (?,?,?,?,?)",
	[STORE_DEL_STANDBY] = "DELETE FROM standby WHERE name = ?",
	[STORE_ALL_STANDBYS] = "SELECT * FROM standby",
	[STORE_PUT_EVENT] = ("INSERT OR IGNORE INTO event VALUES"
		" (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"),
	[STORE_ALL_EVENTS] = "SELECT * FROM event WHERE job = ? ORDER BY seq",
	[STORE_PRUNE_EVENTS] = "DELETE FROM event WHERE job = ? AND seq <= ?",
	[STORE_DEL_EVENTS] = "DELETE FROM event WHERE job = ?",
	[STORE_PUT_HISTORY] = "INSERT OR REPLACE INTO history VALUES (?,?,?,?,?,?,?,?,?,?)",
	[STORE_ALL_HISTORIES] = "SELECT * FROM history",
	[STORE_DEL_HISTORY] = "DELETE FROM history WHERE job = ?",
	[STORE_ADD_ROLL] = ("INSERT INTO roll VALUES (?,?,?,?,?,?,?,?)"
		" ON CONFLICT DO UPDATE SET n = n + excluded.n,"
		" sum_us = sum_us + excluded.sum_us, max_us = max(max_us, excluded.max_us),"
		" span = max(span, excluded.span)"),
	[STORE_PRUNE_ROLLS] = ("DELETE FROM roll WHERE job = ?1 AND grain = ?2 AND bucket < ?3"
		" AND bucket + span <= ?3"),
	[STORE_ALL_ROLLS] = ("SELECT grain, bucket, kind, span, n, sum_us, max_us"
		" FROM roll WHERE job = ?"),
	[STORE_DEL_ROLLS] = "DELETE FROM roll WHERE job = ?",
	[STORE_PUT_CLOCK] = "INSERT OR REPLACE INTO clock VALUES (1,?,?,?,?)",
	[STORE_LIFE_ROLLS] = "SELECT kind, n, sum_us, max_us FROM roll WHERE job = ? AND grain = ?",
	[STORE_GET_CLOCK] = ("SELECT boot_id, offset_us, alive_us, alive_real_ns FROM clock"),
};

/* What the disk or the kernel refuses may work again; what the bytes say will not change. */
static int error_of(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
		return -EUCLEAN;
	default:
		return -EIO;
	}
}

int store_failed(struct store *s)
{
	snprintf(s->error, sizeof(s->error), "%s", s->db ? sqlite3_errmsg(s->db) : "out of memory");
	return s->db ? error_of(sqlite3_errcode(s->db)) : -EIO;
}

int store_end_reading(struct store *s, sqlite3_stmt *st, int rc)
{
	int err = rc == SQLITE_DONE ? 0 : store_failed(s);

	sqlite3_reset(st);
	return err;
}

/* The schema is not what its version says: no statement of ours is wrong by itself. */
static int schema_failed(struct store *s)
{
	int err = store_failed(s);

	return s->db && sqlite3_errcode(s->db) == SQLITE_ERROR ? -EUCLEAN : err;
}

const char *store_error(const struct store *s)
{
	return s->error;
}

int store_step(struct store *s, sqlite3_stmt *st)
{
	bool alone = sqlite3_get_autocommit(s->db);
	int rc = sqlite3_step(st);
	int err = rc == SQLITE_DONE || rc == SQLITE_ROW ? 0 : store_failed(s);

	sqlite3_reset(st);
	/* A statement outside of a transaction is one by itself. */
	alone = alone && sqlite3_get_autocommit(s->db) && !sqlite3_stmt_readonly(st);
	return err || !alone ? err : store_sync(s);
}

int store_begin(struct store *s)
{
	return store_step(s, s->st[STORE_BEGIN]);
}

int store_publish(struct store *s)
{
	return store_step(s, s->st[STORE_COMMIT]);
}

int store_commit(struct store *s)
{
	int err = store_publish(s);

	return err ? err : store_sync(s);
}

/* Where SQLite would do it by itself, somebody waits for the commit. */
static int count_frames(void *arg, sqlite3 *db, const char *name, int frames)
{
	struct store *s = arg;

	(void)db;
	(void)name;
	s->frames = frames;
	return SQLITE_OK;
}

/* If it fails the log grows on, and nothing is lost. */
static void checkpoint(struct store *s)
{
	if (s->frames < STORE_FRAMES_MAX)
		return;
	sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	s->frames = 0;
}

int store_sync(struct store *s)
{
	sqlite3_file *log = NULL;
	int rc = sqlite3_file_control(s->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);

	if (rc == SQLITE_OK && log && log->pMethods)
		rc = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
	if (rc != SQLITE_OK) {
		snprintf(s->error, sizeof(s->error), "cannot sync the log: %s", sqlite3_errstr(rc));
		return -EIO;
	}
	checkpoint(s);
	return 0;
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

static int known_version(struct store *s, int *version)
{
	int err = user_version(s, version);

	if (err || *version <= SCHEMA_VERSION)
		return err;
	snprintf(s->error, sizeof(s->error),
		 "its schema has version %d, this vigild knows version %d", *version,
		 SCHEMA_VERSION);
	return -EPROTONOSUPPORT;
}

static int set_version(struct store *s, int version)
{
	char text[48];

	snprintf(text, sizeof(text), "PRAGMA user_version = %d", version);
	return run(s, text);
}

/*
 * Brings the schema up to date. The version is written even if it is right: an open that only reads
 * must not pass for a store that works.
 */
static int make_schema(struct store *s)
{
	int version = 0, err;

	err = run(s, "BEGIN IMMEDIATE");
	if (!err)
		err = known_version(s, &version);
	for (; !err && version < SCHEMA_VERSION; version++)
		if (run(s, migrations[version]))
			err = schema_failed(s);
	if (!err)
		err = set_version(s, SCHEMA_VERSION);
	if (!err)
		err = run(s, "COMMIT");
	return err ? err : store_sync(s);
}

/*
 * Only the tables that vigild goes on from, so that its start takes no longer when much is kept of
 * the past. What else is damaged shows when it is read.
 */
static int quick_check(struct store *s, const char *table)
{
	sqlite3_stmt *st;
	char text[48];
	int err = 0;

	snprintf(text, sizeof(text), "PRAGMA quick_check(%s)", table);
	if (sqlite3_prepare_v2(s->db, text, -1, &st, NULL) != SQLITE_OK)
		return schema_failed(s);
	if (sqlite3_step(st) != SQLITE_ROW) {
		err = store_failed(s);
	} else if (strcmp(get_str(st, 0), "ok") != 0) {
		snprintf(s->error, sizeof(s->error), "%s", sqlite3_column_text(st, 0));
		err = -EUCLEAN;
	}
	sqlite3_finalize(st);
	return err;
}

int store_prepare(struct store *s, enum store_statement which)
{
	return sqlite3_prepare_v3(s->db, sql[which], -1, SQLITE_PREPARE_PERSISTENT, &s->st[which],
				  NULL) == SQLITE_OK ? 0 : schema_failed(s);
}

static int prepare(struct store *s)
{
	int i, err = 0;

	for (i = 0; !err && i < STORE_STATEMENTS; i++)
		err = store_prepare(s, (enum store_statement)i);
	return err;
}

static int set_up(struct store *s, const char *path)
{
	int err = store_look(path, s->error, sizeof(s->error));

	if (err)
		return err;
	if (sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
			    SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return store_failed(s);
	sqlite3_busy_timeout(s->db, STORE_BUSY_MS_MAX);
	/* NORMAL leaves it to store_sync() when the log is synced, and when it is moved to the store. */
	err = run(s, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
	sqlite3_wal_hook(s->db, count_frames, s);
	if (!err)
		err = make_schema(s);
	if (!err)
		err = quick_check(s, "job");
	if (!err)
		err = quick_check(s, "file");
	return err ? err : prepare(s);
}

/*
 * Without room for it the memory that connections share cannot be made; one that is alone needs none. The log
 * stays as it is.
 */
static int set_up_full(struct store *s, const char *path)
{
	int version = 0, err;

	if (sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
	    SQLITE_OK)
		return store_failed(s);
	sqlite3_busy_timeout(s->db, STORE_BUSY_MS_MAX);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	err = run(s, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA query_only = 1;");
	if (!err)
		err = known_version(s, &version);
	if (!err && version != SCHEMA_VERSION)
		err = -EIO;
	return err ? err : prepare(s);
}

static int name_file(char *path, size_t room, const char *dir, char *why, size_t size)
{
	if (snprintf(path, room, "%s/" STORE_NAME, dir) < (int)room)
		return 0;
	snprintf(why, size, "the path of the state directory is too long");
	return -EIO;
}

int store_check(const char *dir, char *why, size_t size)
{
	struct store s = { 0 };
	char path[PATH_MAX];
	int version, err;

	err = name_file(path, sizeof(path), dir, why, size);
	if (err)
		return err;
	if (access(path, F_OK) && errno == ENOENT)
		return 0;
	if (sqlite3_open_v2(path, &s.db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) ==
	    SQLITE_OK)
		err = known_version(&s, &version);
	else
		err = store_failed(&s);
	if (err)
		snprintf(why, size, "%s: %s", path, s.error);
	sqlite3_close(s.db);
	return err;
}

static struct store *open_by(int (*how)(struct store *s, const char *path), const char *dir, char *why,
			     size_t size)
{
	char path[PATH_MAX];
	struct store *s;
	int err;

	errno = EIO;
	if (name_file(path, sizeof(path), dir, why, size))
		return NULL;
	s = calloc(1, sizeof(*s));
	if (!s) {
		snprintf(why, size, "out of memory");
		return NULL;
	}
	err = how(s, path);
	if (!err)
		return s;
	snprintf(why, size, "%s: %s", path, s->error);
	store_close(s);
	errno = -err;
	return NULL;
}

struct store *store_open(const char *dir, char *why, size_t size)
{
	return open_by(set_up, dir, why, size);
}

struct store *store_open_full(const char *dir, char *why, size_t size)
{
	return open_by(set_up_full, dir, why, size);
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

	bind_str(st, 0, path);
	sqlite3_bind_blob64(st, 2, len ? text : "", len, SQLITE_STATIC);
	return store_step(s, st);
}

int store_del_file(struct store *s, const char *path)
{
	bind_str(s->st[STORE_DEL_FILE], 0, path);
	return store_step(s, s->st[STORE_DEL_FILE]);
}

int store_each_file(struct store *s, store_file_fn fn, void *arg)
{
	sqlite3_stmt *st = s->st[STORE_ALL_FILES];
	int rc;

	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		const char *text = sqlite3_column_blob(st, 1);

		fn(arg, get_str(st, 0), text ? text : "", (size_t)sqlite3_column_bytes(st, 1));
	}
	return store_end_reading(s, st, rc);
}
