// SPDX-License-Identifier: GPL-2.0
/* The event of a missed beat as netlink attributes. */
#include <linux/skbuff.h>
#include <linux/vigil.h>
#include <net/netlink.h>

#include "body.h"
#include "record.h"

static size_t size_max(const struct vigil_event *ev)
{
	return vigil_timed_body.size_max(ev) + nla_total_size(0) +
	       3 * nla_total_size_64bit(sizeof(u64)) + 4 * nla_total_size(sizeof(u32));
}

static int put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, VIGIL_A_HUNG_PAD);
}

static int put_hang(struct sk_buff *skb, const struct vigil_hang *h)
{
	struct nlattr *nest = nla_nest_start(skb, VIGIL_A_WATCH_HUNG);

	if (!nest || nla_put_u32(skb, VIGIL_A_HUNG_STATE, h->state) ||
	    put_u64(skb, VIGIL_A_HUNG_LAST_BEAT, h->last_beat_ns) ||
	    nla_put_u32(skb, VIGIL_A_HUNG_DEADLINE_MS, h->deadline_ms) ||
	    nla_put_u32(skb, VIGIL_A_HUNG_ACTION, h->action) ||
	    (h->action == VIGIL_BEAT_ACTION_SIGNAL &&
	     nla_put_u32(skb, VIGIL_A_HUNG_SIGNAL, h->signal)) ||
	    put_u64(skb, VIGIL_A_HUNG_CPU_TIME, h->cpu_ns) ||
	    put_u64(skb, VIGIL_A_HUNG_CPU_WINDOW, h->cpu_window_ns))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put(struct sk_buff *skb, const struct vigil_event *ev)
{
	return vigil_timed_body.put(skb, ev) ?: put_hang(skb, &ev->hang);
}

const struct vigil_body vigil_hung_body = {
	.size_max = size_max,
	.put = put,
};
