// SPDX-License-Identifier: GPL-2.0
/* The keeper's requests, as the suite's own client makes them. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "selftests/kernel/client.h"
#include "selftests/kernel/keeper_calls.h"

static int call(struct client *c, struct nl_msg *msg)
{
	const struct nlmsghdr *sent = (const void *)c->sent;
	int ret = client_send(c, msg);

	return ret ? ret : client_answer(c, sent->nlmsg_seq, NULL, NULL);
}

static void put_words(struct nl_msg *msg, int type, const char *const *word)
{
	for (; *word; word++)
		nla_put_string(msg, type, *word);
}

static void put_unless_0(struct nl_msg *msg, int type, uint32_t value)
{
	if (value)
		nla_put_u32(msg, type, value);
}

int client_keeper_set(struct client *c, const struct keeper_request *r)
{
	struct nl_msg *msg = client_msg(c, VIGIL_CMD_KEEPER_SET, NLM_F_ACK);

	if (r->id)
		nla_put_u64(msg, VIGIL_A_KEEPER_ID, r->id);
	put_words(msg, VIGIL_A_KEEPER_ARGV, r->argv);
	put_words(msg, VIGIL_A_KEEPER_ENV, r->env);
	put_unless_0(msg, VIGIL_A_KEEPER_RESPAWN_MAX, r->respawn_max);
	put_unless_0(msg, VIGIL_A_KEEPER_WINDOW_MS, r->window_ms);
	put_unless_0(msg, VIGIL_A_KEEPER_REGISTER_MS, r->register_ms);
	put_unless_0(msg, VIGIL_A_KEEPER_REPLACE, r->replace);
	if (r->last_resort >= 0)
		nla_put_u32(msg, VIGIL_A_KEEPER_LAST_RESORT, r->last_resort);
	return call(c, msg);
}

int client_keeper_resign(struct client *c, pid_t pid)
{
	struct nl_msg *msg = client_msg(c, VIGIL_CMD_KEEPER_RESIGN, NLM_F_ACK);

	put_unless_0(msg, VIGIL_A_KEEPER_PID, pid);
	return call(c, msg);
}

static void take_word(struct nlattr *attr, char word[][128], int *count)
{
	if (*count < 4)
		nla_strlcpy(word[*count], attr, 128);
	++*count;
}

static int decode(const struct nlmsghdr *hdr, struct keeper *k)
{
	struct nlattr *attr;
	int left;

	memset(k, 0, sizeof(*k));
	nlmsg_for_each_attr(attr, (struct nlmsghdr *)hdr, GENL_HDRLEN, left) {
		switch (nla_type(attr)) {
		case VIGIL_A_KEEPER_PAD:
			break;
		case VIGIL_A_KEEPER_ID:
			k->id = nla_get_u64(attr);
			break;
		case VIGIL_A_KEEPER_ARGV:
			take_word(attr, k->argv, &k->argc);
			break;
		case VIGIL_A_KEEPER_ENV:
			take_word(attr, k->env, &k->envc);
			break;
		case VIGIL_A_KEEPER_PID:
			k->pid = nla_get_u32(attr);
			break;
		case VIGIL_A_KEEPER_STATE:
			k->state = nla_get_u32(attr);
			break;
		case VIGIL_A_KEEPER_RESPAWNS:
			k->respawns = nla_get_u32(attr);
			break;
		case VIGIL_A_KEEPER_RESPAWN_MAX:
			k->respawn_max = nla_get_u32(attr);
			break;
		case VIGIL_A_KEEPER_WINDOW_MS:
			k->window_ms = nla_get_u32(attr);
			break;
		case VIGIL_A_KEEPER_REGISTER_MS:
			k->register_ms = nla_get_u32(attr);
			break;
		case VIGIL_A_KEEPER_LAST_RESORT:
			k->last_resort = nla_get_u32(attr);
			break;
		default:
			return -EPROTO;
		}
	}
	return left ? -EPROTO : 0;
}

int client_keeper_get(struct client *c, struct keeper *out)
{
	struct nl_msg *msg = client_msg(c, VIGIL_CMD_KEEPER_GET, 0);
	const struct nlmsghdr *sent = (const void *)c->sent;
	int ret = client_send(c, msg);

	if (ret)
		return ret;
	if (recv(nl_socket_get_fd(c->sk), c->buf, sizeof(c->buf), MSG_PEEK) < 0)
		return -errno;
	ret = ((const struct nlmsghdr *)c->buf)->nlmsg_type == NLMSG_ERROR ? 0 :
	      decode((const void *)c->buf, out);
	return client_answer(c, sent->nlmsg_seq, NULL, NULL) ?: ret;
}
