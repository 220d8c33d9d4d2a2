/* SPDX-License-Identifier: GPL-2.0 */
/* The requests of the netlink family, and what they share. */
#ifndef VIGIL_OPS_H
#define VIGIL_OPS_H

#include <linux/types.h>
#include <linux/vigil.h>

struct genl_info;
struct nla_policy;
struct pid;
struct vigil_beat;
struct netlink_callback;
struct netlink_ext_ack;
struct sk_buff;
struct vigil_watch_params;

/* In reply.c. */
int vigil_may_use(struct sk_buff *skb, struct netlink_ext_ack *extack);
int vigil_may_rule(struct sk_buff *skb, struct netlink_ext_ack *extack);
int vigil_missing(struct genl_info *info, int attr, const char *sentence);
int vigil_refuse(struct genl_info *info, int attr, int err, const char *sentence);
struct sk_buff *vigil_reply_new(struct genl_info *info, u8 cmd, void **hdr);
struct sk_buff *vigil_reply_sized(struct genl_info *info, u8 cmd, size_t size, void **hdr);
void *vigil_dump_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd);

/* Attributes of a beat in requests. */
enum { VIGIL_BEAT_POLICY_LEN = VIGIL_A_BEAT_ADDRESS + 1 };
extern const struct nla_policy vigil_beat_policy[VIGIL_BEAT_POLICY_LEN];

int vigil_id_of_request(struct sk_buff *skb, struct genl_info *info, u64 *id);
int vigil_no_such_watch(struct genl_info *info);
int vigil_beat_of_request(struct genl_info *info, struct pid *pid, struct vigil_beat **beat);

int vigil_watch_new_doit(struct sk_buff *skb, struct genl_info *info);
int vigil_early_aspects(struct genl_info *info, struct vigil_watch_params *p);
int vigil_watch_set_doit(struct sk_buff *skb, struct genl_info *info);
int vigil_watch_del_doit(struct sk_buff *skb, struct genl_info *info);
int vigil_watch_get_doit(struct sk_buff *skb, struct genl_info *info);
int vigil_watch_dump_start(struct netlink_callback *cb);
int vigil_watch_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int vigil_event_dump_start(struct netlink_callback *cb);
int vigil_event_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int vigil_stats_get_doit(struct sk_buff *skb, struct genl_info *info);
int vigil_beat_set_doit(struct sk_buff *skb, struct genl_info *info);
int vigil_beat_doit(struct sk_buff *skb, struct genl_info *info);
int vigil_blackbox_dump_start(struct netlink_callback *cb);
int vigil_blackbox_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int vigil_watchdog_arm_doit(struct sk_buff *skb, struct genl_info *info);
int vigil_watchdog_disarm_doit(struct sk_buff *skb, struct genl_info *info);
int vigil_watchdog_get_doit(struct sk_buff *skb, struct genl_info *info);
int vigil_keeper_set_doit(struct sk_buff *skb, struct genl_info *info);
int vigil_keeper_resign_doit(struct sk_buff *skb, struct genl_info *info);
int vigil_keeper_get_doit(struct sk_buff *skb, struct genl_info *info);
int vigil_lease_new_doit(struct sk_buff *skb, struct genl_info *info);
int vigil_lease_renew_doit(struct sk_buff *skb, struct genl_info *info);
int vigil_lease_fence_doit(struct sk_buff *skb, struct genl_info *info);
int vigil_lease_del_doit(struct sk_buff *skb, struct genl_info *info);
int vigil_lease_get_doit(struct sk_buff *skb, struct genl_info *info);
int vigil_lease_dump_start(struct netlink_callback *cb);
int vigil_lease_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int vigil_lease_bind_doit(struct sk_buff *skb, struct genl_info *info);
int vigil_lease_unbind_doit(struct sk_buff *skb, struct genl_info *info);
int vigil_bond_dump_start(struct netlink_callback *cb);
int vigil_bond_dumpit(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* VIGIL_OPS_H */
