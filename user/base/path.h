/* SPDX-License-Identifier: GPL-2.0 */
/* Directories and joined paths. */
#ifndef VIGIL_BASE_PATH_H
#define VIGIL_BASE_PATH_H

#include <stddef.h>
#include <sys/types.h>

/** path_join - "DIR/NAME" and @suffix into @buf. Returns 0 or -ENAMETOOLONG. */
int path_join(char *buf, size_t size, const char *dir, const char *name, const char *suffix);

/** path_make_dirs - make @path and its missing parents. Returns 0 or a negative errno. */
int path_make_dirs(const char *path, mode_t mode);

#endif /* VIGIL_BASE_PATH_H */
