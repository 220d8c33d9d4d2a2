// SPDX-License-Identifier: GPL-2.0
/* The event of a descendant's death as netlink attributes. */
#include <linux/skbuff.h>
#include <linux/vigil.h>
#include <net/netlink.h>

#include "body.h"
#include "message.h"
#include "record.h"

static size_t size_max(const struct vigil_event *ev)
{
	return vigil_timed_body.size_max(ev) + nla_total_size(0) +
	       nla_total_size(sizeof(u32)) +
	       2 * nla_total_size_64bit(sizeof(u64)) +
	       nla_total_size(TASK_COMM_LEN) + vigil_exit_size_max();
}

static int put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, VIGIL_A_MEMBER_PAD);
}

static int put(struct sk_buff *skb, const struct vigil_event *ev)
{
	const struct vigil_member_record *m = &ev->member;
	struct nlattr *nest;

	if (vigil_timed_body.put(skb, ev))
		return -EMSGSIZE;
	nest = nla_nest_start(skb, VIGIL_A_WATCH_MEMBER);
	if (!nest ||
	    nla_put_u32(skb, VIGIL_A_MEMBER_PID, m->tgid) ||
	    put_u64(skb, VIGIL_A_MEMBER_START_TICKS, vigil_ticks_of(m->start_ns)) ||
	    put_u64(skb, VIGIL_A_MEMBER_START_TIME, m->start_ns) ||
	    nla_put_string(skb, VIGIL_A_MEMBER_COMM, m->exit.comm) ||
	    vigil_put_exit(skb, VIGIL_A_MEMBER_EXIT, &m->exit, 0))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

const struct vigil_body vigil_member_body = {
	.size_max = size_max,
	.put = put,
};
