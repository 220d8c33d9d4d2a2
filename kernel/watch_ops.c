// SPDX-License-Identifier: GPL-2.0
/* Requests about watches: parse, call, explain each refusal. */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/time_namespace.h>
#include <linux/vigil.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "beat.h"
#include "compat/genl.h"
#include "compat/pidfd.h"
#include "message.h"
#include "net.h"
#include "ops.h"
#include "record.h"
#include "table.h"
#include "watch.h"

static int refuse_attr(struct netlink_ext_ack *extack, struct nlattr *attr,
		       const char *sentence)
{
	NL_SET_BAD_ATTR(extack, attr);
	extack->_msg = sentence;
	return -EINVAL;
}

static struct pid *pid_by_pidfd(struct genl_info *info)
{
	struct nlattr *attr = info->attrs[VIGIL_A_WATCH_PIDFD];
	struct pid *pid;

	pid = vigil_pidfd_get_pid(nla_get_u32(attr));
	if (IS_ERR(pid)) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "not a pidfd of a process; one of a single thread will not do");
		return pid;
	}
	if (!pid_nr_ns(pid, task_active_pid_ns(current))) {
		put_pid(pid);
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "the process is outside the caller's PID namespace");
		return ERR_PTR(-ESRCH);
	}
	return pid;
}

static struct pid *refuse_pid(struct pid *pid, struct genl_info *info, int attr,
			      int err, const char *sentence)
{
	put_pid(pid);
	NL_SET_BAD_ATTR(info->extack, info->attrs[attr]);
	info->extack->_msg = sentence;
	return ERR_PTR(err);
}

/* Start times are compared as /proc shows them to the caller: in ticks. */
static struct pid *pid_by_number(struct genl_info *info)
{
	struct nlattr *start = info->attrs[VIGIL_A_WATCH_START_TICKS];
	struct task_struct *leader;
	struct pid *pid;
	u64 ticks;

	if (!start)
		return ERR_PTR(vigil_missing(info, VIGIL_A_WATCH_START_TICKS,
					     "a PID can be reused: start-ticks must come with it"));
	pid = find_get_pid(nla_get_u32(info->attrs[VIGIL_A_WATCH_PID]));
	leader = get_pid_task(pid, PIDTYPE_TGID);
	if (!leader)
		return refuse_pid(pid, info, VIGIL_A_WATCH_PID, -ESRCH,
				  "no process has this PID");
	ticks = vigil_ticks_of(timens_add_boottime_ns(leader->start_boottime));
	put_task_struct(leader);
	if (ticks != nla_get_u64(start))
		return refuse_pid(pid, info, VIGIL_A_WATCH_START_TICKS, -ESRCH,
				  "the process with this PID started at another time");
	return pid;
}

static struct pid *pid_of_request(struct genl_info *info)
{
	bool by_pidfd = info->attrs[VIGIL_A_WATCH_PIDFD];
	bool by_number = info->attrs[VIGIL_A_WATCH_PID];

	if (by_pidfd && by_number)
		return refuse_pid(NULL, info, VIGIL_A_WATCH_PID, -EINVAL,
				  "pid and pidfd exclude each other");
	if (by_pidfd && info->attrs[VIGIL_A_WATCH_START_TICKS])
		return refuse_pid(NULL, info, VIGIL_A_WATCH_START_TICKS, -EINVAL,
				  "start-ticks goes with pid, not with pidfd");
	if (by_pidfd)
		return pid_by_pidfd(info);
	if (by_number)
		return pid_by_number(info);
	return ERR_PTR(vigil_missing(info, VIGIL_A_WATCH_PIDFD,
				     "the process must be named by pidfd, or by pid and start-ticks"));
}

/*
 * How a process ends is otherwise for its parent and its tracer alone. Of one that has been
 * reaped nothing is left to tell.
 */
static int may_watch(struct pid *pid, struct genl_info *info)
{
	struct task_struct *task = get_pid_task(pid, PIDTYPE_TGID);
	const struct cred *cred;
	bool may;

	if (!task)
		return 0;
	cred = get_task_cred(task);
	put_task_struct(task);
	may = ns_capable(cred->user_ns, CAP_NET_ADMIN);
	put_cred(cred);
	if (may)
		return 0;
	GENL_SET_ERR_MSG(info, "CAP_NET_ADMIN is needed in the user namespace of the process");
	return -EPERM;
}

