// SPDX-License-Identifier: GPL-2.0
/* The generic netlink family: policies and the table of requests. */
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/vigil.h>
#include <net/genetlink.h>

#include "compat/genl.h"
#include "net.h"
#include "netlink.h"
#include "ops.h"
#include "table.h"

/* Bounds are checked where each has a sentence of its own. */
const struct nla_policy vigil_beat_policy[VIGIL_BEAT_POLICY_LEN] = {
	[VIGIL_A_BEAT_DEADLINE_MS] = { .type = NLA_U32 },
	[VIGIL_A_BEAT_ACTION] = { .type = NLA_U32 },
	[VIGIL_A_BEAT_SIGNAL] = { .type = NLA_U32 },
	[VIGIL_A_BEAT_ADDRESS] = { .type = NLA_U64 },
};

#define WATCH_FLAGS	(VIGIL_WATCH_FLAGS_TRANSIENT | VIGIL_WATCH_FLAGS_DYING | VIGIL_WATCH_FLAGS_TREE | \
			 VIGIL_WATCH_FLAGS_VITAL)

static const struct nla_policy watch_new_policy[] = {
	[VIGIL_A_WATCH_PIDFD] = { .type = NLA_U32 },
	[VIGIL_A_WATCH_PID] = NLA_POLICY_MIN(NLA_U32, 1),
	[VIGIL_A_WATCH_START_TICKS] = { .type = NLA_U64 },
	[VIGIL_A_WATCH_OWNER] = { .type = NLA_NUL_STRING, .len = VIGIL_OWNER_LEN_MAX },
	[VIGIL_A_WATCH_TAG] = { .type = NLA_NUL_STRING, .len = VIGIL_TAG_LEN_MAX },
	[VIGIL_A_WATCH_FLAGS] = NLA_POLICY_MASK(NLA_U32, WATCH_FLAGS),
	[VIGIL_A_WATCH_BEAT] = NLA_POLICY_NESTED(vigil_beat_policy),
	[VIGIL_A_WATCH_EVENTFD] = { .type = NLA_U32 },
};

static const struct nla_policy watch_del_policy[] = {
	[VIGIL_A_WATCH_ID] = { .type = NLA_U64 },
};

/* "id" is for a single watch, "owner" for a dump; each refuses the other's. */
static const struct nla_policy watch_get_policy[] = {
	[VIGIL_A_WATCH_ID] = { .type = NLA_U64 },
	[VIGIL_A_WATCH_OWNER] = { .type = NLA_NUL_STRING, .len = VIGIL_OWNER_LEN_MAX },
};

static const struct nla_policy event_get_policy[] = {
	[VIGIL_A_WATCH_SEQ] = { .type = NLA_U64 },
};

static const struct nla_policy beat_set_policy[] = {
	[VIGIL_A_WATCH_ID] = { .type = NLA_U64 },
	[VIGIL_A_WATCH_BEAT] = NLA_POLICY_NESTED(vigil_beat_policy),
};

static const struct nla_policy beat_now_policy[] = {
	[VIGIL_A_WATCH_ID] = { .type = NLA_U64 },
};

static const struct nla_policy watch_set_policy[] = {
	[VIGIL_A_WATCH_ID] = { .type = NLA_U64 },
	[VIGIL_A_WATCH_EVENTFD] = { .type = NLA_U32 },
};

static const struct nla_policy watchdog_arm_policy[] = {
	[VIGIL_A_WATCHDOG_FD] = { .type = NLA_U32 },
	[VIGIL_A_WATCHDOG_DEVICE] = { .type = NLA_NUL_STRING, .len = VIGIL_DEVICE_LEN_MAX },
	[VIGIL_A_WATCHDOG_TIMEOUT_S] = NLA_POLICY_MIN(NLA_U32, 1),
	[VIGIL_A_WATCHDOG_GRACE_MS] = { .type = NLA_U32 },
};

static const struct nla_policy keeper_set_policy[] = {
	[VIGIL_A_KEEPER_ID] = { .type = NLA_U64 },
	[VIGIL_A_KEEPER_ARGV] = { .type = NLA_NUL_STRING, .len = VIGIL_KEEPER_WORD_LEN_MAX },
	[VIGIL_A_KEEPER_ENV] = { .type = NLA_NUL_STRING, .len = VIGIL_KEEPER_WORD_LEN_MAX },
	[VIGIL_A_KEEPER_RESPAWN_MAX] = { .type = NLA_U32 },
	[VIGIL_A_KEEPER_WINDOW_MS] = { .type = NLA_U32 },
	[VIGIL_A_KEEPER_REGISTER_MS] = { .type = NLA_U32 },
	[VIGIL_A_KEEPER_LAST_RESORT] = { .type = NLA_U32 },
	[VIGIL_A_KEEPER_REPLACE] = { .type = NLA_U32 },
};

