// SPDX-License-Identifier: GPL-2.0
/* One cgroup per job: its limits, the end of its leftovers. */
#include "user/agent/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "user/base/log.h"

static bool is_cgroup2(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC;
}

static const char *const controller_names[CGROUP_CONTROLLERS] = {
	[CGROUP_MEMORY] = "memory",
	[CGROUP_PIDS] = "pids",
	[CGROUP_CPU] = "cpu",
	[CGROUP_IO] = "io",
};

const char *cgroup_controller_name(enum cgroup_controller controller)
{
	return controller_names[controller];
}

/* Each by itself: one that is refused must not hinder the others. What is missing is noticed below. */
static void enable_in(int fd, unsigned int mask)
{
	int file = openat(fd, "cgroup.subtree_control", O_WRONLY | O_CLOEXEC);
	char enable[16];
	int i, len;

	if (file < 0)
		return;
	for (i = 0; i < CGROUP_CONTROLLERS; i++) {
		if (!(mask & 1u << i))
			continue;
		len = snprintf(enable, sizeof(enable), "+%s", controller_names[i]);
		if (write(file, enable, (size_t)len) < 0)
			log_debug("no controller %s: %s", controller_names[i], strerror(errno));
	}
	close(file);
}

/* A controller has to be handed down from the root, step by step. */
static void enable(const char *path, unsigned int mask)
{
	char buf[PATH_MAX];
	char *p;

	snprintf(buf, sizeof(buf), "%s/", path);
	for (p = strchr(buf + 1, '/'); p; p = strchr(p + 1, '/')) {
		int fd;

		*p = '\0';
		fd = open(buf, O_PATH | O_DIRECTORY | O_CLOEXEC);
		*p = '/';
		if (fd < 0)
			continue;
		if (is_cgroup2(fd))
			enable_in(fd, mask);
		close(fd);
	}
}

static unsigned int controller_of(const char *word)
{
	int i;

	for (i = 0; i < CGROUP_CONTROLLERS; i++)
		if (strcmp(word, controller_names[i]) == 0)
			return 1u << i;
	return 0;
}

static unsigned int enabled_in(int fd)
{
	char text[256] = "";
	int file = openat(fd, "cgroup.subtree_control", O_RDONLY | O_CLOEXEC);
	unsigned int mask = 0;
	char *word, *rest;

	if (file < 0)
		return 0;
	if (read(file, text, sizeof(text) - 1) > 0)
		for (word = strtok_r(text, "\n ", &rest); word; word = strtok_r(NULL, "\n ", &rest))
			mask |= controller_of(word);
	close(file);
	return mask;
}

void cgroups_want(struct cgroups *cs, unsigned int mask)
{
	mask &= ~cs->wanted;
	cs->wanted |= mask;
	if (!mask || cs->fd < 0)
		return;
	enable(cs->path, mask);
	cs->controllers = enabled_in(cs->fd);
}

static int open_base(struct cgroups *cs, const char *path)
{
	char parent[PATH_MAX];
	char *slash;
	int fd;

	if (snprintf(parent, sizeof(parent), "%s", path) >= (int)sizeof(parent))
		return -ENAMETOOLONG;
	slash = strrchr(parent, '/');
	if (!slash || slash == parent)
		return -EINVAL;
	*slash = '\0';
	/* Looked at first: a directory is made inside a cgroup2 only. */
	fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!is_cgroup2(fd)) {
		close(fd);
		return -ENOTSUP;
	}
	close(fd);
	if (mkdir(path, 0755) && errno != EEXIST)
		return -errno;
	cs->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cs->fd < 0)
		return -errno;
	return faccessat(cs->fd, ".", W_OK, AT_EACCESS) ? -errno : 0;
}

void cgroups_open(struct cgroups *cs, const char *path)
{
	int err;

	*cs = (struct cgroups){ .fd = -1 };
	if (!path) {
		snprintf(cs->why, sizeof(cs->why), "switched off by --cgroup none");
		return;
	}
	err = open_base(cs, path);
	if (err == -ENOTSUP)
		snprintf(cs->why, sizeof(cs->why), "%s is not in a cgroup2 mount", path);
	else if (err)
		snprintf(cs->why, sizeof(cs->why), "%s: %s", path, strerror(-err));
	if (err) {
		cgroups_close(cs);
		return;
	}
	cs->path = path;
	cgroups_want(cs, 1u << CGROUP_MEMORY);
}

void cgroups_close(struct cgroups *cs)
{
	if (cs->fd >= 0)
		close(cs->fd);
	cs->fd = -1;
}

/* The prefix keeps every job's name apart from the names of control files. */
void cgroup_job_init(struct job_cgroup *c, const char *name)
{
	*c = (struct job_cgroup){ .base_fd = -1 };
	snprintf(c->dir, sizeof(c->dir), "job-%s", name);
}

int cgroup_job_make(const struct cgroups *cs, struct job_cgroup *c)
{
	if (cs->fd < 0)
		return -ENOENT;
	/* A new one if the old one is empty: see cgroup_job_renew(). */
	unlinkat(cs->fd, c->dir, AT_REMOVEDIR);
	c->fresh = mkdirat(cs->fd, c->dir, 0755) == 0;
	if (!c->fresh && errno != EEXIST)
		return -errno;
	c->base_fd = cs->fd;
	c->limits_set = false;
	c->killed = false;
	return 0;
}

int cgroup_job_renew(const struct cgroups *cs, struct job_cgroup *c)
{
	if (!c->killed)
		return 0;
	c->base_fd = -1;
	return cgroup_job_make(cs, c);
}

int cgroup_job_open_file(const struct job_cgroup *c, const char *name, int flags)
{
	char path[sizeof(c->dir) + 32];
	int fd;

	if (c->base_fd < 0)
		return -ENOENT;
	snprintf(path, sizeof(path), "%s/%s", c->dir, name);
	fd = openat(c->base_fd, path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int cgroup_job_write(const struct job_cgroup *c, const char *name, const char *text)
{
	int fd = cgroup_job_open_file(c, name, O_WRONLY), err = 0;

	if (fd < 0)
		return fd;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

void cgroup_job_remove(struct job_cgroup *c)
{
	if (c->base_fd < 0)
		return;
	if (unlinkat(c->base_fd, c->dir, AT_REMOVEDIR) && errno != ENOENT)
		log_debug("cannot remove the cgroup %s: %s", c->dir, strerror(errno));
	c->base_fd = -1;
}

int cgroup_job_open(const struct job_cgroup *c)
{
	return c->base_fd < 0 ? -1 : openat(c->base_fd, c->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int cgroup_events_open(const struct job_cgroup *c)
{
	return cgroup_job_open_file(c, "cgroup.events", O_RDONLY);
}

bool cgroup_events_populated(int events_fd)
{
	char text[128];
	ssize_t n = pread(events_fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return false;
	text[n] = '\0';
	return strstr(text, "populated 1");
}

bool cgroup_populated(const struct job_cgroup *c)
{
	int fd = cgroup_events_open(c);
	bool populated;

	if (fd < 0)
		return false;
	populated = cgroup_events_populated(fd);
	close(fd);
	return populated;
}

void cgroup_kill(struct job_cgroup *c)
{
	int err = cgroup_job_write(c, "cgroup.kill", "1");

	c->killed = true;
	if (err && err != -ENOENT)
		log_error("cannot kill what is left in the cgroup %s: %s", c->dir, strerror(-err));
}
