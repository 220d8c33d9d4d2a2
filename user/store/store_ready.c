// SPDX-License-Identifier: GPL-2.0
/* The rows of what jobs have told of themselves. */
#include "user/store/store_impl.h"

/* In the order of the schema. */
enum ready_column {
	COL_NAME,
	COL_PID,
	COL_START_TICKS,
	COL_REACHED,
	COL_RELOADING,
	COL_DOOM,
	COL_START_DUE_US,
	COL_WATCHDOG_US,
	COL_STATUS,
};

static void bind_num(sqlite3_stmt *st, enum ready_column col, uint64_t value)
{
	sqlite3_bind_int64(st, (int)col + 1, (sqlite3_int64)value);
}

int store_put_ready(struct store *s, const struct store_ready *row)
{
	sqlite3_stmt *st = s->st[STORE_PUT_READY];

	sqlite3_bind_text(st, COL_NAME + 1, row->name, -1, SQLITE_STATIC);
	bind_num(st, COL_PID, (uint64_t)row->pid);
	bind_num(st, COL_START_TICKS, row->start_ticks);
	bind_num(st, COL_REACHED, row->reached);
	bind_num(st, COL_RELOADING, row->reloading);
	bind_num(st, COL_DOOM, (uint64_t)row->doom);
	bind_num(st, COL_START_DUE_US, row->start_due_us);
	bind_num(st, COL_WATCHDOG_US, row->watchdog_us);
	/* Any bytes: it is the job's word. */
	sqlite3_bind_text(st, COL_STATUS + 1, row->status, -1, SQLITE_STATIC);
	return store_step(s, st);
}

int store_del_ready(struct store *s, const char *name)
{
	sqlite3_bind_text(s->st[STORE_DEL_READY], 1, name, -1, SQLITE_STATIC);
	return store_step(s, s->st[STORE_DEL_READY]);
}

static uint64_t get_num(sqlite3_stmt *st, enum ready_column col)
{
	return (uint64_t)sqlite3_column_int64(st, (int)col);
}

int store_each_ready(struct store *s, store_ready_fn fn, void *arg)
{
	sqlite3_stmt *st = s->st[STORE_ALL_READY];
	int rc;

	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		const struct store_ready row = {
			.name = (const char *)sqlite3_column_text(st, COL_NAME),
			.pid = (int64_t)get_num(st, COL_PID),
			.start_ticks = get_num(st, COL_START_TICKS),
			.reached = get_num(st, COL_REACHED) != 0,
			.reloading = get_num(st, COL_RELOADING) != 0,
			.doom = (int)get_num(st, COL_DOOM),
			.start_due_us = get_num(st, COL_START_DUE_US),
			.watchdog_us = get_num(st, COL_WATCHDOG_US),
			.status = (const char *)sqlite3_column_text(st, COL_STATUS),
		};

		fn(arg, &row);
	}
	rc = rc == SQLITE_DONE ? 0 : store_failed(s);
	sqlite3_reset(st);
	return rc;
}
