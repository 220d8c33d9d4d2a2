/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink attributes: any bytes in, an index of well-formed attributes or -EPROTO out. Pure. */
#ifndef VNL_ATTR_H
#define VNL_ATTR_H

#include <stddef.h>
#include <stdint.h>

#include <libmnl/libmnl.h>

/**
 * struct vnl_attr_rule - what one attribute must look like.
 * @type: MNL_TYPE_U16, _U32, _U64, _STRING or _NESTED; 0 for an attribute that is not read
 * @len_max: longest string, its NUL not counted; strings only
 */
struct vnl_attr_rule {
	enum mnl_attr_data_type type;
	uint16_t len_max;
};

/**
 * vnl_attrs_index - check a run of attributes and find each.
 * @rules: by attribute number, up to @max
 * @tb: @max + 1 entries; NULL for what is absent
 *
 * Unknown attributes are passed over, as a newer module may send them.
 *
 * Return: 0; -EPROTO if bytes are left over, or an attribute breaks its rule or comes twice.
 */
int vnl_attrs_index(const void *payload, size_t len, const struct vnl_attr_rule *rules,
		    unsigned int max, const struct nlattr **tb);

/** vnl_attrs_index_nested - the same, of the attributes within @nest. */
int vnl_attrs_index_nested(const struct nlattr *nest, const struct vnl_attr_rule *rules,
			   unsigned int max, const struct nlattr **tb);

/* The value of an indexed attribute; 0 or "" if it is absent. @size holds len_max and a NUL. */
uint16_t vnl_attr_u16(const struct nlattr *a);
uint32_t vnl_attr_u32(const struct nlattr *a);
uint64_t vnl_attr_u64(const struct nlattr *a);
void vnl_attr_str(const struct nlattr *a, char *buf, size_t size);

#endif /* VNL_ATTR_H */
