/* SPDX-License-Identifier: GPL-2.0 */
/* Rows of text in columns as wide as their widest cell. */
#ifndef CTL_TABLE_H
#define CTL_TABLE_H

#include "user/ctl/say.h"

struct table;

/* @heads ends with NULL. NULL if there is no memory; the other functions then do nothing. */
struct table *table_new(const char *const *heads);
void table_free(struct table *t);

/* The next cell, from left to right, row after row. Its text is cleaned. */
void table_cell(struct table *t, enum colour c, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* To stdout. Returns false if there was no memory for all of it. */
bool table_print(const struct table *t);

#endif /* CTL_TABLE_H */
