// SPDX-License-Identifier: GPL-2.0
/* Leases and what is bound to them. */
#include <errno.h>
#include <string.h>

#include "user/lib/walk.h"

/* The kernel checks it too; here it bounds the request. */
static int begin(struct vigil *v, union vnl_request *rq, uint8_t cmd, const char *name)
{
	size_t len = name ? strnlen(name, VIGIL_LEASE_NAME_LEN_MAX + 1) : 0;

	if (len == 0)
		return vnl_conn_explain(&v->ctl, -EINVAL, "the name of the lease is empty");
	if (len > VIGIL_LEASE_NAME_LEN_MAX)
		return vnl_conn_explain(&v->ctl, -EINVAL, "the name of the lease is too long");
	vnl_request_init(rq, cmd, VIGIL_FAMILY_VERSION);
	mnl_attr_put_strz(&rq->nlh, VIGIL_A_LEASE_NAME, name);
	return 0;
}

static int ask_lease(struct vigil *v, union vnl_request *rq, struct vigil_lease *out)
{
	struct vigil_lease unwanted;

	return vnl_handle_do(v, rq, vnl_parse_lease, out ?: &unwanted);
}

static int grant(struct vigil *v, uint8_t cmd, const char *name, uint64_t epoch,
		 uint64_t deadline_ns, uint32_t duration_ms, struct vigil_lease *out)
{
	union vnl_request rq;
	int r = begin(v, &rq, cmd, name);

	if (r)
		return r;
	mnl_attr_put_u64(&rq.nlh, VIGIL_A_LEASE_EPOCH, epoch);
	if (deadline_ns)
		mnl_attr_put_u64(&rq.nlh, VIGIL_A_LEASE_DEADLINE, deadline_ns);
	else if (duration_ms)
		mnl_attr_put_u32(&rq.nlh, VIGIL_A_LEASE_DURATION_MS, duration_ms);
	return ask_lease(v, &rq, out);
}

int vigil_lease_new(struct vigil *v, const char *name, uint64_t epoch, uint64_t deadline_ns,
		    uint32_t duration_ms, struct vigil_lease *out)
{
	return grant(v, VIGIL_CMD_LEASE_NEW, name, epoch, deadline_ns, duration_ms, out);
}

int vigil_lease_renew(struct vigil *v, const char *name, uint64_t epoch, uint64_t deadline_ns,
		      uint32_t duration_ms, struct vigil_lease *out)
{
	return grant(v, VIGIL_CMD_LEASE_RENEW, name, epoch, deadline_ns, duration_ms, out);
}

int vigil_lease_fence(struct vigil *v, const char *name, uint64_t epoch, struct vigil_lease *out)
{
	union vnl_request rq;
	int r = begin(v, &rq, VIGIL_CMD_LEASE_FENCE, name);

	if (r)
		return r;
	mnl_attr_put_u64(&rq.nlh, VIGIL_A_LEASE_EPOCH, epoch);
	return ask_lease(v, &rq, out);
}

int vigil_lease_del(struct vigil *v, const char *name)
{
	union vnl_request rq;
	int r = begin(v, &rq, VIGIL_CMD_LEASE_DEL, name);

	return r ?: vnl_handle_do(v, &rq, NULL, NULL);
}

int vigil_lease_get(struct vigil *v, const char *name, struct vigil_lease *out)
{
	union vnl_request rq;
	int r = begin(v, &rq, VIGIL_CMD_LEASE_GET, name);

	return r ?: ask_lease(v, &rq, out);
}

int vigil_lease_bind(struct vigil *v, const char *name, uint64_t watch_id, int cgroup_kill,
		     struct vigil_bond *out)
{
	struct vigil_bond unwanted;
	union vnl_request rq;
	int r = begin(v, &rq, VIGIL_CMD_LEASE_BIND, name);

	if (r)
		return r;
	mnl_attr_put_u64(&rq.nlh, VIGIL_A_LEASE_WATCH_ID, watch_id);
	if (cgroup_kill >= 0)
		mnl_attr_put_u32(&rq.nlh, VIGIL_A_LEASE_CGROUP_KILL, (uint32_t)cgroup_kill);
	return vnl_handle_do(v, &rq, vnl_parse_bond, out ?: &unwanted);
}

int vigil_lease_unbind(struct vigil *v, const char *name, uint64_t watch_id)
{
	union vnl_request rq;
	int r = begin(v, &rq, VIGIL_CMD_LEASE_UNBIND, name);

	if (r)
		return r;
	mnl_attr_put_u64(&rq.nlh, VIGIL_A_LEASE_WATCH_ID, watch_id);
	return vnl_handle_do(v, &rq, NULL, NULL);
}

/* Whom to tell of each. */
struct teller {
	vigil_lease_fn lease;
	vigil_bond_fn bond;
	void *arg;
};

static int lease_one(struct vigil *v, const struct nlmsghdr *nlh, void *arg)
{
	const struct teller *t = arg;
	struct vigil_lease l;

	if (vnl_parse_lease(nlh, VIGIL_CMD_LEASE_GET, &l))
		return vnl_conn_explain(&v->dump, -EPROTO,
					"a lease does not follow the specification");
	return t->lease(&l, t->arg);
}

int vigil_lease_list(struct vigil *v, vigil_lease_fn fn, void *arg)
{
	struct teller t = { .lease = fn, .arg = arg };
	union vnl_request rq;

	v->error[0] = '\0';
	vnl_request_init(&rq, VIGIL_CMD_LEASE_GET, VIGIL_FAMILY_VERSION);
	return vnl_walk(v, &rq, lease_one, &t);
}

static int bond_one(struct vigil *v, const struct nlmsghdr *nlh, void *arg)
{
	const struct teller *t = arg;
	struct vigil_bond b;

	if (vnl_parse_bond(nlh, VIGIL_CMD_BOND_GET, &b))
		return vnl_conn_explain(&v->dump, -EPROTO,
					"a bond does not follow the specification");
	return t->bond(&b, t->arg);
}

int vigil_bond_list(struct vigil *v, const char *name, vigil_bond_fn fn, void *arg)
{
	struct teller t = { .bond = fn, .arg = arg };
	union vnl_request rq;
	int r;

	v->error[0] = '\0';
	r = name ? begin(v, &rq, VIGIL_CMD_BOND_GET, name) : 0;
	if (r)
		return r;
	if (!name)
		vnl_request_init(&rq, VIGIL_CMD_BOND_GET, VIGIL_FAMILY_VERSION);
	return vnl_walk(v, &rq, bond_one, &t);
}
