// SPDX-License-Identifier: GPL-2.0
/* The rows of jobs with standbys: which instance is in whose place, and who is to take over. */
#include "user/store/store_impl.h"

/* In the order of the schema. */
enum standby_column {
	COL_NAME,
	COL_LANE,
	COL_NEXT,
	COL_UNTOLD,
	COL_SINCE_US,
};

static void bind_text(sqlite3_stmt *st, enum standby_column col, const char *text)
{
	sqlite3_bind_text(st, (int)col + 1, text, -1, SQLITE_STATIC);
}

int store_put_standby(struct store *s, const struct store_standby *row)
{
	sqlite3_stmt *st = s->st[STORE_PUT_STANDBY];

	bind_text(st, COL_NAME, row->name);
	bind_text(st, COL_LANE, row->lane);
	bind_text(st, COL_NEXT, row->next);
	sqlite3_bind_int(st, COL_UNTOLD + 1, row->untold);
	sqlite3_bind_int64(st, COL_SINCE_US + 1, (sqlite3_int64)row->since_us);
	return store_step(s, st);
}

int store_del_standby(struct store *s, const char *name)
{
	sqlite3_bind_text(s->st[STORE_DEL_STANDBY], 1, name, -1, SQLITE_STATIC);
	return store_step(s, s->st[STORE_DEL_STANDBY]);
}

static const char *get_text(sqlite3_stmt *st, enum standby_column col)
{
	return (const char *)sqlite3_column_text(st, (int)col);
}

int store_each_standby(struct store *s, store_standby_fn fn, void *arg)
{
	sqlite3_stmt *st = s->st[STORE_ALL_STANDBYS];
	int rc;

	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		const struct store_standby row = {
			.name = get_text(st, COL_NAME),
			.lane = get_text(st, COL_LANE),
			.next = get_text(st, COL_NEXT),
			.untold = sqlite3_column_int(st, COL_UNTOLD) != 0,
			.since_us = (uint64_t)sqlite3_column_int64(st, COL_SINCE_US),
		};

		fn(arg, &row);
	}
	rc = rc == SQLITE_DONE ? 0 : store_failed(s);
	sqlite3_reset(st);
	return rc;
}
