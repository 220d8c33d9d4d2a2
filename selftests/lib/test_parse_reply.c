// SPDX-License-Identifier: GPL-2.0
/* Replies: notes, counters, the family, and how a request ended. */
#include <linux/genetlink.h>
#include <string.h>

#include "selftests/lib/parsed.h"
#include "user/lib/bounds.h"

static void dgram_note(struct dgram *d, const char *text, int without)
{
	struct nlmsghdr *nlh = dgram_begin(d, plain, VIGIL_CMD_BLACKBOX_GET);

	if (without != VIGIL_A_NOTE_KIND)
		mnl_attr_put_u32(nlh, VIGIL_A_NOTE_KIND, VIGIL_NOTE_KIND_DECISION);
	if (without != VIGIL_A_NOTE_NUMBER)
		mnl_attr_put_u64(nlh, VIGIL_A_NOTE_NUMBER, 12);
	if (without != VIGIL_A_NOTE_BOOTTIME)
		mnl_attr_put_u64(nlh, VIGIL_A_NOTE_BOOTTIME, 34);
	if (without != VIGIL_A_NOTE_TEXT)
		mnl_attr_put_strz(nlh, VIGIL_A_NOTE_TEXT, text);
	dgram_end(d, nlh);
}

static int note_of(const struct dgram *d, struct vigil_note *n)
{
	return vnl_parse_note((const void *)d->bytes, VIGIL_CMD_BLACKBOX_GET, n);
}

TEST(note_is_read)
{
	struct dgram d = { .len = 0 };
	struct vigil_note n;

	dgram_note(&d, "armed", 0);
	ASSERT_EQ(0, note_of(&d, &n));
	EXPECT_EQ(VIGIL_NOTE_KIND_DECISION, n.kind);
	EXPECT_EQ(12, n.number);
	EXPECT_EQ(34, n.boottime_ns);
	EXPECT_STREQ("armed", n.text);
}

TEST(note_without_one_attribute_is_refused)
{
	struct vigil_note n;
	int type;

	for (type = VIGIL_A_NOTE_KIND; type <= VIGIL_A_NOTE_MAX; type++) {
		struct dgram d = { .len = 0 };

		dgram_note(&d, "armed", type);
		EXPECT_EQ(-EPROTO, note_of(&d, &n));
	}
}

TEST(note_of_the_longest_text_is_read_and_no_longer)
{
	char text[VIGIL_NOTE_LEN_MAX + 2] = { 0 };
	struct dgram d = { .len = 0 }, longer = { .len = 0 };
	struct vigil_note n;

	memset(text, 'n', VIGIL_NOTE_LEN_MAX);
	dgram_note(&d, text, 0);
	ASSERT_EQ(0, note_of(&d, &n));
	EXPECT_STREQ(text, n.text);
	text[VIGIL_NOTE_LEN_MAX] = 'n';
	dgram_note(&longer, text, 0);
	EXPECT_EQ(-EPROTO, note_of(&longer, &n));
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
