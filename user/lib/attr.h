/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink attributes: any bytes in, the members of a structure or -EPROTO out. Pure. */
#ifndef VNL_ATTR_H
#define VNL_ATTR_H

#include <stddef.h>
#include <stdint.h>

#include <libmnl/libmnl.h>

/** enum vnl_attr_kind - what becomes of an attribute. */
enum vnl_attr_kind {
	VNL_ATTR_UNREAD,	/* it is passed over */
	VNL_ATTR_NUMBER,	/* copied to a member of its size: 2, 4 or 8 bytes */
	VNL_ATTR_STRING,	/* copied to an array of char that it fits into with its NUL */
	VNL_ATTR_KEPT,		/* its address goes to a const struct nlattr *; unchecked */
};

/**
 * struct vnl_attr_rule - what an attribute must look like and where it goes.
 * @size: of the member
 * @at: offset of the member
 */
struct vnl_attr_rule {
	enum vnl_attr_kind kind;
	uint16_t size;
	uint16_t at;
};

#define VNL_RULE(kind_, type, member) \
	{ .kind = (kind_), .size = sizeof(((type *)0)->member), .at = offsetof(type, member) }
#define VNL_NUMBER(type, member) VNL_RULE(VNL_ATTR_NUMBER, type, member)
#define VNL_STRING(type, member) VNL_RULE(VNL_ATTR_STRING, type, member)
#define VNL_KEPT(type, member) VNL_RULE(VNL_ATTR_KEPT, type, member)

/** VNL_SEEN - the bit of an attribute in what vnl_attrs_read() has seen. */
#define VNL_SEEN(type) (UINT64_C(1) << (type))

/**
 * vnl_attrs_read - read a run of attributes.
 * @rules: by attribute number, up to @max, which is below 64
 * @out: the structure that the rules speak of; members without an attribute are left alone
 * @seen: gets the bit of each attribute that was read
 *
 * Unknown attributes are passed over, as a newer module may send them.
 *
 * Return: 0; -EPROTO if bytes are left over, or an attribute breaks its rule or comes twice.
 */
int vnl_attrs_read(const void *payload, size_t len, const struct vnl_attr_rule *rules,
		   unsigned int max, void *out, uint64_t *seen);

/** vnl_attrs_read_nested - the same, of the attributes within @nest. */
int vnl_attrs_read_nested(const struct nlattr *nest, const struct vnl_attr_rule *rules,
			  unsigned int max, void *out, uint64_t *seen);

/**
 * vnl_attr_text - the length of the string in an attribute, its NUL not counted.
 *
 * The kernel may or may not send the NUL at the end; one within would hide what follows it.
 *
 * Return: the length, or -EPROTO.
 */
int vnl_attr_text(const struct nlattr *a);

#endif /* VNL_ATTR_H */
