/* SPDX-License-Identifier: GPL-2.0 */
/* What requests about leases and those about their bonds share. */
#ifndef VIGIL_LEASE_OPS_H
#define VIGIL_LEASE_OPS_H

struct genl_info;
struct sk_buff;

int vigil_lease_of_request(struct sk_buff *skb, struct genl_info *info, const char **name);
int vigil_no_such_lease(struct genl_info *info);

#endif /* VIGIL_LEASE_OPS_H */
