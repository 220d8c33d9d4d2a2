/* SPDX-License-Identifier: GPL-2.0 */
/* Where the records of earlier kernel logs are. */
#ifndef CTL_BOX_FILES_H
#define CTL_BOX_FILES_H

#include "user/ctl/box.h"

/*
 * Reads a record, or all records below a folder. Returns CTL_OK, with *records counted up, or
 * another status with the reason told.
 */
int box_files_read(struct box *b, const char *path, size_t *records);

/*
 * Reads all records of this node, and says what stands in the way of there being any. Returns an exit status
 * likewise.
 */
int box_files_read_node(struct box *b, size_t *records);

#endif /* CTL_BOX_FILES_H */
