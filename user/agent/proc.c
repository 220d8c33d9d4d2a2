// SPDX-License-Identifier: GPL-2.0
/* What /proc tells of a process and of this boot. */
#include "user/agent/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "user/base/clock.h"

enum { STAT_FIELD_AFTER_COMM = 3, STAT_FIELD_PARENT = 4, STAT_FIELD_START = 22 };

static int read_file(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;
	int err = 0;

	if (fd < 0)
		return -errno;
	n = read(fd, buf, size - 1);
	if (n < 0)
		err = -errno;
	close(fd);
	buf[n > 0 ? n : 0] = '\0';
	return err;
}

static int stat_field(pid_t pid, int wanted, uint64_t *value)
{
	char path[32], buf[1024], *p;
	int field, err;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	err = read_file(path, buf, sizeof(buf));
	if (err)
		return err == -ENOENT ? -ESRCH : err;
	p = strrchr(buf, ')');	/* a command name may hold blanks and parentheses */
	if (!p || p[1] == '\0')
		return -EPROTO;
	p += 2;
	for (field = STAT_FIELD_AFTER_COMM; p && field < wanted; field++) {
		p = strchr(p, ' ');
		if (p)
			p++;
	}
	if (!p)
		return -EPROTO;
	*value = strtoull(p, NULL, 10);
	return 0;
}

int proc_start_ticks(pid_t pid, uint64_t *ticks)
{
	return stat_field(pid, STAT_FIELD_START, ticks);
}

pid_t proc_parent(pid_t pid)
{
	uint64_t parent;

	return stat_field(pid, STAT_FIELD_PARENT, &parent) ? 0 : (pid_t)parent;
}

bool proc_is_child(pid_t pid)
{
	return proc_parent(pid) == getpid();
}

int proc_cgroup(pid_t pid, char *buf, size_t size)
{
	static const char cgroup2[] = "0::/";
	char path[32], *line;
	int err;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	err = read_file(path, buf, size);
	if (err)
		return err;
	/* Those of the older hierarchies come first. */
	line = strncmp(buf, cgroup2, strlen(cgroup2)) == 0 ? buf : strstr(buf, "\n0::/");
	if (!line)
		return -ENOENT;
	line += line == buf ? 0 : 1;
	memmove(buf, line + strlen("0::"), strlen(line + strlen("0::")) + 1);
	buf[strcspn(buf, "\n")] = '\0';
	return 0;
}

uint64_t proc_ticks_to_us(uint64_t ticks)
{
	return ticks * (US_PER_S / (uint64_t)sysconf(_SC_CLK_TCK));
}

int proc_boot_id(char *buf, size_t size)
{
	int err = read_file("/proc/sys/kernel/random/boot_id", buf, size);

	buf[strcspn(buf, "\n")] = '\0';
	return err;
}

bool proc_has_name(pid_t pid, const char *name)
{
	char path[32], comm[32];

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	if (read_file(path, comm, sizeof(comm)))
		return false;
	comm[strcspn(comm, "\n")] = '\0';
	return strcmp(comm, name) == 0;
}

int proc_pidfd_open(pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : fd;
}

int proc_pidfd_kill(int pidfd, int sig)
{
	return syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0) ? -errno : 0;
}
