// SPDX-License-Identifier: GPL-2.0
/* What has become of the keeper as netlink attributes. */
#include <linux/skbuff.h>
#include <linux/vigil.h>
#include <net/netlink.h>

#include "body.h"
#include "record.h"

static size_t size_max(const struct vigil_event *ev)
{
	return vigil_times_size_max() + nla_total_size(0) + 6 * nla_total_size(sizeof(u32));
}

static int put(struct sk_buff *skb, const struct vigil_event *ev)
{
	const struct vigil_keeper_news *n = &ev->keeper;
	struct nlattr *nest;

	if (vigil_put_times(skb, ev))
		return -EMSGSIZE;
	nest = nla_nest_start(skb, VIGIL_A_WATCH_KEEPER);
	if (!nest ||
	    nla_put_u32(skb, VIGIL_A_KEEPER_NEWS_STAGE, n->stage) ||
	    nla_put_u32(skb, VIGIL_A_KEEPER_NEWS_WHY, n->why) ||
	    (n->pid && nla_put_u32(skb, VIGIL_A_KEEPER_NEWS_PID, n->pid)) ||
	    (n->error && nla_put_u32(skb, VIGIL_A_KEEPER_NEWS_ERROR, n->error)) ||
	    nla_put_u32(skb, VIGIL_A_KEEPER_NEWS_RESPAWNS, n->respawns) ||
	    nla_put_u32(skb, VIGIL_A_KEEPER_NEWS_LAST_RESORT, n->last_resort))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

const struct vigil_body vigil_keeper_body = {
	.size_max = size_max,
	.put = put,
};
