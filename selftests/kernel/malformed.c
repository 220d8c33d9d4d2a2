// SPDX-License-Identifier: GPL-2.0
/* Requests as no honest client sends them: each is refused, says why, and changes nothing. */
#include <sys/socket.h>

#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "selftests/kernel/fixture.h"

enum {
	ATTRS_MAX = 6,
	FUZZ_MESSAGES = 20000,
	FUZZ_BYTES = 96,
	UNUSED_ATTR = 200,
	UNUSED_CMD = 99,
	UNREAD = 64,		/* more than any receive buffer of the least size has room for */
};

#define VICTIM_PID	0xfffffff0u	/* stands for the victim's process ID */
#define VICTIM_START	0xfffffff1u	/* ... start time */
#define VICTIM_PIDFD	0xfffffff2u	/* ... pidfd */

/* len 0 with a number: as long as the spec has it. */
struct attr {
	int type;
	const char *bytes;
	int len;
	uint64_t number;
	int number_len;
	int claim;		/* added to the length that is told */
};

struct request_case {
	const char *name;
	int cmd;
	int flags;
	int error;
	int other_error;	/* what kernels' own checks may say instead */
	int attr;		/* attribute the refusal points to, 0: not checked */
	int missing;		/* attribute it calls missing, 0: not checked */
	bool mute;		/* refused before any sentence can be given */
	int garbage;		/* bytes after the last attribute */
	struct attr a[ATTRS_MAX];
};

#define U32(t, v)	{ .type = (t), .number = (v), .number_len = 4 }
#define U64(t, v)	{ .type = (t), .number = (v), .number_len = 8 }
#define SIZED(t, v, l)	{ .type = (t), .number = (v), .number_len = (l) }
#define STR(t, s)	{ .type = (t), .bytes = (s), .len = sizeof(s) }
#define RAW(t, s, l)	{ .type = (t), .bytes = (s), .len = (l) }

#define A_PIDFD		U32(VIGIL_A_WATCH_PIDFD, VICTIM_PIDFD)
#define A_PID		U32(VIGIL_A_WATCH_PID, VICTIM_PID)
#define A_START		U64(VIGIL_A_WATCH_START_TICKS, VICTIM_START)
#define A_OWNER		STR(VIGIL_A_WATCH_OWNER, OWNER)
#define POLICY_ERROR	.error = -EINVAL, .other_error = -ERANGE

#define EMPTY_RECORD	"\x08\0\x04\0\0\0\0"
#define CHARS_33	"ooooooooooooooooooooooooooooooooo"
#define CHARS_65	"ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt"

