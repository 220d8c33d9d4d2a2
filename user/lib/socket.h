/* SPDX-License-Identifier: GPL-2.0 */
/* A generic netlink socket, behind a table of operations so that a script can play the kernel. */
#ifndef VNL_SOCKET_H
#define VNL_SOCKET_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct mnl_socket;
struct vnl_socket_ops;

struct vnl_socket {
	const struct vnl_socket_ops *ops;
	struct mnl_socket *nl;		/* NULL while closed */
	int fd;
	uint32_t portid;
};

/**
 * struct vnl_socket_ops - what the library asks of a socket. Failures are negative errnos.
 * @open: fill in @nl, @fd and @portid
 * @close: undo @open; nothing to do if it is closed
 * @join: listen to a multicast group too
 * @set_rcvbuf: make room for @bytes of unread messages, or for as many as may be had
 * @send: one datagram to the kernel
 * @recv: one datagram; returns its whole length even if it is longer than @size;
 *	-ETIMEDOUT after VNL_ANSWER_TIMEOUT_S, -EAGAIN at once with MSG_DONTWAIT in @flags.
 *	@sender is the port it came from, 0 for the kernel.
 */
struct vnl_socket_ops {
	int (*open)(struct vnl_socket *s);
	void (*close)(struct vnl_socket *s);
	int (*join)(struct vnl_socket *s, uint32_t group);
	void (*set_rcvbuf)(struct vnl_socket *s, int bytes);
	int (*send)(struct vnl_socket *s, const void *buf, size_t len);
	ssize_t (*recv)(struct vnl_socket *s, void *buf, size_t size, int flags,
			uint32_t *sender);
};

extern const struct vnl_socket_ops vnl_kernel_socket;

#endif /* VNL_SOCKET_H */
