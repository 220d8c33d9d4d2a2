// SPDX-License-Identifier: GPL-2.0
/* The jobs that were handed to the level above. */
#include "user/store/store_impl.h"

int store_put_handover(struct store *s, const struct store_handover *row)
{
	sqlite3_stmt *st = s->st[STORE_PUT_HANDOVER];

	sqlite3_bind_text(st, 1, row->name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 2, (sqlite3_int64)row->realtime_ns);
	sqlite3_bind_text(st, 3, row->reason, -1, SQLITE_STATIC);
	return store_step(s, st);
}

int store_del_handover(struct store *s, const char *name)
{
	sqlite3_bind_text(s->st[STORE_DEL_HANDOVER], 1, name, -1, SQLITE_STATIC);
	return store_step(s, s->st[STORE_DEL_HANDOVER]);
}

int store_each_handover(struct store *s, store_handover_fn fn, void *arg)
{
	sqlite3_stmt *st = s->st[STORE_ALL_HANDOVERS];
	int rc;

	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct store_handover row = {
			.name = (const char *)sqlite3_column_text(st, 0),
			.realtime_ns = (uint64_t)sqlite3_column_int64(st, 1),
			.reason = (const char *)sqlite3_column_text(st, 2),
		};

		fn(arg, &row);
	}
	rc = rc == SQLITE_DONE ? 0 : store_failed(s);
	sqlite3_reset(st);
	return rc;
}
