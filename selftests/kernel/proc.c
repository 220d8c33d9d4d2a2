// SPDX-License-Identifier: GPL-2.0
/* What the rest of the kernel knows of a process, to compare a record with. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "selftests/kernel/client.h"
#include "selftests/kernel/pace.h"
#include "selftests/kernel/victim.h"

enum {
	CPU_TOLERANCE_NS = 40000000,	/* two ticks of 10 ms each way */
};

int pidfd_open_raw(pid_t pid, unsigned int flags)
{
	int fd = syscall(SYS_pidfd_open, pid, flags);

	return fd < 0 ? -errno : fd;
}

/* The text after "PID (comm)", where comm may hold anything; its first field is field 3. */
static const char *stat_from_field_3(const char *path, char *buf, int len)
{
	FILE *f = fopen(path, "re");
	size_t got;

	if (!f)
		return NULL;
	got = fread(buf, 1, len - 1, f);
	fclose(f);
	buf[got] = '\0';
	buf = strrchr(buf, ')');
	return buf ? buf + 2 : NULL;
}

uint64_t proc_start_ticks(pid_t pid)
{
	char path[64], buf[1024];
	unsigned long long ticks = 0;
	const char *at;
	int field;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	at = stat_from_field_3(path, buf, sizeof(buf));
	for (field = 3; at && field < 22; field++) {
		at = strchr(at, ' ');
		at = at ? at + 1 : NULL;
	}
	return at && sscanf(at, "%llu", &ticks) == 1 ? ticks : 0;
}

void proc_comm(pid_t pid, char *comm, int len)
{
	char path[64];
	FILE *f;

	comm[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	f = fopen(path, "re");
	if (!f)
		return;
	if (fgets(comm, len, f))
		comm[strcspn(comm, "\n")] = '\0';
	fclose(f);
}

char proc_thread_state(pid_t pid, pid_t tid)
{
	char path[64], buf[1024];
	const char *at;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, tid);
	at = stat_from_field_3(path, buf, sizeof(buf));
	return at ? *at : '\0';
}

bool proc_await_thread_state(pid_t pid, pid_t tid, char state)
{
	return AWAIT(proc_thread_state(pid, tid) == state);
}

uint64_t clock_ns(int clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static uint64_t timeval_ns(const struct timeval *tv)
{
	return tv->tv_sec * 1000000000ULL + tv->tv_usec * 1000ULL;
}

/*
 * Both are scaled estimates, taken at different moments: after the record was made the dying thread is
 * charged until it is off its processor, which an emulated one may be long about.
 */
static bool about(uint64_t recorded, uint64_t waited, uint64_t between_ns)
{
	uint64_t apart = recorded > waited ? recorded - waited : waited - recorded;

	return apart <= CPU_TOLERANCE_NS + waited / 10 + between_ns;
}

static const char *status_differs(const struct record *r, int status)
{
	if (WIFEXITED(status)) {
		if (r->cause != VIGIL_CAUSE_EXITED)
			return "wait says exited, the cause does not";
		return r->code == WEXITSTATUS(status) ? NULL : "exit code";
	}
	if (r->signal != WTERMSIG(status))
		return "signal";
	if (WCOREDUMP(status) != (r->cause == VIGIL_CAUSE_CORE_DUMPED ? 0x80 : 0))
		return "core dump flag";
	return NULL;
}

const char *record_differs(const struct record *r, int status, const struct rusage *usage)
{
	uint64_t between_ns = clock_ns(CLOCK_BOOTTIME) - r->boottime_ns;
	const char *why = status_differs(r, status);

	if (why)
		return why;
	if (!about(r->utime_ns, timeval_ns(&usage->ru_utime), between_ns))
		return "user CPU time";
	if (!about(r->stime_ns, timeval_ns(&usage->ru_stime), between_ns))
		return "system CPU time";
	if (r->maxrss_kib != (uint64_t)usage->ru_maxrss)
		return "largest resident set";
	return NULL;
}
