// SPDX-License-Identifier: GPL-2.0
/* Looking things up in the netlink spec. */
#include <stdlib.h>

#include "selftests/fuzz/spec.h"

const struct spec_op *spec_op_by_cmd(unsigned int cmd)
{
	unsigned int i;

	for (i = 0; i < spec_ops_count; i++)
		if (spec_ops[i].cmd == cmd)
			return &spec_ops[i];
	return NULL;
}

const struct spec_attr *spec_attr_by_type(int set, unsigned int type)
{
	unsigned int i;

	for (i = 0; set >= 0 && i < spec_sets[set].count; i++)
		if (spec_sets[set].attrs[i].type == type)
			return &spec_sets[set].attrs[i];
	return NULL;
}

bool spec_documents(int err)
{
	unsigned int i;

	for (i = 0; i < spec_errnos_count; i++)
		if (spec_errnos[i] == err)
			return true;
	return false;
}
