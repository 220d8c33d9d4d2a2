// SPDX-License-Identifier: GPL-2.0
/* The suite's own client of the family: requests, answers and refusals. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "selftests/kernel/client.h"
#include "selftests/kernel/decode.h"

enum { MESSAGE_BYTES = 4096 };

static int from_nl(int err)
{
	switch (-err) {
	case NLE_OBJ_NOTFOUND:
		return -ENOENT;
	case NLE_PERM:
		return -EPERM;
	default:
		return -EIO;
	}
}

int client_open(struct client *c)
{
	int on = 1;
	int fd;

	memset(c, 0, sizeof(*c));
	c->sk = nl_socket_alloc();
	if (!c->sk)
		return -ENOMEM;
	if (genl_connect(c->sk))
		goto fail;
	fd = nl_socket_get_fd(c->sk);
	if (setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on)))
		goto fail;
	c->family = genl_ctrl_resolve(c->sk, VIGIL_FAMILY_NAME);
	if (c->family < 0)
		goto fail_family;
	c->group = genl_ctrl_resolve_grp(c->sk, VIGIL_FAMILY_NAME, VIGIL_MCGRP_EVENTS);
	if (c->group < 0)
		goto fail_family;
	return 0;
fail_family:
	client_close(c);
	return from_nl(c->family < 0 ? c->family : c->group);
fail:
	client_close(c);
	return -EIO;
}

void client_close(struct client *c)
{
	nl_socket_free(c->sk);
	c->sk = NULL;
}

struct nl_msg *client_msg(struct client *c, int cmd, int flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(MESSAGE_BYTES);

	if (!msg)
		abort();
	genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, c->family, 0, NLM_F_REQUEST | flags, cmd,
		    VIGIL_FAMILY_VERSION);
	return msg;
}

/* Consumes the message. What was sent is kept, for a refusal points into it. */
int client_send(struct client *c, struct nl_msg *msg)
{
	const struct nlmsghdr *hdr = nlmsg_hdr(msg);
	int ret;

	nl_complete_msg(c->sk, msg);
	memcpy(c->sent, hdr, hdr->nlmsg_len);
	ret = nl_send(c->sk, msg);
	nlmsg_free(msg);
	return ret < 0 ? -EIO : 0;
}

static void note_attr(struct client *c, uint32_t offset)
{
	const struct nlmsghdr *sent = (const void *)c->sent;
	const struct nlattr *attr = (const void *)(c->sent + offset);

	if (offset + sizeof(*attr) <= sent->nlmsg_len)
		c->refusal.attr = nla_type(attr);
}

