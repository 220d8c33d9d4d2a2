// SPDX-License-Identifier: GPL-2.0
/* What vigild was given by whoever started it, kept over a respawn by the kernel. */
/*
 * The kernel starts a process with no open file, in process 1's directory and the root cgroup, with
 * default limits and priority. Job files may be named by relative paths, jobs inherit limits, and what vigild
 * logs shall go where it went.
 */
#include "user/agent/inherit.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/base/log.h"

#define CGROUP2 "/sys/fs/cgroup"

/* Where lines go that have no other place: to the kernel's log. */
#define LOG_FALLBACK "/dev/kmsg"

void inherit_open_stdio(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

static bool note_cwd(char *value, size_t size)
{
	return getcwd(value, size);
}

/* A file or a device. Pipes and sockets end with their other end. */
static bool note_log(char *value, size_t size)
{
	ssize_t len = readlink("/proc/self/fd/2", value, size - 1);
	struct stat open_file, named;

	if (len < 0 || (size_t)len == size - 1)
		return false;
	value[len] = '\0';
	return *value == '/' && !fstat(STDERR_FILENO, &open_file) && !stat(value, &named) &&
	       open_file.st_dev == named.st_dev && open_file.st_ino == named.st_ino &&
	       strcmp(value, "/dev/null") != 0;
}

static bool note_cgroup(char *value, size_t size)
{
	FILE *f = fopen("/proc/self/cgroup", "re");
	char line[INHERIT_BYTES];
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		found = !strncmp(line, "0::/", 4) && strlen(line + 3) < size;
	}
	if (f)
		fclose(f);
	if (found)
		strcpy(value, line + 3);
	return found;
}

/* Each as SOFT:HARD, in the order of their numbers. */
static bool note_limits(char *value, size_t size)
{
	struct rlimit limit;
	size_t used = 0;
	int i;

	for (i = 0; i < RLIM_NLIMITS; i++) {
		if (getrlimit((__rlimit_resource_t)i, &limit))
			return false;
		used += snprintf(value + used, size - used, "%jd:%jd ", (intmax_t)limit.rlim_cur,
				 (intmax_t)limit.rlim_max);
		if (used >= size)
			return false;
	}
	return true;
}

static bool note_oom(char *value, size_t size)
{
	FILE *f = fopen("/proc/self/oom_score_adj", "re");
	int score = 0;
	bool read = f && fscanf(f, "%d", &score) == 1;

	if (f)
		fclose(f);
	return read && snprintf(value, size, "%d", score) < (int)size;
}

static bool note_priority(char *value, size_t size)
{
	int policy = sched_getscheduler(0);
	struct sched_param param;

	if (policy < 0 || sched_getparam(0, &param))
		return false;
	return snprintf(value, size, "%d %d %d", policy & ~SCHED_RESET_ON_FORK, param.sched_priority,
			getpriority(PRIO_PROCESS, 0)) < (int)size;
}

static bool restore_cwd(const char *value)
{
	return !chdir(value);
}

static bool restore_log(const char *value)
{
	int fd = open(value, O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	bool done;

	if (fd < 0)
		return false;
	done = fcntl(fd, F_SETFL, O_APPEND) == 0 && dup2(fd, STDOUT_FILENO) >= 0 &&
	       dup2(fd, STDERR_FILENO) >= 0;
	close(fd);
	return done;
}

static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done;

	if (fd < 0)
		return false;
	done = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return done;
}

static bool restore_cgroup(const char *value)
{
	char path[PATH_MAX];

	if (!strcmp(value, "/"))
		return true;
	return snprintf(path, sizeof(path), CGROUP2 "%s/cgroup.procs", value) < (int)sizeof(path) &&
	       write_text(path, "0");
}

static bool restore_limits(const char *value)
{
	struct rlimit limit;
	intmax_t soft, hard;
	bool done = true;
	int i, len;

	for (i = 0; i < RLIM_NLIMITS && sscanf(value, "%jd:%jd %n", &soft, &hard, &len) == 2; i++) {
		limit = (struct rlimit){ (rlim_t)soft, (rlim_t)hard };
		done &= !setrlimit((__rlimit_resource_t)i, &limit);
		value += len;
	}
	return done && i == RLIM_NLIMITS;
}

static bool restore_oom(const char *value)
{
	return write_text("/proc/self/oom_score_adj", value);
}

static bool restore_priority(const char *value)
{
	struct sched_param param = { 0 };
	int policy, nice;

	return sscanf(value, "%d %d %d", &policy, &param.sched_priority, &nice) == 3 &&
	       !sched_setscheduler(0, policy, &param) && !setpriority(PRIO_PROCESS, 0, nice);
}

/* In the order in which they are restored: the log first, for what is said of the others. */
static const struct kind {
	const char *name;
	const char *what;
	bool (*note)(char *value, size_t size);
	bool (*restore)(const char *value);
} kinds[INHERIT_VARIABLES] = {
	{ "VIGILD_LOG", "log", note_log, restore_log },
	{ "VIGILD_CWD", "working directory", note_cwd, restore_cwd },
	{ "VIGILD_CGROUP", "cgroup", note_cgroup, restore_cgroup },
	{ "VIGILD_LIMITS", "limits", note_limits, restore_limits },
	{ "VIGILD_OOM", "OOM score", note_oom, restore_oom },
	{ "VIGILD_PRIORITY", "priority", note_priority, restore_priority },
};

void inherit_note(struct inherit *in)
{
	size_t i, n = 0, len;

	for (i = 0; i < INHERIT_VARIABLES; i++) {
		len = (size_t)snprintf(in->text[n], INHERIT_BYTES, "%s=", kinds[i].name);
		if (kinds[i].note(in->text[n] + len, INHERIT_BYTES - len)) {
			in->list[n] = in->text[n];
			n++;
		}
	}
	in->list[n] = NULL;
}

/* The limits can always be noted: they tell a respawned process from others. */
void inherit_restore(void)
{
	const char *value;
	size_t i;

	if (!getenv("VIGILD_LIMITS"))
		return;
	if (!getenv("VIGILD_LOG"))
		restore_log(LOG_FALLBACK);
	for (i = 0; i < INHERIT_VARIABLES; i++) {
		value = getenv(kinds[i].name);
		if (value && !kinds[i].restore(value))
			log_warning("cannot have the %s of the vigild before (%s): %s",
				    kinds[i].what, value, strerror(errno));
		unsetenv(kinds[i].name);
	}
}
