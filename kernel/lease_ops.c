// SPDX-License-Identifier: GPL-2.0
/* Requests about leases: parse, call, explain each refusal. */
#include <linux/time_namespace.h>
#include <linux/timekeeping.h>
#include <linux/vigil.h>
#include <net/genetlink.h>

#include "compat/extack.h"
#include "lease.h"
#include "lease_message.h"
#include "lease_ops.h"
#include "lease_table.h"
#include "limits.h"
#include "ops.h"

/**
 * vigil_lease_of_request - the lease that a request names
 * @skb: the request
 * @info: the same
 * @name: gets the name
 *
 * Checks the caller, too: every request begins with this.
 *
 * Return: 0, or an error that is explained.
 */
int vigil_lease_of_request(struct sk_buff *skb, struct genl_info *info, const char **name)
{
	int err = vigil_may_rule(skb, info->extack);

	if (err)
		return err;
	if (!info->attrs[VIGIL_A_LEASE_NAME])
		return vigil_missing(info, VIGIL_A_LEASE_NAME, "the name of a lease is needed");
	*name = nla_data(info->attrs[VIGIL_A_LEASE_NAME]);
	if (!**name)
		return vigil_refuse(info, VIGIL_A_LEASE_NAME, -EINVAL, "the name is empty");
	return 0;
}

static int epoch_of_request(struct genl_info *info, u64 *epoch)
{
	if (!info->attrs[VIGIL_A_LEASE_EPOCH])
		return vigil_missing(info, VIGIL_A_LEASE_EPOCH,
				     "an epoch is needed: without one nobody can tell an old grant from a new one");
	*epoch = nla_get_u64(info->attrs[VIGIL_A_LEASE_EPOCH]);
	return 0;
}

static int check_deadline(struct genl_info *info, int attr, u64 now_ns, u64 deadline_ns)
{
	if (deadline_ns <= now_ns)
		return vigil_refuse(info, attr, -ERANGE, "this deadline has passed already");
	if (deadline_ns - now_ns > (u64)VIGIL_LEASE_MS_MAX * NSEC_PER_MSEC)
		return vigil_refuse(info, attr, -ERANGE, "this deadline lies more than a day ahead");
	return 0;
}

/* The clock's offset in the caller's time namespace is what that adds to nothing. */
static int deadline_of_request(struct genl_info *info, u64 *deadline_ns)
{
	struct nlattr *deadline = info->attrs[VIGIL_A_LEASE_DEADLINE];
	struct nlattr *duration = info->attrs[VIGIL_A_LEASE_DURATION_MS];
	u64 now_ns = ktime_get_boottime_ns();

	if (deadline) {
		*deadline_ns = nla_get_u64(deadline) - timens_add_boottime_ns(0);
		return check_deadline(info, VIGIL_A_LEASE_DEADLINE, now_ns, *deadline_ns);
	}
	if (!duration)
		return vigil_missing(info, VIGIL_A_LEASE_DURATION_MS,
				     "a lease needs its end: deadline, or duration-ms");
	*deadline_ns = now_ns + (u64)nla_get_u32(duration) * NSEC_PER_MSEC;
	return check_deadline(info, VIGIL_A_LEASE_DURATION_MS, now_ns, *deadline_ns);
}

static int grant_of_request(struct sk_buff *skb, struct genl_info *info, struct vigil_grant *g)
{
	int err = vigil_lease_of_request(skb, info, &g->name);

	if (!err)
		err = epoch_of_request(info, &g->epoch);
	if (!err)
		err = deadline_of_request(info, &g->deadline_ns);
	return err;
}

int vigil_no_such_lease(struct genl_info *info)
{
	return vigil_refuse(info, VIGIL_A_LEASE_NAME, -ENOENT, "there is no lease of this name");
}

