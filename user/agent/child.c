// SPDX-License-Identifier: GPL-2.0
/* The child's side of a start: wait at the gate, become the job. */
#include "user/agent/child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { GATE_FD = 3 };

static void report(enum child_step step)
{
	struct child_report r = { .step = step, .error = errno };

	/* Nobody may be there to hear it; then the exit code has to do. */
	if (send(GATE_FD, &r, sizeof(r), MSG_NOSIGNAL) < 0)
		errno = 0;
}

_Noreturn static void give_up(enum child_step step)
{
	report(step);
	_exit(CHILD_EXIT_NO_EXEC);
}

/*
 * Nothing of vigild stays open: were a copy of another child's gate to live here, that child
 * would not notice the death of vigild.
 */
static void keep_gate_only(int gate)
{
	if (gate != GATE_FD && dup3(gate, GATE_FD, O_CLOEXEC) < 0)
		_exit(CHILD_EXIT_GATE);
	syscall(SYS_close_range, GATE_FD + 1, ~0U, 0);
}

/*
 * Raw calls: the library keeps two signals to itself and refuses to touch them, but whoever
 * started vigild may have left them ignored.
 */
static void default_signals(void)
{
	/* The kernel's struct sigaction: SIG_DFL, no flags, no restorer, an empty mask. */
	static const unsigned long dfl[4];
	sigset_t none;
	int sig;

	for (sig = 1; sig < NSIG; sig++)
		syscall(SYS_rt_sigaction, sig, dfl, NULL, sizeof(dfl[3]));
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void wait_at_gate(void)
{
	char go;
	ssize_t n;

	do {
		n = read(GATE_FD, &go, 1);
	} while (n < 0 && errno == EINTR);
	if (n != 1)
		_exit(CHILD_EXIT_GATE);
}

/* O_NONBLOCK: a FIFO nobody reads cannot hold the start. The job gets a plain descriptor. */
static int open_output(const char *path)
{
	int flags = O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
	int fd = open(path, flags, 0640);

	if (fd >= 0 && fcntl(fd, F_SETFL, O_APPEND) == 0)
		return fd;
	report(CHILD_STEP_OUTPUT);
	return open("/dev/null", O_WRONLY | O_CLOEXEC);
}

static void set_stdio(const struct launch *l)
{
	int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int out = open_output(l->output);

	if (in < 0 || out < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
		give_up(CHILD_STEP_STDIN);
}

static void set_limits(const struct launch *l)
{
	if (setrlimit(RLIMIT_NOFILE, &l->nofile))
		give_up(CHILD_STEP_LIMITS);
	if (l->set_core && setrlimit(RLIMIT_CORE, &l->core))
		give_up(CHILD_STEP_LIMITS);
}

static void set_identity(const struct launch *l)
{
	/* Raw calls: the library's would signal other threads, and there are none. */
	if (l->set_groups && syscall(SYS_setgroups, l->ngroups, l->groups))
		give_up(CHILD_STEP_GROUPS);
	if (l->set_gid && syscall(SYS_setresgid, l->gid, l->gid, l->gid))
		give_up(CHILD_STEP_GID);
	if (l->set_uid && syscall(SYS_setresuid, l->uid, l->uid, l->uid))
		give_up(CHILD_STEP_UID);
}

_Noreturn void child_run(const struct launch *l, int gate)
{
	setsid();
	prctl(PR_SET_NAME, CHILD_COMM);
	keep_gate_only(gate);
	default_signals();
	wait_at_gate();
	umask(022);
	set_stdio(l);
	set_limits(l);
	set_identity(l);
	if (chdir(l->directory))
		give_up(CHILD_STEP_DIRECTORY);
	execve(l->argv[0], l->argv, l->envp);
	give_up(CHILD_STEP_EXEC);
}
