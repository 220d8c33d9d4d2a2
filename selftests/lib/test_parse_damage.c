// SPDX-License-Identifier: GPL-2.0
/* An event that is changed, cut or spoilt is refused, or read as far as it is right. */
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>

#include "selftests/lib/parsed.h"

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
FIXTURE_VARIANT_ADD(changed, state_unknown) WATCH_WITH(STATE, "\x63\0\0\0", 4, -EPROTO);
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

TEST_HARNESS_MAIN
