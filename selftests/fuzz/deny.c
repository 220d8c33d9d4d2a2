// SPDX-License-Identifier: GPL-2.0
/* What must not be sent: read as the kernel reads it, whatever else is wrong with it. */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>

#include "selftests/fuzz/request.h"

enum { DEPTH_MAX = 32 };

static const struct spec_op *spared;

void request_spare(const char *name)
{
	unsigned int i;

	for (i = 0; i < spec_ops_count; i++)
		if (!strcmp(spec_ops[i].name, name))
			spared = &spec_ops[i];
}

static uint64_t number_in(const struct nlattr *a)
{
	size_t len = a->nla_len - NLA_HDRLEN;
	uint64_t value = 0;

	memcpy(&value, (const uint8_t *)a + NLA_HDRLEN, len < sizeof(value) ? len : sizeof(value));
	return value;
}

/* Both kinds of headers are aligned alike; the last may lack its padding. */
static size_t aligned(size_t len, size_t left)
{
	return NLMSG_ALIGN(len) < left ? NLMSG_ALIGN(len) : left;
}

static bool value_denied(const struct spec_op *op, int set, const struct nlattr *a)
{
	unsigned int i;

	for (i = 0; i < spec_denied_count; i++)
		if (spec_denied[i].cmd == op->cmd && spec_denied[i].set == set &&
		    spec_denied[i].type == (a->nla_type & NLA_TYPE_MASK) &&
		    spec_denied[i].value == number_in(a))
			return true;
	return false;
}

static bool attrs_denied(const struct spec_op *op, int set, const uint8_t *pos, size_t left,
			 unsigned int depth)
{
	const struct spec_attr *spec;
	const struct nlattr *a;
	size_t step;

	for (; left >= NLA_HDRLEN; pos += step, left -= step) {
		a = (const void *)pos;
		if (a->nla_len < NLA_HDRLEN || a->nla_len > left)
			return false;
		if (value_denied(op, set, a))
			return true;
		spec = spec_attr_by_type(set, a->nla_type & NLA_TYPE_MASK);
		if (spec && spec->kind == SPEC_NEST && depth < DEPTH_MAX &&
		    attrs_denied(op, spec->nest, pos + NLA_HDRLEN, a->nla_len - NLA_HDRLEN, depth + 1))
			return true;
		step = aligned(a->nla_len, left);
	}
	return false;
}

static bool message_denied(const struct nlmsghdr *hdr)
{
	const struct genlmsghdr *genl = (const void *)((const uint8_t *)hdr + NLMSG_HDRLEN);
	const struct spec_op *op;

	if (hdr->nlmsg_len < NLMSG_HDRLEN + GENL_HDRLEN)
		return false;
	op = spec_op_by_cmd(genl->cmd);
	return op && (op->denied || op == spared ||
		      attrs_denied(op, op->set, (const uint8_t *)genl + GENL_HDRLEN,
				   hdr->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN, 0));
}

/* A message of another family would be another's to test. */
bool request_denied(const void *bytes, size_t len, uint16_t family)
{
	const struct nlmsghdr *hdr;
	size_t step;

	for (; len >= NLMSG_HDRLEN; bytes = (const uint8_t *)bytes + step, len -= step) {
		hdr = bytes;
		if (hdr->nlmsg_len < NLMSG_HDRLEN || hdr->nlmsg_len > len)
			return false;
		if ((hdr->nlmsg_type >= NLMSG_MIN_TYPE && hdr->nlmsg_type != family) ||
		    message_denied(hdr))
			return true;
		step = aligned(hdr->nlmsg_len, len);
	}
	return false;
}