static const struct request_case cases[] = {
	{ .name = "new: nothing given", .cmd = VIGIL_CMD_WATCH_NEW, .error = -EINVAL },
	{ .name = "new: owner missing", .cmd = VIGIL_CMD_WATCH_NEW,
	  .error = -EINVAL, .missing = VIGIL_A_WATCH_OWNER, .a = { A_PIDFD } },
	{ .name = "new: process missing", .cmd = VIGIL_CMD_WATCH_NEW, .error = -EINVAL,
	  .a = { A_OWNER } },
	{ .name = "new: pid without start", .cmd = VIGIL_CMD_WATCH_NEW,
	  .error = -EINVAL, .missing = VIGIL_A_WATCH_START_TICKS, .a = { A_PID, A_OWNER } },
	{ .name = "new: pid and pidfd", .cmd = VIGIL_CMD_WATCH_NEW, .error = -EINVAL,
	  .a = { A_PIDFD, A_PID, A_START, A_OWNER } },
	{ .name = "new: pid 0", .cmd = VIGIL_CMD_WATCH_NEW,
	  POLICY_ERROR, .attr = VIGIL_A_WATCH_PID,
	  .a = { U32(VIGIL_A_WATCH_PID, 0), A_START, A_OWNER } },
	{ .name = "new: negative pid", .cmd = VIGIL_CMD_WATCH_NEW,
	  .error = -ESRCH, .attr = VIGIL_A_WATCH_PID,
	  .a = { U32(VIGIL_A_WATCH_PID, 0x80000001), A_START, A_OWNER } },
	{ .name = "new: no such pid", .cmd = VIGIL_CMD_WATCH_NEW, .error = -ESRCH,
	  .a = { U32(VIGIL_A_WATCH_PID, 0x7ffffff0), A_START, A_OWNER } },
	{ .name = "new: another start time", .cmd = VIGIL_CMD_WATCH_NEW, .error = -ESRCH,
	  .a = { A_PID, U64(VIGIL_A_WATCH_START_TICKS, 1), A_OWNER } },
	{ .name = "new: no descriptor", .cmd = VIGIL_CMD_WATCH_NEW,
	  .error = -EBADF, .attr = VIGIL_A_WATCH_PIDFD,
	  .a = { U32(VIGIL_A_WATCH_PIDFD, 999999), A_OWNER } },
	{ .name = "new: descriptor -1", .cmd = VIGIL_CMD_WATCH_NEW,
	  .error = -EBADF, .other_error = -EINVAL,
	  .a = { U32(VIGIL_A_WATCH_PIDFD, 0xffffffff), A_OWNER } },
	{ .name = "new: descriptor of another kind", .cmd = VIGIL_CMD_WATCH_NEW,
	  .error = -EBADF, .attr = VIGIL_A_WATCH_PIDFD,
	  .a = { U32(VIGIL_A_WATCH_PIDFD, 1), A_OWNER } },
	{ .name = "new: short pidfd", .cmd = VIGIL_CMD_WATCH_NEW,
	  POLICY_ERROR, .attr = VIGIL_A_WATCH_PIDFD,
	  .a = { SIZED(VIGIL_A_WATCH_PIDFD, 3, 2), A_OWNER } },
	{ .name = "new: long pidfd", .cmd = VIGIL_CMD_WATCH_NEW,
	  POLICY_ERROR, .attr = VIGIL_A_WATCH_PIDFD,
	  .a = { SIZED(VIGIL_A_WATCH_PIDFD, 3, 8), A_OWNER } },
	{ .name = "new: empty pidfd", .cmd = VIGIL_CMD_WATCH_NEW,
	  POLICY_ERROR, .attr = VIGIL_A_WATCH_PIDFD,
	  .a = { RAW(VIGIL_A_WATCH_PIDFD, "", 0), A_OWNER } },
	{ .name = "new: short pid", .cmd = VIGIL_CMD_WATCH_NEW,
	  POLICY_ERROR, .attr = VIGIL_A_WATCH_PID,
	  .a = { SIZED(VIGIL_A_WATCH_PID, 1, 2), A_START, A_OWNER } },
	{ .name = "new: long pid", .cmd = VIGIL_CMD_WATCH_NEW,
	  POLICY_ERROR, .attr = VIGIL_A_WATCH_PID,
	  .a = { SIZED(VIGIL_A_WATCH_PID, 1, 8), A_START, A_OWNER } },
	{ .name = "new: short start time", .cmd = VIGIL_CMD_WATCH_NEW,
	  POLICY_ERROR, .attr = VIGIL_A_WATCH_START_TICKS,
	  .a = { A_PID, SIZED(VIGIL_A_WATCH_START_TICKS, 1, 4), A_OWNER } },
	{ .name = "new: empty owner", .cmd = VIGIL_CMD_WATCH_NEW,
	  POLICY_ERROR, .attr = VIGIL_A_WATCH_OWNER,
	  .a = { A_PIDFD, STR(VIGIL_A_WATCH_OWNER, "") } },
	{ .name = "new: owner of no bytes", .cmd = VIGIL_CMD_WATCH_NEW,
	  POLICY_ERROR, .attr = VIGIL_A_WATCH_OWNER,
	  .a = { A_PIDFD, RAW(VIGIL_A_WATCH_OWNER, "", 0) } },
	{ .name = "new: unterminated owner", .cmd = VIGIL_CMD_WATCH_NEW,
	  POLICY_ERROR, .attr = VIGIL_A_WATCH_OWNER,
	  .a = { A_PIDFD, RAW(VIGIL_A_WATCH_OWNER, "own", 3) } },
	{ .name = "new: owner of 33 bytes", .cmd = VIGIL_CMD_WATCH_NEW,
	  POLICY_ERROR, .attr = VIGIL_A_WATCH_OWNER,
	  .a = { A_PIDFD, STR(VIGIL_A_WATCH_OWNER, CHARS_33) } },
	{ .name = "new: unterminated owner of 33 bytes", .cmd = VIGIL_CMD_WATCH_NEW,
	  POLICY_ERROR, .attr = VIGIL_A_WATCH_OWNER,
	  .a = { A_PIDFD, RAW(VIGIL_A_WATCH_OWNER, CHARS_33, 33) } },
	{ .name = "new: huge owner", .cmd = VIGIL_CMD_WATCH_NEW,
	  POLICY_ERROR, .attr = VIGIL_A_WATCH_OWNER,
	  .a = { A_PIDFD, RAW(VIGIL_A_WATCH_OWNER, CHARS_65 CHARS_65 CHARS_65 CHARS_65, 261) } },
	{ .name = "new: terminator far behind a long owner", .cmd = VIGIL_CMD_WATCH_NEW,
	  POLICY_ERROR, .attr = VIGIL_A_WATCH_TAG,
	  .a = { A_PIDFD, A_OWNER, RAW(VIGIL_A_WATCH_TAG, CHARS_65, 66) } },
	{ .name = "new: unterminated tag", .cmd = VIGIL_CMD_WATCH_NEW,
	  POLICY_ERROR, .attr = VIGIL_A_WATCH_TAG,
	  .a = { A_PIDFD, A_OWNER, RAW(VIGIL_A_WATCH_TAG, "tag", 3) } },
	{ .name = "new: unknown flag", .cmd = VIGIL_CMD_WATCH_NEW,
	  POLICY_ERROR, .attr = VIGIL_A_WATCH_FLAGS,
	  .a = { A_PIDFD, A_OWNER, U32(VIGIL_A_WATCH_FLAGS, 1 << 30) } },
	{ .name = "new: every flag", .cmd = VIGIL_CMD_WATCH_NEW,
	  POLICY_ERROR, .attr = VIGIL_A_WATCH_FLAGS,
	  .a = { A_PIDFD, A_OWNER, U32(VIGIL_A_WATCH_FLAGS, 0xffffffff) } },
	{ .name = "new: short flags", .cmd = VIGIL_CMD_WATCH_NEW,
	  POLICY_ERROR, .attr = VIGIL_A_WATCH_FLAGS,
	  .a = { A_PIDFD, A_OWNER, SIZED(VIGIL_A_WATCH_FLAGS, 1, 1) } },
	{ .name = "new: unknown attribute", .cmd = VIGIL_CMD_WATCH_NEW,
	  .error = -EINVAL, .attr = UNUSED_ATTR, .a = { A_PIDFD, A_OWNER, U32(UNUSED_ATTR, 1) } },
	{ .name = "new: attribute type 0", .cmd = VIGIL_CMD_WATCH_NEW, .error = -EINVAL,
	  .a = { A_PIDFD, A_OWNER, U32(0, 1) } },
	{ .name = "new: attribute of replies", .cmd = VIGIL_CMD_WATCH_NEW,
	  .error = -EINVAL, .attr = VIGIL_A_WATCH_STATE,
	  .a = { A_PIDFD, A_OWNER, U32(VIGIL_A_WATCH_STATE, 1) } },
	{ .name = "new: id given", .cmd = VIGIL_CMD_WATCH_NEW,
	  .error = -EINVAL, .attr = VIGIL_A_WATCH_ID,
	  .a = { A_PIDFD, A_OWNER, U64(VIGIL_A_WATCH_ID, 1) } },
	{ .name = "new: nested flag on the owner", .cmd = VIGIL_CMD_WATCH_NEW,
	  .error = -EINVAL, .attr = VIGIL_A_WATCH_OWNER,
	  .a = { A_PIDFD, STR(VIGIL_A_WATCH_OWNER | NLA_F_NESTED, OWNER) } },
	{ .name = "new: exit record given", .cmd = VIGIL_CMD_WATCH_NEW,
	  .error = -EINVAL, .attr = VIGIL_A_WATCH_EXIT,
	  .a = { A_PIDFD, A_OWNER, RAW(VIGIL_A_WATCH_EXIT | NLA_F_NESTED, EMPTY_RECORD, 8) } },
	{ .name = "new: attribute longer than the message", .cmd = VIGIL_CMD_WATCH_NEW,
	  .error = -EINVAL,
	  .a = { A_PIDFD, { .type = VIGIL_A_WATCH_OWNER, .bytes = OWNER,
			    .len = sizeof(OWNER), .claim = 64 } } },
	{ .name = "new: attribute shorter than its head", .cmd = VIGIL_CMD_WATCH_NEW,
	  .error = -EINVAL,
	  .a = { A_PIDFD, { .type = VIGIL_A_WATCH_OWNER, .bytes = "own", .len = 4, .claim = -6 } } },
	{ .name = "new: 1 byte of garbage", .cmd = VIGIL_CMD_WATCH_NEW,
	  .error = -EINVAL, .garbage = 1, .a = { A_PIDFD, A_OWNER } },
	{ .name = "new: 3 bytes of garbage", .cmd = VIGIL_CMD_WATCH_NEW,
	  .error = -EINVAL, .garbage = 3, .a = { A_PIDFD, A_OWNER } },
	{ .name = "new: as a dump", .cmd = VIGIL_CMD_WATCH_NEW, .flags = NLM_F_DUMP,
	  .error = -EOPNOTSUPP, .mute = true, .a = { A_PIDFD, A_OWNER } },
	{ .name = "del: id missing", .cmd = VIGIL_CMD_WATCH_DEL,
	  .error = -EINVAL, .missing = VIGIL_A_WATCH_ID },
	{ .name = "del: short id", .cmd = VIGIL_CMD_WATCH_DEL,
	  POLICY_ERROR, .attr = VIGIL_A_WATCH_ID, .a = { U32(VIGIL_A_WATCH_ID, 1) } },
	{ .name = "del: long id", .cmd = VIGIL_CMD_WATCH_DEL,
	  POLICY_ERROR, .attr = VIGIL_A_WATCH_ID, .a = { RAW(VIGIL_A_WATCH_ID, CHARS_33, 16) } },
	{ .name = "del: unknown id", .cmd = VIGIL_CMD_WATCH_DEL, .error = -ENOENT,
	  .a = { U64(VIGIL_A_WATCH_ID, 0xffffffffffffffffULL) } },
	{ .name = "del: id 0", .cmd = VIGIL_CMD_WATCH_DEL, .error = -ENOENT,
	  .a = { U64(VIGIL_A_WATCH_ID, 0) } },
	{ .name = "del: by owner", .cmd = VIGIL_CMD_WATCH_DEL, .error = -EINVAL, .a = { A_OWNER } },
	{ .name = "del: as a dump", .cmd = VIGIL_CMD_WATCH_DEL, .flags = NLM_F_DUMP,
	  .error = -EOPNOTSUPP, .mute = true, .a = { U64(VIGIL_A_WATCH_ID, 1) } },
	{ .name = "get: id missing", .cmd = VIGIL_CMD_WATCH_GET,
	  .error = -EINVAL, .missing = VIGIL_A_WATCH_ID },
	{ .name = "get: unknown id", .cmd = VIGIL_CMD_WATCH_GET, .error = -ENOENT,
	  .a = { U64(VIGIL_A_WATCH_ID, 0x7fffffffffffffffULL) } },
	{ .name = "get: by owner", .cmd = VIGIL_CMD_WATCH_GET, .error = -EINVAL, .a = { A_OWNER } },
	{ .name = "get: garbage", .cmd = VIGIL_CMD_WATCH_GET, .error = -EINVAL, .garbage = 2,
	  .a = { U64(VIGIL_A_WATCH_ID, 1) } },
	{ .name = "dump: by id", .cmd = VIGIL_CMD_WATCH_GET, .flags = NLM_F_DUMP,
	  .error = -EINVAL, .a = { U64(VIGIL_A_WATCH_ID, 1) } },
	{ .name = "dump: unterminated owner", .cmd = VIGIL_CMD_WATCH_GET, .flags = NLM_F_DUMP,
	  POLICY_ERROR, .attr = VIGIL_A_WATCH_OWNER, .a = { RAW(VIGIL_A_WATCH_OWNER, "own", 3) } },
	{ .name = "dump: empty owner", .cmd = VIGIL_CMD_WATCH_GET, .flags = NLM_F_DUMP,
	  .error = -EINVAL, .a = { STR(VIGIL_A_WATCH_OWNER, "") } },
	{ .name = "dump: owner of 33 bytes", .cmd = VIGIL_CMD_WATCH_GET, .flags = NLM_F_DUMP,
	  POLICY_ERROR, .attr = VIGIL_A_WATCH_OWNER, .a = { STR(VIGIL_A_WATCH_OWNER, CHARS_33) } },
	{ .name = "dump: unknown attribute", .cmd = VIGIL_CMD_WATCH_GET, .flags = NLM_F_DUMP,
	  .error = -EINVAL, .a = { U32(UNUSED_ATTR, 1) } },
	{ .name = "dump: garbage", .cmd = VIGIL_CMD_WATCH_GET, .flags = NLM_F_DUMP,
	  .error = -EINVAL, .garbage = 3 },
	{ .name = "replay: short number", .cmd = VIGIL_CMD_EVENT_GET, .flags = NLM_F_DUMP,
	  POLICY_ERROR, .attr = VIGIL_A_WATCH_SEQ, .a = { U32(VIGIL_A_WATCH_SEQ, 1) } },
	{ .name = "replay: by owner", .cmd = VIGIL_CMD_EVENT_GET, .flags = NLM_F_DUMP,
	  .error = -EINVAL, .a = { A_OWNER } },
	{ .name = "replay: garbage", .cmd = VIGIL_CMD_EVENT_GET, .flags = NLM_F_DUMP,
	  .error = -EINVAL, .garbage = 1, .a = { U64(VIGIL_A_WATCH_SEQ, 1) } },
	{ .name = "replay: from a number that lies ahead", .cmd = VIGIL_CMD_EVENT_GET,
	  .flags = NLM_F_DUMP, .error = -ERANGE,
	  .a = { U64(VIGIL_A_WATCH_SEQ, 1ULL << 40) } },
	{ .name = "replay: no dump", .cmd = VIGIL_CMD_EVENT_GET,
	  .error = -EOPNOTSUPP, .mute = true, .a = { U64(VIGIL_A_WATCH_SEQ, 1) } },
	{ .name = "stats: as a dump", .cmd = VIGIL_CMD_STATS_GET, .flags = NLM_F_DUMP,
	  .error = -EOPNOTSUPP, .mute = true },
	{ .name = "stats: unknown attribute", .cmd = VIGIL_CMD_STATS_GET,
	  .error = -EINVAL, .attr = UNUSED_ATTR, .a = { U32(UNUSED_ATTR, 1) } },
	{ .name = "stats: attribute of replies", .cmd = VIGIL_CMD_STATS_GET,
	  .error = -EINVAL, .attr = VIGIL_A_STATS_WATCHES, .a = { U64(VIGIL_A_STATS_WATCHES, 1) } },
	{ .name = "stats: padding", .cmd = VIGIL_CMD_STATS_GET,
	  .error = -EINVAL, .attr = VIGIL_A_STATS_PAD, .a = { U64(VIGIL_A_STATS_PAD, 1) } },
	{ .name = "stats: garbage", .cmd = VIGIL_CMD_STATS_GET, .error = -EINVAL, .garbage = 2 },
	{ .name = "black box: unknown attribute", .cmd = VIGIL_CMD_BLACKBOX_GET, .flags = NLM_F_DUMP,
	  .error = -EINVAL, .a = { U32(UNUSED_ATTR, 1) } },
	{ .name = "watchdog: get with an attribute", .cmd = VIGIL_CMD_WATCHDOG_GET,
	  .error = -EINVAL, .attr = VIGIL_A_WATCHDOG_FD, .a = { U32(VIGIL_A_WATCHDOG_FD, 1) } },
	{ .name = "watchdog: disarm with an attribute", .cmd = VIGIL_CMD_WATCHDOG_DISARM,
	  .error = -EINVAL, .attr = VIGIL_A_WATCHDOG_FD, .a = { U32(VIGIL_A_WATCHDOG_FD, 1) } },
	{ .name = "keeper: get with an attribute", .cmd = VIGIL_CMD_KEEPER_GET,
	  .error = -EINVAL, .attr = VIGIL_A_KEEPER_ID, .a = { U64(VIGIL_A_KEEPER_ID, 1) } },
	{ .name = "command 0", .cmd = 0, .error = -EOPNOTSUPP, .mute = true },
	{ .name = "a notification as request", .cmd = VIGIL_CMD_EVENT_NTF,
	  .error = -EOPNOTSUPP, .mute = true },
	{ .name = "unknown command", .cmd = UNUSED_CMD, .error = -EOPNOTSUPP, .mute = true },
	{ .name = "command 255", .cmd = 255, .error = -EOPNOTSUPP, .mute = true },
};

