/* SPDX-License-Identifier: GPL-2.0 */
/* A folder of sysfs as JSON. */
#ifndef CTL_SYSDIR_H
#define CTL_SYSDIR_H

#include <jansson.h>

/*
 * An object of the folder: files are strings without their last newline, folders are objects. Files that are only
 * to be written are left out; those that may not be read are null. Returns NULL, with errno, if there
 * is no such folder.
 */
json_t *sysdir_read(const char *path);

#endif /* CTL_SYSDIR_H */
