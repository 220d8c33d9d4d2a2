// SPDX-License-Identifier: GPL-2.0
/* Requests about beats: parse, call, explain each refusal. */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/vigil.h>
#include <net/genetlink.h>

#include "beat.h"
#include "limits.h"
#include "net.h"
#include "ops.h"
#include "table.h"
#include "watch.h"

static int refuse(struct genl_info *info, struct nlattr *attr, int err, const char *sentence)
{
	NL_SET_BAD_ATTR(info->extack, attr);
	info->extack->_msg = sentence;
	return err;
}

/*
 * Whoever decides that a process is killed must be one who could kill it. Of one that is gone
 * there is nothing left to kill.
 */
static int may_act(struct genl_info *info, struct nlattr *action, struct pid *pid)
{
	struct task_struct *task;
	const struct cred *cred;
	bool may;

	if (vigil_pid_is_init(pid))
		return refuse(info, action, -EPERM,
			      "this is init: the node would go down with it");
	task = get_pid_task(pid, PIDTYPE_TGID);
	if (!task)
		return 0;
	cred = get_task_cred(task);
	put_task_struct(task);
	may = ns_capable(cred->user_ns, CAP_KILL);
	put_cred(cred);
	if (may)
		return 0;
	return refuse(info, action, -EPERM,
		      "to signal or kill, CAP_KILL is needed in the user namespace of the process");
}

static int deadline_of(struct genl_info *info, struct nlattr **attrs, struct vigil_beat_params *p)
{
	struct nlattr *attr = attrs[VIGIL_A_BEAT_DEADLINE_MS];

	if (!attr)
		return refuse(info, info->attrs[VIGIL_A_WATCH_BEAT], -EINVAL,
			      "a beat needs a deadline");
	p->deadline_ms = nla_get_u32(attr);
	if (p->deadline_ms && p->deadline_ms < VIGIL_BEAT_MS_MIN)
		return refuse(info, attr, -ERANGE, "the deadline of the beat is too short");
	if (p->deadline_ms > VIGIL_BEAT_MS_MAX)
		return refuse(info, attr, -ERANGE, "the deadline of the beat is too long");
	return 0;
}

static int signal_of(struct genl_info *info, struct nlattr **attrs, struct vigil_beat_params *p)
{
	struct nlattr *attr = attrs[VIGIL_A_BEAT_SIGNAL];
	bool wanted = p->action == VIGIL_BEAT_ACTION_SIGNAL;

	if (!attr && wanted)
		return refuse(info, attrs[VIGIL_A_BEAT_ACTION], -EINVAL,
			      "the action \"signal\" needs the number of a signal");
	if (!attr)
		return 0;
	if (!wanted)
		return refuse(info, attr, -EINVAL, "a signal goes with the action \"signal\" only");
	if (!nla_get_u32(attr) || !valid_signal(nla_get_u32(attr)))
		return refuse(info, attr, -EINVAL, "there is no signal with this number");
	p->signal = nla_get_u32(attr);
	return 0;
}

static int action_of(struct genl_info *info, struct nlattr **attrs, struct vigil_beat_params *p)
{
	struct nlattr *attr = attrs[VIGIL_A_BEAT_ACTION];

	if (attr && nla_get_u32(attr) > VIGIL_BEAT_ACTION_KILL)
		return refuse(info, attr, -EINVAL, "this action at a missed beat is unknown");
	p->action = attr ? nla_get_u32(attr) : VIGIL_BEAT_ACTION_NONE;
	return signal_of(info, attrs, p);
}

static int parse(struct genl_info *info, struct nlattr **attrs, struct vigil_beat_params *p)
{
	int err;

	err = nla_parse_nested(attrs, VIGIL_BEAT_POLICY_LEN - 1, info->attrs[VIGIL_A_WATCH_BEAT],
			       vigil_beat_policy, info->extack);
	if (!err)
		err = deadline_of(info, attrs, p);
	if (!err)
		err = action_of(info, attrs, p);
	if (!err && attrs[VIGIL_A_BEAT_ADDRESS])
		p->address = nla_get_u64(attrs[VIGIL_A_BEAT_ADDRESS]);
	return err;
}

