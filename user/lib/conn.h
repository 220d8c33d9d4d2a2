/* SPDX-License-Identifier: GPL-2.0 */
/* A socket with the datagram it is reading. */
#ifndef VNL_CONN_H
#define VNL_CONN_H

#include <linux/netlink.h>
#include <stdint.h>

#include "user/lib/bounds.h"
#include "user/lib/socket.h"

/**
 * struct vnl_conn - a socket with the datagram it is reading.
 * @seq: of the newest request
 * @cmd: of the newest request
 * @family: to which the newest request went
 * @interrupted: a message of the running dump said that the dump may have missed something
 * @error: VNL_ERROR_BYTES that belong to the handle; the sentence for the last failure
 * @pos: the first message of @buf not consumed
 * @left: bytes from @pos on
 */
struct vnl_conn {
	struct vnl_socket sock;
	uint32_t seq;
	uint8_t cmd;
	uint16_t family;
	int interrupted;
	char *error;
	const uint8_t *pos;
	size_t left;
	uint8_t buf[VNL_RECV_BYTES] __attribute__((aligned(8)));
};

int vnl_conn_open(struct vnl_conn *c, const struct vnl_socket_ops *ops, char *error);
void vnl_conn_close(struct vnl_conn *c);

/**
 * vnl_conn_reopen - another socket in place of this one, so that nothing asked of the old one
 * can come any more.
 */
int vnl_conn_reopen(struct vnl_conn *c);

/**
 * vnl_conn_fill - receive the next datagram from the kernel, in place of the one at hand.
 * @flags: 0 or MSG_DONTWAIT
 *
 * Return: 0; -EAGAIN, -ETIMEDOUT; -EMSGSIZE if the datagram was cut off;
 * -ENOBUFS if the kernel dropped some; any other error of recvmsg(2).
 */
int vnl_conn_fill(struct vnl_conn *c, int flags);

/**
 * vnl_conn_peek - the first message not consumed.
 *
 * Return: 1; 0 at the end of the datagram; -EPROTO if what is left is no message: it is dropped.
 */
int vnl_conn_peek(struct vnl_conn *c, const struct nlmsghdr **nlh);

/** vnl_conn_consume - done with the message that vnl_conn_peek() gave. */
void vnl_conn_consume(struct vnl_conn *c);

/** vnl_conn_explain - set the sentence for the failure @err. Return: @err. */
int vnl_conn_explain(struct vnl_conn *c, int err, const char *sentence);

#endif /* VNL_CONN_H */
