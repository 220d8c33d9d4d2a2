// SPDX-License-Identifier: GPL-2.0
/* A second connection to the store, which only reads. */
#include "user/store/store_read.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "user/store/store_impl.h"

static int open_it(struct store *s, const char *path)
{
	static const enum store_statement wanted[] = {
		STORE_ALL_EVENTS, STORE_ALL_ROLLS, STORE_LIFE_ROLLS,
	};
	size_t i;
	int err = 0;

	if (sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return store_failed(s);
	sqlite3_busy_timeout(s->db, STORE_BUSY_MS_MAX);
	for (i = 0; !err && i < sizeof(wanted) / sizeof(*wanted); i++)
		err = store_prepare(s, wanted[i]);
	return err;
}

struct store *store_open_reader(const char *dir, char *why, size_t size)
{
	struct store *s = calloc(1, sizeof(*s));
	char path[PATH_MAX];

	if (!s || snprintf(path, sizeof(path), "%s/" STORE_NAME, dir) >= (int)sizeof(path)) {
		snprintf(why, size, "out of memory, or the path is too long");
		free(s);
		return NULL;
	}
	if (!open_it(s, path))
		return s;
	snprintf(why, size, "%s: %s", path, store_error(s));
	store_close(s);
	return NULL;
}

int store_each_life_roll(struct store *s, const char *job, int life_grain, store_roll_fn fn, void *arg)
{
	sqlite3_stmt *st = s->st[STORE_LIFE_ROLLS];
	int rc;

	sqlite3_bind_text(st, 1, job, -1, SQLITE_STATIC);
	sqlite3_bind_int(st, 2, life_grain);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		fn(arg, &(struct store_roll){
			.grain = life_grain,
			.kind = sqlite3_column_int(st, 0),
			.n = (uint64_t)sqlite3_column_int64(st, 1),
			.sum_us = (uint64_t)sqlite3_column_int64(st, 2),
			.max_us = (uint64_t)sqlite3_column_int64(st, 3),
		});
	rc = rc == SQLITE_DONE ? 0 : store_failed(s);
	sqlite3_reset(st);
	return rc;
}
