// SPDX-License-Identifier: GPL-2.0
/* Requests about the keeper: parse, call, explain each refusal. */
#include <linux/vigil.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "compat/extack.h"
#include "keeper.h"
#include "net.h"
#include "ops.h"
#include "plan.h"
#include "table.h"
#include "watch.h"

/* Each setting with its attribute, and what is said of a value out of bounds. */
static const struct {
	int attr;
	const char *sentence;
} settings[VIGIL_KEEPER_SETTINGS] = {
	[VIGIL_KEEPER_RESPAWN_MAX] = {
		VIGIL_A_KEEPER_RESPAWN_MAX, "respawn-max is out of bounds: 1 to 64"
	},
	[VIGIL_KEEPER_WINDOW_MS] = {
		VIGIL_A_KEEPER_WINDOW_MS, "window-ms is out of bounds: 1 ms to a day"
	},
	[VIGIL_KEEPER_REGISTER_MS] = {
		VIGIL_A_KEEPER_REGISTER_MS, "register-ms is out of bounds: 1 ms to a day"
	},
	[VIGIL_KEEPER_LAST_RESORT] = {
		VIGIL_A_KEEPER_LAST_RESORT, "there is no such last resort"
	},
};

static int refuse(struct genl_info *info, const struct nlattr *attr, int err,
		  const char *sentence)
{
	NL_SET_BAD_ATTR(info->extack, attr);
	info->extack->_msg = sentence;
	return err;
}

static int add_word(struct genl_info *info, struct vigil_keeper_plan *plan,
		    const struct nlattr *attr)
{
	const char *word = nla_data(attr);

	if (!plan->argc && word[0] != '/')
		return refuse(info, attr, -EINVAL,
			      "the command must begin with an absolute path");
	if (vigil_plan_add_word(plan, word))
		return refuse(info, attr, -E2BIG,
			      "the command has too many words, or is too long");
	return 0;
}

static int add_variable(struct genl_info *info, struct vigil_keeper_plan *plan,
			const struct nlattr *attr)
{
	const char *variable = nla_data(attr);
	const char *equals = strchr(variable, '=');

	if (!equals || equals == variable)
		return refuse(info, attr, -EINVAL,
			      "a variable of the environment is NAME=value");
	if (vigil_plan_add_variable(plan, variable))
		return refuse(info, attr, -E2BIG,
			      "the environment has too many variables, or is too long");
	return 0;
}

static int fill_plan(struct genl_info *info, struct vigil_keeper_plan *plan)
{
	const struct nlattr *attr;
	int left, err = 0;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, left) {
		if (nla_type(attr) == VIGIL_A_KEEPER_ARGV)
			err = add_word(info, plan, attr);
		else if (nla_type(attr) == VIGIL_A_KEEPER_ENV)
			err = add_variable(info, plan, attr);
		if (err)
			return err;
	}
	if (!plan->argc)
		return vigil_missing(info, VIGIL_A_KEEPER_ARGV,
				     "the command that respawns the keeper is needed");
	vigil_plan_finish(plan);
	return 0;
}

static int fill_settings(struct genl_info *info, struct vigil_keeper_params *p)
{
	struct nlattr *attr;
	unsigned int i;

	for (i = 0; i < VIGIL_KEEPER_SETTINGS; i++) {
		attr = info->attrs[settings[i].attr];
		if (!attr)
			continue;
		p->setting[i] = nla_get_u32(attr);
		if (!vigil_keeper_in_bounds(i, p->setting[i]))
			return refuse(info, attr, -EINVAL, settings[i].sentence);
		__set_bit(i, &p->given);
	}
	if (info->attrs[VIGIL_A_KEEPER_REPLACE])
		p->replace = nla_get_u32(info->attrs[VIGIL_A_KEEPER_REPLACE]);
	return 0;
}

struct set_call {
	struct vigil_keeper_params params;
	pid_t holder;
};

static int set_it(struct vigil_watch *w, void *arg)
{
	struct set_call *call = arg;

	return vigil_keeper_set(w, &call->params, &call->holder);
}

static void explain_set(struct genl_info *info, int err, pid_t holder)
{
	switch (err) {
	case -ENOENT:
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[VIGIL_A_KEEPER_ID],
				    "there is no watch with this id");
		break;
	case -ESRCH:
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[VIGIL_A_KEEPER_ID],
				    "the process of this watch is dead");
		break;
	case -EINVAL:
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[VIGIL_A_KEEPER_ID],
				    "this watch goes with its socket, and so before its process");
		break;
	case -EBUSY:
		vigil_extack_set(info->extack,
				 "process %d is the keeper: name it in replace to take over", holder);
		break;
	case -ENOMEM:
		GENL_SET_ERR_MSG(info, "out of memory");
		break;
	}
}

