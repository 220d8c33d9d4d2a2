// SPDX-License-Identifier: GPL-2.0
/* From leases and bonds to netlink attributes. */
#include <linux/skbuff.h>
#include <linux/vigil.h>
#include <net/netlink.h>

#include "body.h"
#include "bond.h"
#include "lease.h"
#include "lease_message.h"
#include "record.h"

/**
 * vigil_lease_message_size_max - room that any one lease or bond needs
 *
 * Return: bytes of attributes.
 */
size_t vigil_lease_message_size_max(void)
{
	return nla_total_size(VIGIL_LEASE_NAME_LEN_MAX + 1) +
	       2 * nla_total_size_64bit(sizeof(u64)) +
	       4 * nla_total_size(sizeof(u32));
}

static int put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, VIGIL_A_LEASE_PAD);
}

/**
 * vigil_message_put_lease - write the attributes of a lease
 * @skb: the message
 * @rec: the lease
 * @deadline_ns: its deadline in the reader's time namespace
 *
 * Return: 0 or -EMSGSIZE.
 */
int vigil_message_put_lease(struct sk_buff *skb, const struct vigil_lease_record *rec,
			    u64 deadline_ns)
{
	if (nla_put_string(skb, VIGIL_A_LEASE_NAME, rec->name) ||
	    put_u64(skb, VIGIL_A_LEASE_EPOCH, rec->epoch) ||
	    put_u64(skb, VIGIL_A_LEASE_DEADLINE, deadline_ns) ||
	    nla_put_u32(skb, VIGIL_A_LEASE_STATE, rec->state) ||
	    nla_put_u32(skb, VIGIL_A_LEASE_LIVING, rec->living) ||
	    nla_put_u32(skb, VIGIL_A_LEASE_DEAD, rec->dead) ||
	    nla_put_u32(skb, VIGIL_A_LEASE_CGROUPS, rec->cgroups))
		return -EMSGSIZE;
	return 0;
}

/**
 * vigil_message_put_bond - write the attributes of a bond
 * @skb: the message
 * @rec: the bond
 *
 * Return: 0 or -EMSGSIZE.
 */
int vigil_message_put_bond(struct sk_buff *skb, const struct vigil_bond_record *rec)
{
	if (nla_put_string(skb, VIGIL_A_LEASE_NAME, rec->lease) ||
	    put_u64(skb, VIGIL_A_LEASE_WATCH_ID, rec->watch_id) ||
	    nla_put_u32(skb, VIGIL_A_LEASE_REACH, rec->reach) ||
	    nla_put_u32(skb, VIGIL_A_LEASE_PID, rec->tgid) ||
	    nla_put_u32(skb, VIGIL_A_LEASE_BOND_STATE, rec->state))
		return -EMSGSIZE;
	return 0;
}

static size_t event_size_max(const struct vigil_event *ev)
{
	return vigil_times_size_max() + nla_total_size(0) +
	       nla_total_size(VIGIL_LEASE_NAME_LEN_MAX + 1) +
	       nla_total_size(sizeof(u32)) +
	       3 * nla_total_size_64bit(sizeof(u64));
}

static int put_event_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, VIGIL_A_LEASE_EVENT_PAD);
}

static int put_late(struct sk_buff *skb, const struct vigil_lease_told *told)
{
	if (told->stage == VIGIL_LEASE_STAGE_FENCED)
		return 0;
	return put_event_u64(skb, VIGIL_A_LEASE_EVENT_TIMER_LATE, told->timer_late_ns) ?:
	       put_event_u64(skb, VIGIL_A_LEASE_EVENT_KILL_LATE, told->kill_late_ns);
}

static int put_told(struct sk_buff *skb, const struct vigil_lease_told *told)
{
	struct nlattr *nest = nla_nest_start(skb, VIGIL_A_WATCH_LEASE);

	if (!nest ||
	    nla_put_string(skb, VIGIL_A_LEASE_EVENT_NAME, told->name) ||
	    put_event_u64(skb, VIGIL_A_LEASE_EVENT_EPOCH, told->epoch) ||
	    nla_put_u32(skb, VIGIL_A_LEASE_EVENT_STAGE, told->stage) ||
	    put_late(skb, told))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_event(struct sk_buff *skb, const struct vigil_event *ev)
{
	return vigil_put_times(skb, ev) ?: put_told(skb, &ev->lease);
}

const struct vigil_body vigil_lease_body = {
	.size_max = event_size_max,
	.put = put_event,
};
