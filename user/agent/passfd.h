/* SPDX-License-Identifier: GPL-2.0 */
/* Descriptors that a job's program finds open, from number 3 on: LISTEN_FDS, LISTEN_FDNAMES. */
#ifndef VIGIL_AGENT_PASSFD_H
#define VIGIL_AGENT_PASSFD_H

#include <stddef.h>

struct job;

enum {
	PASSED_FDS_MAX = 512,	/* named ones */
	PASSED_UNNAMED_MAX = 3,
	PASSED_FIRST = 3,	/* number of the first in the job */
};

struct passed_fd {
	int fd;			/* of vigild; lent */
	const char *name;	/* without a colon; lent */
};

/** struct passed_fds - in the order in which the program finds them. */
struct passed_fds {
	struct passed_fd list[PASSED_FDS_MAX + PASSED_UNNAMED_MAX];
	size_t n;
	size_t named;		/* the first so many are told of by LISTEN_FDS */
};

/** passfd_add - 0, or -ENOSPC. */
int passfd_add(struct passed_fds *p, int fd, const char *name);

/** passfd_add_unnamed - when all others are added: one that the job is told of in another way. Returns its number there. */
size_t passfd_add_unnamed(struct passed_fds *p, int fd);

/**
 * passfd_prepare - collect what the job's next instance is to get, and tell it in job->launch.
 * @why: filled with a sentence on failure
 *
 * Its sockets come first, then what it has stored, as sd_listen_fds(3) is used to it.
 *
 * Return: 0 or a negative errno.
 */
int passfd_prepare(struct job *job, char *why, size_t size);

#endif /* VIGIL_AGENT_PASSFD_H */