static uint64_t number_of(const struct attr *a, const struct victim *v)
{
	switch (a->number) {
	case VICTIM_PID:
		return v->pid;
	case VICTIM_START:
		return v->start_ticks;
	case VICTIM_PIDFD:
		return v->pidfd;
	default:
		return a->number;
	}
}

static void put_attr(struct nl_msg *msg, const struct attr *a, const struct victim *v)
{
	uint64_t number = number_of(a, v);
	struct nlattr *nla;

	if (a->bytes)
		nla = nla_reserve(msg, a->type, a->len);
	else
		nla = nla_reserve(msg, a->type, a->number_len);
	memcpy(nla_data(nla), a->bytes ? (const void *)a->bytes : &number, nla_len(nla));
	nla->nla_len += a->claim;
}

static int send_case(struct client *c, const struct request_case *t, const struct victim *v)
{
	struct nl_msg *msg = client_msg(c, t->cmd, NLM_F_ACK | t->flags);
	const struct nlmsghdr *sent = (const void *)c->sent;
	char *garbage;
	int i;

	for (i = 0; i < ATTRS_MAX && (t->a[i].bytes || t->a[i].number_len); i++)
		put_attr(msg, &t->a[i], v);
	if (t->garbage) {
		garbage = nlmsg_reserve(msg, t->garbage, 0);
		memset(garbage, 0xaa, t->garbage);
	}
	if (client_send(c, msg))
		return 0;
	return client_answer(c, sent->nlmsg_seq, NULL, NULL);
}

