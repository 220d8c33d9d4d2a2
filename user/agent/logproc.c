// SPDX-License-Identifier: GPL-2.0
/*
 * The logger's process.
 *
 * It outlives vigild, and is found again by the lock that it holds. When it dies, or its beat
 * stands still, it is replaced at once; what it had begun, its successor ends. One that fails, that is, ends
 * by itself soon after its start, is tried again after pauses that grow; that is told when it begins
 * and when it is over. Meanwhile the jobs' pipes fill.
 */
#include "user/agent/logproc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/clone.h"
#include "user/agent/explain.h"
#include "user/agent/proc.h"
#include "user/base/clock.h"
#include "user/base/log.h"
#include "user/log/logger.h"
#include "user/log/state.h"

static void find_or_start(void *arg);
static void look_at_beat(void *arg);

static void arm(struct agent *a, void (*fn)(void *arg), uint64_t delay_us)
{
	a->logproc.timer.fn = fn;
	loop_arm(&a->loop, &a->logproc.timer, clock_us() + delay_us);
}

static int open_lock(const struct agent *a)
{
	return a->outlets.dir_fd < 0 ? -1 :
	       openat(a->outlets.dir_fd, LOGGER_LOCK, O_RDONLY | O_CLOEXEC);
}

/* 0: nobody holds it. */
static pid_t holder_of(int lock_fd)
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(lock_fd, F_GETLK, &fl) == 0 && fl.l_type != F_UNLCK ? fl.l_pid : 0;
}

/* One of another version, or that writes elsewhere, leaves off where it is, and the next one goes on. */
static void end_other(struct agent *a, int lock_fd, pid_t pid, int pidfd)
{
	char text[PATH_MAX + 64] = "", own[PATH_MAX + 64];

	snprintf(own, sizeof(own), "%d %s %s\n", pid, VIGIL_VERSION, a->opt.logs_dir);
	if (pread(lock_fd, text, sizeof(text) - 1, 0) <= 0 || strcmp(text, own) == 0)
		return;
	a->logproc.told_to_end = true;
	proc_pidfd_kill(pidfd, SIGTERM);
}

/* A pidfd that is certain to be the logger's, or -1. */
static int find(struct agent *a, pid_t *pid)
{
	int lock_fd = open_lock(a), pidfd = -1;

	if (lock_fd < 0)
		return -1;
	*pid = holder_of(lock_fd);
	if (*pid)
		pidfd = proc_pidfd_open(*pid);
	if (pidfd >= 0 && holder_of(lock_fd) != *pid) {
		close(pidfd);
		pidfd = -1;
	}
	if (pidfd >= 0)
		end_other(a, lock_fd, *pid, pidfd);
	close(lock_fd);
	return pidfd;
}

_Noreturn static void be_logger(const struct agent *a)
{
	char *const argv[LOGGER_ARGS + 1] = {
		(char *)LOGGER_NAME,
		[LOGGER_ARG_RUN] = (char *)a->opt.run_dir,
		[LOGGER_ARG_LOGS] = (char *)a->opt.logs_dir,
		[LOGGER_ARG_BOOT_ID] = (char *)a->boot_id,
		[LOGGER_ARG_DEBUG] = (char *)(a->opt.debug ? "1" : "0"),
		[LOGGER_ARG_AGAIN] = (char *)(a->logproc.failures ? "1" : "0"),
	};
	char *const env[] = { NULL };
	sigset_t none;

	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve("/proc/self/exe", argv, env);
	_exit(LOGGER_EXIT_FAILURE);
}

