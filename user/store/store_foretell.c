// SPDX-License-Identifier: GPL-2.0
/* What foretells the failure of jobs, and when they were restarted for it. */
#include "user/store/store_impl.h"

/* In the order of the schema. */
enum foretell_column { COL_NAME, COL_BOOT_ID, COL_PID, COL_START_TICKS, COL_RESTARTED_US, COL_FLAGS };

int store_put_foretell(struct store *s, const struct store_foretell *row)
{
	sqlite3_stmt *st = s->st[STORE_PUT_FORETELL];

	sqlite3_bind_text(st, COL_NAME + 1, row->name, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, COL_BOOT_ID + 1, row->boot_id, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, COL_PID + 1, row->pid);
	sqlite3_bind_int64(st, COL_START_TICKS + 1, (sqlite3_int64)row->start_ticks);
	sqlite3_bind_int64(st, COL_RESTARTED_US + 1, (sqlite3_int64)row->restarted_us);
	sqlite3_bind_text(st, COL_FLAGS + 1, row->flags, -1, SQLITE_STATIC);
	return store_step(s, st);
}

int store_del_foretell(struct store *s, const char *name)
{
	sqlite3_bind_text(s->st[STORE_DEL_FORETELL], 1, name, -1, SQLITE_STATIC);
	return store_step(s, s->st[STORE_DEL_FORETELL]);
}

int store_each_foretell(struct store *s, store_foretell_fn fn, void *arg)
{
	sqlite3_stmt *st = s->st[STORE_ALL_FORETELLS];
	int rc;

	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct store_foretell row = {
			.name = (const char *)sqlite3_column_text(st, COL_NAME),
			.boot_id = (const char *)sqlite3_column_text(st, COL_BOOT_ID),
			.pid = sqlite3_column_int64(st, COL_PID),
			.start_ticks = (uint64_t)sqlite3_column_int64(st, COL_START_TICKS),
			.restarted_us = (uint64_t)sqlite3_column_int64(st, COL_RESTARTED_US),
			.flags = (const char *)sqlite3_column_text(st, COL_FLAGS),
		};

		fn(arg, &row);
	}
	rc = rc == SQLITE_DONE ? 0 : store_failed(s);
	sqlite3_reset(st);
	return rc;
}
