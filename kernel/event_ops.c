// SPDX-License-Identifier: GPL-2.0
/* Replay of the event ring. */
#include <linux/vigil.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "compat/genl.h"
#include "event.h"
#include "message.h"
#include "net.h"
#include "ops.h"
#include "record.h"

/**
 * struct event_dump - how far a replay is
 * @next_seq: the first event not yet told
 * @checked: the request was found good
 */
struct event_dump {
	u64 next_seq;
	bool checked;
};

/*
 * A number beyond the next one was learned from another life of the module:
 * answered with silence, its bearer would wait for ever.
 */
static int check_dump(struct netlink_callback *cb)
{
	struct vigil_ring_range r = vigil_ring_range(vigil_net_of(sock_net(cb->skb->sk)));
	struct nlattr *seq = vigil_dump_attrs(cb)[VIGIL_A_WATCH_SEQ];
	struct event_dump *d = (void *)cb->ctx;
	int err;

	err = vigil_may_use(cb->skb, cb->extack);
	if (err)
		return err;
	d->next_seq = seq ? nla_get_u64(seq) : r.oldest;
	if (d->next_seq > r.newest + 1) {
		NL_SET_ERR_MSG_ATTR(cb->extack, seq,
				    "this sequence number lies ahead: the events are numbered anew");
		return -ERANGE;
	}
	d->checked = true;
	return 0;
}

int vigil_event_dump_start(struct netlink_callback *cb)
{
	return vigil_dump_start_is_mute(cb) ? 0 : check_dump(cb);
}

static int dump_gap(struct sk_buff *skb, struct netlink_callback *cb, u64 first,
		    u64 last)
{
	void *hdr = vigil_dump_put(skb, cb, VIGIL_CMD_EVENT_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (vigil_message_put_gap(skb, first, last)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int dump_event(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct vigil_event *ev)
{
	void *hdr = vigil_dump_put(skb, cb, VIGIL_CMD_EVENT_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (vigil_message_put_event(skb, ev)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

int vigil_event_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct vigil_net *vn = vigil_net_of(sock_net(skb->sk));
	struct event_dump *d = (void *)cb->ctx;
	struct vigil_ring_range r;
	struct vigil_event ev;
	int err;

	err = d->checked ? 0 : check_dump(cb);
	if (err)
		return err;
	for (r = vigil_ring_range(vn); d->next_seq <= r.newest; d->next_seq++) {
		if (!d->next_seq)
			continue;
		if (vigil_ring_get(vn, d->next_seq, &ev)) {
			if (dump_event(skb, cb, &ev))
				break;
			continue;
		}
		r = vigil_ring_range(vn);
		if (dump_gap(skb, cb, d->next_seq, r.oldest - 1))
			break;
		d->next_seq = r.oldest - 1;
	}
	return skb->len;
}
