/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family. */
#ifndef VIGIL_NETLINK_H
#define VIGIL_NETLINK_H

#include <linux/types.h>

struct genl_family;
struct vigil_event;
struct vigil_net;

/* Multicast groups of the family, by their place in it. */
enum { VIGIL_GROUP_EVENTS };

extern struct genl_family vigil_family;

int vigil_netlink_register(void);
void vigil_netlink_unregister(void);

/* In publish.c. */
void vigil_netlink_publish(struct vigil_net *vn,
			   const struct vigil_event *const *events, unsigned int n);
bool vigil_netlink_unread(void);
void vigil_netlink_forget(void);

#endif /* VIGIL_NETLINK_H */
