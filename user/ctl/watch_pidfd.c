/* SPDX-License-Identifier: GPL-2.0 */
/* vigil watch, by pidfds: that each died is all that can be known. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "user/ctl/say.h"
#include "user/ctl/wait.h"
#include "user/ctl/watch.h"

static void read_comm(struct target *target)
{
	char path[32];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/comm", target->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, target->comm, sizeof(target->comm) - 1);
	if (fd >= 0)
		close(fd);
	/* It ends with a newline. */
	target->comm[n > 0 ? n - 1 : 0] = '\0';
	if (n <= 0)
		strcpy(target->comm, "?");
}

static void watch_one(struct targets *t, struct target *target)
{
	target->pidfd = syscall(SYS_pidfd_open, target->pid, 0);
	if (target->pidfd >= 0) {
		read_comm(target);
		t->alive++;
		return;
	}
	/* A thread that leads no group gives EINVAL. */
	complain("cannot watch %d: %s", target->pid, errno == ESRCH || errno == EINVAL ?
		 "there is no such process" : strerror(errno));
	if (t->status == CTL_OK)
		t->status = errno == ESRCH || errno == EINVAL ? CTL_NOT_FOUND : CTL_FAILED;
}

static void take(struct targets *t, struct pollfd *fds)
{
	size_t i;

	for (i = 0; i < t->n; i++) {
		if (t->list[i].pidfd < 0 || !fds[i].revents)
			continue;
		targets_died(t, &t->list[i], NULL);
		close(t->list[i].pidfd);
		/* poll() passes over what is negative. */
		t->list[i].pidfd = -1;
		fds[i].fd = -1;
	}
}

static int wait_all(struct targets *t, struct pollfd *fds)
{
	enum wait_result w;
	size_t i;

	for (i = 0; i < t->n; i++)
		fds[i] = (struct pollfd){ .fd = t->list[i].pidfd, .events = POLLIN };
	while (t->alive) {
		w = wait_for(fds, t->n);
		if (w != WAIT_READY)
			return wait_status(w);
		take(t, fds);
	}
	return t->status;
}

int watch_by_pidfd(struct targets *t)
{
	struct pollfd *fds = calloc(t->n + 2, sizeof(*fds));
	int status;
	size_t i;

	if (!fds) {
		complain("out of memory");
		return CTL_FAILED;
	}
	for (i = 0; i < t->n; i++)
		watch_one(t, &t->list[i]);
	status = wait_all(t, fds);
	for (i = 0; i < t->n; i++)
		if (t->list[i].pidfd >= 0)
			close(t->list[i].pidfd);
	free(fds);
	return status;
}
