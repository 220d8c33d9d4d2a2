// SPDX-License-Identifier: GPL-2.0
/* Generic netlink families by name. */
#include "user/lib/family.h"

#include <errno.h>
#include <linux/genetlink.h>

#include "user/lib/request.h"

static int parse_events(const struct nlmsghdr *nlh, uint8_t cmd, void *out)
{
	(void)cmd;	/* GETFAMILY is answered by NEWFAMILY */
	return vnl_parse_family(nlh, CTRL_CMD_NEWFAMILY, VIGIL_MCGRP_EVENTS, out);
}

static int parse_notify(const struct nlmsghdr *nlh, uint8_t cmd, void *out)
{
	(void)cmd;
	return vnl_parse_family(nlh, CTRL_CMD_NEWFAMILY, "notify", out);
}

static int resolve(struct vnl_conn *c, const char *name, vnl_parse_fn parse,
		   struct vnl_family *out)
{
	union vnl_request rq;

	vnl_request_init(&rq, CTRL_CMD_GETFAMILY, 1);
	mnl_attr_put_strz(&rq.nlh, CTRL_ATTR_FAMILY_NAME, name);
	return vnl_do(c, &rq, GENL_ID_CTRL, parse, out);
}

int vnl_family_vigil(struct vnl_conn *c, struct vnl_family *out)
{
	int r = resolve(c, VIGIL_FAMILY_NAME, parse_events, out);

	if (r == -ENOENT)
		return vnl_conn_explain(c, r, "vigil.ko is not loaded");
	if (r)
		return r;
	if (out->version < VIGIL_FAMILY_VERSION)
		return vnl_conn_explain(c, -EPROTO, "vigil.ko is older than this library");
	if (!out->group)
		return vnl_conn_explain(c, -EPROTO, "vigil.ko has no multicast group \"events\"");
	return 0;
}

int vnl_family_ctrl(struct vnl_conn *c, struct vnl_family *out)
{
	return resolve(c, "nlctrl", parse_notify, out);
}
