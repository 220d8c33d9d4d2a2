// SPDX-License-Identifier: GPL-2.0
/* The process connector: every exit of the system, with its status; what overflows is lost. */
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include "selftests/bench/method.h"

enum { BUF_BYTES = 4096 };

struct connector {
	int fd;
	char buf[BUF_BYTES] __attribute__((aligned(8)));
};

static bool subscribe(int fd)
{
	enum proc_cn_mcast_op op = PROC_CN_MCAST_LISTEN;
	struct nlmsghdr nl = {
		.nlmsg_len = NLMSG_LENGTH(sizeof(struct cn_msg) + sizeof(op)),
		.nlmsg_type = NLMSG_DONE,
	};
	struct cn_msg cn = { .id = { CN_IDX_PROC, CN_VAL_PROC }, .len = sizeof(op) };
	struct iovec parts[] = {
		{ &nl, sizeof(nl) }, { &cn, sizeof(cn) }, { &op, sizeof(op) },
	};

	return writev(fd, parts, 3) == (ssize_t)nl.nlmsg_len;
}

static bool connect_to_events(int fd)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_groups = CN_IDX_PROC };
	struct timeval patience = { .tv_sec = LOST_AFTER_MS / 1000 };
	int bytes = RCVBUF_BYTES;

	return !setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) &&
	       !setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) &&
	       !bind(fd, (struct sockaddr *)&addr, sizeof(addr)) && subscribe(fd);
}

static void cn_proc_close(void *state)
{
	struct connector *c = state;

	close(c->fd);
	free(c);
}

static void *cn_proc_open(void)
{
	struct connector *c = malloc(sizeof(*c));

	if (!c)
		return NULL;
	c->fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_CONNECTOR);
	if (c->fd >= 0 && connect_to_events(c->fd))
		return c;
	cn_proc_close(c);
	return NULL;
}

static bool cn_proc_add(void *state, pid_t pid)
{
	(void)pid;
	return state;
}

static bool is_process_exit(const char *buf, struct death *d)
{
	const struct cn_msg *cn = NLMSG_DATA((const struct nlmsghdr *)buf);
	struct proc_event event;

	memcpy(&event, cn->data, sizeof(event));
	if (event.what != PROC_EVENT_EXIT ||
	    event.event_data.exit.process_pid != event.event_data.exit.process_tgid)
		return false;
	d->pid = event.event_data.exit.process_pid;
	d->status = event.event_data.exit.exit_code;
	return true;
}

static bool cn_proc_next(void *state, struct death *d)
{
	struct connector *c = state;

	do {
		if (recv(c->fd, c->buf, sizeof(c->buf), 0) <= 0)
			return false;
	} while (!is_process_exit(c->buf, d));
	return true;
}

const struct method method_cn_proc = {
	.name = "cn_proc",
	.open = cn_proc_open,
	.add = cn_proc_add,
	.next = cn_proc_next,
	.close = cn_proc_close,
};
