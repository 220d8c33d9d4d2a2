// SPDX-License-Identifier: GPL-2.0
/* What a job uses, as the kernel tells. */
#include "user/agent/gauge.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "user/agent/bounds.h"
#include "user/agent/job.h"

enum { STAT_TEXT_MAX = 8192, PROCS_TEXT_MAX = 4096, ENTRIES_MAX = 16384 };

void gauge_init(struct gauge *g)
{
	*g = (struct gauge){ .current_fd = -1, .stat_fd = -1, .procs_fd = -1, .table_fd = -1 };
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void gauge_close(struct gauge *g)
{
	close_one(&g->current_fd);
	close_one(&g->stat_fd);
	close_one(&g->procs_fd);
	close_one(&g->table_fd);
}

/* The text of a file of the job's cgroup, which is kept open. 0 or a negative errno. */
static int read_kept(int *fd, const struct job *job, const char *name, char *buf, size_t size)
{
	ssize_t n;

	if (*fd < 0)
		*fd = cgroup_job_open_file(&job->cgroup, name, O_RDONLY);
	if (*fd < 0)
		return *fd;
	n = pread(*fd, buf, size - 1, 0);
	if (n < 0) {
		n = -errno;
		/* The cgroup may be another one meanwhile. */
		close_one(fd);
		return (int)n;
	}
	buf[n] = '\0';
	return 0;
}

/* "name 123" on a line of its own; 0 if there is none. */
static uint64_t stat_value(const char *text, const char *name)
{
	size_t len = strlen(name);
	const char *line;

	for (line = text; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, len) == 0 && line[len] == ' ')
			return strtoull(line + len + 1, NULL, 10);
	}
	return 0;
}

/* What the kernel takes away before it kills: clean and dirty file pages, and caches of its own. */
static int reclaimable(struct gauge *g, const struct job *job, uint64_t *bytes)
{
	static char text[STAT_TEXT_MAX];
	int err = read_kept(&g->stat_fd, job, "memory.stat", text, sizeof(text));

	if (err)
		return err;
	*bytes = stat_value(text, "inactive_file") + stat_value(text, "active_file") +
		 stat_value(text, "slab_reclaimable");
	return 0;
}

/* Calls @fn for the processes of the job, a bounded number of them. */
static void each_process(struct gauge *g, const struct job *job, void (*fn)(void *arg, pid_t pid),
			 void *arg)
{
	char text[PROCS_TEXT_MAX], *at = text, *end;
	unsigned int n;

	if (read_kept(&g->procs_fd, job, "cgroup.procs", text, sizeof(text))) {
		fn(arg, job->inst.pid);
		return;
	}
	/* The last one may be cut off, if they are too many. */
	end = strlen(text) == sizeof(text) - 1 ? strrchr(text, '\n') : NULL;
	if (end)
		*end = '\0';
	for (n = 0; n < AGENT_GAUGE_PROCS_MAX; n++) {
		pid_t pid = (pid_t)strtol(at, &end, 10);

		if (end == at)
			return;
		at = end;
		fn(arg, pid);
	}
}

static void add_private(void *arg, pid_t pid)
{
	uint64_t *bytes = arg, size, resident, shared;
	char path[32], text[128];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/statm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	if (sscanf(text, "%" SCNu64 " %" SCNu64 " %" SCNu64, &size, &resident, &shared) == 3 &&
	    resident > shared)
		*bytes += (resident - shared) * (uint64_t)sysconf(_SC_PAGESIZE);
}

int gauge_memory(struct gauge *g, const struct job *job, uint64_t enough, uint64_t *bytes)
{
	uint64_t cache = 0;
	char text[32];
	int err = read_kept(&g->current_fd, job, "memory.current", text, sizeof(text));

	if (err) {
		*bytes = 0;
		each_process(g, job, add_private, bytes);
		return *bytes ? 0 : -ESRCH;
	}
	*bytes = strtoull(text, NULL, 10);
	/* Summing up the statistics takes the kernel much longer than the one number. */
	if (*bytes < enough)
		return 0;
	err = reclaimable(g, job, &cache);
	*bytes -= cache < *bytes ? cache : *bytes;
	return err;
}