TEST_F(vigil, each_wrong_request_is_refused_with_a_reason)
{
	const struct request_case *t;
	struct stats s;
	struct victim v;
	int ret;

	start(_metadata, &v, life_pause, NULL);
	for (t = cases; t < cases + ARRAY_SIZE(cases); t++) {
		ret = send_case(&self->c, t, &v);
		EXPECT_TRUE(ret == t->error || (t->other_error && ret == t->other_error)) {
			TH_LOG("%s: %d, not %d", t->name, ret, t->error);
		}
		EXPECT_TRUE(t->mute || self->c.refusal.sentence[0]) {
			TH_LOG("%s: no sentence", t->name);
		}
		EXPECT_TRUE(!t->attr || self->c.refusal.attr == t->attr) {
			TH_LOG("%s: points to attribute %d (%s)", t->name, self->c.refusal.attr,
			       self->c.refusal.sentence);
		}
		EXPECT_TRUE(!t->missing || self->c.refusal.missing == t->missing) {
			TH_LOG("%s: calls %d missing (%s)", t->name, self->c.refusal.missing,
			       self->c.refusal.sentence);
		}
	}
	ASSERT_EQ(0, client_stats(&self->c, &s));
	EXPECT_EQ(0, s.watches);
	victim_end(&v);
}

