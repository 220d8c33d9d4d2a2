// SPDX-License-Identifier: GPL-2.0
/* What requests share: who may make them, refusals, and the messages that answer them. */
#include <linux/capability.h>
#include <linux/netlink.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "message.h"
#include "netlink.h"
#include "ops.h"

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
 * vigil_may_rule - refuse who may not use what concerns the whole node
 * @skb: the request
 * @extack: gets the sentence
 *
 * Return: 0 or -EPERM.
 */
int vigil_may_rule(struct sk_buff *skb, struct netlink_ext_ack *extack)
{
	if (!net_eq(sock_net(skb->sk), &init_net)) {
		NL_SET_ERR_MSG(extack,
			       "this concerns the whole node: only from its initial network namespace");
		return -EPERM;
	}
	if (netlink_capable(skb, CAP_SYS_ADMIN))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "this concerns the whole node: CAP_SYS_ADMIN is needed");
	return -EPERM;
}

/**
 * vigil_missing - refuse a request without an attribute that it needs
 * @info: the request
 * @attr: type of the attribute
 * @sentence: why it is needed; not copied
 *
 * Return: -EINVAL.
 */
int vigil_missing(struct genl_info *info, int attr, const char *sentence)
{
	NL_SET_ERR_ATTR_MISS(info->extack, NULL, attr);
	info->extack->_msg = sentence;
	return -EINVAL;
}

/**
 * vigil_refuse - refuse a request because of an attribute
 * @info: the request
 * @attr: type of the attribute, which the request has
 * @err: the error
 * @sentence: why; not copied
 *
 * Return: @err.
 */
int vigil_refuse(struct genl_info *info, int attr, int err, const char *sentence)
{
	NL_SET_BAD_ATTR(info->extack, info->attrs[attr]);
	info->extack->_msg = sentence;
	return err;
}

/**
 * vigil_reply_sized - begin the reply to a request
 * @info: the request
 * @cmd: command of the reply
 * @size: bytes of attributes
 * @hdr: for genlmsg_end()
 *
 * Return: a message, or NULL; then the refusal has its sentence.
 */
struct sk_buff *vigil_reply_sized(struct genl_info *info, u8 cmd, size_t size, void **hdr)
{
	struct sk_buff *skb;

	skb = genlmsg_new(size, GFP_KERNEL);
	*hdr = skb ? genlmsg_put_reply(skb, info, &vigil_family, 0, cmd) : NULL;
	if (*hdr)
		return skb;
	nlmsg_free(skb);
	GENL_SET_ERR_MSG(info, "out of memory");
	return NULL;
}

/**
 * vigil_reply_new - begin the reply to a request
 * @info: the request
 * @cmd: command of the reply
 * @hdr: for genlmsg_end()
 *
 * Return: a message with room for any watch, or NULL as vigil_reply_sized().
 */
struct sk_buff *vigil_reply_new(struct genl_info *info, u8 cmd, void **hdr)
{
	return vigil_reply_sized(info, cmd, vigil_message_size_max(), hdr);
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
			   &vigil_family, NLM_F_MULTI, cmd);
}
