// SPDX-License-Identifier: GPL-2.0
/* Netlink attributes: any bytes in, the members of a structure or -EPROTO out. Pure. */
/*
 * A death has some thirty attributes, and a storm has thousands of deaths: libmnl's five calls
 * for each attribute were half of what an event cost its reader, so they are not made here.
 */
#include "user/lib/attr.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static const char *data_of(const struct nlattr *a)
{
	return (const char *)a + MNL_ATTR_HDRLEN;
}

static size_t len_of(const struct nlattr *a)
{
	return a->nla_len - (size_t)MNL_ATTR_HDRLEN;
}

int vnl_attr_text(const struct nlattr *a)
{
	size_t len = len_of(a);
	size_t text = strnlen(data_of(a), len);

	return text + 1 >= len ? (int)text : -EPROTO;
}

/* Attributes are aligned to 4 bytes only. */
static bool read_number(const struct nlattr *a, char *to, size_t size)
{
	if (len_of(a) != size)
		return false;
	switch (size) {		/* each of these copies is one instruction */
	case 8:
		memcpy(to, data_of(a), 8);
		return true;
	case 4:
		memcpy(to, data_of(a), 4);
		return true;
	case 2:
		memcpy(to, data_of(a), 2);
		return true;
	}
	return false;
}

static bool read_string(const struct nlattr *a, char *to, size_t size)
{
	int text = vnl_attr_text(a);

	if (text < 0 || (size_t)text >= size)
		return false;
	memcpy(to, data_of(a), text);
	to[text] = '\0';
	return true;
}

static bool read_one(const struct nlattr *a, const struct vnl_attr_rule *rule, void *out)
{
	char *to = (char *)out + rule->at;

	switch (rule->kind) {
	case VNL_ATTR_NUMBER:
		return read_number(a, to, rule->size);
	case VNL_ATTR_STRING:
		return read_string(a, to, rule->size);
	case VNL_ATTR_KEPT:
		memcpy(to, &a, sizeof(a));
		return true;
	case VNL_ATTR_UNREAD:
		break;
	}
	return false;
}

/* The attribute at the start of @left bytes, or NULL if no whole one is there. */
static const struct nlattr *attr_at(const char *pos, size_t left)
{
	const struct nlattr *a = (const void *)pos;

	if (left < sizeof(*a) || a->nla_len < sizeof(*a) || a->nla_len > left)
		return NULL;
	return a;
}

int vnl_attrs_read(const void *payload, size_t len, const struct vnl_attr_rule *rules,
		   unsigned int max, void *out, uint64_t *seen)
{
	const struct nlattr *a;
	const char *pos = payload;
	unsigned int type;
	size_t size;

	*seen = 0;
	for (; len; pos += size, len -= size) {
		a = attr_at(pos, len);
		if (!a)
			return -EPROTO;
		size = MNL_ALIGN((size_t)a->nla_len);
		if (size > len)		/* the last one need not be padded */
			size = len;
		type = a->nla_type & NLA_TYPE_MASK;
		if (type > max || rules[type].kind == VNL_ATTR_UNREAD)
			continue;
		if (*seen & VNL_SEEN(type) || !read_one(a, &rules[type], out))
			return -EPROTO;
		*seen |= VNL_SEEN(type);
	}
	return 0;
}

int vnl_attrs_read_nested(const struct nlattr *nest, const struct vnl_attr_rule *rules,
			  unsigned int max, void *out, uint64_t *seen)
{
	return vnl_attrs_read(data_of(nest), len_of(nest), rules, max, out, seen);
}
