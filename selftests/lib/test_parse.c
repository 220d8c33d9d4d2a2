// SPDX-License-Identifier: GPL-2.0
/* The parser: what follows the specification is read, all else is refused. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>

#include "selftests/lib/dgram.h"
#include "user/lib/bounds.h"
#include "user/lib/parse.h"

#include "selftests/lib/harness.h"

static const struct envelope plain = { .type = 40 };

static int event_of(const struct dgram *d, struct vigil_event *e)
{
	return vnl_parse_event((const void *)d->bytes, VIGIL_CMD_EVENT_NTF, e);
}

TEST(event_is_read_whole)
{
	struct dgram d = { .len = 0 };
	struct vigil_event e;

	dgram_dead(&d, plain, VIGIL_CMD_EVENT_NTF, 7);
	ASSERT_EQ(0, event_of(&d, &e));
	EXPECT_EQ(VIGIL_EVENT_TYPE_DEAD, e.type);
	EXPECT_EQ(7, e.seq);
	EXPECT_EQ(0, e.gap_last);
	EXPECT_EQ(7, e.watch.id);
	EXPECT_EQ(107, e.watch.pid);
	EXPECT_EQ(70, e.watch.start_ticks);
	EXPECT_EQ(140, e.watch.start_ns);
	EXPECT_EQ(VIGIL_WATCH_FLAGS_TRANSIENT, e.watch.flags);
	EXPECT_EQ(VIGIL_WATCH_STATE_DEAD, e.watch.state);
	EXPECT_STREQ("owner", e.watch.owner);
	EXPECT_STREQ("tag", e.watch.tag);
	EXPECT_STREQ("victim", e.watch.comm);
	EXPECT_EQ(7, e.watch.exit.seq);
	EXPECT_EQ(7000, e.watch.exit.boottime_ns);
	EXPECT_EQ(7001, e.watch.exit.realtime_ns);
	EXPECT_EQ(VIGIL_CAUSE_SIGNALLED, e.watch.exit.cause);
	EXPECT_EQ(9, e.watch.exit.signal);
	EXPECT_EQ(0, e.watch.exit.code);
	EXPECT_EQ(70, e.watch.exit.utime_ns);
	EXPECT_EQ(80, e.watch.exit.stime_ns);
	EXPECT_EQ(90, e.watch.exit.maxrss_kib);
}

TEST(gap_is_read)
{
	struct dgram d = { .len = 0 };
	struct vigil_event e;

	dgram_gap(&d, plain, VIGIL_CMD_EVENT_NTF, 3, 9);
	ASSERT_EQ(0, event_of(&d, &e));
	EXPECT_EQ(VIGIL_EVENT_TYPE_GAP, e.type);
	EXPECT_EQ(3, e.seq);
	EXPECT_EQ(9, e.gap_last);
}

TEST(gap_that_ends_before_it_begins_is_refused)
{
	struct dgram d = { .len = 0 };
	struct vigil_event e;

	dgram_gap(&d, plain, VIGIL_CMD_EVENT_NTF, 9, 8);
	EXPECT_EQ(-EPROTO, event_of(&d, &e));
}

TEST(event_number_0_is_refused)
{
	struct dgram d = { .len = 0 };
	struct vigil_event e;

	dgram_dead(&d, plain, VIGIL_CMD_EVENT_NTF, 0);
	EXPECT_EQ(-EPROTO, event_of(&d, &e));
}

TEST(event_of_unknown_type_has_type_and_seq)
{
	struct dgram d = { .len = 0 };
	struct nlmsghdr *nlh = dgram_begin(&d, plain, VIGIL_CMD_EVENT_NTF);
	struct vigil_event e;

	mnl_attr_put_u32(nlh, VIGIL_A_WATCH_EVENT_TYPE, 77);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCH_SEQ, 5);
	ASSERT_EQ(0, event_of(&d, &e));
	EXPECT_EQ(77, (int)e.type);
	EXPECT_EQ(5, e.seq);
}

TEST(other_command_is_refused)
{
	struct dgram d = { .len = 0 };
	struct vigil_event e;

	dgram_dead(&d, plain, VIGIL_CMD_EVENT_GET, 7);
	EXPECT_EQ(-EPROTO, event_of(&d, &e));
}

/* One attribute of a good event left out, or replaced by @len bytes of @fill. */
FIXTURE(changed) { int unused; };
FIXTURE_SETUP(changed) { self->unused = 0; }
FIXTURE_TEARDOWN(changed) { self->unused = 0; }
FIXTURE_VARIANT(changed) {
	int want;
	uint16_t type;		/* of the watch ... */
	uint16_t exit_type;	/* ... or of its exit */
	int drop;
	const char *value;
	size_t len;
};

