// SPDX-License-Identifier: GPL-2.0
/* Reading the black box while the module runs. */
#include <linux/vigil.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "blackbox.h"
#include "compat/genl.h"
#include "ops.h"

/**
 * struct box_dump - how far a dump of the box is
 * @next: the first note not yet told, of each kind
 * @checked: the request was found good
 */
struct box_dump {
	u64 next[VIGIL_NOTE_KIND_DECISION + 1];
	bool checked;
};

static_assert(sizeof(struct box_dump) <= sizeof_field(struct netlink_callback, ctx));

static int check_dump(struct netlink_callback *cb)
{
	struct box_dump *d = (void *)cb->ctx;
	int err = vigil_may_rule(cb->skb, cb->extack);

	d->checked = !err;
	return err;
}

int vigil_blackbox_dump_start(struct netlink_callback *cb)
{
	return vigil_dump_start_is_mute(cb) ? 0 : check_dump(cb);
}

static int put_note(struct sk_buff *skb, enum vigil_note_kind kind, const struct vigil_note *note)
{
	if (nla_put_u32(skb, VIGIL_A_NOTE_KIND, kind) ||
	    nla_put_u64_64bit(skb, VIGIL_A_NOTE_NUMBER, note->number, VIGIL_A_NOTE_PAD) ||
	    nla_put_u64_64bit(skb, VIGIL_A_NOTE_BOOTTIME, note->boottime_ns, VIGIL_A_NOTE_PAD) ||
	    nla_put_string(skb, VIGIL_A_NOTE_TEXT, note->text))
		return -EMSGSIZE;
	return 0;
}

static int dump_note(struct sk_buff *skb, struct netlink_callback *cb,
		     enum vigil_note_kind kind, const struct vigil_note *note)
{
	void *hdr = vigil_dump_put(skb, cb, VIGIL_CMD_BLACKBOX_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (put_note(skb, kind, note)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int dump_kind(struct sk_buff *skb, struct netlink_callback *cb, enum vigil_note_kind kind)
{
	struct vigil_note_range r = vigil_blackbox_range(kind);
	u64 *next = &((struct box_dump *)cb->ctx)->next[kind];
	struct vigil_note note;

	for (*next = max(*next, r.oldest); *next <= r.newest; ++*next)
		if (vigil_blackbox_get(kind, *next, &note) && dump_note(skb, cb, kind, &note))
			return -EMSGSIZE;
	return 0;
}

int vigil_blackbox_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct box_dump *d = (void *)cb->ctx;
	int err = d->checked ? 0 : check_dump(cb);

	if (err)
		return err;
	if (!dump_kind(skb, cb, VIGIL_NOTE_KIND_EVENT))
		dump_kind(skb, cb, VIGIL_NOTE_KIND_DECISION);
	return skb->len;
}
