// SPDX-License-Identifier: GPL-2.0
/* Netlink attributes: any bytes in, an index of well-formed attributes or -EPROTO out. Pure. */
#include "user/lib/attr.h"

#include <errno.h>
#include <string.h>

/* The kernel may or may not send the NUL at the end; one within would hide what follows it. */
static bool string_fits(const struct nlattr *a, size_t len_max)
{
	size_t len = mnl_attr_get_payload_len(a);
	size_t text = strnlen(mnl_attr_get_payload(a), len);

	return text <= len_max && text + 1 >= len;
}

static bool attr_fits(const struct nlattr *a, const struct vnl_attr_rule *rule)
{
	if (rule->type == MNL_TYPE_STRING)
		return string_fits(a, rule->len_max);
	return mnl_attr_validate(a, rule->type) == 0;
}

static int attr_place(const struct nlattr *a, const struct vnl_attr_rule *rules,
		      unsigned int max, const struct nlattr **tb)
{
	unsigned int type = mnl_attr_get_type(a);

	if (type > max || rules[type].type == MNL_TYPE_UNSPEC)
		return 0;
	if (tb[type] || !attr_fits(a, &rules[type]))
		return -EPROTO;
	tb[type] = a;
	return 0;
}

int vnl_attrs_index(const void *payload, size_t len, const struct vnl_attr_rule *rules,
		    unsigned int max, const struct nlattr **tb)
{
	const struct nlattr *a = payload;
	int left = (int)len;

	memset(tb, 0, (max + 1) * sizeof(*tb));
	for (; mnl_attr_ok(a, left); a = mnl_attr_next(a)) {
		if (attr_place(a, rules, max, tb))
			return -EPROTO;
		left -= MNL_ALIGN(a->nla_len);	/* below 0 if the last one is not padded */
	}
	return left > 0 ? -EPROTO : 0;
}

int vnl_attrs_index_nested(const struct nlattr *nest, const struct vnl_attr_rule *rules,
			   unsigned int max, const struct nlattr **tb)
{
	return vnl_attrs_index(mnl_attr_get_payload(nest), mnl_attr_get_payload_len(nest),
			       rules, max, tb);
}

/* Attributes are aligned to 4 bytes only. */
#define DEFINE_GETTER(bits)						\
uint##bits##_t vnl_attr_u##bits(const struct nlattr *a)			\
{									\
	uint##bits##_t v = 0;						\
									\
	if (a)								\
		memcpy(&v, mnl_attr_get_payload(a), sizeof(v));		\
	return v;							\
}

DEFINE_GETTER(16)
DEFINE_GETTER(32)
DEFINE_GETTER(64)

void vnl_attr_str(const struct nlattr *a, char *buf, size_t size)
{
	size_t len = a ? strnlen(mnl_attr_get_payload(a), mnl_attr_get_payload_len(a)) : 0;

	if (len >= size)
		len = size - 1;
	if (len)
		memcpy(buf, mnl_attr_get_payload(a), len);
	buf[len] = '\0';
}
