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
	STORE_PUT_FILE,
	STORE_DEL_FILE,
	STORE_ALL_FILES,
	STORE_STATEMENTS,
};

struct store {
	struct sqlite3 *db;
	struct sqlite3_stmt *st[STORE_STATEMENTS];
	char error[256];
};

/** store_step - run a bound statement that yields no rows, and make it ready again. */
int store_step(struct store *s, sqlite3_stmt *st);

/** store_failed - keep SQLite's sentence; returns -EIO. */
int store_failed(struct store *s);

#endif /* VIGIL_STORE_STORE_IMPL_H */
