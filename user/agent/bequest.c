// SPDX-License-Identifier: GPL-2.0
/* Sockets of jobs, left by the program that this process was to the one that it becomes. */
#include "user/agent/bequest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/listener.h"
#include "user/agent/sockets.h"
#include "user/base/log.h"

/* Their numbers, each with a blank behind it. */
#define SOCKETS_ENV "VIGILD_SOCKETS"

/* The kernel takes 128 KiB of one variable. What does not fit is bound anew. */
enum { TEXT_MAX = 100000 };

static void leave(const struct job *job, char *text, size_t *len)
{
	int fds[JOB_SOCKETS_MAX], fd;
	size_t n = sockets_held(job, fds), i;

	for (i = 0; i < n && *len < TEXT_MAX; i++) {
		/* A copy: the job's own is closed with the job, before the exec. */
		fd = fcntl(fds[i], F_DUPFD, STDERR_FILENO + 1);
		if (fd >= 0)
			*len += (size_t)sprintf(text + *len, "%d ", fd);
	}
}

void bequest_make(const struct agent *a)
{
	char *text = malloc(TEXT_MAX + 16);
	size_t len = 0, i;

	if (!text)
		return;
	text[0] = '\0';
	for (i = 0; i < a->jobs.n; i++)
		leave(a->jobs.list[i], text, &len);
	if (len && setenv(SOCKETS_ENV, text, 1))
		log_warning("the sockets of jobs will be opened again");
	free(text);
}

void bequest_note(struct bequest *b)
{
	const char *text = getenv(SOCKETS_ENV);
	char *end;
	long fd;

	*b = (struct bequest){ 0 };
	if (!text)
		return;
	b->fds = calloc(strlen(text) / 2 + 1, sizeof(*b->fds));
	for (; b->fds && (fd = strtol(text, &end, 10), end != text); text = end)
		/* Nothing that this vigild starts may have it but its job. */
		if (fd > STDERR_FILENO && fcntl((int)fd, F_SETFD, FD_CLOEXEC) == 0)
			b->fds[b->n++] = (int)fd;
	unsetenv(SOCKETS_ENV);
}

int bequest_give(struct bequest *b, int fd)
{
	int *fds = reallocarray(b->fds, b->n + 1, sizeof(*fds));

	if (!fds)
		return -ENOMEM;
	b->fds = fds;
	b->fds[b->n++] = fd;
	return 0;
}

int bequest_take(struct bequest *b, const struct job_socket *s)
{
	size_t i;
	int fd;

	/* Jobs are adopted from the last to the first. */
	for (i = b->n; i-- > 0;) {
		if (!listener_is(b->fds[i], s))
			continue;
		fd = b->fds[i];
		b->fds[i] = b->fds[--b->n];
		return fd;
	}
	return -1;
}

void bequest_close(struct bequest *b)
{
	while (b->n)
		close(b->fds[--b->n]);
	free(b->fds);
	b->fds = NULL;
}
