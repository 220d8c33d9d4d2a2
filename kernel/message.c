// SPDX-License-Identifier: GPL-2.0
/* From events to netlink attributes. */
#include <linux/kernel.h>
#include <linux/skbuff.h>
#include <linux/vigil.h>
#include <net/netlink.h>

#include "body.h"
#include "lease_message.h"
#include "message.h"
#include "record.h"

static const struct vigil_body *const bodies[] = {
	[VIGIL_EVENT_TYPE_DEAD] = &vigil_dead_body,
	[VIGIL_EVENT_TYPE_HUNG] = &vigil_hung_body,
	[VIGIL_EVENT_TYPE_RECOVERED] = &vigil_timed_body,
	[VIGIL_EVENT_TYPE_DYING] = &vigil_timed_body,
	[VIGIL_EVENT_TYPE_MEMBER_DEAD] = &vigil_member_body,
	[VIGIL_EVENT_TYPE_GROUP_EMPTY] = &vigil_timed_body,
	[VIGIL_EVENT_TYPE_WATCHDOG] = &vigil_watchdog_body,
	[VIGIL_EVENT_TYPE_KEEPER] = &vigil_keeper_body,
	[VIGIL_EVENT_TYPE_LEASE] = &vigil_lease_body,
};

static int put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, VIGIL_A_WATCH_PAD);
}

static size_t head_size(void)
{
	return nla_total_size(sizeof(u32)) + nla_total_size_64bit(sizeof(u64));
}

/**
 * vigil_message_event_size_max - room that an event may need, whatever its names
 * @ev: the event
 *
 * Return: bytes of attributes.
 */
size_t vigil_message_event_size_max(const struct vigil_event *ev)
{
	return head_size() + bodies[ev->type]->size_max(ev);
}

/**
 * vigil_message_size_max - room that any one watch, lease, bond or event needs
 *
 * Return: bytes of attributes.
 */
size_t vigil_message_size_max(void)
{
	static const struct vigil_event widest = {
		.watch = { .flags = 0xff, .beat = { .deadline_ms = 1 } },
	};
	size_t size = vigil_lease_message_size_max();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bodies); i++)
		if (bodies[i])
			size = max(size, bodies[i]->size_max(&widest));
	return head_size() + size;
}

/**
 * vigil_message_put_event - write the attributes of an event
 * @skb: the message
 * @ev: the event
 *
 * Return: 0 or -EMSGSIZE.
 */
int vigil_message_put_event(struct sk_buff *skb, const struct vigil_event *ev)
{
	if (nla_put_u32(skb, VIGIL_A_WATCH_EVENT_TYPE, ev->type) ||
	    put_u64(skb, VIGIL_A_WATCH_SEQ, ev->seq))
		return -EMSGSIZE;
	return bodies[ev->type]->put(skb, ev);
}

/**
 * vigil_message_put_gap - write the attributes of a gap
 * @skb: the message
 * @first: the first lost sequence number
 * @last: the last lost one
 *
 * Return: 0 or -EMSGSIZE.
 */
int vigil_message_put_gap(struct sk_buff *skb, u64 first, u64 last)
{
	if (nla_put_u32(skb, VIGIL_A_WATCH_EVENT_TYPE, VIGIL_EVENT_TYPE_GAP) ||
	    put_u64(skb, VIGIL_A_WATCH_SEQ, first) ||
	    put_u64(skb, VIGIL_A_WATCH_GAP_LAST, last))
		return -EMSGSIZE;
	return 0;
}