/* A table of refusals proves nothing if the same client cannot be accepted. */
TEST_F(vigil, the_longest_right_request_is_accepted)
{
	struct watch w, event;
	struct victim v;
	struct request req = { .pidfd = -1, .owner = &CHARS_33[1], .tag = &CHARS_65[1] };
	int code = 0;

	start(_metadata, &v, life_exit, &code);
	req.pid = v.pid;
	req.start_ticks = v.start_ticks;
	ASSERT_EQ(0, client_watch(&self->c, &req, &w));
	victim_go(&v);
	expect_death(_metadata, self, &v, &w, &event);
}

static void ask_for_watch(struct client *c, const struct victim *v, int i)
{
	struct nl_msg *msg = client_msg(c, VIGIL_CMD_WATCH_NEW, 0);
	char owner[VIGIL_OWNER_LEN_MAX];

	snprintf(owner, sizeof(owner), "unread-%d", i);
	nla_put_u32(msg, VIGIL_A_WATCH_PIDFD, v->pidfd);
	nla_put_string(msg, VIGIL_A_WATCH_OWNER, owner);
	client_send(c, msg);
}

/* The kernel has answered before a request's sending returns, so all that comes is there. */
static unsigned int answers(struct client *c)
{
	const struct nlmsghdr *hdr = (const void *)c->buf;
	unsigned int n = 0;
	ssize_t got;

	do {
		got = recv(nl_socket_get_fd(c->sk), c->buf, sizeof(c->buf), MSG_DONTWAIT);
		n += got > 0 && hdr->nlmsg_type == c->family;
	} while (got > 0 || errno == ENOBUFS);
	return n;
}