static int set(struct genl_info *info, struct set_call *call)
{
	u64 id = nla_get_u64(info->attrs[VIGIL_A_KEEPER_ID]);
	int err;

	err = fill_plan(info, call->params.plan);
	if (!err)
		err = fill_settings(info, &call->params);
	if (err)
		return err;
	err = vigil_watch_with(vigil_net_of(genl_info_net(info)), id, set_it, call);
	explain_set(info, err, call->holder);
	return err;
}

/* What vigil_keeper_set() leaves in params.plan is the old plan, or the new one if it refused. */
int vigil_keeper_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct set_call call = { };
	int err;

	err = vigil_may_rule(skb, info->extack);
	if (err)
		return err;
	if (!info->attrs[VIGIL_A_KEEPER_ID])
		return vigil_missing(info, VIGIL_A_KEEPER_ID, "the id of a watch of the keeper is needed");
	call.params.plan = vigil_plan_alloc();
	if (!call.params.plan)
		return -ENOMEM;
	err = set(info, &call);
	vigil_plan_put(call.params.plan);
	return err;
}

int vigil_keeper_resign_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[VIGIL_A_KEEPER_PID];
	pid_t holder;
	int err;

	err = vigil_may_rule(skb, info->extack);
	if (err)
		return err;
	err = vigil_keeper_resign(attr ? nla_get_u32(attr) : 0, &holder);
	if (err == -ENOENT)
		GENL_SET_ERR_MSG(info, "there is no keeper");
	else if (err == -ESRCH)
		vigil_extack_set(info->extack, "another process is the keeper: %d", holder);
	return err;
}

static size_t status_size_max(void)
{
	return nla_total_size_64bit(sizeof(u64)) + 7 * nla_total_size(sizeof(u32)) +
	       2 * VIGIL_KEEPER_WORDS_MAX * nla_total_size(0) +
	       2 * VIGIL_KEEPER_WORDS_MAX * NLA_ALIGNTO + VIGIL_KEEPER_BYTES_MAX;
}

static int put_words(struct sk_buff *skb, int type, char *const *word, unsigned int count)
{
	while (count--)
		if (nla_put_string(skb, type, *word++))
			return -EMSGSIZE;
	return 0;
}

static int put_plan(struct sk_buff *skb, const struct vigil_keeper_plan *plan)
{
	if (!plan)
		return 0;
	if (put_words(skb, VIGIL_A_KEEPER_ARGV, plan->argv, plan->argc) ||
	    put_words(skb, VIGIL_A_KEEPER_ENV, plan->envp, plan->envc))
		return -EMSGSIZE;
	return 0;
}

static int put_status(struct sk_buff *skb, const struct vigil_keeper_status *s)
{
	unsigned int i;

	if (s->id && nla_put_u64_64bit(skb, VIGIL_A_KEEPER_ID, s->id, VIGIL_A_KEEPER_PAD))
		return -EMSGSIZE;
	if (put_plan(skb, s->plan))
		return -EMSGSIZE;
	for (i = 0; i < VIGIL_KEEPER_SETTINGS; i++)
		if (nla_put_u32(skb, settings[i].attr, s->setting[i]))
			return -EMSGSIZE;
	if ((s->pid && nla_put_u32(skb, VIGIL_A_KEEPER_PID, s->pid)) ||
	    nla_put_u32(skb, VIGIL_A_KEEPER_STATE, s->state) ||
	    nla_put_u32(skb, VIGIL_A_KEEPER_RESPAWNS, s->respawns))
		return -EMSGSIZE;
	return 0;
}

int vigil_keeper_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vigil_keeper_status s;
	struct sk_buff *reply;
	void *hdr;
	int err;

	err = vigil_may_rule(skb, info->extack);
	if (err)
		return err;
	reply = vigil_reply_sized(info, VIGIL_CMD_KEEPER_GET, status_size_max(), &hdr);
	if (!reply)
		return -ENOMEM;
	vigil_keeper_status(&s);
	err = put_status(reply, &s);
	vigil_plan_put(s.plan);
	if (WARN_ON_ONCE(err)) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}
