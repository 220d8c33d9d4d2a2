// SPDX-License-Identifier: GPL-2.0
/* Sending events to the multicast group. */
#include <linux/minmax.h>
#include <linux/netlink.h>
#include <linux/skbuff.h>
#include <linux/vigil.h>
#include <net/genetlink.h>

#include "blackbox.h"
#include "message.h"
#include "net.h"
#include "netlink.h"
#include "record.h"
#include "trace.h"

static size_t message_size(size_t body)
{
	return NLMSG_ALIGN(NLMSG_HDRLEN + GENL_HDRLEN + body);
}

/*
 * One datagram for many events, but none longer than a page: readers with the
 * common buffer of a page must not find it cut off.
 */
static struct sk_buff *event_skb(const struct vigil_event *const *events, unsigned int n)
{
	size_t size = message_size(vigil_message_event_size_max(events[0]));

	if (n > 1)
		size = min_t(size_t, n * message_size(vigil_message_size_max()),
			     NLMSG_DEFAULT_SIZE);
	return nlmsg_new(size, GFP_ATOMIC);
}

/* Few events are as long as one may be: whether there is room is seen by trying. */
static bool put_event(struct sk_buff *skb, const struct vigil_event *ev)
{
	void *hdr;

	hdr = genlmsg_put(skb, 0, 0, &vigil_family, 0, VIGIL_CMD_EVENT_NTF);
	if (!hdr)
		return false;
	if (vigil_message_put_event(skb, ev)) {
		genlmsg_cancel(skb, hdr);
		return false;
	}
	genlmsg_end(skb, hdr);
	return true;
}

/* Every listener learns by ENOBUFS that it must ask for a replay. */
static void tell_of_loss(struct vigil_net *vn)
{
	if (atomic64_inc_return(&vn->send_failures) == 1)
		vigil_blackbox_note("no memory for the listeners: they are told to ask for a replay");
	genl_set_err(&vigil_family, vn->net, 0, VIGIL_GROUP_EVENTS, ENOBUFS);
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

static void send_and_keep(struct vigil_net *vn, struct sk_buff *skb, unsigned int n)
{
	vigil_netlink_forget();
	sent.skb = skb_get(skb);
	genlmsg_multicast_netns(&vigil_family, vn->net, skb, 0, VIGIL_GROUP_EVENTS, GFP_ATOMIC);
	sent.holders = holders_of(sent.skb);
	trace_vigil_send(vn->net->ns.inum, n, sent.holders - 1);
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
 * @events: the events, in order
 * @n: how many
 *
 * Context: soft interrupt, or process context with those off; under the lock that gave the numbers.
 */
void vigil_netlink_publish(struct vigil_net *vn,
			   const struct vigil_event *const *events, unsigned int n)
{
	struct sk_buff *skb;
	unsigned int i = 0, first;

	if (!genl_has_listeners(&vigil_family, vn->net, VIGIL_GROUP_EVENTS))
		return;
	while (i < n) {
		skb = event_skb(events + i, n - i);
		for (first = i; skb && i < n && put_event(skb, events[i]);)
			i++;
		if (!skb || WARN_ON_ONCE(i == first)) {
			nlmsg_free(skb);
			tell_of_loss(vn);
			return;
		}
		send_and_keep(vn, skb, i - first);
	}
}
