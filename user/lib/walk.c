// SPDX-License-Identifier: GPL-2.0
/* Dumps that call back for each message. */
#include "user/lib/walk.h"

#include <string.h>

static int begin(struct vigil *v, union vnl_request *rq, const struct nlmsghdr **nlh)
{
	return vnl_dump_start(&v->dump, rq, v->family) ?: vnl_dump_next(&v->dump, nlh);
}

/* The first message tells whether the dump has begun at all. */
static int first(struct vigil *v, union vnl_request *rq, const struct nlmsghdr **nlh)
{
	int r = begin(v, rq, nlh);

	if (!vnl_is_stale(&v->dump, r))
		return r;
	return vnl_handle_renew(v) ?: begin(v, rq, nlh);
}

int vnl_walk(struct vigil *v, union vnl_request *rq, vnl_walk_fn fn, void *arg)
{
	const struct nlmsghdr *nlh;
	char error[VNL_ERROR_BYTES];
	int r, stop;

	for (r = first(v, rq, &nlh); r > 0; r = vnl_dump_next(&v->dump, &nlh)) {
		stop = fn(v, nlh, arg);
		if (!stop)
			continue;
		memcpy(error, v->error, sizeof(error));
		vnl_dump_end(&v->dump);
		memcpy(v->error, error, sizeof(error));
		return stop;
	}
	return r;
}
