// SPDX-License-Identifier: GPL-2.0
/* A launch of its own for one child that shares vigild's memory, with the stack that it runs on. */
#include "user/agent/image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/agent/child.h"
#include "user/agent/clone.h"
#include "user/jobfile/jobfile.h"

enum { STACK_SIZE = 32 * 1024, ALIGN = 16 };

/** struct image - followed by all that the launch points at. */
struct image {
	LIST_ENTRY(image) link;
	struct child_start start;
	struct passed_fds passed;
	char stack[STACK_SIZE] __attribute__((aligned(ALIGN)));
	char rest[];
};

bool image_suits(const struct launch *l, const struct job_spec *spec)
{
	return !l->set_uid && !l->set_gid && !l->set_groups && !l->set_capabilities &&
	       !l->oom_score[0] && !spec->memory_max;
}

static size_t list_size(char *const *list)
{
	size_t n = sizeof(*list);

	for (; *list; list++)
		n += sizeof(*list) + strlen(*list) + 1;
	return n;
}

static size_t rest_size(const struct launch *l)
{
	size_t n = list_size(l->argv) + list_size(l->envp) + strlen(l->directory) + 1;

	if (l->output)
		n += strlen(l->output) + 1;
	return l->cpus ? n + sizeof(*l->cpus) : n;
}

static void *put(char **at, const void *from, size_t size)
{
	char *to = *at;

	memcpy(to, from, size);
	*at += size;
	return to;
}

/* The pointers lie in front of the texts, which need no alignment. */
static char **put_list(char **at, char **texts, char *const *list)
{
	char **out = (char **)*at;
	size_t n;

	for (n = 0; list[n]; n++)
		out[n] = put(texts, list[n], strlen(list[n]) + 1);
	out[n] = NULL;
	*at = (char *)(out + n + 1);
	return out;
}

static size_t list_len(char *const *list)
{
	size_t n = 0;

	while (list[n])
		n++;
	return n;
}

/* What the child writes its process ID into lies in one of the variables. */
static char *same_place(const char *place, char *const *from, char *const *to)
{
	size_t i;

	for (i = 0; place && from[i]; i++)
		if (place >= from[i] && place <= from[i] + strlen(from[i]))
			return to[i] + (place - from[i]);
	return NULL;
}

static void fill(struct image *image, const struct launch *l)
{
	struct launch *own = &image->start.launch;
	size_t lists = (list_len(l->argv) + list_len(l->envp) + 2) * sizeof(char *);
	char *at = image->rest, *texts = at + lists;
	int i;

	*own = *l;
	if (l->cpus) {
		own->cpus = put(&at, l->cpus, sizeof(*l->cpus));
		texts += sizeof(*l->cpus);
	}
	own->argv = put_list(&at, &texts, l->argv);
	own->envp = put_list(&at, &texts, l->envp);
	own->directory = put(&texts, l->directory, strlen(l->directory) + 1);
	if (l->output)
		own->output = put(&texts, l->output, strlen(l->output) + 1);
	for (i = 0; i < LAUNCH_PID_ENV_MAX; i++)
		own->pid_env[i] = same_place(l->pid_env[i], l->envp, own->envp);
	if (l->passed) {
		image->passed = *l->passed;
		own->passed = &image->passed;
	}
	/* Only who becomes another user has groups to take on. */
	own->groups = NULL;
	own->ngroups = 0;
}

pid_t image_clone(struct image_list *images, const struct launch *l, int gate, int *pidfd,
		  int cgroup_fd, struct image **out)
{
	struct image *image = aligned_alloc(ALIGN, (sizeof(*image) + rest_size(l) + ALIGN - 1) /
					    ALIGN * ALIGN);
	pid_t pid;

	if (!image) {
		errno = ENOMEM;
		return -1;
	}
	fill(image, l);
	image->start.gate = gate;
	pid = clone_beside(pidfd, cgroup_fd, image->stack, sizeof(image->stack), child_begin,
			   &image->start);
	if (pid < 0) {
		int err = errno;

		free(image);
		errno = err;
		return -1;
	}
	LIST_INSERT_HEAD(images, image, link);
	*out = image;
	return pid;
}

void image_free(struct image *image)
{
	if (!image)
		return;
	LIST_REMOVE(image, link);
	free(image);
}
