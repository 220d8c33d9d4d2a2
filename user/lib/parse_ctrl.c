// SPDX-License-Identifier: GPL-2.0
/* Netlink's own messages: any bytes in, a value or -EPROTO out. Pure. */
#include "user/lib/parse.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>

#include "user/lib/bounds.h"

#define U16 { .type = MNL_TYPE_U16 }
#define U32 { .type = MNL_TYPE_U32 }
#define NEST { .type = MNL_TYPE_NESTED }
#define STR(max) { .type = MNL_TYPE_STRING, .len_max = (max) }

static const struct vnl_attr_rule family_rules[CTRL_ATTR_MCAST_GROUPS + 1] = {
	[CTRL_ATTR_FAMILY_ID] = U16,
	[CTRL_ATTR_VERSION] = U32,
	[CTRL_ATTR_MCAST_GROUPS] = NEST,
};

static const struct vnl_attr_rule group_rules[CTRL_ATTR_MCAST_GRP_MAX + 1] = {
	[CTRL_ATTR_MCAST_GRP_NAME] = STR(GENL_NAMSIZ - 1),
	[CTRL_ATTR_MCAST_GRP_ID] = U32,
};

static const struct vnl_attr_rule ack_rules[NLMSGERR_ATTR_MSG + 1] = {
	[NLMSGERR_ATTR_MSG] = STR(UINT16_MAX),	/* cut to size when it is copied */
};

size_t vnl_parse_walk(const void *pos, size_t left)
{
	const struct nlmsghdr *nlh = pos;
	size_t size;

	if (left < sizeof(*nlh) || nlh->nlmsg_len < sizeof(*nlh) || nlh->nlmsg_len > left)
		return 0;
	size = NLMSG_ALIGN((size_t)nlh->nlmsg_len);
	return size < left ? size : left;
}

int vnl_parse_cmd(const struct nlmsghdr *nlh, uint8_t cmd, const struct vnl_attr_rule *rules,
		  unsigned int max, const struct nlattr **tb)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	size_t len = mnl_nlmsg_get_payload_len(nlh);

	if (len < GENL_HDRLEN || genl->cmd != cmd)
		return -EPROTO;
	return vnl_attrs_index((const char *)genl + GENL_HDRLEN, len - GENL_HDRLEN,
			       rules, max, tb);
}

/* One element of the list of groups; @id is set if it is the wanted one. */
static int match_group(const struct nlattr *nest, const char *name, uint32_t *id)
{
	const struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1];
	char found[GENL_NAMSIZ];

	if (vnl_attrs_index_nested(nest, group_rules, CTRL_ATTR_MCAST_GRP_MAX, tb))
		return -EPROTO;
	vnl_attr_str(tb[CTRL_ATTR_MCAST_GRP_NAME], found, sizeof(found));
	if (strcmp(found, name) == 0)
		*id = vnl_attr_u32(tb[CTRL_ATTR_MCAST_GRP_ID]);
	return 0;
}

static int find_group(const struct nlattr *groups, const char *name, uint32_t *id)
{
	const struct nlattr *a;
	int left;

	if (!groups)
		return 0;
	left = mnl_attr_get_payload_len(groups);
	for (a = mnl_attr_get_payload(groups); mnl_attr_ok(a, left); a = mnl_attr_next(a)) {
		if (match_group(a, name, id))
			return -EPROTO;
		left -= MNL_ALIGN(a->nla_len);
	}
	return left > 0 ? -EPROTO : 0;
}

int vnl_parse_family(const struct nlmsghdr *nlh, uint8_t cmd, const char *group,
		     struct vnl_family *out)
{
	const struct nlattr *tb[CTRL_ATTR_MCAST_GROUPS + 1];

	if (vnl_parse_cmd(nlh, cmd, family_rules, CTRL_ATTR_MCAST_GROUPS, tb) ||
	    !tb[CTRL_ATTR_FAMILY_ID])
		return -EPROTO;
	*out = (struct vnl_family) {
		.id = vnl_attr_u16(tb[CTRL_ATTR_FAMILY_ID]),
		.version = vnl_attr_u32(tb[CTRL_ATTR_VERSION]),
	};
	return find_group(tb[CTRL_ATTR_MCAST_GROUPS], group, &out->group);
}

/* Where the attributes of an acknowledgment begin; more than its length if it is malformed. */
static size_t ack_attrs_offset(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	size_t len = mnl_nlmsg_get_payload_len(nlh);

	if (nlh->nlmsg_type == NLMSG_DONE)
		return sizeof(int);
	if (len < sizeof(*err) || nlh->nlmsg_flags & NLM_F_CAPPED)
		return sizeof(*err);
	if (err->msg.nlmsg_len < sizeof(err->msg))
		return len + 1;
	return sizeof(int) + NLMSG_ALIGN((size_t)err->msg.nlmsg_len);
}

int vnl_parse_ack(const struct nlmsghdr *nlh, int *code, char *sentence)
{
	const struct nlattr *tb[NLMSGERR_ATTR_MSG + 1];
	const char *payload = mnl_nlmsg_get_payload(nlh);
	size_t len = mnl_nlmsg_get_payload_len(nlh);
	size_t offset = ack_attrs_offset(nlh);
	enum { ERRNO_MAX = 4095 };

	sentence[0] = '\0';
	if (len < offset)
		return -EPROTO;
	memcpy(code, payload, sizeof(*code));
	if (*code > 0 || *code < -ERRNO_MAX)
		return -EPROTO;
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return 0;
	if (vnl_attrs_index(payload + offset, len - offset, ack_rules, NLMSGERR_ATTR_MSG, tb))
		return -EPROTO;
	if (*code)	/* a sentence with a success is a warning, not a refusal */
		vnl_attr_str(tb[NLMSGERR_ATTR_MSG], sentence, VNL_ERROR_BYTES);
	return 0;
}
