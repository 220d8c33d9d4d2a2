// SPDX-License-Identifier: GPL-2.0
/* The generic netlink family: policies, the table of requests, notifications. */
#include <linux/capability.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/vigil.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "compat/genl.h"
#include "message.h"
#include "net.h"
#include "netlink.h"
#include "ops.h"
#include "record.h"
#include "table.h"

enum { GROUP_EVENTS };

static const struct nla_policy watch_new_policy[] = {
	[VIGIL_A_WATCH_PIDFD] = { .type = NLA_U32 },
	[VIGIL_A_WATCH_PID] = NLA_POLICY_MIN(NLA_U32, 1),
	[VIGIL_A_WATCH_START_TICKS] = { .type = NLA_U64 },
	[VIGIL_A_WATCH_OWNER] = { .type = NLA_NUL_STRING, .len = VIGIL_OWNER_LEN_MAX },
	[VIGIL_A_WATCH_TAG] = { .type = NLA_NUL_STRING, .len = VIGIL_TAG_LEN_MAX },
	[VIGIL_A_WATCH_FLAGS] = NLA_POLICY_MASK(NLA_U32, VIGIL_WATCH_FLAGS_TRANSIENT),
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
	},
};

static const struct genl_multicast_group groups[] = {
	[GROUP_EVENTS] = {
		.name = VIGIL_MCGRP_EVENTS,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

static struct genl_family family __ro_after_init = {
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

/**
 * vigil_may_use - refuse who may not use the family
 * @skb: the request
 * @extack: gets the sentence; the core's own check would refuse without one
 *
 * Return: 0 or -EPERM.
 */
int vigil_may_use(struct sk_buff *skb, struct netlink_ext_ack *extack)
{
	struct net *net = sock_net(skb->sk);

	if (netlink_ns_capable(skb, net->user_ns, CAP_NET_ADMIN))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "CAP_NET_ADMIN is needed in the user namespace of this network namespace");
	return -EPERM;
}

/**
 * vigil_reply_new - begin the reply to a request
 * @info: the request
 * @cmd: command of the reply
 * @hdr: for genlmsg_end()
 *
 * Return: a message with room for any watch, or NULL.
 */
struct sk_buff *vigil_reply_new(struct genl_info *info, u8 cmd, void **hdr)
{
	struct sk_buff *skb;

	skb = genlmsg_new(vigil_message_size_max(), GFP_KERNEL);
	if (!skb)
		return NULL;
	*hdr = genlmsg_put_reply(skb, info, &family, 0, cmd);
	if (*hdr)
		return skb;
	nlmsg_free(skb);
	return NULL;
}

/**
 * vigil_dump_put - begin one message of a dump
 * @skb: where to
 * @cb: the dump
 * @cmd: command of the message
 *
 * Return: for genlmsg_end(), or NULL if @skb is full.
 */
void *vigil_dump_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &family, NLM_F_MULTI, cmd);
}

/* Bytes of one notification, at most. */
static size_t event_size_max(void)
{
	return NLMSG_ALIGN(NLMSG_HDRLEN + GENL_HDRLEN + vigil_message_size_max());
}

/*
 * One datagram for many events, but none longer than a page: readers with the
 * common buffer of a page must not find it cut off.
 */
static struct sk_buff *event_skb(unsigned int n)
{
	return nlmsg_new(min_t(size_t, n * event_size_max(), NLMSG_DEFAULT_SIZE),
			 GFP_ATOMIC);
}

static bool put_event(struct sk_buff *skb, const struct vigil_record *rec)
{
	void *hdr;

	if (skb_tailroom(skb) < event_size_max())
		return false;
	hdr = genlmsg_put(skb, 0, 0, &family, 0, VIGIL_CMD_EVENT_NTF);
	if (!hdr)
		return false;
	if (vigil_message_put_dead(skb, rec)) {
		genlmsg_cancel(skb, hdr);
		return false;
	}
	genlmsg_end(skb, hdr);
	return true;
}

/* Every listener learns by ENOBUFS that it must ask for a replay. */
static void tell_of_loss(struct vigil_net *vn)
{
	atomic64_inc(&vn->send_failures);
	genl_set_err(&family, vn->net, 0, GROUP_EVENTS, ENOBUFS);
}

/*
 * The last datagram that was sent, and how many held its data then: one for each listener that
 * it went to, and one for this. Under the lock that gives the numbers.
 */
static struct {
	struct sk_buff *skb;
	int holders;
} sent;

static int holders_of(struct sk_buff *skb)
{
	return atomic_read(&skb_shinfo(skb)->dataref) & SKB_DATAREF_MASK;
}

static void send_and_keep(struct vigil_net *vn, struct sk_buff *skb)
{
	vigil_netlink_forget();
	sent.skb = skb_get(skb);
	genlmsg_multicast_netns(&family, vn->net, skb, 0, GROUP_EVENTS, GFP_ATOMIC);
	sent.holders = holders_of(sent.skb);
}

/**
 * vigil_netlink_unread - whether all listeners are behind
 *
 * A listener that reads the last datagram between its sending and the count of its holders
 * is not seen to have read it.
 *
 * Context: as vigil_netlink_publish().
 * Return: true if the last datagram went to somebody, and nobody has read it since.
 */
bool vigil_netlink_unread(void)
{
	return sent.skb && sent.holders > 1 && holders_of(sent.skb) == sent.holders;
}

/**
 * vigil_netlink_forget - let go of the last datagram
 *
 * Context: as vigil_netlink_publish(); or when nothing can be sent any more.
 */
void vigil_netlink_forget(void)
{
	kfree_skb(sent.skb);
	sent.skb = NULL;
}

/**
 * vigil_netlink_publish - send events to the multicast group
 * @vn: their namespace
 * @recs: the events, in order
 * @n: how many
 *
 * Context: soft interrupt, or process context with those off; under the lock that gave the numbers.
 */
void vigil_netlink_publish(struct vigil_net *vn,
			   const struct vigil_record *const *recs, unsigned int n)
{
	struct sk_buff *skb;
	unsigned int i = 0, first;

	if (!genl_has_listeners(&family, vn->net, GROUP_EVENTS))
		return;
	while (i < n) {
		skb = event_skb(n - i);
		for (first = i; skb && i < n && put_event(skb, recs[i]);)
			i++;
		if (!skb || WARN_ON_ONCE(i == first)) {
			nlmsg_free(skb);
			tell_of_loss(vn);
			return;
		}
		send_and_keep(vn, skb);
	}
}

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
	err = genl_register_family(&family);
	if (err)
		netlink_unregister_notifier(&port_notifier);
	return err;
}

/* Both wait for callbacks that run; a dump that is not finished pins the module. */
void vigil_netlink_unregister(void)
{
	genl_unregister_family(&family);
	netlink_unregister_notifier(&port_notifier);
}
