/* SPDX-License-Identifier: GPL-2.0 */
/* A launch of its own for one child that shares vigild's memory, with the stack that it runs on. */
#ifndef VIGIL_AGENT_IMAGE_H
#define VIGIL_AGENT_IMAGE_H

#include <stdbool.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "user/agent/launch.h"

struct job_spec;
struct image;

LIST_HEAD(image_list, image);

/**
 * image_suits - may a child with this launch share vigild's memory until it is the job?
 *
 * Not if it becomes another user meanwhile, who might then reach into that memory; nor if it is to have an OOM
 * score, which the kernel would give to all that share the memory; nor if its cgroup has a limit of memory: the
 * OOM killer, where it ends one process, ends all that share its memory.
 */
bool image_suits(const struct launch *l, const struct job_spec *spec);

/**
 * image_clone - start a child that does what child_run() does, beside vigild.
 * @images: what is used by a child is kept there: nothing may free it, not even the end of vigild
 * @pidfd, @cgroup_fd: as clone_into() has them
 * @out: to be given back by image_free() when the child has executed its program, or is dead
 *
 * Return: the child's process ID, or -1 with errno.
 */
pid_t image_clone(struct image_list *images, const struct launch *l, int gate, int *pidfd,
		  int cgroup_fd, struct image **out);

/** image_free - NULL is ignored. */
void image_free(struct image *image);

#endif /* VIGIL_AGENT_IMAGE_H */
