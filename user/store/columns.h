/* SPDX-License-Identifier: GPL-2.0 */
/* Columns of statements, for what is bound as for what is read: counted from 0, in the order of the schema. */
#ifndef VIGIL_STORE_COLUMNS_H
#define VIGIL_STORE_COLUMNS_H

#include <sqlite3.h>
#include <stdint.h>

static inline void bind_str(sqlite3_stmt *st, int col, const char *value)
{
	sqlite3_bind_text(st, col + 1, value, -1, SQLITE_STATIC);	/* NULL binds NULL */
}

static inline void bind_num(sqlite3_stmt *st, int col, uint64_t value)
{
	sqlite3_bind_int64(st, col + 1, (sqlite3_int64)value);
}

static inline const char *get_str(sqlite3_stmt *st, int col)
{
	return (const char *)sqlite3_column_text(st, col);
}

static inline uint64_t get_num(sqlite3_stmt *st, int col)
{
	return (uint64_t)sqlite3_column_int64(st, col);
}

#endif /* VIGIL_STORE_COLUMNS_H */
