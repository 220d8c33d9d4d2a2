/* SPDX-License-Identifier: GPL-2.0 */
/* Requests and their answers: one at a time on a connection. */
#ifndef VNL_REQUEST_H
#define VNL_REQUEST_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>

#include "user/lib/bounds.h"
#include "user/lib/conn.h"
#include "user/lib/parse.h"

/** union vnl_request - a request under construction; it may be sent more than once. */
union vnl_request {
	struct nlmsghdr nlh;
	uint8_t bytes[VNL_SEND_BYTES];
};

/** vnl_request_init - start a request; add attributes with mnl_attr_put_*() on its header. */
void vnl_request_init(union vnl_request *rq, uint8_t cmd, uint8_t version);

/**
 * vnl_do - ask, and wait for the acknowledgment.
 * @parse: reads the one reply that must come before it; NULL if none may come
 *
 * Return: 0; what the kernel answered; -EPROTO; -ENOMEM if the kernel had no room for the answer;
 * -ETIMEDOUT if none came.
 */
int vnl_do(struct vnl_conn *c, union vnl_request *rq, uint16_t family, vnl_parse_fn parse,
	   void *out);

/**
 * vnl_dump_start - ask for a dump; read it with vnl_dump_next() until that returns no 1, or
 * call vnl_dump_end(): until then the kernel refuses to start another here.
 */
int vnl_dump_start(struct vnl_conn *c, union vnl_request *rq, uint16_t family);

/**
 * vnl_dump_next - the next message of the running dump, valid until the next call.
 *
 * Return: 1; 0 at the end (then see @c->interrupted); errors as vnl_do(), and
 * the dump has ended.
 */
int vnl_dump_next(struct vnl_conn *c, const struct nlmsghdr **nlh);

/** vnl_dump_end - leave a dump before its end. */
void vnl_dump_end(struct vnl_conn *c);

/** vnl_is_stale - whether a failure means that there is no family of that number any more. */
bool vnl_is_stale(const struct vnl_conn *c, int err);

#endif /* VNL_REQUEST_H */
