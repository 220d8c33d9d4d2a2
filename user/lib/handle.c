// SPDX-License-Identifier: GPL-2.0
/* The control connection. */
#include "user/lib/handle.h"

#include <errno.h>
#include <stdlib.h>

#include "user/lib/family.h"

int vnl_handle_renew(struct vigil *v)
{
	struct vnl_family family;
	int r;

	r = vnl_family_vigil(&v->ctl, &family);
	if (!r)
		v->family = family.id;
	return r;
}

int vnl_handle_open(const struct vnl_socket_ops *ops, struct vigil **out)
{
	struct vigil *v = calloc(1, sizeof(*v));
	int r;

	*out = NULL;
	if (!v)
		return -ENOMEM;
	r = vnl_conn_open(&v->ctl, ops, v->error);
	if (r)
		goto free_handle;
	r = vnl_conn_open(&v->dump, ops, v->error);
	if (r)
		goto close_ctl;
	r = vnl_handle_renew(v);
	if (r)
		goto close_dump;
	*out = v;
	return 0;

close_dump:
	vnl_conn_close(&v->dump);
close_ctl:
	vnl_conn_close(&v->ctl);
free_handle:
	free(v);
	return r;
}

/* A request that met no family was not carried out, so it can be made again. */
int vnl_handle_do(struct vigil *v, union vnl_request *rq, vnl_parse_fn parse, void *out)
{
	int r;

	r = vnl_do(&v->ctl, rq, v->family, parse, out);
	if (!vnl_is_stale(&v->ctl, r))
		return r;
	r = vnl_handle_renew(v);
	return r ?: vnl_do(&v->ctl, rq, v->family, parse, out);
}

int vigil_open(struct vigil **out)
{
	return vnl_handle_open(&vnl_kernel_socket, out);
}

void vigil_close(struct vigil *v)
{
	if (!v)
		return;
	vnl_conn_close(&v->dump);
	vnl_conn_close(&v->ctl);
	free(v);
}

const char *vigil_error(const struct vigil *v)
{
	return v->error;
}
