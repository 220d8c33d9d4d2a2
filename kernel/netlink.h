/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family. */
#ifndef VIGIL_NETLINK_H
#define VIGIL_NETLINK_H

#include <linux/types.h>

struct vigil_net;
struct vigil_record;

int vigil_netlink_register(void);
void vigil_netlink_unregister(void);
void vigil_netlink_publish(struct vigil_net *vn,
			   const struct vigil_record *const *recs, unsigned int n);
bool vigil_netlink_unread(void);
void vigil_netlink_forget(void);

#endif /* VIGIL_NETLINK_H */