/* Beside the jobs' cgroups: whoever ends vigild's does not end this. */
static int open_cgroup(const struct agent *a)
{
	if (a->cgroups.fd < 0 || (mkdirat(a->cgroups.fd, "logger", 0755) && errno != EEXIST))
		return -1;
	return openat(a->cgroups.fd, "logger", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static int start(const struct agent *a, pid_t *pid)
{
	int cgroup_fd = open_cgroup(a), pidfd = -1, err;

	*pid = clone_into(&pidfd, cgroup_fd);
	err = errno;
	if (*pid == 0)
		be_logger(a);
	if (cgroup_fd >= 0)
		close(cgroup_fd);
	return *pid < 0 ? -err : pidfd;
}

/* After the last failure. */
static uint64_t retry_us(const struct logproc *l)
{
	uint64_t us = AGENT_LOGGER_RETRY_US;
	unsigned int i;

	for (i = 1; i < l->failures && us < AGENT_LOGGER_RETRY_US_MAX; i++)
		us *= 2;
	return us < AGENT_LOGGER_RETRY_US_MAX ? us : AGENT_LOGGER_RETRY_US_MAX;
}

static void fail(struct agent *a, const char *why)
{
	struct logproc *l = &a->logproc;

	l->failures++;
	if (!l->why[0])
		log_error("the logger fails (%s): it is tried again, the pipes keep what they hold", why);
	snprintf(l->why, sizeof(l->why), "%s", why);
	l->ailing = true;
	log_debug("the logger is tried again in %llu ms", (unsigned long long)retry_us(l) / 1000);
	arm(a, find_or_start, retry_us(l));
}

static void find_or_start(void *arg)
{
	struct agent *a = arg;
	struct logproc *l = &a->logproc;
	int pidfd = find(a, &l->pid), err;

	if (pidfd < 0)
		pidfd = start(a, &l->pid);
	err = pidfd < 0 ? pidfd : loop_add(&a->loop, &l->src, pidfd, EPOLLIN);
	if (err) {
		if (pidfd >= 0)
			close(pidfd);
		l->pid = 0;
		fail(a, strerror(-err));
		return;
	}
	l->since_us = clock_us();
	l->beat_us = l->since_us;
	arm(a, look_at_beat, AGENT_LOGGER_LOOK_US);
}

/* The file stays the same, whoever is the logger. */
int logproc_look(struct agent *a)
{
	struct logproc *l = &a->logproc;

	if (l->look_fd < 0 && a->outlets.dir_fd >= 0)
		l->look_fd = state_look(a->outlets.dir_fd);
	if (l->look_fd < 0)
		l->look_fd = -1;
	return l->look_fd;
}

static void note_sound(struct logproc *l)
{
	log_notice("the logger runs again, as pid %d", l->pid);
	l->ailing = false;
	l->failures = 0;
	l->why[0] = '\0';
}

/* A write that is stuck in the kernel is no reason: that is the writer's thread, not what beats. */
static void look_at_beat(void *arg)
{
	struct agent *a = arg;
	struct logproc *l = &a->logproc;
	int fd = logproc_look(a);
	uint64_t beat = fd < 0 ? 0 : state_look_beat(fd), now = clock_us();

	if (beat != l->beat)
		l->beat_us = now;
	l->beat = beat;
	if (l->ailing && l->beat_us >= l->since_us + AGENT_LOGGER_SOUND_US)
		note_sound(l);
	if (now - l->beat_us > AGENT_LOGGER_HUNG_US) {
		log_error("the logger, pid %d, hangs: killed", l->pid);
		proc_pidfd_kill(l->src.fd, SIGKILL);
		l->beat_us = now;
	}
	arm(a, look_at_beat, AGENT_LOGGER_LOOK_US);
}

/* By itself, and not after a long life. False: somebody has ended it. */
static bool has_failed(const struct logproc *l, const siginfo_t *si, char *why, size_t size)
{
	if (!si->si_pid || clock_us() - l->since_us >= AGENT_LOGGER_SOUND_US)
		return false;
	if (si->si_code == CLD_EXITED) {
		snprintf(why, size, "it exited with code %d", si->si_status);
		return si->si_status != LOGGER_EXIT_OK || !l->told_to_end;
	}
	snprintf(why, size, "it was killed by %s", explain_signal(si->si_status));
	return si->si_status != SIGKILL && si->si_status != SIGTERM;
}

static void logger_died(void *arg, uint32_t events)
{
	struct agent *a = arg;
	struct logproc *l = &a->logproc;
	bool soon = clock_us() - l->since_us < AGENT_LOGGER_RETRY_US, failed;
	int pidfd = l->src.fd;
	siginfo_t si = { 0 };
	char why[64];

	(void)events;
	loop_del(&a->loop, &l->src);
	/* One of an earlier vigild is not ours to reap. */
	waitid(P_PIDFD, (id_t)pidfd, &si, WEXITED | WNOHANG);
	close(pidfd);
	failed = has_failed(l, &si, why, sizeof(why));
	if (!failed && !l->ailing)
		log_warning("the logger, pid %d, has ended", l->pid);
	l->ailing = true;
	l->told_to_end = false;
	l->pid = 0;
	if (failed)
		fail(a, why);
	else if (soon)
		arm(a, find_or_start, AGENT_LOGGER_RETRY_US);
	else
		find_or_start(a);
}

void logproc_open(struct agent *a)
{
	a->logproc = (struct logproc){
		.src = { .fd = -1, .fn = logger_died, .arg = a },
		.timer = { .arg = a },
		.look_fd = -1,
	};
	if (a->outlets.dir_fd < 0)
		snprintf(a->logproc.why, sizeof(a->logproc.why), "its directory cannot be made");
	else
		find_or_start(a);
}

void logproc_close(struct agent *a)
{
	struct logproc *l = &a->logproc;
	int pidfd = l->src.fd;

	loop_disarm(&a->loop, &l->timer);
	if (l->look_fd >= 0)
		close(l->look_fd);
	if (pidfd < 0)
		return;
	loop_del(&a->loop, &l->src);
	close(pidfd);
}
