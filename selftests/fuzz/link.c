// SPDX-License-Identifier: GPL-2.0
/* A socket of the family: requests out, answers judged and learned from. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/vigil.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "selftests/fuzz/link.h"
#include "selftests/fuzz/tally.h"

static int group_attr(const struct nlattr *a, void *arg)
{
	struct link *l = arg;

	if (mnl_attr_get_type(a) == CTRL_ATTR_MCAST_GRP_ID)
		l->group = mnl_attr_get_u32(a);
	return MNL_CB_OK;
}

/* The family has one group, whatever its name. */
static int family_attr(const struct nlattr *a, void *arg)
{
	struct link *l = arg;
	const struct nlattr *group;

	if (mnl_attr_get_type(a) == CTRL_ATTR_FAMILY_ID)
		l->family = mnl_attr_get_u16(a);
	if (mnl_attr_get_type(a) == CTRL_ATTR_MCAST_GROUPS)
		mnl_attr_for_each_nested(group, a)
			mnl_attr_parse_nested(group, group_attr, l);
	return MNL_CB_OK;
}

static int family_message(const struct nlmsghdr *hdr, void *arg)
{
	mnl_attr_parse(hdr, GENL_HDRLEN, family_attr, arg);
	return MNL_CB_STOP;
}

static int resolve(struct link *l)
{
	char buf[4096] __attribute__((aligned(8)));
	struct nlmsghdr *hdr = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;
	int got;

	hdr->nlmsg_type = GENL_ID_CTRL;
	hdr->nlmsg_flags = NLM_F_REQUEST;
	genl = mnl_nlmsg_put_extra_header(hdr, sizeof(*genl));
	genl->cmd = CTRL_CMD_GETFAMILY;
	genl->version = 1;
	mnl_attr_put_strz(hdr, CTRL_ATTR_FAMILY_NAME, VIGIL_FAMILY_NAME);
	if (mnl_socket_sendto(l->nl, hdr, hdr->nlmsg_len) < 0)
		return -errno;
	got = mnl_socket_recvfrom(l->nl, buf, sizeof(buf));
	if (got < 0 || mnl_cb_run(buf, got, 0, 0, family_message, l) < 0)
		return -errno;
	return l->family ? 0 : -ENOENT;
}

