/* SPDX-License-Identifier: GPL-2.0 */
/* From leases and bonds to netlink attributes. */
#ifndef VIGIL_LEASE_MESSAGE_H
#define VIGIL_LEASE_MESSAGE_H

#include <linux/types.h>

struct sk_buff;
struct vigil_bond_record;
struct vigil_lease_record;

size_t vigil_lease_message_size_max(void);
int vigil_message_put_lease(struct sk_buff *skb, const struct vigil_lease_record *rec,
			    u64 deadline_ns);
int vigil_message_put_bond(struct sk_buff *skb, const struct vigil_bond_record *rec);

#endif /* VIGIL_LEASE_MESSAGE_H */
