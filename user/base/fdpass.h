/* SPDX-License-Identifier: GPL-2.0 */
/* One message with descriptors over a Unix socket. */
#ifndef VIGIL_BASE_FDPASS_H
#define VIGIL_BASE_FDPASS_H

#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

enum { FDPASS_MAX = 253 };	/* the kernel's limit for one message */

/**
 * fdpass_send - @fd is lent, not given; -1: none. @flags: as for send(), MSG_NOSIGNAL is added.
 *
 * Return: 0 or a negative errno.
 */
int fdpass_send(int sock, const void *data, size_t len, int fd, int flags);
int fdpass_send_all(int sock, const void *data, size_t len, const int *fds, size_t nfds, int flags);

/**
 * fdpass_recv - of a socket whose messages have bounds.
 * @fd: the descriptor that came with it, closed on exec and the caller's; -1 if none came
 *
 * Return: the length of the message, cut to @size; 0 at the end of the stream; a negative errno.
 */
ssize_t fdpass_recv(int sock, void *data, size_t size, int *fd, int flags);

/** struct fdpass - what came with a message. */
struct fdpass {
	int fds[FDPASS_MAX];	/* closed on exec; the caller's */
	size_t nfds;
	pid_t pid;		/* of the sender, if the socket has SO_PASSCRED; else 0 */
	int cut;		/* MSG_TRUNC, MSG_CTRUNC: something was lost */
};

/** fdpass_recv_all - as fdpass_recv(); @with is filled in unless it fails. */
ssize_t fdpass_recv_all(int sock, void *data, size_t size, struct fdpass *with, int flags);

/**
 * fdpass_close - close those that are not -1.
 *
 * A close takes as long as who made the file likes (SO_LINGER of a connection, a file system of the
 * sender's): another process, which shares the descriptors, does it. So the caller never waits for a
 * stranger, provided that no message that still carries a descriptor is thrown away afterwards.
 */
void fdpass_close(struct fdpass *with);

/** fdpass_close_one - the same of one descriptor. */
void fdpass_close_one(int fd);

#endif /* VIGIL_BASE_FDPASS_H */
