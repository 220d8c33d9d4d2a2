// SPDX-License-Identifier: GPL-2.0
/* The rows of the jobs. */
#include <limits.h>
#include <stdio.h>

#include "user/store/columns.h"
#include "user/store/store_impl.h"

/* In the order of the schema. */
enum job_column {
	COL_NAME,
	COL_BOOT_ID,
	COL_WANT,
	COL_STATE,
	COL_ALIVE,
	COL_PID,
	COL_START_TICKS,
	COL_WATCH_ID,
	COL_RESTARTS,
	COL_LEVEL,
	COL_DUE_US,
	COL_RECENT,
	COL_REASON,
	COL_EXIT_KNOWN,
	COL_EXIT_CAUSE,
	COL_EXIT_CODE,
	COL_EXIT_SIGNAL,
	COL_EXIT_REALTIME_NS,
	COL_EXIT_UTIME_NS,
	COL_EXIT_STIME_NS,
	COL_EXIT_MAXRSS_KIB,
};

int store_put_job(struct store *s, const struct store_job *job)
{
	sqlite3_stmt *st = s->st[STORE_PUT_JOB];

	bind_str(st, COL_NAME, job->name);
	bind_str(st, COL_BOOT_ID, job->boot_id);
	bind_str(st, COL_WANT, job->want);
	bind_str(st, COL_STATE, job->state);
	bind_num(st, COL_ALIVE, job->alive);
	bind_num(st, COL_PID, (uint64_t)job->pid);
	bind_num(st, COL_START_TICKS, job->start_ticks);
	bind_num(st, COL_WATCH_ID, job->watch_id);
	bind_num(st, COL_RESTARTS, job->restarts);
	bind_num(st, COL_LEVEL, job->level);
	bind_num(st, COL_DUE_US, job->due_us);
	bind_str(st, COL_RECENT, job->recent);
	bind_str(st, COL_REASON, job->reason);
	bind_num(st, COL_EXIT_KNOWN, job->exit.known);
	bind_num(st, COL_EXIT_CAUSE, (uint64_t)job->exit.cause);
	bind_num(st, COL_EXIT_CODE, (uint64_t)job->exit.code);
	bind_num(st, COL_EXIT_SIGNAL, (uint64_t)job->exit.signal);
	bind_num(st, COL_EXIT_REALTIME_NS, job->exit.realtime_ns);
	bind_num(st, COL_EXIT_UTIME_NS, job->exit.utime_ns);
	bind_num(st, COL_EXIT_STIME_NS, job->exit.stime_ns);
	bind_num(st, COL_EXIT_MAXRSS_KIB, job->exit.maxrss_kib);
	return store_step(s, st);
}

int store_del_job(struct store *s, const char *name)
{
	bind_str(s->st[STORE_DEL_JOB], 0, name);
	return store_step(s, s->st[STORE_DEL_JOB]);
}

static void get_job(sqlite3_stmt *st, struct store_job *job)
{
	*job = (struct store_job){
		.name = get_str(st, COL_NAME),
		.boot_id = get_str(st, COL_BOOT_ID),
		.want = get_str(st, COL_WANT),
		.state = get_str(st, COL_STATE),
		.alive = get_num(st, COL_ALIVE) != 0,
		.pid = (int64_t)get_num(st, COL_PID),
		.start_ticks = get_num(st, COL_START_TICKS),
		.watch_id = get_num(st, COL_WATCH_ID),
		.restarts = (unsigned int)get_num(st, COL_RESTARTS),
		.level = (unsigned int)get_num(st, COL_LEVEL),
		.due_us = get_num(st, COL_DUE_US),
		.recent = get_str(st, COL_RECENT),
		.reason = get_str(st, COL_REASON),
		.exit = {
			.known = get_num(st, COL_EXIT_KNOWN) != 0,
			.cause = (int)get_num(st, COL_EXIT_CAUSE),
			.code = (int)get_num(st, COL_EXIT_CODE),
			.signal = (int)get_num(st, COL_EXIT_SIGNAL),
			.realtime_ns = get_num(st, COL_EXIT_REALTIME_NS),
			.utime_ns = get_num(st, COL_EXIT_UTIME_NS),
			.stime_ns = get_num(st, COL_EXIT_STIME_NS),
			.maxrss_kib = get_num(st, COL_EXIT_MAXRSS_KIB),
		},
	};
}

int store_each_job(struct store *s, store_job_fn fn, void *arg)
{
	sqlite3_stmt *st = s->st[STORE_ALL_JOBS];
	struct store_job job;
	int rc;

	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		get_job(st, &job);
		fn(arg, &job);
	}
	return store_end_reading(s, st, rc);
}

/* Text that is none where the schema wants some: the row is not to be used. */
static bool is_whole(const struct store_job *job)
{
	return job->name && job->boot_id && job->want && job->state && job->recent;
}

static void salvage_rows(sqlite3 *db, store_job_fn fn, void *arg)
{
	struct store_job job;
	sqlite3_stmt *st;

	if (sqlite3_prepare_v2(db, "SELECT * FROM job", -1, &st, NULL) != SQLITE_OK)
		return;
	while (sqlite3_column_count(st) > COL_EXIT_MAXRSS_KIB && sqlite3_step(st) == SQLITE_ROW) {
		get_job(st, &job);
		if (is_whole(&job))
			fn(arg, &job);
	}
	sqlite3_finalize(st);
}

void store_salvage_jobs(const char *dir, const char *name, store_job_fn fn, void *arg)
{
	char path[PATH_MAX];
	sqlite3 *db;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
		return;
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK)
		salvage_rows(db, fn, arg);
	sqlite3_close(db);
}