static const struct nla_policy keeper_resign_policy[] = {
	[VIGIL_A_KEEPER_PID] = { .type = NLA_U32 },
};

static const struct nla_policy lease_grant_policy[] = {
	[VIGIL_A_LEASE_NAME] = { .type = NLA_NUL_STRING, .len = VIGIL_LEASE_NAME_LEN_MAX },
	[VIGIL_A_LEASE_EPOCH] = { .type = NLA_U64 },
	[VIGIL_A_LEASE_DURATION_MS] = NLA_POLICY_MIN(NLA_U32, 1),
	[VIGIL_A_LEASE_DEADLINE] = { .type = NLA_U64 },
};

static const struct nla_policy lease_fence_policy[] = {
	[VIGIL_A_LEASE_NAME] = { .type = NLA_NUL_STRING, .len = VIGIL_LEASE_NAME_LEN_MAX },
	[VIGIL_A_LEASE_EPOCH] = { .type = NLA_U64 },
};

static const struct nla_policy lease_name_policy[] = {
	[VIGIL_A_LEASE_NAME] = { .type = NLA_NUL_STRING, .len = VIGIL_LEASE_NAME_LEN_MAX },
};

static const struct nla_policy lease_bind_policy[] = {
	[VIGIL_A_LEASE_NAME] = { .type = NLA_NUL_STRING, .len = VIGIL_LEASE_NAME_LEN_MAX },
	[VIGIL_A_LEASE_WATCH_ID] = { .type = NLA_U64 },
	[VIGIL_A_LEASE_CGROUP_KILL] = { .type = NLA_U32 },
};

static const struct nla_policy lease_unbind_policy[] = {
	[VIGIL_A_LEASE_NAME] = { .type = NLA_NUL_STRING, .len = VIGIL_LEASE_NAME_LEN_MAX },
	[VIGIL_A_LEASE_WATCH_ID] = { .type = NLA_U64 },
};

/* Without a policy a request would be taken with whatever it carries. */
static const struct nla_policy nothing_policy[] = {
	[VIGIL_A_STATS_PAD] = { .type = NLA_REJECT, .reject_message = "this request takes no attributes" },
};

