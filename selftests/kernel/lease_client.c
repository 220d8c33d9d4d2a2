// SPDX-License-Identifier: GPL-2.0
/* The suite's client, as far as leases are concerned. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "selftests/kernel/client.h"
#include "selftests/kernel/lease_client.h"

static struct nla_policy policy[VIGIL_A_LEASE_MAX + 1] = {
	[VIGIL_A_LEASE_NAME] = { .type = NLA_STRING, .maxlen = VIGIL_LEASE_NAME_LEN_MAX + 1 },
	[VIGIL_A_LEASE_EPOCH] = { .type = NLA_U64 },
	[VIGIL_A_LEASE_DEADLINE] = { .type = NLA_U64 },
	[VIGIL_A_LEASE_STATE] = { .type = NLA_U32 },
	[VIGIL_A_LEASE_LIVING] = { .type = NLA_U32 },
	[VIGIL_A_LEASE_DEAD] = { .type = NLA_U32 },
	[VIGIL_A_LEASE_CGROUPS] = { .type = NLA_U32 },
	[VIGIL_A_LEASE_WATCH_ID] = { .type = NLA_U64 },
	[VIGIL_A_LEASE_REACH] = { .type = NLA_U32 },
	[VIGIL_A_LEASE_PID] = { .type = NLA_U32 },
	[VIGIL_A_LEASE_BOND_STATE] = { .type = NLA_U32 },
};

/* Every attribute of one kind of answer is there, and none of the other. */
static int parse(const struct nlmsghdr *hdr, struct nlattr **tb, uint32_t wanted)
{
	uint32_t have = 0;
	int i;

	if (nlmsg_parse((struct nlmsghdr *)hdr, GENL_HDRLEN, tb, VIGIL_A_LEASE_MAX, policy))
		return -EPROTO;
	for (i = VIGIL_A_LEASE_NAME; i <= VIGIL_A_LEASE_MAX; i++)
		have |= tb[i] ? 1u << i : 0;
	return have == wanted ? 0 : -EPROTO;
}

static int decode_lease(const struct nlmsghdr *hdr, struct lease *out)
{
	static const uint32_t wanted = 1 << VIGIL_A_LEASE_NAME | 1 << VIGIL_A_LEASE_EPOCH |
		1 << VIGIL_A_LEASE_DEADLINE | 1 << VIGIL_A_LEASE_STATE |
		1 << VIGIL_A_LEASE_LIVING | 1 << VIGIL_A_LEASE_DEAD | 1 << VIGIL_A_LEASE_CGROUPS;
	struct nlattr *tb[VIGIL_A_LEASE_MAX + 1];
	int ret = parse(hdr, tb, wanted);

	if (ret)
		return ret;
	memset(out, 0, sizeof(*out));
	nla_strlcpy(out->name, tb[VIGIL_A_LEASE_NAME], sizeof(out->name));
	out->epoch = nla_get_u64(tb[VIGIL_A_LEASE_EPOCH]);
	out->deadline_ns = nla_get_u64(tb[VIGIL_A_LEASE_DEADLINE]);
	out->state = nla_get_u32(tb[VIGIL_A_LEASE_STATE]);
	out->living = nla_get_u32(tb[VIGIL_A_LEASE_LIVING]);
	out->dead = nla_get_u32(tb[VIGIL_A_LEASE_DEAD]);
	out->cgroups = nla_get_u32(tb[VIGIL_A_LEASE_CGROUPS]);
	return 0;
}

static int decode_bond(const struct nlmsghdr *hdr, struct bond *out)
{
	static const uint32_t wanted = 1 << VIGIL_A_LEASE_NAME | 1 << VIGIL_A_LEASE_WATCH_ID |
		1 << VIGIL_A_LEASE_REACH | 1 << VIGIL_A_LEASE_PID | 1 << VIGIL_A_LEASE_BOND_STATE;
	struct nlattr *tb[VIGIL_A_LEASE_MAX + 1];
	int ret = parse(hdr, tb, wanted);

	if (ret)
		return ret;
	memset(out, 0, sizeof(*out));
	nla_strlcpy(out->name, tb[VIGIL_A_LEASE_NAME], sizeof(out->name));
	out->watch_id = nla_get_u64(tb[VIGIL_A_LEASE_WATCH_ID]);
	out->reach = nla_get_u32(tb[VIGIL_A_LEASE_REACH]);
	out->pid = nla_get_u32(tb[VIGIL_A_LEASE_PID]);
	out->state = nla_get_u32(tb[VIGIL_A_LEASE_BOND_STATE]);
	return 0;
}

struct sink {
	lease_fn lease;
	bond_fn bond;
	void *arg;
};

static int take_lease(const struct nlmsghdr *hdr, void *arg)
{
	const struct sink *sink = arg;
	struct lease l;

	return decode_lease(hdr, &l) ?: sink->lease(&l, sink->arg);
}

