/* SPDX-License-Identifier: GPL-2.0 */
/* A cgroup of the suite's own. */
#ifndef SELFTESTS_KERNEL_GROUP_H
#define SELFTESTS_KERNEL_GROUP_H

#include <stdbool.h>
#include <sys/types.h>

struct group {
	char path[128];
	int kill;		/* its file cgroup.kill, open for writing */
};

/* All return 0 or a negative errno. */
int group_make(struct group *g, const char *name);
int group_write(const struct group *g, const char *file, const char *text);
int group_add(const struct group *g, pid_t pid);
int group_open(const struct group *g, const char *file, int flags);
/* -1 if it cannot be read. */
int group_populated(const struct group *g);
/* Kills what is left in it. */
void group_end(struct group *g);

#endif /* SELFTESTS_KERNEL_GROUP_H */