static const struct genl_ops ops[] = {
	{
		.cmd = VIGIL_CMD_WATCH_NEW,
		.doit = vigil_watch_new_doit,
		.policy = watch_new_policy,
		.maxattr = ARRAY_SIZE(watch_new_policy) - 1,
	}, {
		.cmd = VIGIL_CMD_WATCH_DEL,
		.doit = vigil_watch_del_doit,
		.policy = watch_del_policy,
		.maxattr = ARRAY_SIZE(watch_del_policy) - 1,
	}, {
		.cmd = VIGIL_CMD_WATCH_GET,
		.doit = vigil_watch_get_doit,
		.start = vigil_watch_dump_start,
		.dumpit = vigil_watch_dumpit,
		.policy = watch_get_policy,
		.maxattr = ARRAY_SIZE(watch_get_policy) - 1,
	}, {
		.cmd = VIGIL_CMD_EVENT_GET,
		.start = vigil_event_dump_start,
		.dumpit = vigil_event_dumpit,
		.policy = event_get_policy,
		.maxattr = ARRAY_SIZE(event_get_policy) - 1,
	}, {
		.cmd = VIGIL_CMD_STATS_GET,
		.doit = vigil_stats_get_doit,
		.policy = nothing_policy,
		.maxattr = ARRAY_SIZE(nothing_policy) - 1,
	}, {
		.cmd = VIGIL_CMD_BEAT_SET,
		.doit = vigil_beat_set_doit,
		.policy = beat_set_policy,
		.maxattr = ARRAY_SIZE(beat_set_policy) - 1,
	}, {
		.cmd = VIGIL_CMD_BEAT,
		.doit = vigil_beat_doit,
		.policy = beat_now_policy,
		.maxattr = ARRAY_SIZE(beat_now_policy) - 1,
	}, {
		.cmd = VIGIL_CMD_WATCH_SET,
		.doit = vigil_watch_set_doit,
		.policy = watch_set_policy,
		.maxattr = ARRAY_SIZE(watch_set_policy) - 1,
	}, {
		.cmd = VIGIL_CMD_BLACKBOX_GET,
		.start = vigil_blackbox_dump_start,
		.dumpit = vigil_blackbox_dumpit,
		.policy = nothing_policy,
		.maxattr = ARRAY_SIZE(nothing_policy) - 1,
	}, {
		.cmd = VIGIL_CMD_WATCHDOG_ARM,
		.doit = vigil_watchdog_arm_doit,
		.policy = watchdog_arm_policy,
		.maxattr = ARRAY_SIZE(watchdog_arm_policy) - 1,
	}, {
		.cmd = VIGIL_CMD_WATCHDOG_DISARM,
		.doit = vigil_watchdog_disarm_doit,
		.policy = nothing_policy,
		.maxattr = ARRAY_SIZE(nothing_policy) - 1,
	}, {
		.cmd = VIGIL_CMD_WATCHDOG_GET,
		.doit = vigil_watchdog_get_doit,
		.policy = nothing_policy,
		.maxattr = ARRAY_SIZE(nothing_policy) - 1,
	}, {
		.cmd = VIGIL_CMD_KEEPER_SET,
		.doit = vigil_keeper_set_doit,
		.policy = keeper_set_policy,
		.maxattr = ARRAY_SIZE(keeper_set_policy) - 1,
	}, {
		.cmd = VIGIL_CMD_KEEPER_RESIGN,
		.doit = vigil_keeper_resign_doit,
		.policy = keeper_resign_policy,
		.maxattr = ARRAY_SIZE(keeper_resign_policy) - 1,
	}, {
		.cmd = VIGIL_CMD_KEEPER_GET,
		.doit = vigil_keeper_get_doit,
		.policy = nothing_policy,
		.maxattr = ARRAY_SIZE(nothing_policy) - 1,
	}, {
		.cmd = VIGIL_CMD_LEASE_NEW,
		.doit = vigil_lease_new_doit,
		.policy = lease_grant_policy,
		.maxattr = ARRAY_SIZE(lease_grant_policy) - 1,
	}, {
		.cmd = VIGIL_CMD_LEASE_RENEW,
		.doit = vigil_lease_renew_doit,
		.policy = lease_grant_policy,
		.maxattr = ARRAY_SIZE(lease_grant_policy) - 1,
	}, {
		.cmd = VIGIL_CMD_LEASE_FENCE,
		.doit = vigil_lease_fence_doit,
		.policy = lease_fence_policy,
		.maxattr = ARRAY_SIZE(lease_fence_policy) - 1,
	}, {
		.cmd = VIGIL_CMD_LEASE_DEL,
		.doit = vigil_lease_del_doit,
		.policy = lease_name_policy,
		.maxattr = ARRAY_SIZE(lease_name_policy) - 1,
	}, {
		.cmd = VIGIL_CMD_LEASE_GET,
		.doit = vigil_lease_get_doit,
		.start = vigil_lease_dump_start,
		.dumpit = vigil_lease_dumpit,
		.policy = lease_name_policy,
		.maxattr = ARRAY_SIZE(lease_name_policy) - 1,
	}, {
		.cmd = VIGIL_CMD_LEASE_BIND,
		.doit = vigil_lease_bind_doit,
		.policy = lease_bind_policy,
		.maxattr = ARRAY_SIZE(lease_bind_policy) - 1,
	}, {
		.cmd = VIGIL_CMD_LEASE_UNBIND,
		.doit = vigil_lease_unbind_doit,
		.policy = lease_unbind_policy,
		.maxattr = ARRAY_SIZE(lease_unbind_policy) - 1,
	}, {
		.cmd = VIGIL_CMD_BOND_GET,
		.start = vigil_bond_dump_start,
		.dumpit = vigil_bond_dumpit,
		.policy = lease_name_policy,
		.maxattr = ARRAY_SIZE(lease_name_policy) - 1,
	},
};

static const struct genl_multicast_group groups[] = {
	[VIGIL_GROUP_EVENTS] = {
		.name = VIGIL_MCGRP_EVENTS,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

struct genl_family vigil_family __ro_after_init = {
	.name = VIGIL_FAMILY_NAME,
	.version = VIGIL_FAMILY_VERSION,
	.module = THIS_MODULE,
	.netnsok = true,
	.parallel_ops = true,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

/*
 * A socket was closed: its transient watches go. Its port may be given to a
 * new socket just before this runs; if that makes a transient watch in
 * that moment, the watch goes too, and its maker finds it missing.
 */
static int port_released(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct netlink_notify *n = data;

	if (event == NETLINK_URELEASE && n->protocol == NETLINK_GENERIC)
		vigil_watches_drop_port(vigil_net_of(n->net), n->portid);
	return NOTIFY_DONE;
}

static struct notifier_block port_notifier = {
	.notifier_call = port_released,
};

int vigil_netlink_register(void)
{
	int err;

	err = netlink_register_notifier(&port_notifier);
	if (err)
		return err;
	err = genl_register_family(&vigil_family);
	if (err)
		netlink_unregister_notifier(&port_notifier);
	return err;
}

/* Both wait for callbacks that run; a dump that is not finished pins the module. */
void vigil_netlink_unregister(void)
{
	genl_unregister_family(&vigil_family);
	netlink_unregister_notifier(&port_notifier);
}
