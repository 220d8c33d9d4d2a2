/* SPDX-License-Identifier: GPL-2.0 */
/* Between the store's own sources only. */
#ifndef VIGIL_STORE_STORE_IMPL_H
#define VIGIL_STORE_STORE_IMPL_H

#include <sqlite3.h>

#include "user/store/store.h"

enum store_statement {
	STORE_BEGIN,
	STORE_COMMIT,
	STORE_ROLLBACK,
	STORE_PUT_JOB,
	STORE_DEL_JOB,
	STORE_ALL_JOBS,
	STORE_PUT_PROGRESS,
	STORE_DEL_PROGRESS,
	STORE_ALL_PROGRESS,
	STORE_PUT_HANDOVER,
	STORE_DEL_HANDOVER,
	STORE_ALL_HANDOVERS,
	STORE_PUT_FORETELL,
	STORE_DEL_FORETELL,
	STORE_ALL_FORETELLS,
	STORE_PUT_FILE,
	STORE_DEL_FILE,
	STORE_ALL_FILES,
	STORE_PUT_VERSION,
	STORE_PRUNE_VERSIONS,
	STORE_ALL_VERSIONS,
	STORE_PUT_JOB_VERSION,
	STORE_DEL_JOB_VERSION,
	STORE_ALL_JOB_VERSIONS,
	STORE_PUT_READY,
	STORE_DEL_READY,
	STORE_ALL_READY,
	STORE_PUT_EVENT,
	STORE_ALL_EVENTS,
	STORE_PRUNE_EVENTS,
	STORE_DEL_EVENTS,
	STORE_PUT_HISTORY,
	STORE_ALL_HISTORIES,
	STORE_DEL_HISTORY,
	STORE_ADD_ROLL,
	STORE_PRUNE_ROLLS,
	STORE_ALL_ROLLS,
	STORE_DEL_ROLLS,
	STORE_PUT_CLOCK,
	STORE_GET_CLOCK,
	STORE_PUT_STANDBY,
	STORE_DEL_STANDBY,
	STORE_ALL_STANDBYS,
	STORE_LIFE_ROLLS,
	STORE_STATEMENTS,
};

struct store {
	struct sqlite3 *db;
	struct sqlite3_stmt *st[STORE_STATEMENTS];
	int frames;		/* in the log, as of the newest commit */
	char error[256];
};

/** store_step - run a bound statement that yields no rows, and make it ready again. */
int store_step(struct store *s, sqlite3_stmt *st);

/** store_prepare - compile one statement. 0, -EUCLEAN or -EIO. */
int store_prepare(struct store *s, enum store_statement which);

/** store_failed - keep SQLite's sentence; returns -EUCLEAN if the store is damaged, else -EIO. */
int store_failed(struct store *s);

/** store_end_reading - @rc is what sqlite3_step() said last: 0 if all rows were read; makes @st ready again. */
int store_end_reading(struct store *s, sqlite3_stmt *st, int rc);

/** store_migration - what makes a store of @version one of the next; NULL if there is no next. */
const char *store_migration(int version);

/**
 * store_look - what stat() tells of the store before SQLite makes the best of it.
 *
 * Return: 0, or -EUCLEAN with a sentence: no regular file, or a log with no store to it.
 */
int store_look(const char *path, char *why, size_t size);

#endif /* VIGIL_STORE_STORE_IMPL_H */
