// SPDX-License-Identifier: GPL-2.0
/* Reading the black box. */
#include <errno.h>

#include "user/lib/walk.h"

struct reading {
	vigil_note_fn fn;
	void *arg;
};

static int read_one(struct vigil *v, const struct nlmsghdr *nlh, void *arg)
{
	const struct reading *r = arg;
	struct vigil_note n;

	if (vnl_parse_note(nlh, VIGIL_CMD_BLACKBOX_GET, &n))
		return vnl_conn_explain(&v->dump, -EPROTO,
					"a note does not follow the specification");
	return r->fn(&n, r->arg);
}

int vigil_blackbox_read(struct vigil *v, vigil_note_fn fn, void *arg)
{
	struct reading r = { .fn = fn, .arg = arg };
	union vnl_request rq;

	v->error[0] = '\0';
	vnl_request_init(&rq, VIGIL_CMD_BLACKBOX_GET, VIGIL_FAMILY_VERSION);
	return vnl_walk(v, &rq, read_one, &r);
}
