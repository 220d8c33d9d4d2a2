// SPDX-License-Identifier: GPL-2.0
/* A cgroup of the suite's own. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "selftests/kernel/group.h"

int group_open(const struct group *g, const char *file, int flags)
{
	char path[192];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", g->path, file);
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int group_make(struct group *g, const char *name)
{
	snprintf(g->path, sizeof(g->path), "/sys/fs/cgroup/vigil-%s", name);
	if (mkdir(g->path, 0700) && errno != EEXIST)
		return -errno;
	g->kill = group_open(g, "cgroup.kill", O_WRONLY);
	return g->kill < 0 ? g->kill : 0;
}

int group_write(const struct group *g, const char *file, const char *text)
{
	int fd = group_open(g, file, O_WRONLY);
	int ret;

	if (fd < 0)
		return fd;
	ret = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

int group_add(const struct group *g, pid_t pid)
{
	char text[32];

	snprintf(text, sizeof(text), "%d", (int)pid);
	return group_write(g, "cgroup.procs", text);
}

static int populated_in(int fd)
{
	char text[128] = "";
	const char *at;

	if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
		return -1;
	at = strstr(text, "populated ");
	return at ? at[strlen("populated ")] == '1' : -1;
}

int group_populated(const struct group *g)
{
	int fd = group_open(g, "cgroup.events", O_RDONLY);
	int populated = fd < 0 ? -1 : populated_in(fd);

	close(fd);
	return populated;
}

/* The kernel wakes who polls the file whenever it changes. */
static void await_empty(const struct group *g)
{
	struct pollfd pfd = { .fd = group_open(g, "cgroup.events", O_RDONLY), .events = POLLPRI };

	while (pfd.fd >= 0 && populated_in(pfd.fd) == 1)
		poll(&pfd, 1, 1000);
	close(pfd.fd);
}

void group_end(struct group *g)
{
	group_write(g, "cgroup.kill", "1");
	await_empty(g);
	close(g->kill);
	rmdir(g->path);
}