static int names_of_request(struct genl_info *info, struct vigil_watch_params *p)
{
	struct nlattr *owner = info->attrs[VIGIL_A_WATCH_OWNER];
	struct nlattr *tag = info->attrs[VIGIL_A_WATCH_TAG];

	if (!owner)
		return vigil_missing(info, VIGIL_A_WATCH_OWNER,
				     "an owner name is needed to find the watch again");
	p->owner = nla_data(owner);
	p->owner_len = strnlen(p->owner, nla_len(owner));
	if (!p->owner_len)
		return refuse_attr(info->extack, owner, "the owner name is empty");
	if (tag) {
		p->tag = nla_data(tag);
		p->tag_len = strnlen(p->tag, nla_len(tag));
	}
	return 0;
}

static int reply_watch(struct genl_info *info, struct sk_buff *reply, void *hdr,
		       const struct vigil_record *rec)
{
	if (WARN_ON_ONCE(vigil_message_put_watch(reply, rec,
						 timens_add_boottime_ns(rec->start_ns)))) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

static void explain_new(struct genl_info *info, int err)
{
	switch (err) {
	case -EEXIST:
		GENL_SET_ERR_MSG(info, "this owner watches the process already");
		break;
	case -ENOSPC:
		GENL_SET_ERR_MSG(info, "as many watches are held as watches_max allows");
		break;
	case -EUSERS:
		GENL_SET_ERR_MSG(info, "too many owners watch the process");
		break;
	case -ENOMEM:
		GENL_SET_ERR_MSG(info, "out of memory");
		break;
	}
}

static int watch_new(struct genl_info *info, struct vigil_watch_params *p,
		     struct vigil_record *rec)
{
	struct pid *pid = pid_of_request(info);
	int err;

	if (IS_ERR(pid))
		return PTR_ERR(pid);
	err = may_watch(pid, info);
	if (!err && info->attrs[VIGIL_A_WATCH_BEAT])
		err = vigil_beat_of_request(info, pid, &p->beat);
	if (!err)
		err = vigil_early_aspects(info, p);
	if (!err) {
		err = vigil_watch_new(vigil_net_of(genl_info_net(info)), pid, p, rec);
		explain_new(info, err);
	}
	if (err && p->beat)
		vigil_beat_free(p->beat);
	put_pid(pid);
	return err;
}

/*
 * A watch is never made without its maker learning its id. So the reply is allocated first; and if it cannot
 * be delivered, as to one who does not read and has no more room, the watch is released as by its owner. It
 * may be dead by then, or have been found in a dump and bound: a release by id is right for all of that.
 */
static int tell_maker(struct genl_info *info, struct sk_buff *reply, void *hdr,
		      const struct vigil_record *rec)
{
	int err = reply_watch(info, reply, hdr, rec);

	if (err) {
		vigil_watch_del(vigil_net_of(genl_info_net(info)), rec->id);
		GENL_SET_ERR_MSG(info, "the reply cannot be delivered: the watch is not made");
	}
	return err;
}

int vigil_watch_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vigil_watch_params p = { .portid = info->snd_portid };
	struct vigil_record rec;
	struct sk_buff *reply;
	void *hdr;
	int err;

	err = vigil_may_use(skb, info->extack);
	if (err)
		return err;
	err = names_of_request(info, &p);
	if (err)
		return err;
	if (info->attrs[VIGIL_A_WATCH_FLAGS])
		p.flags = nla_get_u32(info->attrs[VIGIL_A_WATCH_FLAGS]);
	if (p.flags & VIGIL_WATCH_FLAGS_VITAL)
		err = vigil_may_rule(skb, info->extack);
	if (err)
		return err;
	reply = vigil_reply_new(info, VIGIL_CMD_WATCH_NEW, &hdr);
	if (!reply)
		return -ENOMEM;
	err = watch_new(info, &p, &rec);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	return tell_maker(info, reply, hdr, &rec);
}