static int explain_slot(struct genl_info *info, struct nlattr *address, int err)
{
	switch (err) {
	case -EINVAL:
		return refuse(info, address, err, "the address of a beat is a multiple of its size");
	case -EFAULT:
		return refuse(info, address, err,
			      "no memory that can be written and held is at this address: use a memfd");
	case -EDQUOT:
		return refuse(info, address, err, "RLIMIT_MEMLOCK allows no more pages of beats");
	}
	return refuse(info, address, err, "out of memory");
}

static int beat_new(struct genl_info *info, struct nlattr **attrs,
		    const struct vigil_beat_params *p, struct vigil_beat **beat)
{
	struct nlattr *address = attrs[VIGIL_A_BEAT_ADDRESS];
	struct vigil_beat *b;

	if (address && !p->address)
		return explain_slot(info, address, -EFAULT);
	b = vigil_beat_new(p);
	if (IS_ERR(b))
		return explain_slot(info, address, PTR_ERR(b));
	*beat = b;
	return 0;
}

/**
 * vigil_beat_of_request - the beat that a new watch is to have
 * @info: the request, with a beat
 * @pid: the process
 * @beat: gets it
 *
 * Context: process context of the caller, may sleep.
 * Return: 0 or an error.
 */
int vigil_beat_of_request(struct genl_info *info, struct pid *pid, struct vigil_beat **beat)
{
	struct nlattr *attrs[VIGIL_BEAT_POLICY_LEN];
	struct vigil_beat_params p = { };
	int err;

	err = parse(info, attrs, &p);
	if (err)
		return err;
	if (!p.deadline_ms)
		return refuse(info, attrs[VIGIL_A_BEAT_DEADLINE_MS], -ERANGE,
			      "a new watch has no beat to remove: its deadline cannot be 0");
	if (p.action != VIGIL_BEAT_ACTION_NONE) {
		err = may_act(info, attrs[VIGIL_A_BEAT_ACTION], pid);
		if (err)
			return err;
	}
	return beat_new(info, attrs, &p, beat);
}

/* What vigil_watch_with() passes on. */
struct change {
	struct genl_info *info;
	struct nlattr *action;
	struct vigil_beat *beat;	/* NULL: take it away */
};

static int change_beat(struct vigil_watch *w, void *arg)
{
	struct change *c = arg;
	int err;

	if (!c->beat) {
		vigil_beat_remove(w);
		return 0;
	}
	if (c->beat->action != VIGIL_BEAT_ACTION_NONE) {
		err = may_act(c->info, c->action, w->pid);
		if (err)
			return err;
	}
	vigil_beat_attach(w, c->beat);
	return 0;
}

static int prepare(struct genl_info *info, struct change *c)
{
	struct nlattr *attrs[VIGIL_BEAT_POLICY_LEN];
	struct vigil_beat_params p = { };
	int err;

	if (!info->attrs[VIGIL_A_WATCH_BEAT])
		return vigil_missing(info, VIGIL_A_WATCH_BEAT,
				     "a beat is needed, if only one with a deadline of 0");
	err = parse(info, attrs, &p);
	if (err)
		return err;
	c->action = attrs[VIGIL_A_BEAT_ACTION];
	return p.deadline_ms ? beat_new(info, attrs, &p, &c->beat) : 0;
}

int vigil_beat_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct change c = { .info = info };
	u64 id;
	int err;

	err = vigil_id_of_request(skb, info, &id);
	if (!err)
		err = prepare(info, &c);
	if (err)
		return err;
	err = vigil_watch_with(vigil_net_of(genl_info_net(info)), id, change_beat, &c);
	if (err && c.beat)
		vigil_beat_free(c.beat);
	return err == -ENOENT ? vigil_no_such_watch(info) : err;
}

static int beat_now(struct vigil_watch *w, void *unused)
{
	return vigil_beat_now(w);
}

int vigil_beat_doit(struct sk_buff *skb, struct genl_info *info)
{
	u64 id;
	int err;

	err = vigil_id_of_request(skb, info, &id);
	if (err)
		return err;
	err = vigil_watch_with(vigil_net_of(genl_info_net(info)), id, beat_now, NULL);
	if (err == -ENODATA)
		return refuse(info, info->attrs[VIGIL_A_WATCH_ID], err, "the watch has no beat");
	return err ? vigil_no_such_watch(info) : 0;
}
