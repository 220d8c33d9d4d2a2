// SPDX-License-Identifier: GPL-2.0
/* The ways of a parent: blocking waitid, signalfd, pidfd with epoll. Each reaps for the status. */
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftests/bench/method.h"

enum { BATCH = 256 };

int wait_status(int code, int value)
{
	switch (code) {
	case CLD_EXITED:
		return value << 8;
	case CLD_DUMPED:
		return value | 0x80;
	default:
		return value;
	}
}

static bool reap(idtype_t type, id_t id, int flags, struct death *d)
{
	siginfo_t info = { .si_pid = 0 };

	if (waitid(type, id, &info, WEXITED | flags) || !info.si_pid)
		return false;
	d->pid = info.si_pid;
	d->status = wait_status(info.si_code, info.si_status);
	return true;
}

static void *waitid_open(void)
{
	return malloc(1);
}

static bool waitid_add(void *state, pid_t pid)
{
	(void)pid;
	return state;
}

static bool waitid_next(void *state, struct death *d)
{
	(void)state;
	return reap(P_ALL, 0, 0, d);
}

const struct method method_waitid = {
	.name = "waitid",
	.parent = true,
	.open = waitid_open,
	.add = waitid_add,
	.next = waitid_next,
	.close = free,
};

/* The caller has blocked SIGCHLD since before it had children. */
static void *signalfd_open(void)
{
	int *fd = malloc(sizeof(*fd));
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (fd)
		*fd = signalfd(-1, &set, SFD_CLOEXEC);
	return fd;
}

/* One signal may stand for many deaths. */
static bool signalfd_next(void *state, struct death *d)
{
	struct signalfd_siginfo info;
	int *fd = state;

	while (!reap(P_ALL, 0, WNOHANG, d))
		if (read(*fd, &info, sizeof(info)) != sizeof(info))
			return false;
	return true;
}

static void signalfd_close(void *state)
{
	close(*(int *)state);
	free(state);
}

const struct method method_signalfd = {
	.name = "signalfd + waitid",
	.parent = true,
	.open = signalfd_open,
	.add = waitid_add,
	.next = signalfd_next,
	.close = signalfd_close,
};

struct pidfds {
	int epoll;
	int ready;
	int at;
	struct epoll_event event[BATCH];
};

static void *pidfd_open_state(void)
{
	struct pidfds *p = calloc(1, sizeof(*p));

	if (p)
		p->epoll = epoll_create1(EPOLL_CLOEXEC);
	return p;
}

static bool pidfd_add(void *state, pid_t pid)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct pidfds *p = state;

	event.data.fd = syscall(SYS_pidfd_open, pid, 0);
	return event.data.fd >= 0 && !epoll_ctl(p->epoll, EPOLL_CTL_ADD, event.data.fd, &event);
}

/* Closing the descriptor takes it out of the set. */
static bool pidfd_next(void *state, struct death *d)
{
	struct pidfds *p = state;
	bool found;
	int fd;

	if (p->at == p->ready) {
		p->at = 0;
		p->ready = epoll_wait(p->epoll, p->event, BATCH, -1);
		if (p->ready <= 0)
			return false;
	}
	fd = p->event[p->at++].data.fd;
	found = reap(P_PIDFD, fd, WNOHANG, d);
	close(fd);
	return found;
}

static void pidfd_close(void *state)
{
	struct pidfds *p = state;

	close(p->epoll);
	free(p);
}

const struct method method_pidfd = {
	.name = "pidfd + epoll + waitid",
	.parent = true,
	.open = pidfd_open_state,
	.add = pidfd_add,
	.next = pidfd_next,
	.close = pidfd_close,
};
