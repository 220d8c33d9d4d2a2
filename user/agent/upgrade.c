// SPDX-License-Identifier: GPL-2.0
/*
 * vigild replaces itself by the program that now lies where its own was.
 *
 *          upgrade_try()        trial_over()           upgrade_exec()
 *    none ---------------> trial ------------> due ------------------> the new program
 *      ^                     |
 *      |   the request is    v
 *      +---- answered --- refused
 *
 * The trial runs the new program beside this one: with --trial it reads the command line, the job files
 * and the store, touches nothing, and says by its status that it is a vigild that could go on from
 * here. Job files with errors are no reason to refuse: they keep their last good versions.
 *
 * The exec keeps the process: its ID, its children, its place as the keeper of the node, whose beat the new
 * program has the keeper's deadline to take up. For the rest it is as if vigild had died and come back:
 * the jobs are adopted. Who asked is told that the trial went well, and sees by the incarnation when the new
 * program has taken over. The listening socket stays: those who connect meanwhile wait.
 */
#include "user/agent/upgrade.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/proc.h"
#include "user/base/clock.h"
#include "user/base/log.h"

#define LISTENER_ENV "VIGILD_LISTENER"

enum { TRIAL_WORDS_MAX = 64 };

static int inherited_listener(void)
{
	const char *text = getenv(LISTENER_ENV);
	int fd = text ? atoi(text) : -1;

	unsetenv(LISTENER_ENV);
	/* Nothing that this vigild starts may have it. */
	return fd > STDERR_FILENO && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 ? fd : -1;
}

void upgrade_note(struct agent *a, char **argv)
{
	struct upgrade *u = &a->upgrade;
	ssize_t len = readlink("/proc/self/exe", u->program, sizeof(u->program) - 1);

	u->program[len > 0 ? len : 0] = '\0';
	u->argv = argv;
	u->pidfd = -1;
	u->src.fd = -1;
	u->listen_fd = inherited_listener();
}

static void refuse(struct upgrade *u, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void refuse(struct upgrade *u, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(u->why, sizeof(u->why), fmt, ap);
	va_end(ap);
	log_error("not upgraded: %s", u->why);
	u->state = UPGRADE_REFUSED;
}

static void judge(struct upgrade *u, const siginfo_t *si)
{
	if (si->si_code != CLD_EXITED)
		refuse(u, "%s --trial was killed by signal %d", u->program, si->si_status);
	else if (si->si_status != AGENT_EXIT_FIT)
		refuse(u, "%s --trial exited with %d, not %d; see vigild's log", u->program,
		       si->si_status, AGENT_EXIT_FIT);
	else
		u->state = UPGRADE_DUE;
}

static void trial_over(void *arg, uint32_t events)
{
	struct agent *a = arg;
	struct upgrade *u = &a->upgrade;
	siginfo_t si = { 0 };

	(void)events;
	if (waitid(P_PIDFD, (id_t)u->pidfd, &si, WEXITED | WNOHANG) || !si.si_pid)
		return;
	loop_disarm(&a->loop, &u->timer);
	loop_del(&a->loop, &u->src);
	close(u->pidfd);
	u->pidfd = -1;
	/* It was told to end meanwhile. */
	if (a->loop.stopping)
		return;
	judge(u, &si);
	if (u->state != UPGRADE_DUE)
		return;
	log_notice("becomes the program that is %s now", u->program);
	loop_stop(&a->loop);
}

static void trial_late(void *arg)
{
	struct agent *a = arg;

	proc_pidfd_kill(a->upgrade.pidfd, SIGKILL);
}

/* It may be another's business whether it lives: nobody but the kernel cleans up after vigild. */
static int start_trial(struct upgrade *u, pid_t *pid)
{
	char *words[TRIAL_WORDS_MAX + 2];
	posix_spawnattr_t attr;
	sigset_t none;
	int n, err;

	for (n = 0; u->argv[n] && n < TRIAL_WORDS_MAX; n++)
		words[n] = u->argv[n];
	words[n++] = "--trial";
	words[n] = NULL;
	sigemptyset(&none);
	err = posix_spawnattr_init(&attr);
	if (err)
		return -err;
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	err = posix_spawn(pid, u->program, NULL, &attr, words, environ);
	posix_spawnattr_destroy(&attr);
	return -err;
}

static int watch_trial(struct agent *a, pid_t pid)
{
	struct upgrade *u = &a->upgrade;
	int err;

	u->pidfd = proc_pidfd_open(pid);
	u->src = (struct loop_source){ .fd = -1, .fn = trial_over, .arg = a };
	err = u->pidfd < 0 ? u->pidfd : loop_add(&a->loop, &u->src, u->pidfd, EPOLLIN);
	if (!err)
		return 0;
	if (u->pidfd >= 0)
		close(u->pidfd);
	u->pidfd = -1;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return err;
}

int upgrade_trial(const struct options *opt)
{
	char why[400];

	jobset_check(opt->jobs_dir);
	if (store_check(opt->state_dir, why, sizeof(why)) == 0)
		return AGENT_EXIT_FIT;
	fprintf(stderr, "vigild: %s\n", why);
	return AGENT_EXIT_FAILURE;
}

int upgrade_try(struct agent *a)
{
	struct upgrade *u = &a->upgrade;
	pid_t pid;
	int err;

	if (u->state == UPGRADE_TRIAL || u->state == UPGRADE_DUE)
		return -EBUSY;
	err = start_trial(u, &pid);
	if (!err)
		err = watch_trial(a, pid);
	if (err) {
		snprintf(u->why, sizeof(u->why), "cannot run %.200s: %s", u->program,
			 strerror(-err));
		return err;
	}
	u->timer = (struct loop_timer){ .fn = trial_late, .arg = a };
	loop_arm(&a->loop, &u->timer, clock_us() + AGENT_UPGRADE_TRIAL_US);
	u->state = UPGRADE_TRIAL;
	return 0;
}

/* What was changed for this process and would be taken for what it was given. */
static void undo(const struct agent *a)
{
	if (setrlimit(RLIMIT_NOFILE, &a->nofile))
		log_warning("cannot restore the limit of open files: %s", strerror(errno));
}

void upgrade_exec(struct agent *a)
{
	struct upgrade *u = &a->upgrade;
	char fd[16];

	undo(a);
	snprintf(fd, sizeof(fd), "%d", u->listen_fd);
	if (u->listen_fd >= 0 && (fcntl(u->listen_fd, F_SETFD, 0) || setenv(LISTENER_ENV, fd, 1)))
		log_warning("clients may find no vigild for a moment");
	execv(u->program, u->argv);
	log_error("cannot run %s: %s; goes on as before", u->program, strerror(errno));
	/* The program that runs is there for as long as it does, even if it has no name any more. */
	execv("/proc/self/exe", u->argv);
	log_error("cannot run again: %s", strerror(errno));
}
