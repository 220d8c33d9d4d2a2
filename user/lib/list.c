// SPDX-License-Identifier: GPL-2.0
/* Listing watches. */
#include <errno.h>
#include <string.h>

#include "user/lib/handle.h"

static int list_start(struct vigil *v, const char *owner)
{
	union vnl_request rq;

	vnl_request_init(&rq, VIGIL_CMD_WATCH_GET, VIGIL_FAMILY_VERSION);
	if (owner)
		mnl_attr_put_strz(&rq.nlh, VIGIL_A_WATCH_OWNER, owner);
	return vnl_dump_start(&v->dump, &rq, v->family);
}

/* The first message tells whether the dump has begun at all. */
static int list_first(struct vigil *v, const char *owner, const struct nlmsghdr **nlh)
{
	int r = list_start(v, owner) ?: vnl_dump_next(&v->dump, nlh);

	if (!vnl_is_stale(&v->dump, r))
		return r;
	return vnl_handle_renew(v) ?: list_start(v, owner) ?: vnl_dump_next(&v->dump, nlh);
}

static int list_one(struct vigil *v, const struct nlmsghdr *nlh, vigil_list_fn fn, void *arg)
{
	struct vigil_watch w;

	if (vnl_parse_watch(nlh, VIGIL_CMD_WATCH_GET, &w))
		return vnl_conn_explain(&v->dump, -EPROTO,
					"a watch does not follow the specification");
	return fn(&w, arg);
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
	const struct nlmsghdr *nlh;
	char error[VNL_ERROR_BYTES];
	int r, stop;

	v->error[0] = '\0';
	r = owner ? check_owner(v, owner) : 0;
	if (r)
		return r;
	for (r = list_first(v, owner, &nlh); r > 0; r = vnl_dump_next(&v->dump, &nlh)) {
		stop = list_one(v, nlh, fn, arg);
		if (!stop)
			continue;
		memcpy(error, v->error, sizeof(error));
		vnl_dump_end(&v->dump);
		memcpy(v->error, error, sizeof(error));
		return stop;
	}
	return r;
}
