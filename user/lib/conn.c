// SPDX-License-Identifier: GPL-2.0
/* A socket with the datagram it is reading. */
#include "user/lib/conn.h"

#include <errno.h>
#include <stdio.h>

#include "user/lib/parse.h"

int vnl_conn_open(struct vnl_conn *c, const struct vnl_socket_ops *ops, char *error)
{
	c->sock.ops = ops;
	c->error = error;
	c->left = 0;
	return ops->open(&c->sock);
}

void vnl_conn_close(struct vnl_conn *c)
{
	c->left = 0;
	if (c->sock.ops)
		c->sock.ops->close(&c->sock);
}

int vnl_conn_reopen(struct vnl_conn *c)
{
	vnl_conn_close(c);
	return c->sock.ops->open(&c->sock);
}

int vnl_conn_fill(struct vnl_conn *c, int flags)
{
	uint32_t sender = 0;
	ssize_t n;

	c->left = 0;
	do	/* any process with CAP_NET_ADMIN may send to us; only the kernel is listened to */
		n = c->sock.ops->recv(&c->sock, c->buf, sizeof(c->buf), flags, &sender);
	while (n >= 0 && sender != 0);
	if (n < 0)
		return (int)n;
	if ((size_t)n > sizeof(c->buf))
		return -EMSGSIZE;
	c->pos = c->buf;
	c->left = (size_t)n;
	return 0;
}

int vnl_conn_peek(struct vnl_conn *c, const struct nlmsghdr **nlh)
{
	if (c->left == 0)
		return 0;
	if (vnl_parse_walk(c->pos, c->left) == 0) {
		c->left = 0;
		return -EPROTO;
	}
	*nlh = (const struct nlmsghdr *)c->pos;
	return 1;
}

void vnl_conn_consume(struct vnl_conn *c)
{
	size_t size = vnl_parse_walk(c->pos, c->left);

	c->pos += size;
	c->left -= size;
}

int vnl_conn_explain(struct vnl_conn *c, int err, const char *sentence)
{
	snprintf(c->error, VNL_ERROR_BYTES, "%s", sentence);
	return err;
}
