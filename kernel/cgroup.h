/* SPDX-License-Identifier: GPL-2.0 */
/* A cgroup that somebody handed over to be killed. */
#ifndef VIGIL_CGROUP_H
#define VIGIL_CGROUP_H

#include <linux/list.h>
#include <linux/types.h>

struct file;

/**
 * struct vigil_cgroup - a cgroup that somebody handed over to be killed
 * @node: for the list of the one who has it
 * @file: its file cgroup.kill, open for writing; keeps the file, but not the cgroup
 * @uses: how many want it killed; counted by the one who has it
 */
struct vigil_cgroup {
	struct list_head node;
	struct file *file;
	unsigned int uses;
};

struct vigil_cgroup *vigil_cgroup_open(unsigned int fd);
void vigil_cgroup_close(struct vigil_cgroup *cg);
bool vigil_cgroup_same(const struct vigil_cgroup *a, const struct vigil_cgroup *b);
bool vigil_cgroup_populated(const struct vigil_cgroup *cg);
int vigil_cgroup_kill(struct vigil_cgroup *cg);

#endif /* VIGIL_CGROUP_H */