static void note_refusal(struct client *c, const struct nlmsghdr *hdr, size_t fixed)
{
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1];

	if (!(hdr->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (nlmsg_parse((struct nlmsghdr *)hdr, fixed, tb, NLMSGERR_ATTR_MAX, NULL))
		return;
	if (tb[NLMSGERR_ATTR_MSG])
		nla_strlcpy(c->refusal.sentence, tb[NLMSGERR_ATTR_MSG], SENTENCE_MAX);
	if (tb[NLMSGERR_ATTR_OFFS])
		note_attr(c, nla_get_u32(tb[NLMSGERR_ATTR_OFFS]));
	if (tb[NLMSGERR_ATTR_MISS_TYPE])
		c->refusal.missing = nla_get_u32(tb[NLMSGERR_ATTR_MISS_TYPE]);
}

/* The error of an NLMSG_ERROR or NLMSG_DONE; both begin with it. */
static int end_of_answer(struct client *c, const struct nlmsghdr *hdr)
{
	int err = *(const int *)nlmsg_data(hdr);

	if (err)
		note_refusal(c, hdr, hdr->nlmsg_type == NLMSG_ERROR ?
			     sizeof(struct nlmsgerr) : sizeof(int));
	return err;
}

static int one_message(struct client *c, const struct nlmsghdr *hdr, watch_fn fn, void *arg)
{
	struct watch w;
	int ret;

	if (hdr->nlmsg_flags & NLM_F_DUMP_INTR)
		c->interrupted = true;
	if (c->raw)
		return c->raw(hdr, c->raw_arg);
	if (!fn)
		return 0;
	ret = decode_watch(hdr, &w);
	return ret ? ret : fn(&w, arg);
}

/*
 * Reads to the end of the answer even after fn refused, so that the socket stays in step. The end
 * is the reply itself where no acknowledgment was asked for.
 */
int client_answer(struct client *c, uint32_t seq, watch_fn fn, void *arg)
{
	bool ack = ((const struct nlmsghdr *)c->sent)->nlmsg_flags & NLM_F_ACK;
	const struct nlmsghdr *hdr;
	int first = 0;
	int left;

	c->refusal = (struct refusal){ .attr = -1, .missing = -1 };
	c->interrupted = false;
	for (;;) {
		left = recv(nl_socket_get_fd(c->sk), c->buf, sizeof(c->buf), 0);
		if (left < 0)
			return -errno;
		for (hdr = (const void *)c->buf; nlmsg_ok(hdr, left);
		     hdr = nlmsg_next((struct nlmsghdr *)hdr, &left)) {
			if (hdr->nlmsg_seq != seq)
				continue;
			if (hdr->nlmsg_type == NLMSG_ERROR || hdr->nlmsg_type == NLMSG_DONE)
				return end_of_answer(c, hdr) ?: first;
			if (!first)
				first = one_message(c, hdr, fn, arg);
			if (!ack && !(hdr->nlmsg_flags & NLM_F_MULTI))
				return first;
		}
	}
}

static int call(struct client *c, struct nl_msg *msg, watch_fn fn, void *arg)
{
	const struct nlmsghdr *sent = (const void *)c->sent;
	int ret = client_send(c, msg);

	return ret ? ret : client_answer(c, sent->nlmsg_seq, fn, arg);
}

static int keep(const struct watch *w, void *arg)
{
	if (arg)
		*(struct watch *)arg = *w;
	return 0;
}

static void put_beat(struct nl_msg *msg, const struct beat_request *beat)
{
	struct nlattr *nest = nla_nest_start(msg, VIGIL_A_WATCH_BEAT | NLA_F_NESTED);

	nla_put_u32(msg, VIGIL_A_BEAT_DEADLINE_MS, beat->deadline_ms);
	if (beat->action)
		nla_put_u32(msg, VIGIL_A_BEAT_ACTION, beat->action);
	if (beat->signal)
		nla_put_u32(msg, VIGIL_A_BEAT_SIGNAL, beat->signal);
	if (beat->address)
		nla_put_u64(msg, VIGIL_A_BEAT_ADDRESS, (uintptr_t)beat->address);
	nla_nest_end(msg, nest);
}

int client_watch(struct client *c, const struct request *req, struct watch *out)
{
	struct nl_msg *msg = client_msg(c, VIGIL_CMD_WATCH_NEW, 0);

	if (req->pidfd >= 0)
		nla_put_u32(msg, VIGIL_A_WATCH_PIDFD, req->pidfd);
	if (req->pid)
		nla_put_u32(msg, VIGIL_A_WATCH_PID, req->pid);
	if (req->start_ticks)
		nla_put_u64(msg, VIGIL_A_WATCH_START_TICKS, req->start_ticks);
	if (req->owner)
		nla_put_string(msg, VIGIL_A_WATCH_OWNER, req->owner);
	if (req->tag)
		nla_put_string(msg, VIGIL_A_WATCH_TAG, req->tag);
	if (req->flags)
		nla_put_u32(msg, VIGIL_A_WATCH_FLAGS, req->flags);
	if (req->beat)
		put_beat(msg, req->beat);
	if (req->eventfd)
		nla_put_u32(msg, VIGIL_A_WATCH_EVENTFD, req->eventfd);
	return call(c, msg, keep, out);
}

int client_watch_pidfd(struct client *c, int pidfd, const char *owner, struct watch *out)
{
	struct request req = { .pidfd = pidfd, .owner = owner };

	return client_watch(c, &req, out);
}

int client_release(struct client *c, uint64_t id)
{
	struct nl_msg *msg = client_msg(c, VIGIL_CMD_WATCH_DEL, NLM_F_ACK);

	nla_put_u64(msg, VIGIL_A_WATCH_ID, id);
	return call(c, msg, NULL, NULL);
}

int client_beat_set(struct client *c, uint64_t id, const struct beat_request *beat)
{
	struct nl_msg *msg = client_msg(c, VIGIL_CMD_BEAT_SET, NLM_F_ACK);

	nla_put_u64(msg, VIGIL_A_WATCH_ID, id);
	if (beat)
		put_beat(msg, beat);
	return call(c, msg, NULL, NULL);
}

int client_beat(struct client *c, uint64_t id)
{
	struct nl_msg *msg = client_msg(c, VIGIL_CMD_BEAT, NLM_F_ACK);

	nla_put_u64(msg, VIGIL_A_WATCH_ID, id);
	return call(c, msg, NULL, NULL);
}

int client_set_eventfd(struct client *c, uint64_t id, int eventfd)
{
	struct nl_msg *msg = client_msg(c, VIGIL_CMD_WATCH_SET, NLM_F_ACK);

	nla_put_u64(msg, VIGIL_A_WATCH_ID, id);
	if (eventfd)
		nla_put_u32(msg, VIGIL_A_WATCH_EVENTFD, eventfd);
	return call(c, msg, NULL, NULL);
}

int client_get(struct client *c, uint64_t id, struct watch *out)
{
	struct nl_msg *msg = client_msg(c, VIGIL_CMD_WATCH_GET, 0);

	nla_put_u64(msg, VIGIL_A_WATCH_ID, id);
	return call(c, msg, keep, out);
}

int client_dump(struct client *c, const char *owner, watch_fn fn, void *arg)
{
	struct nl_msg *msg = client_msg(c, VIGIL_CMD_WATCH_GET, NLM_F_DUMP);

	if (owner)
		nla_put_string(msg, VIGIL_A_WATCH_OWNER, owner);
	return call(c, msg, fn, arg);
}

int client_replay(struct client *c, uint64_t since, watch_fn fn, void *arg)
{
	struct nl_msg *msg = client_msg(c, VIGIL_CMD_EVENT_GET, NLM_F_DUMP);

	nla_put_u64(msg, VIGIL_A_WATCH_SEQ, since);
	return call(c, msg, fn, arg);
}

int client_stats(struct client *c, struct stats *out)
{
	struct nl_msg *msg = client_msg(c, VIGIL_CMD_STATS_GET, 0);
	const struct nlmsghdr *sent = (const void *)c->sent;
	int ret = client_send(c, msg);
	int got;

	if (ret)
		return ret;
	got = recv(nl_socket_get_fd(c->sk), c->buf, sizeof(c->buf), MSG_PEEK);
	if (got < 0)
		return -errno;
	ret = decode_stats((const void *)c->buf, out);
	return client_answer(c, sent->nlmsg_seq, NULL, NULL) ?: ret;
}

struct ids {
	uint64_t *id;
	size_t count;
	size_t room;
};

static int collect_id(const struct watch *w, void *arg)
{
	struct ids *ids = arg;

	if (ids->count == ids->room) {
		ids->room = ids->room ? 2 * ids->room : 64;
		ids->id = reallocarray(ids->id, ids->room, sizeof(*ids->id));
		if (!ids->id)
			abort();
	}
	ids->id[ids->count++] = w->id;
	return 0;
}

/* Returns how many were released. */
int client_release_owner(struct client *c, const char *owner)
{
	struct ids ids = { 0 };
	int ret = client_dump(c, owner, collect_id, &ids);
	size_t i;

	for (i = 0; !ret && i < ids.count; i++)
		ret = client_release(c, ids.id[i]);
	free(ids.id);
	return ret ? ret : (int)ids.count;
}
