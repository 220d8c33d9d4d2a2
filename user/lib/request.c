// SPDX-License-Identifier: GPL-2.0
/* Requests and their answers: one at a time on a connection. */
#include "user/lib/request.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>

static const char not_as_specified[] =
	"the kernel's answer does not follow the specification of the netlink family";

void vnl_request_init(union vnl_request *rq, uint8_t cmd, uint8_t version)
{
	struct genlmsghdr *genl;

	memset(rq, 0, sizeof(*rq));
	mnl_nlmsg_put_header(rq);
	genl = mnl_nlmsg_put_extra_header(&rq->nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = version;
}

static int request_send(struct vnl_conn *c, union vnl_request *rq, uint16_t family, uint16_t flags)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(&rq->nlh);
	int r;

	if (c->sock.fd < 0) {	/* no socket could be had after a broken dump */
		r = c->sock.ops->open(&c->sock);
		if (r)
			return r;
	}
	c->cmd = genl->cmd;
	c->family = family;
	c->error[0] = '\0';
	c->left = 0;
	rq->nlh.nlmsg_type = family;
	rq->nlh.nlmsg_flags = NLM_F_REQUEST | flags;
	rq->nlh.nlmsg_seq = ++c->seq;
	rq->nlh.nlmsg_pid = c->sock.portid;
	r = c->sock.ops->send(&c->sock, rq, rq->nlh.nlmsg_len);
	return r == -ENOBUFS ? -ENOMEM : r;
}

/* The next message that answers the newest request; what earlier ones left is passed over. */
static int answer_next(struct vnl_conn *c, const struct nlmsghdr **nlh)
{
	int r;

	for (;;) {
		r = vnl_conn_peek(c, nlh);
		if (r == 0)
			r = vnl_conn_fill(c, 0) ?: vnl_conn_peek(c, nlh);
		if (r < 0)
			break;
		if (r == 0)
			continue;	/* an empty datagram */
		vnl_conn_consume(c);
		if ((*nlh)->nlmsg_seq == c->seq && (*nlh)->nlmsg_pid == c->sock.portid)
			return 0;
	}
	if (r == -ETIMEDOUT)
		return vnl_conn_explain(c, r, "the kernel did not answer in time");
	if (r == -EPROTO || r == -EMSGSIZE)
		return vnl_conn_explain(c, -EPROTO, not_as_specified);
	return r == -ENOBUFS ? -ENOMEM : r;
}

/* What an acknowledgment says. */
static int ack_code(struct vnl_conn *c, const struct nlmsghdr *nlh)
{
	int code;

	if (vnl_parse_ack(nlh, &code, c->error))
		return vnl_conn_explain(c, -EPROTO, not_as_specified);
	return code == -ENOBUFS ? -ENOMEM : code;
}

int vnl_do(struct vnl_conn *c, union vnl_request *rq, uint16_t family, vnl_parse_fn parse,
	   void *out)
{
	const struct nlmsghdr *nlh;
	bool wanted = parse;
	int r;

	r = request_send(c, rq, family, NLM_F_ACK);
	while (!r) {
		r = answer_next(c, &nlh);
		if (r)
			break;
		if (nlh->nlmsg_type == NLMSG_ERROR) {
			r = ack_code(c, nlh);
			return r || !wanted ? r : vnl_conn_explain(c, -EPROTO, not_as_specified);
		}
		if (!wanted || nlh->nlmsg_type != family || parse(nlh, c->cmd, out))
			return vnl_conn_explain(c, -EPROTO, not_as_specified);
		wanted = false;
	}
	return r;
}

int vnl_dump_start(struct vnl_conn *c, union vnl_request *rq, uint16_t family)
{
	c->interrupted = 0;
	return request_send(c, rq, family, NLM_F_DUMP);
}

int vnl_dump_next(struct vnl_conn *c, const struct nlmsghdr **nlh)
{
	int r;

	r = answer_next(c, nlh);
	if (r) {
		/* The kernel may hold the dump open for ever: only closing ends it. */
		vnl_conn_reopen(c);
		return r;
	}
	c->interrupted |= (*nlh)->nlmsg_flags & NLM_F_DUMP_INTR;
	if ((*nlh)->nlmsg_type == NLMSG_DONE || (*nlh)->nlmsg_type == NLMSG_ERROR)
		return ack_code(c, *nlh);
	if ((*nlh)->nlmsg_type == c->family)
		return 1;
	vnl_conn_reopen(c);
	return vnl_conn_explain(c, -EPROTO, not_as_specified);
}

/* Read to its end rather than closed: the network namespace of the socket cannot be had again. */
void vnl_dump_end(struct vnl_conn *c)
{
	const struct nlmsghdr *nlh;

	while (vnl_dump_next(c, &nlh) > 0)
		;
}

bool vnl_is_stale(const struct vnl_conn *c, int err)
{
	/* generic netlink itself gives no sentence; vigil.ko always does */
	return (err == -ENOENT || err == -EOPNOTSUPP) && c->error[0] == '\0';
}
