/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family. */
#ifndef VIGIL_NETLINK_H
#define VIGIL_NETLINK_H

struct vigil_net;
struct vigil_record;

int vigil_netlink_register(void);
void vigil_netlink_unregister(void);
void vigil_netlink_publish(struct vigil_net *vn,
			   const struct vigil_record *const *recs, unsigned int n);

#endif /* VIGIL_NETLINK_H */
