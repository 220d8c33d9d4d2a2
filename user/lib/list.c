// SPDX-License-Identifier: GPL-2.0
/* Listing watches. */
#include <errno.h>
#include <string.h>

#include "user/lib/walk.h"

struct listing {
	vigil_list_fn fn;
	void *arg;
};

static int list_one(struct vigil *v, const struct nlmsghdr *nlh, void *arg)
{
	const struct listing *l = arg;
	struct vigil_watch w;

	if (vnl_parse_watch(nlh, VIGIL_CMD_WATCH_GET, &w))
		return vnl_conn_explain(&v->dump, -EPROTO,
					"a watch does not follow the specification");
	return l->fn(&w, l->arg);
}

/* The kernel checks it too, but 6.1 has no sentence for a dump that it refuses. */
static int check_owner(struct vigil *v, const char *owner)
{
	size_t len = strnlen(owner, VIGIL_OWNER_LEN_MAX + 1);

	if (len == 0)
		return vnl_conn_explain(&v->dump, -EINVAL, "the name of the owner is empty");
	if (len > VIGIL_OWNER_LEN_MAX)
		return vnl_conn_explain(&v->dump, -EINVAL, "the name of the owner is too long");
	return 0;
}

int vigil_list(struct vigil *v, const char *owner, vigil_list_fn fn, void *arg)
{
	struct listing l = { .fn = fn, .arg = arg };
	union vnl_request rq;
	int r;

	v->error[0] = '\0';
	r = owner ? check_owner(v, owner) : 0;
	if (r)
		return r;
	vnl_request_init(&rq, VIGIL_CMD_WATCH_GET, VIGIL_FAMILY_VERSION);
	if (owner)
		mnl_attr_put_strz(&rq.nlh, VIGIL_A_WATCH_OWNER, owner);
	return vnl_walk(v, &rq, list_one, &l);
}
