// SPDX-License-Identifier: GPL-2.0
/* How far the jobs have come: what a job's row does not tell. */
#include "user/store/columns.h"
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

int store_put_progress(struct store *s, const char *name, const struct store_progress *p)
{
	sqlite3_stmt *st = s->st[STORE_PUT_PROGRESS];

	bind_str(st, COL_NAME, name);
	bind_num(st, COL_PHASE, p->phase);
	bind_num(st, COL_STEP, p->step);
	bind_num(st, COL_ENDED, p->ended);
	bind_num(st, COL_RAN_US, p->ran_us);
	bind_num(st, COL_TOLD_US, p->told_us);
	bind_num(st, COL_RENEW_US, p->renew_us);
	bind_num(st, COL_ESCALATED_US, p->escalated_us);
	bind_num(st, COL_LIMIT_PASSED, p->limit_passed);
	bind_str(st, COL_GROUP_RECENT, p->group_recent);
	return store_step(s, st);
}

int store_del_progress(struct store *s, const char *name)
{
	bind_str(s->st[STORE_DEL_PROGRESS], 0, name);
	return store_step(s, s->st[STORE_DEL_PROGRESS]);
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
			.group_recent = get_str(st, COL_GROUP_RECENT),
		};

		fn(arg, get_str(st, COL_NAME), &p);
	}
	return store_end_reading(s, st, rc);
}