int link_open(struct link *l, bool listen)
{
	int on = 1, err;

	memset(l, 0, sizeof(*l));
	l->nl = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!l->nl)
		return -errno;
	l->fd = mnl_socket_get_fd(l->nl);
	mnl_socket_setsockopt(l->nl, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(l->nl, NETLINK_CAP_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(l->nl, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	err = mnl_socket_bind(l->nl, 0, MNL_SOCKET_AUTOPID) ? -errno : resolve(l);
	if (!err && listen)
		mnl_socket_setsockopt(l->nl, NETLINK_ADD_MEMBERSHIP, &l->group, sizeof(l->group));
	if (err)
		link_close(l);
	return err;
}

void link_close(struct link *l)
{
	if (l->nl)
		mnl_socket_close(l->nl);
	l->nl = NULL;
}

void link_ask(struct link *l, struct probe *r, uint8_t *dgram, uint32_t *len)
{
	struct link_asked *asked = &l->asked[++l->seq % LINK_ASKED];

	((struct nlmsghdr *)r->bytes)->nlmsg_seq = l->seq;
	*asked = (struct link_asked){ .seq = l->seq, .op = r->op, .mask = r->mask, .dump = r->dump,
				      .spoilt = r->spoilt, .mute = r->mute };
	memcpy(dgram + *len, r->bytes, r->len);
	*len += NLMSG_ALIGN(r->len);
}

int link_send(struct link *l, const uint8_t *dgram, uint32_t len)
{
	return mnl_socket_sendto(l->nl, dgram, len) < 0 ? -errno : 0;
}

static void learn_attrs(struct hand *h, int set, const uint8_t *pos, size_t left)
{
	const struct spec_attr *spec;
	const struct nlattr *a;
	uint64_t value;

	for (; left >= NLA_HDRLEN; pos += NLA_ALIGN(a->nla_len), left -= NLA_ALIGN(a->nla_len)) {
		a = (const void *)pos;
		spec = spec_attr_by_type(set, a->nla_type & NLA_TYPE_MASK);
		if (spec && spec->kind == SPEC_NUMBER && a->nla_len == NLA_HDRLEN + spec->size) {
			value = 0;
			memcpy(&value, pos + NLA_HDRLEN, spec->size);
			hand_learn(h, set, spec - spec_sets[set].attrs, value);
		}
		if (spec && spec->kind == SPEC_NEST)
			learn_attrs(h, spec->nest, pos + NLA_HDRLEN, a->nla_len - NLA_HDRLEN);
		if ((size_t)NLA_ALIGN(a->nla_len) >= left)
			break;
	}
}

/* What the kernel sends is well-formed, at the top and in every nest of the spec. */
static bool attrs_whole(int set, const uint8_t *pos, size_t left)
{
	const struct spec_attr *spec;
	const struct nlattr *a;

	while (left) {
		a = (const void *)pos;
		if (left < NLA_HDRLEN || a->nla_len < NLA_HDRLEN ||
		    (size_t)NLA_ALIGN(a->nla_len) > left)
			return false;
		spec = spec_attr_by_type(set, a->nla_type & NLA_TYPE_MASK);
		if (!spec || (spec->kind == SPEC_NUMBER && a->nla_len != NLA_HDRLEN + spec->size))
			return false;
		if (spec->kind == SPEC_NEST &&
		    !attrs_whole(spec->nest, pos + NLA_HDRLEN, a->nla_len - NLA_HDRLEN))
			return false;
		pos += NLA_ALIGN(a->nla_len);
		left -= NLA_ALIGN(a->nla_len);
	}
	return true;
}

static void judge_message(struct hand *h, struct tally *t, const struct nlmsghdr *hdr)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(hdr);
	const struct spec_op *op = spec_op_by_cmd(genl->cmd);
	const uint8_t *attrs = (const uint8_t *)genl + GENL_HDRLEN;
	size_t len = hdr->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN;

	if (hdr->nlmsg_len < NLMSG_HDRLEN + GENL_HDRLEN || !op || !attrs_whole(op->set, attrs, len)) {
		atomic_fetch_add(&t->malformed, 1);
		tally_complain(t, "a message of command %u is not as the spec has it", genl->cmd);
		return;
	}
	if (op->notify)
		atomic_fetch_add(&t->events, 1);
	else
		atomic_fetch_add(&t->answers, 1);
	learn_attrs(h, op->set, attrs, len);
	own_learn(&h->own, op, attrs, len);
}

static bool has_sentence(const struct nlmsghdr *hdr, size_t fixed)
{
	const struct nlattr *a;

	if (!(hdr->nlmsg_flags & NLM_F_ACK_TLVS))
		return false;
	mnl_attr_for_each(a, hdr, fixed)
		if (mnl_attr_get_type(a) == NLMSGERR_ATTR_MSG && mnl_attr_get_payload_len(a) > 1)
			return true;
	return false;
}

/* Some refusals are made before the family is asked. */
static bool may_be_mute(const struct link_asked *asked, int err)
{
	return asked->mute || err == EOPNOTSUPP || (asked->dump && err == EBUSY);
}

static const char *op_name(const struct link_asked *asked)
{
	return asked->op ? asked->op->name : "?";
}

static void judge_refusal(struct tally *t, const struct link_asked *asked, int err, bool sentence)
{
	if (err > 0 && err < TALLY_ERRNOS)
		atomic_fetch_add(&t->errnos[err], 1);
	if (!spec_documents(err) && !may_be_mute(asked, err)) {
		atomic_fetch_add(&t->undocumented, 1);
		tally_complain(t, "%s was refused with %s, which is not documented", op_name(asked),
			       strerrorname_np(err) ?: "no errno");
	}
	if (!sentence && !may_be_mute(asked, err)) {
		atomic_fetch_add(&t->sentenceless, 1);
		tally_complain(t, "%s was refused with %s without a sentence (attributes %#llx)",
			       op_name(asked), strerrorname_np(err) ?: "no errno",
			       (unsigned long long)asked->mask);
	}
}

static void judge_end(struct link *l, struct hand *h, struct tally *t, const struct nlmsghdr *hdr)
{
	struct link_asked *asked = &l->asked[hdr->nlmsg_seq % LINK_ASKED];
	size_t fixed = hdr->nlmsg_type == NLMSG_DONE ? sizeof(int) : sizeof(struct nlmsgerr);
	int err = *(const int *)mnl_nlmsg_get_payload(hdr);

	if (asked->seq != hdr->nlmsg_seq || !asked->op)
		return;
	if (err)
		judge_refusal(t, asked, -err, has_sentence(hdr, fixed));
	if (asked->spoilt)
		return;
	atomic_fetch_add(err ? &t->op[asked->op->cmd].refused : &t->op[asked->op->cmd].accepted, 1);
	if (!err)
		hand_learn_recipe(h, asked->op, asked->dump, asked->mask);
}

static char *buffer(void)
{
	static _Thread_local char buf[LINK_BUF] __attribute__((aligned(8)));

	return buf;
}

static void judge(struct link *l, struct hand *h, struct tally *t, const struct nlmsghdr *hdr)
{
	if (hdr->nlmsg_type == NLMSG_ERROR || hdr->nlmsg_type == NLMSG_DONE)
		judge_end(l, h, t, hdr);
	else if (hdr->nlmsg_type == l->family)
		judge_message(h, t, hdr);
}

bool link_hear(struct link *l, struct hand *h, struct tally *t)
{
	const struct nlmsghdr *hdr = (const void *)buffer();
	int got = recv(l->fd, buffer(), LINK_BUF, MSG_DONTWAIT);

	if (got < 0)
		return errno == ENOBUFS || errno == EINTR;
	for (; mnl_nlmsg_ok(hdr, got); hdr = mnl_nlmsg_next(hdr, &got))
		judge(l, h, t, hdr);
	return true;
}

/* Whether the answer to the last request ends in what was just read; @err gets its error. */
static bool ends(const struct link *l, const struct nlmsghdr *hdr, int got, int *err)
{
	for (; mnl_nlmsg_ok(hdr, got); hdr = mnl_nlmsg_next(hdr, &got)) {
		if (hdr->nlmsg_seq != l->seq ||
		    (hdr->nlmsg_type != NLMSG_ERROR && hdr->nlmsg_type != NLMSG_DONE))
			continue;
		*err = *(const int *)mnl_nlmsg_get_payload(hdr);
		return true;
	}
	return false;
}

int link_call(struct link *l, struct hand *h, struct tally *t, struct probe *r)
{
	const struct nlmsghdr *hdr = (const void *)buffer();
	uint8_t dgram[REQUEST_BYTES];
	uint32_t len = 0;
	int err, got, left;

	link_ask(l, r, dgram, &len);
	err = link_send(l, dgram, len);
	while (!err) {
		got = recv(l->fd, buffer(), LINK_BUF, 0);
		if (got < 0)
			return -errno;
		left = got;
		for (hdr = (const void *)buffer(); mnl_nlmsg_ok(hdr, left);
		     hdr = mnl_nlmsg_next(hdr, &left))
			judge(l, h, t, hdr);
		if (ends(l, (const void *)buffer(), got, &err))
			break;
	}
	return err;
}
