// SPDX-License-Identifier: GPL-2.0
/* How far the jobs have come: what a job's row does not tell. */
#include "user/store/store_impl.h"

/* In the order of the schema. */
enum progress_column {
	COL_NAME,
	COL_PHASE,
	COL_STEP,
	COL_ENDED,
	COL_RAN_US,
	COL_TOLD_US,
	COL_RENEW_US,
	COL_ESCALATED_US,
	COL_LIMIT_PASSED,
	COL_GROUP_RECENT,
};

static void bind_num(sqlite3_stmt *st, enum progress_column col, uint64_t value)
{
	sqlite3_bind_int64(st, (int)col + 1, (sqlite3_int64)value);
}

int store_put_progress(struct store *s, const char *name, const struct store_progress *p)
{
	sqlite3_stmt *st = s->st[STORE_PUT_PROGRESS];

	sqlite3_bind_text(st, COL_NAME + 1, name, -1, SQLITE_STATIC);
	bind_num(st, COL_PHASE, p->phase);
	bind_num(st, COL_STEP, p->step);
	bind_num(st, COL_ENDED, p->ended);
	bind_num(st, COL_RAN_US, p->ran_us);
	bind_num(st, COL_TOLD_US, p->told_us);
	bind_num(st, COL_RENEW_US, p->renew_us);
	bind_num(st, COL_ESCALATED_US, p->escalated_us);
	bind_num(st, COL_LIMIT_PASSED, p->limit_passed);
	sqlite3_bind_text(st, COL_GROUP_RECENT + 1, p->group_recent, -1, SQLITE_STATIC);
	return store_step(s, st);
}

int store_del_progress(struct store *s, const char *name)
{
	sqlite3_bind_text(s->st[STORE_DEL_PROGRESS], 1, name, -1, SQLITE_STATIC);
	return store_step(s, s->st[STORE_DEL_PROGRESS]);
}

static uint64_t get_num(sqlite3_stmt *st, enum progress_column col)
{
	return (uint64_t)sqlite3_column_int64(st, (int)col);
}

int store_each_progress(struct store *s, store_progress_fn fn, void *arg)
{
	sqlite3_stmt *st = s->st[STORE_ALL_PROGRESS];
	int rc;

	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct store_progress p = {
			.phase = (unsigned int)get_num(st, COL_PHASE),
			.step = (unsigned int)get_num(st, COL_STEP),
			.ended = (unsigned int)get_num(st, COL_ENDED),
			.ran_us = get_num(st, COL_RAN_US),
			.told_us = get_num(st, COL_TOLD_US),
			.renew_us = get_num(st, COL_RENEW_US),
			.escalated_us = get_num(st, COL_ESCALATED_US),
			.limit_passed = get_num(st, COL_LIMIT_PASSED) != 0,
			.group_recent = (const char *)sqlite3_column_text(st, COL_GROUP_RECENT),
		};

		fn(arg, (const char *)sqlite3_column_text(st, COL_NAME), &p);
	}
	rc = rc == SQLITE_DONE ? 0 : store_failed(s);
	sqlite3_reset(st);
	return rc;
}
