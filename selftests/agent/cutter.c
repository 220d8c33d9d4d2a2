// SPDX-License-Identifier: GPL-2.0
/*
 * Loaded before vigild's libraries: kills it just before the file operation with the number that
 * VIGIL_TEST_KILL_AT names, counted from 1. What changes the store, and the message that opens a
 * gate, are counted. With "gate" it is killed before the first message that opens a gate, and who waits there
 * stands still: it does not notice.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

static long left;
static int at_gate;

__attribute__((constructor)) static void begin(void)
{
	const char *at = getenv("VIGIL_TEST_KILL_AT");

	left = at ? strtol(at, NULL, 10) : 0;
	at_gate = at && !strcmp(at, "gate");
	/* What vigild starts is not to be killed. */
	unsetenv("VIGIL_TEST_KILL_AT");
	unsetenv("LD_PRELOAD");
}

static void stop_if_gated(int pid)
{
	char path[64], name[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	f = fopen(path, "re");
	if (!f)
		return;
	if (fgets(name, sizeof(name), f) && !strcmp(name, "vigil-gate\n"))
		kill(pid, SIGSTOP);
	fclose(f);
}

static void end_at_gate(void)
{
	char path[64];
	FILE *f;
	int pid;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	f = fopen(path, "re");
	while (f && fscanf(f, "%d", &pid) == 1)
		stop_if_gated(pid);
	kill(getpid(), SIGKILL);
}

static void *step(const char *name)
{
	if (left > 0 && --left == 0)
		kill(getpid(), SIGKILL);
	return dlsym(RTLD_NEXT, name);
}

ssize_t pwrite64(int fd, const void *buf, size_t n, off_t offset)
{
	ssize_t (*real)(int fd, const void *buf, size_t n, off_t offset) = step("pwrite64");

	return real(fd, buf, n, offset);
}

ssize_t pwrite(int fd, const void *buf, size_t n, off_t offset)
{
	ssize_t (*real)(int fd, const void *buf, size_t n, off_t offset) = step("pwrite");

	return real(fd, buf, n, offset);
}

int fdatasync(int fd)
{
	int (*real)(int fd) = step("fdatasync");

	return real(fd);
}

int fsync(int fd)
{
	int (*real)(int fd) = step("fsync");

	return real(fd);
}

int ftruncate64(int fd, off_t size)
{
	int (*real)(int fd, off_t size) = step("ftruncate64");

	return real(fd, size);
}

int unlink(const char *path)
{
	int (*real)(const char *path) = step("unlink");

	return real(path);
}

ssize_t send(int fd, const void *buf, size_t n, int flags)
{
	ssize_t (*real)(int fd, const void *buf, size_t n, int flags) = step("send");

	if (at_gate && n == 1 && *(const char *)buf == 'g')
		end_at_gate();
	return real(fd, buf, n, flags);
}
