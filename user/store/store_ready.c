// SPDX-License-Identifier: GPL-2.0
/* The rows of what jobs have told of themselves. */
#include "user/store/columns.h"
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

int store_put_ready(struct store *s, const struct store_ready *row)
{
	sqlite3_stmt *st = s->st[STORE_PUT_READY];

	bind_str(st, COL_NAME, row->name);
	bind_num(st, COL_PID, (uint64_t)row->pid);
	bind_num(st, COL_START_TICKS, row->start_ticks);
	bind_num(st, COL_REACHED, row->reached);
	bind_num(st, COL_RELOADING, row->reloading);
	bind_num(st, COL_DOOM, (uint64_t)row->doom);
	bind_num(st, COL_START_DUE_US, row->start_due_us);
	bind_num(st, COL_WATCHDOG_US, row->watchdog_us);
	/* Any bytes: it is the job's word. */
	bind_str(st, COL_STATUS, row->status);
	return store_step(s, st);
}

int store_del_ready(struct store *s, const char *name)
{
	bind_str(s->st[STORE_DEL_READY], 0, name);
	return store_step(s, s->st[STORE_DEL_READY]);
}

int store_each_ready(struct store *s, store_ready_fn fn, void *arg)
{
	sqlite3_stmt *st = s->st[STORE_ALL_READY];
	int rc;

	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		const struct store_ready row = {
			.name = get_str(st, COL_NAME),
			.pid = (int64_t)get_num(st, COL_PID),
			.start_ticks = get_num(st, COL_START_TICKS),
			.reached = get_num(st, COL_REACHED) != 0,
			.reloading = get_num(st, COL_RELOADING) != 0,
			.doom = (int)get_num(st, COL_DOOM),
			.start_due_us = get_num(st, COL_START_DUE_US),
			.watchdog_us = get_num(st, COL_WATCHDOG_US),
			.status = get_str(st, COL_STATUS),
		};

		fn(arg, &row);
	}
	return store_end_reading(s, st, rc);
}
