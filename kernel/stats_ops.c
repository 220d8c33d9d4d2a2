// SPDX-License-Identifier: GPL-2.0
/* The counters of a network namespace. */
#include <linux/vigil.h>
#include <net/genetlink.h>

#include "event.h"
#include "net.h"
#include "ops.h"
#include "param.h"

static int put_stat(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, VIGIL_A_STATS_PAD);
}

static int put_stats(struct sk_buff *skb, struct vigil_net *vn)
{
	struct vigil_ring_range r = vigil_ring_range(vn);

	if (put_stat(skb, VIGIL_A_STATS_WATCHES, READ_ONCE(vn->count)) ||
	    put_stat(skb, VIGIL_A_STATS_DEAD, atomic_read(&vn->dead)) ||
	    put_stat(skb, VIGIL_A_STATS_WATCHES_MAX, vigil_watches_max()) ||
	    put_stat(skb, VIGIL_A_STATS_SEQ, r.newest) ||
	    put_stat(skb, VIGIL_A_STATS_OLDEST_SEQ, r.oldest) ||
	    put_stat(skb, VIGIL_A_STATS_RING_SIZE, vigil_ring_size()) ||
	    put_stat(skb, VIGIL_A_STATS_SEND_FAILURES,
		     atomic64_read(&vn->send_failures)))
		return -EMSGSIZE;
	return 0;
}

int vigil_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	void *hdr;
	int err;

	err = vigil_may_use(skb, info->extack);
	if (err)
		return err;
	reply = vigil_reply_new(info, VIGIL_CMD_STATS_GET, &hdr);
	if (!reply)
		return -ENOMEM;
	err = put_stats(reply, vigil_net_of(genl_info_net(info)));
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}