static int take_bond(const struct nlmsghdr *hdr, void *arg)
{
	const struct sink *sink = arg;
	struct bond b;

	return decode_bond(hdr, &b) ?: sink->bond(&b, sink->arg);
}

static struct nl_msg *request(struct client *c, int cmd, int flags,
			      const struct lease_request *req)
{
	struct nl_msg *msg = client_msg(c, cmd, flags);

	if (req->name)
		nla_put_string(msg, VIGIL_A_LEASE_NAME, req->name);
	if (req->epoch)
		nla_put_u64(msg, VIGIL_A_LEASE_EPOCH, req->epoch);
	if (req->duration_ms)
		nla_put_u32(msg, VIGIL_A_LEASE_DURATION_MS, req->duration_ms);
	if (req->deadline_ns)
		nla_put_u64(msg, VIGIL_A_LEASE_DEADLINE, req->deadline_ns);
	if (req->watch_id)
		nla_put_u64(msg, VIGIL_A_LEASE_WATCH_ID, req->watch_id);
	if (req->cgroup_kill)
		nla_put_u32(msg, VIGIL_A_LEASE_CGROUP_KILL, req->cgroup_kill);
	return msg;
}

static int talk(struct client *c, struct nl_msg *msg, int (*raw)(const struct nlmsghdr *, void *),
		struct sink *sink)
{
	const struct nlmsghdr *sent = (const void *)c->sent;
	int ret = client_send(c, msg);

	if (ret)
		return ret;
	c->raw = raw;
	c->raw_arg = sink;
	ret = client_answer(c, sent->nlmsg_seq, NULL, NULL);
	c->raw = NULL;
	return ret;
}

static int keep_lease(const struct lease *l, void *arg)
{
	if (arg)
		*(struct lease *)arg = *l;
	return 0;
}

static int keep_bond(const struct bond *b, void *arg)
{
	if (arg)
		*(struct bond *)arg = *b;
	return 0;
}

int lease_call(struct client *c, int cmd, const struct lease_request *req, struct lease *out)
{
	struct sink sink = { .lease = keep_lease, .arg = out };

	return talk(c, request(c, cmd, NLM_F_ACK, req), take_lease, &sink);
}

int lease_bind_call(struct client *c, const struct lease_request *req, struct bond *out)
{
	struct sink sink = { .bond = keep_bond, .arg = out };

	return talk(c, request(c, VIGIL_CMD_LEASE_BIND, NLM_F_ACK, req), take_bond, &sink);
}

int lease_new(struct client *c, const char *name, uint64_t epoch, uint32_t duration_ms)
{
	struct lease_request req = { .name = name, .epoch = epoch, .duration_ms = duration_ms };

	return lease_call(c, VIGIL_CMD_LEASE_NEW, &req, NULL);
}

int lease_renew(struct client *c, const char *name, uint64_t epoch, uint32_t duration_ms,
		struct lease *out)
{
	struct lease_request req = { .name = name, .epoch = epoch, .duration_ms = duration_ms };

	return lease_call(c, VIGIL_CMD_LEASE_RENEW, &req, out);
}

int lease_fence(struct client *c, const char *name, uint64_t epoch)
{
	struct lease_request req = { .name = name, .epoch = epoch };

	return lease_call(c, VIGIL_CMD_LEASE_FENCE, &req, NULL);
}

int lease_del(struct client *c, const char *name)
{
	struct lease_request req = { .name = name };

	return lease_call(c, VIGIL_CMD_LEASE_DEL, &req, NULL);
}

int lease_get(struct client *c, const char *name, struct lease *out)
{
	struct lease_request req = { .name = name };

	return lease_call(c, VIGIL_CMD_LEASE_GET, &req, out);
}

int lease_bind(struct client *c, const char *name, uint64_t watch_id, int cgroup_kill,
	       struct bond *out)
{
	struct lease_request req = { .name = name, .watch_id = watch_id,
				     .cgroup_kill = cgroup_kill };

	return lease_bind_call(c, &req, out);
}

int lease_unbind(struct client *c, const char *name, uint64_t watch_id)
{
	struct lease_request req = { .name = name, .watch_id = watch_id };

	return lease_call(c, VIGIL_CMD_LEASE_UNBIND, &req, NULL);
}

int lease_dump(struct client *c, lease_fn fn, void *arg)
{
	struct sink sink = { .lease = fn, .arg = arg };
	struct lease_request req = { 0 };

	return talk(c, request(c, VIGIL_CMD_LEASE_GET, NLM_F_DUMP, &req), take_lease, &sink);
}

int bond_dump(struct client *c, const char *name, bond_fn fn, void *arg)
{
	struct sink sink = { .bond = fn, .arg = arg };
	struct lease_request req = { .name = name };

	return talk(c, request(c, VIGIL_CMD_BOND_GET, NLM_F_DUMP, &req), take_bond, &sink);
}
