// SPDX-License-Identifier: GPL-2.0
/* Processes made to die. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftests/kernel/victim.h"

static void live(int go[2], int told[2], pid_t parent, life_fn life, void *arg)
{
	struct ends ends = { .go = go[0], .tell = told[1] };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	close(go[1]);
	close(told[0]);
	_exit(life(&ends, arg));
}

static int open_pipes(int go[2], int told[2])
{
	if (pipe2(go, O_CLOEXEC))
		return -errno;
	if (!pipe2(told, O_CLOEXEC))
		return 0;
	close(go[0]);
	close(go[1]);
	return -errno;
}

int victim_start(struct victim *v, life_fn life, void *arg)
{
	pid_t parent = getpid();
	int go[2], told[2];
	int ret = open_pipes(go, told);

	if (ret)
		return ret;
	v->pid = fork();
	if (!v->pid)
		live(go, told, parent, life, arg);
	ret = -errno;
	close(go[0]);
	close(told[1]);
	v->go = go[1];
	v->told = told[0];
	v->pidfd = v->pid > 0 ? pidfd_open_raw(v->pid, 0) : -1;
	v->start_ticks = v->pid > 0 ? proc_start_ticks(v->pid) : 0;
	if (v->pid > 0 && v->pidfd >= 0)
		return 0;
	if (v->pid > 0)
		ret = v->pidfd;
	victim_end(v);
	return ret;
}

void victim_end(struct victim *v)
{
	close(v->go);
	close(v->told);
	if (v->pidfd >= 0)
		close(v->pidfd);
	if (v->pid <= 0)
		return;
	kill(v->pid, SIGKILL);
	waitpid(v->pid, NULL, __WALL);
	v->pid = 0;
}

void victim_go(const struct victim *v)
{
	if (write(v->go, "g", 1) != 1)
		abort();
}

int victim_told(const struct victim *v)
{
	int value;

	return read(v->told, &value, sizeof(value)) == sizeof(value) ? value : -1;
}

int victim_reap(struct victim *v, struct rusage *usage)
{
	int status;

	if (wait4(v->pid, &status, __WALL, usage) != v->pid)
		return -errno;
	v->pid = 0;
	return status;
}

int victim_await_zombie(const struct victim *v)
{
	siginfo_t info;

	return waitid(P_PID, v->pid, &info, WEXITED | WNOWAIT | __WALL) ? -errno : 0;
}

void life_await_go(const struct ends *ends)
{
	char byte;

	if (read(ends->go, &byte, 1) != 1)
		_exit(126);
}

void life_tell(const struct ends *ends, int value)
{
	if (write(ends->tell, &value, sizeof(value)) != sizeof(value))
		_exit(125);
}

int life_exit(const struct ends *ends, void *arg)
{
	life_await_go(ends);
	return *(int *)arg;
}

/* Ignored or blocked signals are inherited: a victim shall die of every fatal one. */
int life_pause(const struct ends *ends, void *arg)
{
	sigset_t none;
	int sig;

	(void)arg;
	for (sig = 1; sig <= SIGRTMAX; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	life_tell(ends, 0);
	for (;;)
		pause();
}
