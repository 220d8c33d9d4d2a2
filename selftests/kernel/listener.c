// SPDX-License-Identifier: GPL-2.0
/* A member of the multicast group, which sees overruns as the kernel reports them. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "selftests/kernel/client.h"
#include "selftests/kernel/decode.h"

int listener_open(struct listener *l, int rcvbuf)
{
	struct client c;
	int ret = client_open(&c);
	int fd;

	if (ret)
		return ret;
	memset(l, 0, sizeof(*l));
	l->sk = c.sk;
	l->family = c.family;
	fd = nl_socket_get_fd(l->sk);
	if (rcvbuf && setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &rcvbuf, sizeof(rcvbuf)))
		goto fail;
	if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &c.group, sizeof(c.group)))
		goto fail;
	return 0;
fail:
	ret = -errno;
	listener_close(l);
	return ret;
}

void listener_close(struct listener *l)
{
	nl_socket_free(l->sk);
	l->sk = NULL;
}

static int refill(struct listener *l, int timeout_ms)
{
	struct pollfd pfd = { .fd = nl_socket_get_fd(l->sk), .events = POLLIN };
	int ret = poll(&pfd, 1, timeout_ms);

	if (ret <= 0)
		return ret < 0 ? -errno : 0;
	ret = recv(pfd.fd, l->buf, sizeof(l->buf), MSG_DONTWAIT);
	if (ret < 0)
		return errno == EAGAIN ? 0 : -errno;
	l->next = (const void *)l->buf;
	l->left = ret;
	return 1;
}

static int take(struct listener *l, struct watch *out)
{
	const struct nlmsghdr *hdr = l->next;
	const struct genlmsghdr *genl = nlmsg_data(hdr);

	l->next = nlmsg_next((struct nlmsghdr *)hdr, &l->left);
	if (hdr->nlmsg_type != l->family || genl->cmd != VIGIL_CMD_EVENT_NTF)
		return -EPROTO;
	return decode_watch(hdr, out) ?: 1;
}

int listener_next(struct listener *l, struct watch *out, int timeout_ms)
{
	int ret;

	if (!nlmsg_ok(l->next, l->left)) {
		ret = refill(l, timeout_ms);
		if (ret <= 0)
			return ret;
	}
	return take(l, out);
}
