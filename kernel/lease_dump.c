// SPDX-License-Identifier: GPL-2.0
/* Dumps of leases and of what is bound to them. */
#include <linux/time_namespace.h>
#include <linux/vigil.h>
#include <net/genetlink.h>

#include "bond.h"
#include "compat/genl.h"
#include "lease.h"
#include "lease_message.h"
#include "lease_table.h"
#include "ops.h"

/**
 * struct lease_dump - how far a dump of leases or bonds is
 * @next_id: the first lease, or watch, not yet told
 * @checked: the request was found good
 */
struct lease_dump {
	u64 next_id;
	bool checked;
};

static_assert(sizeof(struct lease_dump) <= sizeof_field(struct netlink_callback, ctx));

static int check_dump(struct netlink_callback *cb)
{
	struct lease_dump *d = (void *)cb->ctx;
	int err = vigil_may_rule(cb->skb, cb->extack);

	d->checked = !err;
	return err;
}

static int check_lease_dump(struct netlink_callback *cb)
{
	struct nlattr *name = vigil_dump_attrs(cb)[VIGIL_A_LEASE_NAME];
	int err = check_dump(cb);

	if (err || !name)
		return err;
	NL_SET_ERR_MSG_ATTR(cb->extack, name,
			    "a dump tells of all leases; ask for one without NLM_F_DUMP");
	return -EINVAL;
}

int vigil_lease_dump_start(struct netlink_callback *cb)
{
	return vigil_dump_start_is_mute(cb) ? 0 : check_lease_dump(cb);
}

int vigil_bond_dump_start(struct netlink_callback *cb)
{
	return vigil_dump_start_is_mute(cb) ? 0 : check_dump(cb);
}

static int dump_lease(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct vigil_lease_record *rec)
{
	void *hdr = vigil_dump_put(skb, cb, VIGIL_CMD_LEASE_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (vigil_message_put_lease(skb, rec, timens_add_boottime_ns(rec->deadline_ns))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* Ids only grow, so no lease is told twice and none is missed. */
int vigil_lease_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct lease_dump *d = (void *)cb->ctx;
	struct vigil_lease_record rec;
	int err = d->checked ? 0 : check_lease_dump(cb);

	if (err)
		return err;
	while (vigil_lease_next(&d->next_id, &rec) && !dump_lease(skb, cb, &rec))
		d->next_id = rec.id + 1;
	return skb->len;
}

static int dump_bond(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct vigil_bond_record *rec)
{
	void *hdr = vigil_dump_put(skb, cb, VIGIL_CMD_BOND_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (vigil_message_put_bond(skb, rec)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

int vigil_bond_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr *attr = vigil_dump_attrs(cb)[VIGIL_A_LEASE_NAME];
	struct lease_dump *d = (void *)cb->ctx;
	struct vigil_bond_record rec;
	int err = d->checked ? 0 : check_dump(cb);

	if (err)
		return err;
	while (vigil_bond_next(&d->next_id, attr ? nla_data(attr) : NULL, &rec) &&
	       !dump_bond(skb, cb, &rec))
		d->next_id = rec.watch_id + 1;
	return skb->len;
}
