// SPDX-License-Identifier: GPL-2.0
/* Sockets behind which a test plays the kernel. */
#include "selftests/lib/fake.h"

#include <assert.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct item {
	struct item *next;
	ssize_t len;		/* or a negative errno */
	uint32_t sender;
	size_t there;
	uint8_t bytes[];
};

static struct fake_socket {
	int open;
	int rcvbuf;
	uint32_t groups;	/* one bit each */
	struct item *head;
	unsigned int pending;
} sockets[FAKE_SOCKETS];

struct fake_kernel fake;

static struct fake_socket *of(int fd)
{
	assert(fd >= FAKE_FD_FIRST && fd < FAKE_FD_FIRST + FAKE_SOCKETS);
	return &sockets[fd - FAKE_FD_FIRST];
}

static struct item *item(ssize_t len, uint32_t sender, const void *bytes, size_t there)
{
	struct item *it = malloc(sizeof(*it) + there);

	assert(it);
	*it = (struct item) { .len = len, .sender = sender, .there = there };
	if (there)
		memcpy(it->bytes, bytes, there);
	return it;
}

static void push(int fd, ssize_t len, uint32_t sender, const void *bytes, size_t there)
{
	struct fake_socket *s = of(fd);
	struct item **tail = &s->head;

	while (*tail)
		tail = &(*tail)->next;
	*tail = item(len, sender, bytes, there);
	s->pending++;
}

void fake_push_from(int fd, const struct dgram *d, uint32_t sender)
{
	push(fd, (ssize_t)d->len, sender, d->bytes, d->len);
}

void fake_push(int fd, const struct dgram *d)
{
	fake_push_from(fd, d, 0);
}

void fake_push_error(int fd, int err)
{
	push(fd, err, 0, NULL, 0);
}

void fake_push_error_first(int fd, int err)
{
	struct fake_socket *s = of(fd);
	struct item *it = item(err, 0, NULL, 0);

	it->next = s->head;
	s->head = it;
	s->pending++;
}

void fake_push_cut(int fd, size_t len)
{
	push(fd, (ssize_t)len, 0, NULL, 0);
}

static void pop(struct fake_socket *s)
{
	struct item *it = s->head;

	s->head = it->next;
	s->pending--;
	free(it);
}

static int fake_open(struct vnl_socket *s)
{
	int i = 0;

	while (i < FAKE_SOCKETS && sockets[i].open)
		i++;
	assert(i < FAKE_SOCKETS);
	sockets[i].open = 1;
	s->fd = FAKE_FD_FIRST + i;
	s->portid = 5000 + fake.opens++;
	return 0;
}

static void fake_close(struct vnl_socket *s)
{
	if (s->fd < 0)
		return;
	while (of(s->fd)->head)
		pop(of(s->fd));
	memset(of(s->fd), 0, sizeof(struct fake_socket));
	s->fd = -1;
}

static int fake_join(struct vnl_socket *s, uint32_t group)
{
	of(s->fd)->groups |= 1u << group;
	return 0;
}

static void fake_set_rcvbuf(struct vnl_socket *s, int bytes)
{
	of(s->fd)->rcvbuf = bytes;
}

static void serve_ctrl(int fd, const struct nlmsghdr *req, struct envelope back)
{
	const struct nlattr *name = mnl_nlmsg_get_payload_offset(req, GENL_HDRLEN);
	struct dgram d = { .len = 0 };

	if (strcmp(mnl_attr_get_str(name), VIGIL_FAMILY_NAME) != 0) {
		dgram_family(&d, back, CTRL_CMD_NEWFAMILY, GENL_ID_CTRL, 2, "notify",
			     FAKE_GROUP_NOTIFY);
		dgram_error(&d, back, 0, NULL);
	} else if (fake.family) {
		dgram_family(&d, back, CTRL_CMD_NEWFAMILY, fake.family, fake.version,
			     VIGIL_MCGRP_EVENTS, FAKE_GROUP_EVENTS);
		dgram_error(&d, back, 0, NULL);
	} else {
		dgram_error(&d, back, -ENOENT, NULL);
	}
	fake_push(fd, &d);
}

static void serve_stats(int fd, struct envelope back)
{
	struct dgram d = { .len = 0 };

	dgram_stats(&d, back, fake.newest);
	dgram_error(&d, back, 0, NULL);
	fake_push(fd, &d);
}

static int fake_send(struct vnl_socket *s, const void *buf, size_t len)
{
	const struct nlmsghdr *req = buf;
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(req);
	struct envelope back = { req->nlmsg_type, 0, req->nlmsg_seq, s->portid };
	struct dgram d = { .len = 0 };

	assert(len == req->nlmsg_len && req->nlmsg_flags & NLM_F_REQUEST);
	assert(req->nlmsg_pid == s->portid);
	fake.requests++;
	if (req->nlmsg_type == GENL_ID_CTRL) {
		serve_ctrl(s->fd, req, back);
	} else if (req->nlmsg_type != fake.family) {
		dgram_error(&d, back, -ENOENT, NULL);
		fake_push(s->fd, &d);
	} else if (genl->cmd == VIGIL_CMD_STATS_GET) {
		serve_stats(s->fd, back);
	} else {
		fake.serve(s->fd, req, back);
	}
	return 0;
}

static ssize_t fake_recv(struct vnl_socket *s, void *buf, size_t size, int flags,
			 uint32_t *sender)
{
	struct item *it;
	ssize_t len;

	if (fake.before_recv)
		fake.before_recv(s->fd);
	it = of(s->fd)->head;
	if (!it)
		return flags & MSG_DONTWAIT ? -EAGAIN : -ETIMEDOUT;
	len = it->len;
	*sender = it->sender;
	if (it->there)
		memcpy(buf, it->bytes, it->there < size ? it->there : size);
	pop(of(s->fd));
	return len;
}

const struct vnl_socket_ops fake_socket_ops = {
	.open = fake_open,
	.close = fake_close,
	.join = fake_join,
	.set_rcvbuf = fake_set_rcvbuf,
	.send = fake_send,
	.recv = fake_recv,
};

void fake_reset(void)
{
	for (int i = 0; i < FAKE_SOCKETS; i++)
		while (sockets[i].head)
			pop(&sockets[i]);
	memset(sockets, 0, sizeof(sockets));
	fake = (struct fake_kernel) { .family = FAKE_FAMILY, .version = VIGIL_FAMILY_VERSION };
}

unsigned int fake_pending(int fd)
{
	return of(fd)->pending;
}

int fake_is_open(int fd)
{
	return of(fd)->open;
}

int fake_in_group(int fd, uint32_t group)
{
	return !!(of(fd)->groups & 1u << group);
}

int fake_rcvbuf(int fd)
{
	return of(fd)->rcvbuf;
}

uint64_t fake_request_u64(const struct nlmsghdr *req, uint16_t type)
{
	const struct nlattr *a;

	mnl_attr_for_each(a, req, GENL_HDRLEN)
		if (mnl_attr_get_type(a) == type)
			return mnl_attr_get_u64(a);
	return 0;
}
