// SPDX-License-Identifier: GPL-2.0
/* One message with descriptors over a Unix socket. */
#include "user/base/fdpass.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

union room {
	char bytes[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(FDPASS_MAX * sizeof(int))];
	struct cmsghdr aligned;
};

int fdpass_send_all(int sock, const void *data, size_t len, const int *fds, size_t nfds, int flags)
{
	struct iovec iov = { .iov_base = (void *)data, .iov_len = len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	union room room;
	struct cmsghdr *c;

	if (nfds > FDPASS_MAX)
		return -EINVAL;
	if (nfds) {
		memset(&room, 0, sizeof(room));
		msg.msg_control = room.bytes;
		msg.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, nfds * sizeof(int));
	}
	return sendmsg(sock, &msg, flags | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int fdpass_send(int sock, const void *data, size_t len, int fd, int flags)
{
	return fdpass_send_all(sock, data, len, &fd, fd >= 0, flags);
}

static void take(struct fdpass *with, struct msghdr *msg)
{
	struct cmsghdr *c;
	struct ucred cred;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		size_t len = c->cmsg_len - CMSG_LEN(0);

		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_CREDENTIALS && len == sizeof(cred)) {
			memcpy(&cred, CMSG_DATA(c), sizeof(cred));
			with->pid = cred.pid;
		} else if (c->cmsg_type == SCM_RIGHTS && len <= sizeof(with->fds)) {
			memcpy(with->fds, CMSG_DATA(c), len);
			with->nfds = len / sizeof(int);
		}
	}
}

ssize_t fdpass_recv_all(int sock, void *data, size_t size, struct fdpass *with, int flags)
{
	struct iovec iov = { .iov_base = data, .iov_len = size };
	union room room;
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = room.bytes,
		.msg_controllen = sizeof(room.bytes),
	};
	ssize_t n = recvmsg(sock, &msg, flags | MSG_CMSG_CLOEXEC);

	if (n < 0)
		return -errno;
	with->nfds = 0;
	with->pid = 0;
	with->cut = msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC);
	take(with, &msg);
	return n;
}

ssize_t fdpass_recv(int sock, void *data, size_t size, int *fd, int flags)
{
	struct fdpass with = { .nfds = 0 };
	ssize_t n = fdpass_recv_all(sock, data, size, &with, flags);

	*fd = -1;
	if (with.nfds == 1)
		*fd = with.fds[0];
	else
		fdpass_close(&with);
	return n;
}

/* A copy of this process with the same descriptors. A raw call: nothing of the library is to run in it. */
static pid_t sharing_clone(void)
{
	return (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
}

/* The child of a child: it may take long, and is nobody's to reap. */
_Noreturn static void close_elsewhere(const struct fdpass *with)
{
	size_t i;

	if (sharing_clone() != 0)
		_exit(EXIT_SUCCESS);
	for (i = 0; i < with->nfds; i++)
		if (with->fds[i] >= 0)
			close(with->fds[i]);
	_exit(EXIT_SUCCESS);
}

static bool any_open(const struct fdpass *with)
{
	size_t i;

	for (i = 0; i < with->nfds; i++)
		if (with->fds[i] >= 0)
			return true;
	return false;
}

void fdpass_close(struct fdpass *with)
{
	pid_t pid = any_open(with) ? sharing_clone() : -1;

	if (pid == 0)
		close_elsewhere(with);
	/* Where there is no process to be had they stay open: better than to wait. */
	if (pid > 0)
		waitpid(pid, NULL, 0);
	with->nfds = 0;
}

void fdpass_close_one(int fd)
{
	struct fdpass with = { .fds = { fd }, .nfds = 1 };

	fdpass_close(&with);
}
