// SPDX-License-Identifier: GPL-2.0
/* Requests about the hardware watchdog: parse, call, explain each refusal. */
#include <linux/file.h>
#include <linux/vigil.h>
#include <net/genetlink.h>

#include "message.h"
#include "ops.h"
#include "watchdog.h"

static int refuse_attr(struct genl_info *info, int attr, int err, const char *sentence)
{
	NL_SET_BAD_ATTR(info->extack, info->attrs[attr]);
	info->extack->_msg = sentence;
	return err;
}

static int check_names(struct genl_info *info)
{
	struct nlattr *device = info->attrs[VIGIL_A_WATCHDOG_DEVICE];

	if (device && info->attrs[VIGIL_A_WATCHDOG_FD])
		return refuse_attr(info, VIGIL_A_WATCHDOG_DEVICE, -EINVAL,
				   "fd and device exclude each other");
	if (device || info->attrs[VIGIL_A_WATCHDOG_FD])
		return 0;
	NL_SET_ERR_ATTR_MISS(info->extack, NULL, VIGIL_A_WATCHDOG_DEVICE);
	info->extack->_msg = "the watchdog must be named by fd or by device";
	return -EINVAL;
}

static int set_grace(struct genl_info *info)
{
	struct nlattr *grace = info->attrs[VIGIL_A_WATCHDOG_GRACE_MS];

	if (grace && vigil_watchdog_set_grace_ms(nla_get_u32(grace)))
		return refuse_attr(info, VIGIL_A_WATCHDOG_GRACE_MS, -EINVAL,
				   "the grace is longer than may be");
	return 0;
}

static int put_state(struct sk_buff *skb)
{
	struct vigil_watchdog_state s;

	vigil_watchdog_get(&s);
	if (vigil_message_put_watchdog(skb, VIGIL_A_WATCHDOG_STATE, &s.now) ||
	    nla_put_u32(skb, VIGIL_A_WATCHDOG_GRACE_MS, s.grace_ms) ||
	    nla_put_u32(skb, VIGIL_A_WATCHDOG_INTERVAL_MS, s.interval_ms) ||
	    nla_put_u64_64bit(skb, VIGIL_A_WATCHDOG_PETS, s.pets, VIGIL_A_WATCHDOG_PAD) ||
	    nla_put_u64_64bit(skb, VIGIL_A_WATCHDOG_WARNINGS, s.warnings,
			      VIGIL_A_WATCHDOG_PAD) ||
	    nla_put_u64_64bit(skb, VIGIL_A_WATCHDOG_RECOVERIES, s.recoveries,
			      VIGIL_A_WATCHDOG_PAD))
		return -EMSGSIZE;
	return 0;
}

static int reply_state(struct sk_buff *reply, void *hdr, struct genl_info *info)
{
	int err = put_state(reply);

	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

static int arm(struct genl_info *info)
{
	struct vigil_watchdog_wish wish = { };
	const char *why = NULL;
	int err;

	if (info->attrs[VIGIL_A_WATCHDOG_TIMEOUT_S])
		wish.timeout_s = nla_get_u32(info->attrs[VIGIL_A_WATCHDOG_TIMEOUT_S]);
	if (info->attrs[VIGIL_A_WATCHDOG_DEVICE]) {
		wish.device = nla_data(info->attrs[VIGIL_A_WATCHDOG_DEVICE]);
	} else {
		wish.file = fget(nla_get_u32(info->attrs[VIGIL_A_WATCHDOG_FD]));
		if (!wish.file)
			return refuse_attr(info, VIGIL_A_WATCHDOG_FD, -EBADF,
					   "this descriptor is not open");
	}
	err = vigil_watchdog_arm(&wish, &why);
	if (wish.file)
		fput(wish.file);
	if (err)
		info->extack->_msg = why;
	return err;
}

/*
 * The reply is allocated first: nothing is armed without the memory to say so. If it cannot be delivered,
 * as to one who does not read, the device stays armed: not every one can be stopped, and a "get" tells of it.
 */
int vigil_watchdog_arm_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	void *hdr;
	int err;

	err = vigil_may_rule(skb, info->extack);
	if (!err)
		err = check_names(info);
	if (err)
		return err;
	reply = vigil_reply_new(info, VIGIL_CMD_WATCHDOG_ARM, &hdr);
	if (!reply)
		return -ENOMEM;
	err = set_grace(info);
	if (!err)
		err = arm(info);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	return reply_state(reply, hdr, info);
}

int vigil_watchdog_disarm_doit(struct sk_buff *skb, struct genl_info *info)
{
	const char *why = NULL;
	int err;

	err = vigil_may_rule(skb, info->extack);
	if (err)
		return err;
	err = vigil_watchdog_disarm(&why);
	if (err)
		info->extack->_msg = why;
	return err;
}

int vigil_watchdog_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	void *hdr;
	int err;

	err = vigil_may_rule(skb, info->extack);
	if (err)
		return err;
	reply = vigil_reply_new(info, VIGIL_CMD_WATCHDOG_GET, &hdr);
	if (!reply)
		return -ENOMEM;
	return reply_state(reply, hdr, info);
}