static void explain_grant(struct genl_info *info, int err, const struct vigil_lease_record *rec)
{
	switch (err) {
	case -EEXIST:
		vigil_refuse(info, VIGIL_A_LEASE_NAME, err, "there is a lease of this name: renew it");
		break;
	case -ENOSPC:
		GENL_SET_ERR_MSG(info, "there are as many leases as the knob lease/max allows");
		break;
	case -ENOENT:
		vigil_no_such_lease(info);
		break;
	case -ESTALE:
		NL_SET_BAD_ATTR(info->extack, info->attrs[VIGIL_A_LEASE_EPOCH]);
		vigil_extack_set(info->extack, "the lease has the newer epoch %llu", rec->epoch);
		break;
	case -EBUSY:
		GENL_SET_ERR_MSG(info, "the lease has run out: what is bound to it is being killed");
		break;
	case -ETIME:
		vigil_refuse(info, VIGIL_A_LEASE_EPOCH, err,
			     "the lease was fenced under this epoch: only a newer one can hold it again");
		break;
	case -ENOMEM:
		GENL_SET_ERR_MSG(info, "out of memory");
		break;
	}
}

static int reply_lease(struct genl_info *info, struct sk_buff *reply, void *hdr,
		       const struct vigil_lease_record *rec)
{
	if (WARN_ON_ONCE(vigil_message_put_lease(reply, rec,
						 timens_add_boottime_ns(rec->deadline_ns)))) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

/*
 * The reply is allocated first, but who does not read may have no room for it. What was done then stays
 * done: a deadline that was granted is not taken back, nor is a fencing. The asker gave the name itself and
 * can ask by it what the lease has come to; a new one of which nobody knows has nothing bound, and runs out.
 */
static int change_lease(struct genl_info *info, u8 cmd, const struct vigil_grant *g,
			vigil_lease_fn fn)
{
	struct vigil_lease_record rec;
	struct sk_buff *reply;
	void *hdr;
	int err;

	reply = vigil_reply_new(info, cmd, &hdr);
	if (!reply)
		return -ENOMEM;
	err = fn ? vigil_lease_with(g, fn, &rec) : vigil_lease_new(g, &rec);
	if (err) {
		explain_grant(info, err, &rec);
		nlmsg_free(reply);
		return err;
	}
	return reply_lease(info, reply, hdr, &rec);
}

int vigil_lease_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vigil_grant g;
	int err = grant_of_request(skb, info, &g);

	return err ?: change_lease(info, VIGIL_CMD_LEASE_NEW, &g, NULL);
}

int vigil_lease_renew_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vigil_grant g;
	int err = grant_of_request(skb, info, &g);

	return err ?: change_lease(info, VIGIL_CMD_LEASE_RENEW, &g, vigil_lease_renew);
}

int vigil_lease_fence_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vigil_grant g = { };
	int err = vigil_lease_of_request(skb, info, &g.name);

	if (!err)
		err = epoch_of_request(info, &g.epoch);
	return err ?: change_lease(info, VIGIL_CMD_LEASE_FENCE, &g, vigil_lease_fence);
}

int vigil_lease_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	const char *name;
	int err = vigil_lease_of_request(skb, info, &name);

	if (err)
		return err;
	err = vigil_lease_del(name);
	if (err == -ENOENT)
		return vigil_no_such_lease(info);
	if (err == -EBUSY)
		return vigil_refuse(info, VIGIL_A_LEASE_NAME, err,
				    "what is bound to the lease still lives: stop it, unbind it or fence the lease");
	return err;
}

int vigil_lease_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vigil_lease_record rec;
	struct sk_buff *reply;
	const char *name;
	void *hdr;
	int err;

	err = vigil_lease_of_request(skb, info, &name);
	if (err)
		return err;
	if (vigil_lease_get(name, &rec))
		return vigil_no_such_lease(info);
	reply = vigil_reply_new(info, VIGIL_CMD_LEASE_GET, &hdr);
	if (!reply)
		return -ENOMEM;
	return reply_lease(info, reply, hdr, &rec);
}