/* The id that a request of one who may use the family names. */
int vigil_id_of_request(struct sk_buff *skb, struct genl_info *info, u64 *id)
{
	int err = vigil_may_use(skb, info->extack);

	if (err)
		return err;
	if (!info->attrs[VIGIL_A_WATCH_ID])
		return vigil_missing(info, VIGIL_A_WATCH_ID, "the id of a watch is needed");
	*id = nla_get_u64(info->attrs[VIGIL_A_WATCH_ID]);
	return 0;
}

int vigil_no_such_watch(struct genl_info *info)
{
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[VIGIL_A_WATCH_ID],
			    "there is no watch with this id");
	return -ENOENT;
}

int vigil_watch_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	u64 id;
	int err;

	err = vigil_id_of_request(skb, info, &id);
	if (err)
		return err;
	if (vigil_watch_del(vigil_net_of(genl_info_net(info)), id))
		return vigil_no_such_watch(info);
	return 0;
}

int vigil_watch_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vigil_record rec;
	struct sk_buff *reply;
	void *hdr;
	u64 id;
	int err;

	err = vigil_id_of_request(skb, info, &id);
	if (err)
		return err;
	if (info->attrs[VIGIL_A_WATCH_OWNER])
		return refuse_attr(info->extack, info->attrs[VIGIL_A_WATCH_OWNER],
				   "owner is for dumps");
	if (vigil_watch_get(vigil_net_of(genl_info_net(info)), id, &rec))
		return vigil_no_such_watch(info);
	reply = vigil_reply_new(info, VIGIL_CMD_WATCH_GET, &hdr);
	if (!reply)
		return -ENOMEM;
	return reply_watch(info, reply, hdr, &rec);
}

/**
 * struct watch_dump - how far a dump of watches is
 * @next_id: the first id not yet told
 * @checked: the request was found good
 * @owner_len: bytes of @owner; 0 for all owners
 * @owner: whose watches are wanted
 */
struct watch_dump {
	u64 next_id;
	bool checked;
	u8 owner_len;
	char owner[VIGIL_OWNER_LEN_MAX];
};

static_assert(sizeof(struct watch_dump) <= sizeof_field(struct netlink_callback, ctx));

static int check_dump(struct netlink_callback *cb)
{
	struct watch_dump *d = (void *)cb->ctx;
	struct nlattr **attrs = vigil_dump_attrs(cb);
	struct nlattr *owner = attrs[VIGIL_A_WATCH_OWNER];
	int err;

	err = vigil_may_use(cb->skb, cb->extack);
	if (err)
		return err;
	if (attrs[VIGIL_A_WATCH_ID])
		return refuse_attr(cb->extack, attrs[VIGIL_A_WATCH_ID],
				   "a dump goes by owner; ask for one watch without NLM_F_DUMP");
	if (owner) {
		d->owner_len = strnlen(nla_data(owner), nla_len(owner));
		memcpy(d->owner, nla_data(owner), d->owner_len);
		if (!d->owner_len)
			return refuse_attr(cb->extack, owner, "the owner name is empty");
	}
	d->checked = true;
	return 0;
}

int vigil_watch_dump_start(struct netlink_callback *cb)
{
	return vigil_dump_start_is_mute(cb) ? 0 : check_dump(cb);
}

static int dump_watch(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct vigil_record *rec)
{
	void *hdr = vigil_dump_put(skb, cb, VIGIL_CMD_WATCH_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (vigil_message_put_watch(skb, rec, timens_add_boottime_ns(rec->start_ns))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* No dump is ever interrupted: ids only grow, so none is told twice and none is missed. */
int vigil_watch_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct vigil_net *vn = vigil_net_of(sock_net(skb->sk));
	struct watch_dump *d = (void *)cb->ctx;
	struct vigil_record rec;
	const char *owner;
	int err;

	err = d->checked ? 0 : check_dump(cb);
	if (err)
		return err;
	owner = d->owner_len ? d->owner : NULL;
	while (vigil_watch_next(vn, &d->next_id, owner, d->owner_len, &rec)) {
		if (dump_watch(skb, cb, &rec))
			break;
		d->next_id++;
	}
	return skb->len;
}