#define WATCH_WITHOUT(attr) { .want = -EPROTO, .type = VIGIL_A_WATCH_##attr, .drop = 1 }
#define WATCH_WITH(attr, bytes, n, ret) \
	{ .want = (ret), .type = VIGIL_A_WATCH_##attr, .value = (bytes), .len = (n) }
#define EXIT_WITHOUT(attr) { .want = -EPROTO, .exit_type = VIGIL_A_EXIT_##attr, .drop = 1 }
#define EXIT_WITH(attr, bytes, n, ret) \
	{ .want = (ret), .exit_type = VIGIL_A_EXIT_##attr, .value = (bytes), .len = (n) }
#define LONG "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

FIXTURE_VARIANT_ADD(changed, no_type) WATCH_WITHOUT(EVENT_TYPE);
FIXTURE_VARIANT_ADD(changed, no_seq) WATCH_WITHOUT(SEQ);
FIXTURE_VARIANT_ADD(changed, no_id) WATCH_WITHOUT(ID);
FIXTURE_VARIANT_ADD(changed, no_tgid) WATCH_WITHOUT(TGID);
FIXTURE_VARIANT_ADD(changed, no_owner) WATCH_WITHOUT(OWNER);
FIXTURE_VARIANT_ADD(changed, no_state) WATCH_WITHOUT(STATE);
FIXTURE_VARIANT_ADD(changed, no_exit) WATCH_WITHOUT(EXIT);
FIXTURE_VARIANT_ADD(changed, no_cause) EXIT_WITHOUT(CAUSE);
FIXTURE_VARIANT_ADD(changed, no_signal) EXIT_WITHOUT(SIGNAL);
FIXTURE_VARIANT_ADD(changed, state_alive) WATCH_WITH(STATE, "\0\0\0\0", 4, -EPROTO);
FIXTURE_VARIANT_ADD(changed, state_unknown) WATCH_WITH(STATE, "\2\0\0\0", 4, -EPROTO);
FIXTURE_VARIANT_ADD(changed, state_short) WATCH_WITH(STATE, "\1\0", 2, -EPROTO);
FIXTURE_VARIANT_ADD(changed, seq_short) WATCH_WITH(SEQ, LONG, 4, -EPROTO);
FIXTURE_VARIANT_ADD(changed, seq_long) WATCH_WITH(SEQ, LONG, 12, -EPROTO);
FIXTURE_VARIANT_ADD(changed, seq_empty) WATCH_WITH(SEQ, LONG, 0, -EPROTO);
FIXTURE_VARIANT_ADD(changed, owner_longest) WATCH_WITH(OWNER, LONG, VIGIL_OWNER_LEN_MAX, 0);
FIXTURE_VARIANT_ADD(changed, owner_too_long)
	WATCH_WITH(OWNER, LONG, VIGIL_OWNER_LEN_MAX + 1, -EPROTO);
FIXTURE_VARIANT_ADD(changed, owner_with_hidden_end) WATCH_WITH(OWNER, "a\0b\0", 4, -EPROTO);
FIXTURE_VARIANT_ADD(changed, tag_longest) WATCH_WITH(TAG, LONG, VIGIL_TAG_LEN_MAX, 0);
FIXTURE_VARIANT_ADD(changed, tag_too_long) WATCH_WITH(TAG, LONG, VIGIL_TAG_LEN_MAX + 1, -EPROTO);
FIXTURE_VARIANT_ADD(changed, tag_empty) WATCH_WITH(TAG, "", 0, 0);
FIXTURE_VARIANT_ADD(changed, comm_too_long) WATCH_WITH(COMM, LONG, 16, -EPROTO);
FIXTURE_VARIANT_ADD(changed, exit_no_nest) WATCH_WITH(EXIT, "\xff\xff\0\0", 4, -EPROTO);
FIXTURE_VARIANT_ADD(changed, exit_empty) WATCH_WITH(EXIT, "", 0, -EPROTO);
FIXTURE_VARIANT_ADD(changed, cause_unknown_number) EXIT_WITH(CAUSE, "\x63\0\0\0", 4, 0);
FIXTURE_VARIANT_ADD(changed, cause_exited_without_code) EXIT_WITH(CAUSE, "\1\0\0\0", 4, -EPROTO);
FIXTURE_VARIANT_ADD(changed, maxrss_short) EXIT_WITH(MAXRSS, LONG, 7, -EPROTO);
FIXTURE_VARIANT_ADD(changed, unknown_attribute)
	{ .want = 0, .type = VIGIL_A_WATCH_MAX + 1, .value = LONG, .len = 5 };

/* Copy attributes but those of @type, then put the changed one. */
static void copy_changed(struct nlmsghdr *to, const struct nlattr *attr, size_t len,
			 uint16_t type, const FIXTURE_VARIANT(changed) *v)
{
	const char *first = (const char *)attr;

	for (; mnl_attr_ok(attr, (int)(first + len - (const char *)attr));
	     attr = mnl_attr_next(attr))
		if (mnl_attr_get_type(attr) != type)
			mnl_attr_put(to, mnl_attr_get_type(attr), mnl_attr_get_payload_len(attr),
				     mnl_attr_get_payload(attr));
	if (!v->drop)
		mnl_attr_put(to, type, v->len, v->value);
}

static void build_changed(struct dgram *d, const FIXTURE_VARIANT(changed) *v)
{
	struct dgram good = { .len = 0 };
	struct nlmsghdr *nlh = (void *)good.bytes, *to = dgram_begin(d, plain, VIGIL_CMD_EVENT_NTF);
	const FIXTURE_VARIANT(changed) without_exit = { .drop = 1 };
	const struct nlattr *attrs, *exit_nest = NULL;
	struct nlattr *nest;
	size_t len;

	dgram_dead(&good, plain, VIGIL_CMD_EVENT_NTF, 7);
	attrs = mnl_nlmsg_get_payload_offset(nlh, GENL_HDRLEN);
	len = mnl_nlmsg_get_payload_len(nlh) - GENL_HDRLEN;
	if (v->type) {
		copy_changed(to, attrs, len, v->type, v);
	} else {
		copy_changed(to, attrs, len, VIGIL_A_WATCH_EXIT, &without_exit);
		while (mnl_attr_get_type(attrs) != VIGIL_A_WATCH_EXIT)
			attrs = mnl_attr_next(attrs);
		exit_nest = attrs;
		nest = mnl_attr_nest_start(to, VIGIL_A_WATCH_EXIT);
		copy_changed(to, mnl_attr_get_payload(exit_nest),
			     mnl_attr_get_payload_len(exit_nest), v->exit_type, v);
		mnl_attr_nest_end(to, nest);
	}
	dgram_end(d, to);
}

TEST_F(changed, event)
{
	struct dgram d = { .len = 0 };
	struct vigil_event e;

	build_changed(&d, variant);
	EXPECT_EQ(variant->want, event_of(&d, &e));
}

TEST(repeated_attribute_is_refused)
{
	struct dgram d = { .len = 0 };
	struct nlmsghdr *nlh;
	struct vigil_event e;

	dgram_dead(&d, plain, VIGIL_CMD_EVENT_NTF, 7);
	nlh = (void *)d.bytes;
	mnl_attr_put_u64(nlh, VIGIL_A_WATCH_SEQ, 8);
	EXPECT_EQ(-EPROTO, event_of(&d, &e));
}

/* In a block of its own size, so that the sanitizer sees a read beyond it. */
static int event_cut(const struct dgram *d, size_t len)
{
	struct nlmsghdr *copy = malloc(len);
	struct vigil_event e;
	int r = -EPROTO;

	memcpy(copy, d->bytes, len);
	copy->nlmsg_len = (uint32_t)len;
	if (vnl_parse_walk(copy, len))
		r = vnl_parse_event(copy, VIGIL_CMD_EVENT_NTF, &e);
	free(copy);
	return r;
}

/* The exit comes last, so that no shorter message is whole. */
TEST(event_cut_anywhere_is_refused)
{
	struct dgram d = { .len = 0 };

	dgram_dead(&d, plain, VIGIL_CMD_EVENT_NTF, 7);
	for (size_t len = sizeof(struct nlmsghdr); len < d.len; len++) {
		EXPECT_EQ(-EPROTO, event_cut(&d, len)) {
			TH_LOG("cut to %zu of %zu bytes", len, d.len);
		}
	}
	EXPECT_EQ(0, event_cut(&d, d.len));
}

TEST(event_with_any_byte_changed_gives_a_value_or_EPROTO)
{
	struct dgram d = { .len = 0 };
	struct vigil_event e;
	int r;

	dgram_dead(&d, plain, VIGIL_CMD_EVENT_NTF, 7);
	for (size_t i = sizeof(struct nlmsghdr); i < d.len; i++) {
		for (unsigned int bit = 0; bit < 8; bit++) {
			d.bytes[i] ^= 1u << bit;
			r = event_of(&d, &e);
			EXPECT_TRUE(r == 0 || r == -EPROTO);
			EXPECT_TRUE(r || memchr(e.watch.owner, 0, sizeof(e.watch.owner)));
			d.bytes[i] ^= 1u << bit;
		}
	}
}

TEST(walk_refuses_lengths_that_lie)
{
	static const uint32_t lies[] = { 0, 1, 15, 33, 0x7fffffff, 0x80000000, 0xffffffff };
	struct nlmsghdr nlh[2] = { { .nlmsg_len = 0 } };

	for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
		nlh[0].nlmsg_len = lies[i];
		EXPECT_EQ(0, vnl_parse_walk(nlh, sizeof(nlh)));
	}
	nlh[0].nlmsg_len = 32;
	EXPECT_EQ(32, vnl_parse_walk(nlh, sizeof(nlh)));
	EXPECT_EQ(0, vnl_parse_walk(nlh, 15));
	nlh[0].nlmsg_len = 17;
	EXPECT_EQ(20, vnl_parse_walk(nlh, sizeof(nlh)));
	EXPECT_EQ(17, vnl_parse_walk(nlh, 17));
}

TEST(stats_are_read)
{
	struct dgram d = { .len = 0 };
	struct vigil_stats s;

	dgram_stats(&d, plain, 4);
	ASSERT_EQ(0, vnl_parse_stats((void *)d.bytes, VIGIL_CMD_STATS_GET, &s));
	EXPECT_EQ(1, s.watches);
	EXPECT_EQ(2, s.dead);
	EXPECT_EQ(3, s.watches_max);
	EXPECT_EQ(4, s.seq);
	EXPECT_EQ(5, s.oldest_seq);
	EXPECT_EQ(6, s.ring_size);
	EXPECT_EQ(7, s.send_failures);
}

TEST(stats_without_one_counter_are_refused)
{
	struct dgram d = { .len = 0 };
	struct nlmsghdr *nlh = dgram_begin(&d, plain, VIGIL_CMD_STATS_GET);
	struct vigil_stats s;

	for (uint16_t i = VIGIL_A_STATS_WATCHES; i < VIGIL_A_STATS_SEND_FAILURES; i++)
		mnl_attr_put_u64(nlh, i, i);
	EXPECT_EQ(-EPROTO, vnl_parse_stats(nlh, VIGIL_CMD_STATS_GET, &s));
}

TEST(family_and_its_group_are_found)
{
	struct dgram d = { .len = 0 };
	struct vnl_family f;

	dgram_family(&d, plain, CTRL_CMD_NEWFAMILY, 33, 2, "events", 12);
	ASSERT_EQ(0, vnl_parse_family((void *)d.bytes, CTRL_CMD_NEWFAMILY, "events", &f));
	EXPECT_EQ(33, f.id);
	EXPECT_EQ(2, f.version);
	EXPECT_EQ(12, f.group);
	ASSERT_EQ(0, vnl_parse_family((void *)d.bytes, CTRL_CMD_NEWFAMILY, "event", &f));
	EXPECT_EQ(0, f.group);
	EXPECT_EQ(-EPROTO, vnl_parse_family((void *)d.bytes, CTRL_CMD_DELFAMILY, "", &f));
}

TEST(family_with_bytes_left_over_in_its_groups_is_refused)
{
	struct dgram d = { .len = 0 };
	struct nlmsghdr *nlh = dgram_begin(&d, plain, CTRL_CMD_NEWFAMILY);
	struct vnl_family f;

	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, 33);
	mnl_attr_put(nlh, CTRL_ATTR_MCAST_GROUPS, 3, "abc");
	EXPECT_EQ(-EPROTO, vnl_parse_family(nlh, CTRL_CMD_NEWFAMILY, "events", &f));
}

