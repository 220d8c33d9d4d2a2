/* SPDX-License-Identifier: GPL-2.0 */
/* Sockets behind which a test plays the kernel. */
#ifndef FAKE_H
#define FAKE_H

#include "selftests/lib/dgram.h"
#include "user/lib/socket.h"

enum {
	FAKE_FD_FIRST = 100,	/* sockets are numbered in the order of opening */
	FAKE_SOCKETS = 4,
	FAKE_FAMILY = 40,
	FAKE_GROUP_EVENTS = 7,
	FAKE_GROUP_NOTIFY = 8,
};

/**
 * struct fake_kernel - the part that a test plays.
 * @family: number of vigil.ko's family, 0 while it is not loaded
 * @version: its version
 * @newest: what it tells of the newest sequence number
 * @serve: answers a request that is neither for the controller nor for the counters
 * @before_recv: called before each receive, may be NULL
 * @requests: how many have been sent, of any kind
 * @opens: sockets opened so far
 */
struct fake_kernel {
	uint16_t family;
	uint32_t version;
	uint64_t newest;
	void (*serve)(int fd, const struct nlmsghdr *req, struct envelope back);
	void (*before_recv)(int fd);
	unsigned int requests;
	unsigned int opens;
};

extern struct fake_kernel fake;
extern const struct vnl_socket_ops fake_socket_ops;

/* Forget everything; vigil.ko is loaded again. */
void fake_reset(void);

/* What the socket will receive next, after what it has already. */
void fake_push(int fd, const struct dgram *d);
void fake_push_from(int fd, const struct dgram *d, uint32_t sender);
void fake_push_error(int fd, int err);

/* What it will receive next, before all it has. */
void fake_push_error_first(int fd, int err);

/* Bytes a datagram says it has beyond those that are there. */
void fake_push_cut(int fd, size_t len);

unsigned int fake_pending(int fd);
int fake_is_open(int fd);
int fake_in_group(int fd, uint32_t group);
int fake_rcvbuf(int fd);

/* The number that a request carries as its attribute @type; 0 if none. */
uint64_t fake_request_u64(const struct nlmsghdr *req, uint16_t type);

#endif /* FAKE_H */
