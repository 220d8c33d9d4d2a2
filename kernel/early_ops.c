// SPDX-License-Identifier: GPL-2.0
/* What requests say about early death and descendants: parse, call, explain each refusal. */
#include <linux/err.h>
#include <linux/eventfd.h>
#include <linux/vigil.h>
#include <net/genetlink.h>

#include "aspect.h"
#include "dying.h"
#include "net.h"
#include "ops.h"
#include "table.h"
#include "tree.h"
#include "watch.h"

/* NULL if the request has none. */
static struct eventfd_ctx *bell_of_request(struct genl_info *info)
{
	struct nlattr *attr = info->attrs[VIGIL_A_WATCH_EVENTFD];
	struct eventfd_ctx *bell;

	if (!attr)
		return NULL;
	bell = eventfd_ctx_fdget(nla_get_u32(attr));
	if (IS_ERR(bell))
		vigil_refuse(info, VIGIL_A_WATCH_EVENTFD, 0, "not an eventfd of the caller");
	return bell;
}

static int add_aspect(struct genl_info *info, struct vigil_watch_params *p,
		      struct vigil_aspect *a, const char *unsupported)
{
	if (!IS_ERR(a)) {
		a->next = p->aspects;
		p->aspects = a;
		return 0;
	}
	if (PTR_ERR(a) == -ENOMEM)
		GENL_SET_ERR_MSG(info, "out of memory");
	else
		vigil_refuse(info, VIGIL_A_WATCH_FLAGS, 0, unsupported);
	return PTR_ERR(a);
}

static int add_dying(struct genl_info *info, struct vigil_watch_params *p)
{
	struct eventfd_ctx *bell = bell_of_request(info);
	struct vigil_aspect *a;

	if (IS_ERR(bell))
		return PTR_ERR(bell);
	a = vigil_dying_new(bell);
	if (PTR_ERR_OR_ZERO(a) == -ESHUTDOWN)
		return vigil_refuse(info, VIGIL_A_WATCH_FLAGS, -EOPNOTSUPP,
				    "nobody would hear of it: kernel.ftrace_enabled is 0, or kprobes are switched off");
	return add_aspect(info, p, a,
			  "this kernel cannot tell of processes that are dying: function tracing is not to be had");
}

static int add_tree(struct genl_info *info, struct vigil_watch_params *p)
{
	return add_aspect(info, p, vigil_tree_new(),
			  "this kernel cannot tell of forks: it has no tracepoint for them");
}

/**
 * vigil_early_aspects - make what the flags of a new watch ask for
 * @info: the request
 * @p: its flags; gets the aspects
 *
 * Context: process context, may sleep.
 * Return: 0, or an error that is explained; then @p has no aspect.
 */
int vigil_early_aspects(struct genl_info *info, struct vigil_watch_params *p)
{
	int err = 0;

	if (info->attrs[VIGIL_A_WATCH_EVENTFD] && !(p->flags & VIGIL_WATCH_FLAGS_DYING))
		return vigil_refuse(info, VIGIL_A_WATCH_EVENTFD, -EINVAL,
				    "an eventfd is for a watch with the flag \"dying\"");
	if (p->flags & VIGIL_WATCH_FLAGS_DYING)
		err = add_dying(info, p);
	if (!err && p->flags & VIGIL_WATCH_FLAGS_TREE)
		err = add_tree(info, p);
	if (err) {
		vigil_aspects_end(p->aspects, NULL);
		p->aspects = NULL;
	}
	return err;
}

static int set_bell(struct vigil_watch *w, void *bell)
{
	return vigil_dying_set_bell(w, bell);
}

static int attach_bell(struct genl_info *info, u64 id, struct eventfd_ctx *bell)
{
	int err = vigil_watch_with(vigil_net_of(genl_info_net(info)), id, set_bell, bell);

	switch (err) {
	case -ENOENT:
		eventfd_ctx_put(bell);
		return vigil_refuse(info, VIGIL_A_WATCH_ID, err, "there is no watch with this id");
	case -EOPNOTSUPP:
		return vigil_refuse(info, VIGIL_A_WATCH_ID, err,
				    "the watch was made without the flag \"dying\"");
	}
	return err;
}

int vigil_watch_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct eventfd_ctx *bell;
	int err;

	err = vigil_may_use(skb, info->extack);
	if (err)
		return err;
	if (!info->attrs[VIGIL_A_WATCH_ID])
		return vigil_missing(info, VIGIL_A_WATCH_ID, "the id of a watch is needed");
	bell = bell_of_request(info);
	if (IS_ERR(bell))
		return PTR_ERR(bell);
	if (!bell)
		return vigil_missing(info, VIGIL_A_WATCH_EVENTFD,
				     "nothing is to be set: an eventfd is needed");
	return attach_bell(info, nla_get_u64(info->attrs[VIGIL_A_WATCH_ID]), bell);
}
