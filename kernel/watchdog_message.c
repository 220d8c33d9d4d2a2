// SPDX-License-Identifier: GPL-2.0
/* The hardware watchdog as netlink attributes. */
#include <linux/skbuff.h>
#include <linux/vigil.h>
#include <net/netlink.h>

#include "body.h"
#include "message.h"
#include "record.h"

static size_t size_max(const struct vigil_event *ev)
{
	return vigil_times_size_max() + nla_total_size(0) +
	       4 * nla_total_size(sizeof(u32)) + nla_total_size_64bit(sizeof(u64)) +
	       nla_total_size(VIGIL_WATCHDOG_NAME_MAX);
}

static int put_state(struct sk_buff *skb, const struct vigil_watchdog_record *rec)
{
	if (nla_put_u32(skb, VIGIL_A_WATCHDOG_STATE_STAGE, rec->stage) ||
	    nla_put_u32(skb, VIGIL_A_WATCHDOG_STATE_GATE, rec->gate) ||
	    nla_put_u64_64bit(skb, VIGIL_A_WATCHDOG_STATE_DETAIL, rec->detail,
			      VIGIL_A_WATCHDOG_STATE_PAD) ||
	    nla_put_u32(skb, VIGIL_A_WATCHDOG_STATE_RESET_IN_MS, rec->reset_in_ms))
		return -EMSGSIZE;
	if (!rec->device[0])
		return 0;
	if (nla_put_string(skb, VIGIL_A_WATCHDOG_STATE_DEVICE, rec->device) ||
	    nla_put_u32(skb, VIGIL_A_WATCHDOG_STATE_TIMEOUT_S, rec->timeout_s))
		return -EMSGSIZE;
	return 0;
}

/**
 * vigil_message_put_watchdog - write what the hardware watchdog has come to
 * @skb: the message
 * @type: attribute that holds it
 * @rec: the watchdog
 *
 * Return: 0 or -EMSGSIZE.
 */
int vigil_message_put_watchdog(struct sk_buff *skb, int type,
			       const struct vigil_watchdog_record *rec)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest || put_state(skb, rec))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put(struct sk_buff *skb, const struct vigil_event *ev)
{
	return vigil_put_times(skb, ev) ?:
	       vigil_message_put_watchdog(skb, VIGIL_A_WATCH_WATCHDOG, &ev->watchdog);
}

const struct vigil_body vigil_watchdog_body = {
	.size_max = size_max,
	.put = put,
};