/* The entries of an open directory but the two that each has. 0 or a negative errno. */
static int count_entries(int fd, uint64_t *n)
{
	static char buf[ENTRIES_MAX];
	long len, at;

	*n = 0;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	while ((len = syscall(SYS_getdents64, fd, buf, sizeof(buf))) > 0) {
		for (at = 0; at < len;) {
			/* ino, off, reclen, type, name: as getdents64(2) has them. */
			uint16_t reclen;

			memcpy(&reclen, buf + at + 16, sizeof(reclen));
			*n += buf[at + 19] != '.';
			at += reclen;
		}
	}
	return len < 0 ? -errno : 0;
}

/* Kernels from 6.2 on tell the number as the directory's size. */
static int count_files(int fd, uint64_t *n)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	*n = (uint64_t)st.st_size;
	return *n ? 0 : count_entries(fd, n);
}

static int open_table(pid_t pid)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/** struct fullest - a search for the process nearest to its limit. */
struct fullest {
	struct gauge *gauge;
	pid_t main;
	struct gauge_files *out;
};

/* Of the main process the directory is kept open; of others, which come and go, it is not. */
static int table_of(struct fullest *f, pid_t pid)
{
	struct gauge *g = f->gauge;

	if (pid != f->main)
		return open_table(pid);
	if (g->table_fd >= 0 && g->table_pid != pid)
		close_one(&g->table_fd);
	if (g->table_fd < 0)
		g->table_fd = open_table(pid);
	g->table_pid = pid;
	return g->table_fd;
}

static void look_at(void *arg, pid_t pid)
{
	struct fullest *f = arg;
	struct gauge_files *out = f->out;
	struct rlimit limit;
	uint64_t n = 0;
	int fd = table_of(f, pid), err;

	if (fd < 0)
		return;
	err = count_files(fd, &n);
	if (pid != f->main)
		close(fd);
	else if (err)
		close_one(&f->gauge->table_fd);
	if (err || prlimit(pid, RLIMIT_NOFILE, NULL, &limit) || !limit.rlim_cur)
		return;
	if (!out->pid || (double)n * (double)out->limit > (double)out->open * (double)limit.rlim_cur)
		*out = (struct gauge_files){ pid, n, limit.rlim_cur };
}

int gauge_files(struct gauge *g, const struct job *job, struct gauge_files *out)
{
	struct fullest f = { .gauge = g, .main = job->inst.pid, .out = out };

	*out = (struct gauge_files){ 0 };
	each_process(g, job, look_at, &f);
	return out->pid ? 0 : -ESRCH;
}

int gauge_disk(const char *path, struct gauge_disk *out)
{
	struct statvfs fs;

	if (statvfs(path, &fs))
		return -errno;
	/* What is reserved for root is neither free to others nor used by them. */
	*out = (struct gauge_disk){
		.free = fs.f_bavail * fs.f_frsize,
		.total = (fs.f_blocks - fs.f_bfree + fs.f_bavail) * fs.f_frsize,
	};
	return out->total ? 0 : -ENOTSUP;
}

int gauge_stall(int pressure_fd, bool full, unsigned int *share)
{
	unsigned int whole, part;
	const char *line;
	char text[256];
	ssize_t n = pread(pressure_fd, text, sizeof(text) - 1, 0);

	if (n < 0)
		return -errno;
	text[n] = '\0';
	line = strstr(text, full ? "full avg10=" : "some avg10=");
	if (!line || sscanf(line + strlen("some avg10="), "%u.%2u", &whole, &part) != 2)
		return -EPROTO;
	*share = whole * 100 + part;
	return 0;
}