TEST_F(vigil, no_watch_is_made_if_its_maker_has_no_room_to_learn_its_id)
{
	static struct client deaf;
	unsigned int learned;
	struct stats s;
	struct victim v;
	int bytes = 1;	/* the kernel gives a few replies' room */

	start(_metadata, &v, life_pause, NULL);
	ASSERT_EQ(0, client_open(&deaf));
	ASSERT_EQ(0, setsockopt(nl_socket_get_fd(deaf.sk), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes)));
	for (int i = 0; i < UNREAD; i++)
		ask_for_watch(&deaf, &v, i);
	learned = answers(&deaf);
	EXPECT_LT(0, learned);
	EXPECT_GT(UNREAD, learned);
	ASSERT_EQ(0, client_stats(&self->c, &s));
	EXPECT_EQ(learned, s.watches);
	EXPECT_EQ(learned, client_release_owner(&self->c, NULL));
	client_close(&deaf);
	victim_end(&v);
}

TEST_F(vigil, a_message_without_its_genetlink_header_is_refused)
{
	const struct nlmsghdr *sent = (const void *)self->c.sent;
	struct nl_msg *msg = nlmsg_alloc_simple(self->c.family, NLM_F_REQUEST | NLM_F_ACK);

	ASSERT_EQ(0, client_send(&self->c, msg));
	EXPECT_EQ(-EINVAL, client_answer(&self->c, sent->nlmsg_seq, NULL, NULL));
}

