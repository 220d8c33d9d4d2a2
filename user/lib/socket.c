// SPDX-License-Identifier: GPL-2.0
/* The sockets that lead to the real kernel. */
#include "user/lib/socket.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <libmnl/libmnl.h>

#include "user/lib/bounds.h"

/* Sentences for refusals, without our own request echoed; and strict reading of requests. */
static int set_options(struct mnl_socket *nl)
{
	static const int options[] = {
		NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK,
	};
	const struct timeval timeout = { .tv_sec = VNL_ANSWER_TIMEOUT_S };
	int on = 1;

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (mnl_socket_setsockopt(nl, options[i], &on, sizeof(on)))
			return -errno;
	if (setsockopt(mnl_socket_get_fd(nl), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)))
		return -errno;
	return 0;
}

static int kernel_open(struct vnl_socket *s)
{
	int r;

	s->nl = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!s->nl)
		return -errno;
	r = set_options(s->nl);
	if (!r && mnl_socket_bind(s->nl, 0, MNL_SOCKET_AUTOPID))
		r = -errno;
	if (r) {
		mnl_socket_close(s->nl);
		s->nl = NULL;
		return r;
	}
	s->fd = mnl_socket_get_fd(s->nl);
	s->portid = mnl_socket_get_portid(s->nl);
	return 0;
}

static void kernel_close(struct vnl_socket *s)
{
	if (s->nl)
		mnl_socket_close(s->nl);
	s->nl = NULL;
	s->fd = -1;
}

static int kernel_join(struct vnl_socket *s, uint32_t group)
{
	if (mnl_socket_setsockopt(s->nl, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		return -errno;
	return 0;
}

/* Only SO_RCVBUFFORCE may pass net.core.rmem_max; less room costs replays, never events. */
static void kernel_set_rcvbuf(struct vnl_socket *s, int bytes)
{
	if (setsockopt(s->fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)))
		setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

static int kernel_send(struct vnl_socket *s, const void *buf, size_t len)
{
	ssize_t n;

	do
		n = mnl_socket_sendto(s->nl, buf, len);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

/* Not mnl_socket_recvfrom(), which tells no sender. */
static ssize_t kernel_recv(struct vnl_socket *s, void *buf, size_t size, int flags,
			   uint32_t *sender)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { .iov_base = buf, .iov_len = size };
	struct msghdr msg = {
		.msg_name = &from, .msg_namelen = sizeof(from),
		.msg_iov = &iov, .msg_iovlen = 1,
	};
	ssize_t n;

	do
		n = recvmsg(s->fd, &msg, flags | MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN && !(flags & MSG_DONTWAIT) ? -ETIMEDOUT : -errno;
	*sender = from.nl_pid;
	return n;
}

const struct vnl_socket_ops vnl_kernel_socket = {
	.open = kernel_open,
	.close = kernel_close,
	.join = kernel_join,
	.set_rcvbuf = kernel_set_rcvbuf,
	.send = kernel_send,
	.recv = kernel_recv,
};
