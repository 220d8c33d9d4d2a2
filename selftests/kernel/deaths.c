// SPDX-License-Identifier: GPL-2.0
/* One process, one death: every way to die is told as it was. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "selftests/kernel/fixture.h"

static const int exit_codes[] = { 0, 1, 42, 127, 255 };

TEST_F(vigil, exit_code_is_told)
{
	struct watch event;
	size_t i;
	int code;

	for (i = 0; i < ARRAY_SIZE(exit_codes); i++) {
		code = exit_codes[i];
		live_and_die(_metadata, self, life_exit, &code, &event);
		EXPECT_EQ(VIGIL_CAUSE_EXITED, event.exit.cause);
		EXPECT_EQ(code, event.exit.code);
	}
}

static void die_of(struct __test_metadata *_metadata, vigil_t *self, int sig,
		   struct watch *event)
{
	struct victim v;
	struct watch w;

	start_ready(_metadata, self, &v, life_pause, NULL, &w);
	kill_by(_metadata, self, &v, sig, &w, event);
}

static const int terminating[] = {
	SIGHUP, SIGINT, SIGKILL, SIGUSR1, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGSTKFLT,
	SIGVTALRM, SIGPROF, SIGIO, SIGPWR,
};

TEST_F(vigil, terminating_signals_are_told)
{
	struct watch event;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(terminating); i++) {
		die_of(_metadata, self, terminating[i], &event);
		EXPECT_EQ(VIGIL_CAUSE_SIGNALLED, event.exit.cause);
	}
}

TEST_F(vigil, realtime_signals_are_told)
{
	struct watch event;

	die_of(_metadata, self, SIGRTMIN, &event);
	EXPECT_EQ(VIGIL_CAUSE_SIGNALLED, event.exit.cause);
	die_of(_metadata, self, SIGRTMAX, &event);
	EXPECT_EQ(VIGIL_CAUSE_SIGNALLED, event.exit.cause);
}

static const int dumping[] = {
	SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGXCPU, SIGXFSZ, SIGSYS,
};

static void limit_core(struct __test_metadata *_metadata, rlim_t bytes)
{
	struct rlimit limit = { .rlim_cur = bytes, .rlim_max = RLIM_INFINITY };

	ASSERT_EQ(0, setrlimit(RLIMIT_CORE, &limit));
}

TEST_F(vigil, core_signals_without_a_core_are_signalled)
{
	struct watch event;
	size_t i;

	limit_core(_metadata, 0);
	for (i = 0; i < ARRAY_SIZE(dumping); i++) {
		die_of(_metadata, self, dumping[i], &event);
		EXPECT_EQ(VIGIL_CAUSE_SIGNALLED, event.exit.cause);
	}
}

static void swap_core_pattern(struct __test_metadata *_metadata, const char *pattern, char *old,
			      int len)
{
	int fd = open("/proc/sys/kernel/core_pattern", O_RDWR | O_CLOEXEC);
	int got;

	ASSERT_LE(0, fd);
	if (old) {
		got = read(fd, old, len - 1);
		ASSERT_LE(0, got);
		old[got] = '\0';
	}
	ASSERT_EQ((ssize_t)strlen(pattern), pwrite(fd, pattern, strlen(pattern), 0));
	close(fd);
}

TEST_F(vigil, core_dumps_are_told)
{
	char dir[] = "/tmp/vigil-cores.XXXXXX";
	char pattern[64], core[64], old[256];
	struct watch event;
	size_t i;

	ASSERT_NE(NULL, mkdtemp(dir));
	snprintf(pattern, sizeof(pattern), "%s/core.%%p", dir);
	swap_core_pattern(_metadata, pattern, old, sizeof(old));
	limit_core(_metadata, RLIM_INFINITY);
	for (i = 0; i < ARRAY_SIZE(dumping); i++) {
		die_of(_metadata, self, dumping[i], &event);
		EXPECT_EQ(VIGIL_CAUSE_CORE_DUMPED, event.exit.cause);
		snprintf(core, sizeof(core), "%s/core.%d", dir, event.pid);
		EXPECT_EQ(0, unlink(core));
	}
	swap_core_pattern(_metadata, old, NULL, 0);
	EXPECT_EQ(0, rmdir(dir));
}

TEST_F(vigil, times_of_death_lie_between_before_and_after)
{
	uint64_t boot_before, real_before, boot_after, real_after;
	struct watch w, event;
	struct victim v;
	int code = 3;

	start_watched(_metadata, self, &v, life_exit, &code, &w);
	boot_before = clock_ns(CLOCK_BOOTTIME);
	real_before = clock_ns(CLOCK_REALTIME);
	victim_go(&v);
	next_death(_metadata, self, &w, &event);
	boot_after = clock_ns(CLOCK_BOOTTIME);
	real_after = clock_ns(CLOCK_REALTIME);
	EXPECT_LE(boot_before, event.exit.boottime_ns);
	EXPECT_GE(boot_after, event.exit.boottime_ns);
	EXPECT_LE(real_before, event.exit.realtime_ns);
	EXPECT_GE(real_after, event.exit.realtime_ns);
	EXPECT_LT(w.start_ns, event.exit.boottime_ns);
	EXPECT_EQ(w.start_ticks, w.start_ns / (1000000000ULL / sysconf(_SC_CLK_TCK)));
	expect_kept(_metadata, self, &event);
	victim_end(&v);
}

TEST_F(vigil, an_unreaped_zombie_is_told_on_time)
{
	struct watch w, event;
	struct victim v;
	int code = 5;

	start_watched(_metadata, self, &v, life_exit, &code, &w);
	victim_go(&v);
	next_death(_metadata, self, &w, &event);
	EXPECT_EQ(5, event.exit.code);
	EXPECT_EQ('Z', proc_thread_state(v.pid, v.pid));
	victim_end(&v);
	expect_kept(_metadata, self, &event);
}

enum {
	BURN_NS = 300000000,
	HOG_BYTES = 24 << 20,
};

static int life_burn_user(const struct ends *ends, void *arg)
{
	volatile unsigned long sink = 0;
	int i;

	(void)arg;
	life_await_go(ends);
	while (clock_ns(CLOCK_PROCESS_CPUTIME_ID) < BURN_NS)
		for (i = 0; i < 100000; i++)
			sink = sink + i;
	return 0;
}

static int life_burn_system(const struct ends *ends, void *arg)
{
	char zeros[65536];
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	(void)arg;
	life_await_go(ends);
	while (clock_ns(CLOCK_PROCESS_CPUTIME_ID) < BURN_NS)
		if (read(fd, zeros, sizeof(zeros)) < 0)
			return 1;
	return 0;
}

TEST_F(vigil, cpu_times_are_those_of_wait4)
{
	struct watch event;

	live_and_die(_metadata, self, life_burn_user, NULL, &event);
	EXPECT_LE(BURN_NS / 10 * 8, event.exit.utime_ns + event.exit.stime_ns);
	live_and_die(_metadata, self, life_burn_system, NULL, &event);
	EXPECT_LE(BURN_NS / 10 * 4, event.exit.stime_ns);
}

static int life_touch_memory(const struct ends *ends, void *arg)
{
	char *hog = mmap(NULL, HOG_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			 0);

	(void)arg;
	if (hog == MAP_FAILED)
		return 1;
	life_await_go(ends);
	memset(hog, 1, HOG_BYTES);
	return munmap(hog, HOG_BYTES) ? 2 : 0;
}

TEST_F(vigil, largest_resident_set_is_that_of_wait4)
{
	struct watch event;

	live_and_die(_metadata, self, life_touch_memory, NULL, &event);
	EXPECT_LE((uint64_t)HOG_BYTES / 1024, event.exit.maxrss_kib);
}

static int life_rename(const struct ends *ends, void *arg)
{
	life_tell(ends, 0);
	life_await_go(ends);
	prctl(PR_SET_NAME, arg);
	return 0;
}

TEST_F(vigil, comm_is_the_last_one)
{
	char before[COMM_MAX];
	struct watch w, event;
	struct victim v;

	start_ready(_metadata, self, &v, life_rename, "last-name", &w);
	proc_comm(v.pid, before, sizeof(before));
	EXPECT_STREQ(before, w.comm);
	let_die(_metadata, self, &v, &w, &event);
	EXPECT_STREQ("last-name", event.comm);
}

TEST_F(vigil, an_ignored_sigchld_loses_no_record)
{
	struct watch w, event;
	struct victim v;
	int code = 12;

	ASSERT_TRUE(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
	start_watched(_metadata, self, &v, life_exit, &code, &w);
	victim_go(&v);
	next_death(_metadata, self, &w, &event);
	EXPECT_EQ(VIGIL_CAUSE_EXITED, event.exit.cause);
	EXPECT_EQ(12, event.exit.code);
	EXPECT_STREQ(w.comm, event.comm);
	EXPECT_LT(0, event.exit.maxrss_kib);
	expect_kept(_metadata, self, &event);
	v.pid = 0;
	victim_end(&v);
}

static int life_vfork(const struct ends *ends, void *arg)
{
	pid_t pid = vfork();

	(void)arg;
	if (!pid) {
		life_tell(ends, getpid());
		life_await_go(ends);
		_exit(9);
	}
	life_await_go(ends);
	return 0;
}

/* Watches the process whose ID the victim tells. Returns its pidfd. */
static int watch_told(struct __test_metadata *_metadata, vigil_t *self, const struct victim *v,
		      struct watch *w)
{
	pid_t pid = victim_told(v);
	int pidfd;

