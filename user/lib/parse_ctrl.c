// SPDX-License-Identifier: GPL-2.0
/* Netlink's own messages: any bytes in, a value or -EPROTO out. Pure. */
#include "user/lib/parse.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>

#include "user/lib/bounds.h"

struct family_message {
	struct vnl_family family;
	const struct nlattr *groups;
};

static const struct vnl_attr_rule family_rules[CTRL_ATTR_MCAST_GROUPS + 1] = {
	[CTRL_ATTR_FAMILY_ID] = VNL_NUMBER(struct family_message, family.id),
	[CTRL_ATTR_VERSION] = VNL_NUMBER(struct family_message, family.version),
	[CTRL_ATTR_MCAST_GROUPS] = VNL_KEPT(struct family_message, groups),
};

struct group {
	char name[GENL_NAMSIZ];
	uint32_t id;
};

static const struct vnl_attr_rule group_rules[CTRL_ATTR_MCAST_GRP_MAX + 1] = {
	[CTRL_ATTR_MCAST_GRP_NAME] = VNL_STRING(struct group, name),
	[CTRL_ATTR_MCAST_GRP_ID] = VNL_NUMBER(struct group, id),
};

struct ack {
	const struct nlattr *sentence;
};

static const struct vnl_attr_rule ack_rules[NLMSGERR_ATTR_MSG + 1] = {
	[NLMSGERR_ATTR_MSG] = VNL_KEPT(struct ack, sentence),
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
		  unsigned int max, void *out, uint64_t *seen)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	size_t len = mnl_nlmsg_get_payload_len(nlh);

	if (len < GENL_HDRLEN || genl->cmd != cmd)
		return -EPROTO;
	return vnl_attrs_read((const char *)genl + GENL_HDRLEN, len - GENL_HDRLEN,
			      rules, max, out, seen);
}

/* One element of the list of groups; @id is set if it is the wanted one. */
static int match_group(const struct nlattr *nest, const char *name, uint32_t *id)
{
	struct group found = { .id = 0 };
	uint64_t seen;

	if (vnl_attrs_read_nested(nest, group_rules, CTRL_ATTR_MCAST_GRP_MAX, &found, &seen))
		return -EPROTO;
	if (strcmp(found.name, name) == 0)
		*id = found.id;
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
	struct family_message m = { .groups = NULL };
	uint64_t seen;

	if (vnl_parse_cmd(nlh, cmd, family_rules, CTRL_ATTR_MCAST_GROUPS, &m, &seen) ||
	    !(seen & VNL_SEEN(CTRL_ATTR_FAMILY_ID)))
		return -EPROTO;
	*out = m.family;
	return find_group(m.groups, group, &out->group);
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

/* Cut to VNL_ERROR_BYTES, if need be. */
static int copy_sentence(const struct nlattr *a, char *sentence)
{
	int text = vnl_attr_text(a);

	if (text < 0)
		return -EPROTO;
	if (text >= VNL_ERROR_BYTES)
		text = VNL_ERROR_BYTES - 1;
	memcpy(sentence, mnl_attr_get_payload(a), text);
	sentence[text] = '\0';
	return 0;
}

int vnl_parse_ack(const struct nlmsghdr *nlh, int *code, char *sentence)
{
	const char *payload = mnl_nlmsg_get_payload(nlh);
	size_t len = mnl_nlmsg_get_payload_len(nlh);
	size_t offset = ack_attrs_offset(nlh);
	struct ack ack = { .sentence = NULL };
	enum { ERRNO_MAX = 4095 };
	uint64_t seen;

	sentence[0] = '\0';
	if (len < offset)
		return -EPROTO;
	memcpy(code, payload, sizeof(*code));
	if (*code > 0 || *code < -ERRNO_MAX)
		return -EPROTO;
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return 0;
	if (vnl_attrs_read(payload + offset, len - offset, ack_rules, NLMSGERR_ATTR_MSG,
			   &ack, &seen))
		return -EPROTO;
	if (!ack.sentence || !*code)	/* with a success it is a warning, not a refusal */
		return 0;
	return copy_sentence(ack.sentence, sentence);
}