TEST_F(vigil, reserved_header_bytes_are_refused)
{
	const struct nlmsghdr *sent = (const void *)self->c.sent;
	struct nl_msg *msg = client_msg(&self->c, VIGIL_CMD_STATS_GET, NLM_F_ACK);
	struct genlmsghdr *genl = nlmsg_data(nlmsg_hdr(msg));

	genl->reserved = 1;
	ASSERT_EQ(0, client_send(&self->c, msg));
	EXPECT_EQ(-EINVAL, client_answer(&self->c, sent->nlmsg_seq, NULL, NULL));
}

/* One reproducible stream of noise; the answers are not looked at, the kernel's health is. */
static uint32_t noise(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void send_noise(struct client *c, uint32_t *state)
{
	int cmd = noise(state) % (VIGIL_CMD_MAX + 2);
	struct nl_msg *msg = client_msg(c, cmd, noise(state) & 1 ? NLM_F_DUMP : NLM_F_ACK);
	int len, attrs = noise(state) % ATTRS_MAX;
	char bytes[FUZZ_BYTES];
	int i;

	while (attrs--) {
		for (i = 0; i < FUZZ_BYTES; i++)
			bytes[i] = noise(state);
		len = noise(state) % (noise(state) & 1 ? FUZZ_BYTES : 9);
		nla_put(msg, noise(state) % (VIGIL_A_WATCH_MAX + 2), len, bytes);
	}
	client_send(c, msg);
}

TEST_F(vigil, noise_does_no_harm)
{
	uint32_t state = 2463534242u;
	char scratch[4096];
	struct client c;
	int i;

	ASSERT_EQ(0, client_open(&c));
	for (i = 0; i < crowd(FUZZ_MESSAGES); i++) {
		send_noise(&c, &state);
		while (recv(nl_socket_get_fd(c.sk), scratch, sizeof(scratch), MSG_DONTWAIT) > 0)
			continue;
	}
	client_close(&c);
}

TEST_HARNESS_MAIN
