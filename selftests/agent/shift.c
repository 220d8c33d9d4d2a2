// SPDX-License-Identifier: GPL-2.0
/*
 * Loaded before vigild's libraries: its clock of the day, and no other, is off by as many nanoseconds as the
 * first 8 bytes of the file VIGIL_TEST_SHIFT say, at the time at which it is read.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000ll

static const volatile int64_t *shift_ns;

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("VIGIL_TEST_SHIFT");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *at = MAP_FAILED;

	if (fd >= 0)
		at = mmap(NULL, sizeof(*shift_ns), PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		abort();
	close(fd);
	shift_ns = at;
}

int clock_gettime(clockid_t id, struct timespec *ts)
{
	int err = (int)syscall(SYS_clock_gettime, id, ts);
	int64_t ns;

	if (err || !shift_ns || (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE))
		return err;
	ns = ts->tv_sec * NS_PER_S + ts->tv_nsec + *shift_ns;
	ts->tv_sec = ns / NS_PER_S;
	ts->tv_nsec = ns % NS_PER_S;
	return 0;
}

int gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
	struct timespec ts;
	int err = clock_gettime(CLOCK_REALTIME, &ts);

	(void)tz;
	tv->tv_sec = ts.tv_sec;
	tv->tv_usec = ts.tv_nsec / 1000;
	return err;
}

time_t time(time_t *t)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	if (t)
		*t = ts.tv_sec;
	return ts.tv_sec;
}