TEST(refusal_has_code_and_sentence)
{
	struct dgram d = { .len = 0 };
	char sentence[VNL_ERROR_BYTES];
	int code;

	dgram_error(&d, plain, -ENOSPC, "too many");
	ASSERT_EQ(0, vnl_parse_ack((void *)d.bytes, &code, sentence));
	EXPECT_EQ(-ENOSPC, code);
	EXPECT_STREQ("too many", sentence);
}

TEST(refusal_that_echoes_the_request_has_its_sentence_behind_it)
{
	struct dgram d = { .len = 0 };
	struct envelope to = { .type = NLMSG_ERROR, .flags = NLM_F_ACK_TLVS };
	struct nlmsghdr *nlh = dgram_begin(&d, to, 0);
	char sentence[VNL_ERROR_BYTES];
	struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	int code;

	mnl_nlmsg_put_extra_header(nlh, sizeof(*err) + 6 - GENL_HDRLEN);
	err->error = -EPERM;
	err->msg.nlmsg_len = sizeof(err->msg) + 6;
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "why");
	ASSERT_EQ(0, vnl_parse_ack(nlh, &code, sentence));
	EXPECT_EQ(-EPERM, code);
	EXPECT_STREQ("why", sentence);
	err->msg.nlmsg_len = 0xffffffff;
	EXPECT_EQ(-EPROTO, vnl_parse_ack(nlh, &code, sentence));
	err->msg.nlmsg_len = 3;
	EXPECT_EQ(-EPROTO, vnl_parse_ack(nlh, &code, sentence));
}

