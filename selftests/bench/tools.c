// SPDX-License-Identifier: GPL-2.0
/* Clocks, shared memory, processes, quantiles. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "selftests/bench/bench.h"

enum { GUARD_S = 600 };

void check(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

void *shared(size_t bytes)
{
	void *mem = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	check(mem != MAP_FAILED, "mmap");
	return mem;
}

void unshare_memory(void *mem, size_t bytes)
{
	munmap(mem, bytes);
}

uint64_t boottime_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* A measurement that hangs ends the whole benchmark. */
void in_a_process(void (*fn)(void *arg), void *arg)
{
	pid_t pid;
	int status;

	fflush(NULL);
	pid = fork();
	check(pid >= 0, "fork");
	if (!pid) {
		alarm(GUARD_S);
		fn(arg);
		exit(0);
	}
	check(waitpid(pid, &status, 0) == pid, "waitpid");
	check(!status, "a measurement failed");
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

void take_priority(enum priority priority)
{
	struct sched_param first = { .sched_priority = 1 };

	if (priority == PRIORITY_REAL_TIME)
		check(!sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &first),
		      "sched_setscheduler");
}

uint64_t quantile(uint64_t *v, int n, int permille)
{
	qsort(v, n, sizeof(*v), by_value);
	return v[(int)((long)(n - 1) * permille / 1000)];
}

static int by_double(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

double median(double *v, int n)
{
	qsort(v, n, sizeof(*v), by_double);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}
