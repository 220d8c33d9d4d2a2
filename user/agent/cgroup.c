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

enum { CGROUP_NAME_MAX = 80 };

/* A prefix, so that no job's name can meet a control file's. */
static void dir_name(char *buf, size_t size, const char *name)
{
	snprintf(buf, size, "job-%s", name);
}

static int write_at(int dir_fd, const char *file, const char *text)
{
	int fd = openat(dir_fd, file, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static bool is_cgroup2(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC;
}

/* The memory controller has to be handed down from the root, step by step. */
static void enable_memory(const char *path)
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
		/* Where it is refused memory.max will be missing below, which is noticed there. */
		if (is_cgroup2(fd))
			write_at(fd, "cgroup.subtree_control", "+memory");
		close(fd);
	}
}

static bool can_limit_memory(int fd)
{
	char text[256] = "";
	int file = openat(fd, "cgroup.subtree_control", O_RDONLY | O_CLOEXEC);
	bool can;

	if (file < 0)
		return false;
	can = read(file, text, sizeof(text) - 1) > 0 && strstr(text, "memory");
	close(file);
	return can;
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
	enable_memory(path);
	cs->memory = can_limit_memory(cs->fd);
}

void cgroups_close(struct cgroups *cs)
{
	if (cs->fd >= 0)
		close(cs->fd);
	cs->fd = -1;
}

void cgroup_job_init(struct job_cgroup *c)
{
	*c = (struct job_cgroup){ .dir_fd = -1, .events_fd = -1 };
}

void cgroup_job_fini(struct job_cgroup *c)
{
	if (c->events_fd >= 0)
		close(c->events_fd);
	if (c->dir_fd >= 0)
		close(c->dir_fd);
	cgroup_job_init(c);
}

int cgroup_job_open(const struct cgroups *cs, struct job_cgroup *c, const char *name)
{
	char dir[CGROUP_NAME_MAX];
	int err;

	if (cs->fd < 0)
		return -ENOENT;
	if (c->dir_fd >= 0)
		return 0;
	dir_name(dir, sizeof(dir), name);
	/* A new one if the old one is empty: see cgroup_job_renew(). */
	unlinkat(cs->fd, dir, AT_REMOVEDIR);
	if (mkdirat(cs->fd, dir, 0755) && errno != EEXIST)
		return -errno;
	c->dir_fd = openat(cs->fd, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->dir_fd < 0)
		return -errno;
	c->events_fd = openat(c->dir_fd, "cgroup.events", O_RDONLY | O_CLOEXEC);
	if (c->events_fd >= 0)
		return 0;
	err = -errno;
	cgroup_job_fini(c);
	return err;
}

int cgroup_job_renew(const struct cgroups *cs, struct job_cgroup *c, const char *name)
{
	if (!c->killed)
		return 0;
	cgroup_job_fini(c);
	return cgroup_job_open(cs, c, name);
}

int cgroup_job_limit(struct job_cgroup *c, uint64_t memory_max)
{
	char text[32];
	int err;

	if (c->dir_fd < 0)
		return -ENOENT;
	if (memory_max)
		snprintf(text, sizeof(text), "%" PRIu64, memory_max);
	else
		snprintf(text, sizeof(text), "max");
	err = write_at(c->dir_fd, "memory.max", text);
	if (err && !memory_max)
		err = 0;	/* no controller, no limit: as wanted */
	c->limits_set = !err;
	return err;
}

void cgroup_job_remove(const struct cgroups *cs, struct job_cgroup *c, const char *name)
{
	char dir[CGROUP_NAME_MAX];

	cgroup_job_fini(c);
	if (cs->fd < 0)
		return;
	dir_name(dir, sizeof(dir), name);
	if (unlinkat(cs->fd, dir, AT_REMOVEDIR) && errno != ENOENT)
		log_debug("cannot remove the cgroup of %s: %s", name, strerror(errno));
}

bool cgroup_populated(const struct job_cgroup *c)
{
	char text[128];
	ssize_t n;

	if (c->events_fd < 0)
		return false;
	n = pread(c->events_fd, text, sizeof(text) - 1, 0);
	if (n <= 0)
		return false;
	text[n] = '\0';
	return strstr(text, "populated 1") != NULL;
}

void cgroup_kill(struct job_cgroup *c)
{
	int err;

	if (c->dir_fd < 0)
		return;
	c->killed = true;
	err = write_at(c->dir_fd, "cgroup.kill", "1");
	if (err)
		log_error("cannot kill what is left in a cgroup: %s", strerror(-err));
}