	ASSERT_LT(0, pid);
	pidfd = pidfd_open_raw(pid, 0);
	ASSERT_LE(0, pidfd);
	watch_pidfd(_metadata, self, pidfd, w);
	EXPECT_EQ(pid, w->pid);
	return pidfd;
}

TEST_F(vigil, a_vfork_child_is_told)
{
	struct watch w, event;
	struct victim v;
	int pidfd;

	start(_metadata, &v, life_vfork, NULL);
	pidfd = watch_told(_metadata, self, &v, &w);
	victim_go(&v);
	next_death(_metadata, self, &w, &event);
	EXPECT_EQ(VIGIL_CAUSE_EXITED, event.exit.cause);
	EXPECT_EQ(9, event.exit.code);
	expect_kept(_metadata, self, &event);
	victim_end(&v);
	close(pidfd);
}

static int life_orphan(const struct ends *ends, void *arg)
{
	(void)arg;
	if (!fork()) {
		life_tell(ends, getpid());
		life_await_go(ends);
		_exit(17);
	}
	return 0;
}

TEST_F(vigil, an_orphan_is_told)
{
	struct watch w, event;
	struct victim v;
	int pidfd;

	start(_metadata, &v, life_orphan, NULL);
	ASSERT_EQ(0, victim_reap(&v, NULL));
	pidfd = watch_told(_metadata, self, &v, &w);
	victim_go(&v);
	next_death(_metadata, self, &w, &event);
	EXPECT_EQ(17, event.exit.code);
	victim_end(&v);
	close(pidfd);
}

TEST_HARNESS_MAIN
