/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's messages: any bytes in, a value or -EPROTO out. Pure. */
#ifndef VNL_PARSE_H
#define VNL_PARSE_H

#include <linux/netlink.h>

#include <vigil/vigil.h>

#include "user/lib/attr.h"

/** struct vnl_family - a generic netlink family and one multicast group of it. */
struct vnl_family {
	uint16_t id;
	uint32_t version;
	uint32_t group;		/* 0 if it has no group of that name */
};

/**
 * vnl_parse_walk - the message at the start of @left bytes of a datagram.
 *
 * Return: the bytes it takes, padding included and at most @left; 0 if no whole message is there.
 */
size_t vnl_parse_walk(const void *pos, size_t left);

/*
 * Each of these takes a message for which vnl_parse_walk() answered. They return 0, or -EPROTO
 * with @out undefined. A message that is not of the command @cmd is malformed.
 */

/* The attributes of any generic netlink message, as vnl_attrs_read() has it. */
int vnl_parse_cmd(const struct nlmsghdr *nlh, uint8_t cmd, const struct vnl_attr_rule *rules,
		  unsigned int max, void *out, uint64_t *seen);

/** vnl_parse_fn - parses the reply to a request. */
typedef int (*vnl_parse_fn)(const struct nlmsghdr *nlh, uint8_t cmd, void *out);

/* Into a struct vigil_watch, vigil_stats, vigil_note or vigil_keeper. */
int vnl_parse_watch(const struct nlmsghdr *nlh, uint8_t cmd, void *out);
int vnl_parse_stats(const struct nlmsghdr *nlh, uint8_t cmd, void *out);
int vnl_parse_note(const struct nlmsghdr *nlh, uint8_t cmd, void *out);
int vnl_parse_keeper(const struct nlmsghdr *nlh, uint8_t cmd, void *out);

/* The attribute of a keeper's event; NULL is malformed. */
int vnl_read_keeper_news(const struct nlattr *nest, struct vigil_keeper_news *out);

/* Into a struct vigil_watchdog_status, and, from a nest, into a struct vigil_watchdog. */
int vnl_parse_watchdog(const struct nlmsghdr *nlh, uint8_t cmd, void *out);
int vnl_parse_watchdog_state(const struct nlattr *nest, struct vigil_watchdog *out);

/* An event of a type that this library does not know is no error; it has only type and seq. */
int vnl_parse_event(const struct nlmsghdr *nlh, uint8_t cmd, struct vigil_event *out);

/* The attributes of a lease within an event. */
int vnl_parse_lease_event(const struct nlattr *nest, struct vigil_lease_event *out);

/* Into a struct vigil_lease, and into a struct vigil_bond. */
int vnl_parse_lease(const struct nlmsghdr *nlh, uint8_t cmd, void *out);
int vnl_parse_bond(const struct nlmsghdr *nlh, uint8_t cmd, void *out);

/* CTRL_CMD_NEWFAMILY and _DELFAMILY. @group is the name of the wanted group. */
int vnl_parse_family(const struct nlmsghdr *nlh, uint8_t cmd, const char *group,
		     struct vnl_family *out);

/* NLMSG_ERROR and NLMSG_DONE: @code is 0 or a negative errno; @sentence has VNL_ERROR_BYTES. */
int vnl_parse_ack(const struct nlmsghdr *nlh, int *code, char *sentence);

#endif /* VNL_PARSE_H */