TEST(long_sentence_is_cut_to_size)
{
	struct dgram d = { .len = 0 };
	char sentence[VNL_ERROR_BYTES], text[VNL_ERROR_BYTES + 50];
	int code;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	dgram_error(&d, plain, -EINVAL, text);
	ASSERT_EQ(0, vnl_parse_ack((void *)d.bytes, &code, sentence));
	EXPECT_EQ(VNL_ERROR_BYTES - 1, strlen(sentence));
}

TEST(end_of_dump_has_a_code)
{
	struct dgram d = { .len = 0 };
	char sentence[VNL_ERROR_BYTES];
	int code;

	dgram_done(&d, plain, -ERANGE);
	ASSERT_EQ(0, vnl_parse_ack((void *)d.bytes, &code, sentence));
	EXPECT_EQ(-ERANGE, code);
}

FIXTURE(code) { int unused; };
FIXTURE_SETUP(code) { self->unused = 0; }
FIXTURE_TEARDOWN(code) { self->unused = 0; }
FIXTURE_VARIANT(code) { int code; int want; };
FIXTURE_VARIANT_ADD(code, positive) { 1, -EPROTO };
FIXTURE_VARIANT_ADD(code, no_errno) { -4096, -EPROTO };
FIXTURE_VARIANT_ADD(code, lowest) { -4095, 0 };
FIXTURE_VARIANT_ADD(code, int_min) { INT32_MIN, -EPROTO };

TEST_F(code, of_acknowledgment)
{
	struct dgram d = { .len = 0 };
	char sentence[VNL_ERROR_BYTES];
	int code;

	dgram_error(&d, plain, variant->code, NULL);
	EXPECT_EQ(variant->want, vnl_parse_ack((void *)d.bytes, &code, sentence));
}

TEST_HARNESS_MAIN
