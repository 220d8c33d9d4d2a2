// SPDX-License-Identifier: GPL-2.0
/* Requests about bonds between watches and leases: parse, call, explain each refusal. */
#include <linux/err.h>
#include <linux/vigil.h>
#include <net/genetlink.h>

#include "bond.h"
#include "cgroup.h"
#include "compat/extack.h"
#include "lease_message.h"
#include "lease_ops.h"
#include "lease_table.h"
#include "ops.h"

static int watch_of_request(struct genl_info *info, u64 *id)
{
	if (!info->attrs[VIGIL_A_LEASE_WATCH_ID])
		return vigil_missing(info, VIGIL_A_LEASE_WATCH_ID, "the id of a watch is needed");
	*id = nla_get_u64(info->attrs[VIGIL_A_LEASE_WATCH_ID]);
	return 0;
}

static struct vigil_cgroup *cgroup_of_request(struct genl_info *info)
{
	struct nlattr *attr = info->attrs[VIGIL_A_LEASE_CGROUP_KILL];
	struct vigil_cgroup *cg = attr ? vigil_cgroup_open(nla_get_u32(attr)) : NULL;

	switch (PTR_ERR_OR_ZERO(cg)) {
	case -EBADF:
		vigil_refuse(info, VIGIL_A_LEASE_CGROUP_KILL, 0,
			     "not a descriptor of a file cgroup.kill (cgroup v2)");
		break;
	case -EACCES:
		vigil_refuse(info, VIGIL_A_LEASE_CGROUP_KILL, 0,
			     "the file cgroup.kill must be open for writing");
		break;
	case -EOPNOTSUPP:
		vigil_refuse(info, VIGIL_A_LEASE_CGROUP_KILL, 0,
			     "the cgroup is threaded: the kernel kills none of those");
		break;
	}
	return cg;
}

static void explain_bind(struct genl_info *info, int err, const struct vigil_bond_record *rec)
{
	switch (err) {
	case -ESRCH:
		vigil_no_such_lease(info);
		break;
	case -ENOENT:
		vigil_refuse(info, VIGIL_A_LEASE_WATCH_ID, err, "there is no watch with this id");
		break;
	case -EPERM:
		vigil_refuse(info, VIGIL_A_LEASE_WATCH_ID, err,
			     "a transient watch goes with its socket, and would be gone when the lease needs it");
		break;
	case -EOPNOTSUPP:
		vigil_refuse(info, VIGIL_A_LEASE_WATCH_ID, err,
			     "this is init: the node would go down with it");
		break;
	case -EEXIST:
		vigil_refuse(info, VIGIL_A_LEASE_WATCH_ID, err,
			     "the watch is bound to this lease already");
		break;
	case -EBUSY:
		NL_SET_BAD_ATTR(info->extack, info->attrs[VIGIL_A_LEASE_WATCH_ID]);
		vigil_extack_set(info->extack, "the watch is bound to the lease \"%s\"", rec->lease);
		break;
	case -ETIME:
		vigil_refuse(info, VIGIL_A_LEASE_NAME, err,
			     "the lease has run out: nothing can be bound to it before it is held again");
		break;
	case -ENOSPC:
		GENL_SET_ERR_MSG(info, "too many watches are bound to the lease");
		break;
	case -ENODEV:
		GENL_SET_ERR_MSG(info, "the module is being unloaded");
		break;
	case -ENOMEM:
		GENL_SET_ERR_MSG(info, "out of memory");
		break;
	}
}

/* To the asker a lease that is not there is missing as a watch is; the sentence tells them apart. */
static int bind_error(int err)
{
	return err == -ESRCH ? -ENOENT : err;
}

static int reply_bond(struct genl_info *info, struct sk_buff *reply, void *hdr,
		      const struct vigil_bond_record *rec)
{
	if (WARN_ON_ONCE(vigil_message_put_bond(reply, rec))) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

static int bind_watch(struct genl_info *info, const char *name, u64 id,
		      struct vigil_bond_record *rec)
{
	struct vigil_cgroup *cg = cgroup_of_request(info);
	int err;

	if (IS_ERR(cg))
		return PTR_ERR(cg);
	err = vigil_lease_bind(name, id, &cg, rec);
	vigil_cgroup_close(cg);
	explain_bind(info, err, rec);
	return bind_error(err);
}

/*
 * As for leases: the bond stays if the reply cannot be delivered, as the lease may have run out on it by
 * then. Who asked knows the lease and the watch, and finds the bond in a dump.
 */
int vigil_lease_bind_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vigil_bond_record rec;
	struct sk_buff *reply;
	const char *name;
	void *hdr;
	u64 id;
	int err;

	err = vigil_lease_of_request(skb, info, &name);
	if (!err)
		err = watch_of_request(info, &id);
	if (err)
		return err;
	reply = vigil_reply_new(info, VIGIL_CMD_LEASE_BIND, &hdr);
	if (!reply)
		return -ENOMEM;
	err = bind_watch(info, name, id, &rec);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	return reply_bond(info, reply, hdr, &rec);
}

int vigil_lease_unbind_doit(struct sk_buff *skb, struct genl_info *info)
{
	const char *name;
	u64 id;
	int err;

	err = vigil_lease_of_request(skb, info, &name);
	if (!err)
		err = watch_of_request(info, &id);
	if (err)
		return err;
	err = vigil_lease_unbind(name, id);
	if (err == -ESRCH)
		vigil_no_such_lease(info);
	if (err == -ENOENT)
		vigil_refuse(info, VIGIL_A_LEASE_WATCH_ID, err,
			     "no watch with this id is bound to the lease");
	if (err == -EBUSY)
		vigil_refuse(info, VIGIL_A_LEASE_NAME, err,
			     "the lease has run out: what is bound to it is being killed");
	return bind_error(err);
}
