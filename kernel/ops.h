/* SPDX-License-Identifier: GPL-2.0 */
/* The requests of the netlink family, and what they share. */
#ifndef VIGIL_OPS_H
#define VIGIL_OPS_H

#include <linux/types.h>

struct genl_info;
struct netlink_callback;
struct netlink_ext_ack;
struct sk_buff;

int vigil_may_use(struct sk_buff *skb, struct netlink_ext_ack *extack);
struct sk_buff *vigil_reply_new(struct genl_info *info, u8 cmd, void **hdr);
void *vigil_dump_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd);

int vigil_watch_new_doit(struct sk_buff *skb, struct genl_info *info);
int vigil_watch_del_doit(struct sk_buff *skb, struct genl_info *info);
int vigil_watch_get_doit(struct sk_buff *skb, struct genl_info *info);
int vigil_watch_dump_start(struct netlink_callback *cb);
int vigil_watch_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int vigil_event_dump_start(struct netlink_callback *cb);
int vigil_event_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int vigil_stats_get_doit(struct sk_buff *skb, struct genl_info *info);

#endif /* VIGIL_OPS_H */
