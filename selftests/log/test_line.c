// SPDX-License-Identifier: GPL-2.0
/* Lines, rates, records and names: what the logger is made of. */
#include <stdio.h>
#include <string.h>

#include "selftests/lib/harness.h"
#include "user/log/bounds.h"
#include "user/log/bucket.h"
#include "user/log/fifo.h"
#include "user/log/line.h"
#include "user/log/record.h"
#include "user/log/ring.h"

#define S 1000000ull

static char big[3 * LOG_TEXT_MAX];

/* All pieces as "head+text;" or, of a part, "head+text,". */
static void cut(struct line_cut *c, char *out)
{
	struct line_piece p;

	*out = '\0';
	while (line_next(c, &p))
		out += sprintf(out, "%.*s+%.*s%c", (int)p.head_len, p.head, (int)p.text_len, p.text,
			       p.whole ? ';' : ',');
}

TEST(lines_end_with_newlines_and_the_rest_waits)
{
	struct line_cut c = { .carry = "ab", .carry_len = 2, .in = "c\n\nde\nfg", .in_len = 8 };
	char out[64];

	cut(&c, out);
	EXPECT_STREQ("ab+c;+;+de;", out);
	EXPECT_EQ(0, c.carry_len);
	EXPECT_EQ(6, c.at);
}

TEST(nothing_is_cut_off_before_its_newline)
{
	struct line_cut c = { .carry = "ab", .carry_len = 2, .in = "cd", .in_len = 2 };
	struct line_piece p;

	EXPECT_FALSE(line_next(&c, &p));
	EXPECT_EQ(2, c.carry_len);
	EXPECT_EQ(0, c.at);
}

TEST(a_newline_may_end_what_was_carried)
{
	struct line_cut c = { .carry = "ab", .carry_len = 2, .in = "\n", .in_len = 1 };
	char out[64];

	cut(&c, out);
	EXPECT_STREQ("ab+;", out);
}

/* Whatever is cut off as a part, more of the line is left: the end of a stream can end it. */
TEST(a_part_is_always_followed_by_more)
{
	size_t carry, in;

	memset(big, 'x', sizeof(big));
	for (carry = LOG_TEXT_MAX - 1; carry <= LOG_TEXT_MAX; carry++) {
		for (in = 0; in < 4; in++) {
			struct line_cut c = { .carry = big, .carry_len = carry, .in = big, .in_len = in };
			struct line_piece p;
			bool part = line_next(&c, &p);

			EXPECT_EQ(carry + in > LOG_TEXT_MAX, part);
			if (!part)
				continue;
			EXPECT_FALSE(p.whole);
			EXPECT_EQ(LOG_TEXT_MAX, p.head_len + p.text_len);
			EXPECT_LT(c.at, c.in_len);
		}
	}
}

TEST(a_line_of_the_greatest_length_is_whole)
{
	struct line_cut c = { .carry = "", .in = big, .in_len = LOG_TEXT_MAX + 1 };
	struct line_piece p;

	memset(big, 'x', sizeof(big));
	big[LOG_TEXT_MAX] = '\n';
	ASSERT_TRUE(line_next(&c, &p));
	EXPECT_TRUE(p.whole);
	EXPECT_EQ(LOG_TEXT_MAX, p.text_len);
	EXPECT_EQ(c.in_len, c.at);
}

TEST(a_bucket_gives_what_is_in_it_and_then_what_comes_in)
{
	struct bucket b = { 0 };
	uint64_t now = 5 * S, i, given = 0;

	for (i = 0; i < 10; i++)
		given += bucket_take(&b, 3, 30 * S, now);
	EXPECT_EQ(3, given);
	EXPECT_FALSE(bucket_take(&b, 3, 30 * S, now + 10 * S - 1));
	EXPECT_TRUE(bucket_take(&b, 3, 30 * S, now + 10 * S));
	EXPECT_FALSE(bucket_take(&b, 3, 30 * S, now + 10 * S));
}

TEST(a_bucket_holds_no_more_than_it_can)
{
	struct bucket b = { 0 };
	uint64_t i, given = 0;

	EXPECT_TRUE(bucket_take(&b, 3, 30 * S, 0));
	for (i = 0; i < 10; i++)
		given += bucket_take(&b, 3, 30 * S, 1000000 * S);
	EXPECT_EQ(3, given);
}

TEST(a_bucket_without_a_limit_gives_always)
{
	struct bucket b = { 0 };
	int i;

	for (i = 0; i < 100; i++)
		EXPECT_TRUE(bucket_take(&b, 0, S, 0));
}

TEST(a_bucket_loses_nothing_to_small_steps)
{
	struct bucket b = { 0 };
	uint64_t now, given = 0;

	/* 1000 at once, then 1000 a second, looked at each microsecond. */
	for (now = 0; now < S; now++)
		given += bucket_take(&b, 1000, S, now);
	EXPECT_EQ(1999, given);
}

static size_t make(char *out, uint64_t ns, enum record_stream stream, bool whole, const char *text)
{
	char stamp[RECORD_STAMP_LEN + 1];
	size_t len;

	record_stamp(stamp, ns);
	len = record_prefix(out, stamp, stream, whole);
	strcpy(out + len, text);
	return len + strlen(text);
}

TEST(a_record_reads_as_it_was_written)
{
	static const uint64_t times[] = { 0, 1, 1700000000123456789ull, 16725225599999999999ull };
	char line[128];
	struct record r;
	size_t i, len;
	int stream;

	for (i = 0; i < sizeof(times) / sizeof(*times); i++) {
		for (stream = 0; stream < RECORD_STREAMS; stream++) {
			len = make(line, times[i], (enum record_stream)stream, i & 1, "a b ");
			ASSERT_EQ(0, record_parse(line, len, &r));
			EXPECT_EQ(times[i], r.realtime_ns);
			EXPECT_EQ(stream, (int)r.stream);
			EXPECT_EQ(i & 1, r.whole);
			EXPECT_EQ(4, r.text_len);
			EXPECT_EQ(0, memcmp("a b ", r.text, 4));
		}
	}
}

TEST(the_form_is_what_others_read)
{
	char line[128];

	make(line, 1795645085123456789ull, RECORD_STDERR, true, "text");
	EXPECT_STREQ("2026-11-25T22:18:05.123456789Z stderr F text", line);
	make(line, 1795645085000000001ull, RECORD_STDOUT, false, "");
	EXPECT_STREQ("2026-11-25T22:18:05.000000001Z stdout P ", line);
}

TEST(what_is_no_record_is_refused)
{
	char line[128], bad[128];
	struct record r;
	size_t len = make(line, 1795645085123456789ull, RECORD_STDOUT, true, "text"), i;

	/* Every beginning of it, up to where the text begins. */
	for (i = 0; i < len - 4; i++)
		EXPECT_EQ(-22, record_parse(line, i, &r));
	for (i = 0; i < len - 4; i++) {
		memcpy(bad, line, sizeof(bad));
		bad[i] = '?';
		EXPECT_EQ(-22, record_parse(bad, len, &r)) TH_LOG("%s", bad);
	}
}

TEST(a_pipes_name_reads_as_it_was_written)
{
	struct fifo_name name = { .job = "a.b-c_1", .number = 18446744073709551615ull,
				  .stream = RECORD_STDERR }, back;
	char text[FIFO_NAME_SIZE];

	ASSERT_EQ(0, fifo_name_write(text, sizeof(text), &name));
	EXPECT_STREQ("a.b-c_1,18446744073709551615,err", text);
	ASSERT_EQ(0, fifo_name_read(text, &back));
	EXPECT_STREQ(name.job, back.job);
	EXPECT_EQ(name.number, back.number);
	EXPECT_EQ(RECORD_STDERR, back.stream);
}

TEST(other_names_are_no_pipes)
{
	static const char *const others[] = {
		"", ".", "..", "lock", "state", "a,rules", "a,rules.new", "a,1,out.new", "a,1,in", ",1,out",
		"a,,out", "a,-1,out", ".a,1,out", "a,1",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,1,out",
	};
	struct fifo_name name;
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		EXPECT_EQ(-22, fifo_name_read(others[i], &name)) TH_LOG("name %zu", i);
}

/* Entries of many sizes go round the ring several times, and come out as they went in. */
TEST(the_ring_gives_back_each_entry_in_its_order)
{
	static struct ring ring;
	uint64_t at, put = 0, got = 0, full = 0;
	const struct ring_entry *e;
	struct ring_entry *room;
	size_t len;

	while (put < 3000) {
		len = 1 + put * 7919 % LOG_OUT_MAX;
		room = ring_room(&ring, len, &at);
		if (room) {
			room->size = ring_size(len);
			room->len = (uint32_t)len;
			memset(room->text, (int)put, len);
			ring_put(&ring, at + room->size);
			put++;
			continue;
		}
		full++;
		while ((e = ring_first(&ring)) && got + 3 < put) {
			len = 1 + got * 7919 % LOG_OUT_MAX;
			ASSERT_EQ(len, e->len);
			EXPECT_EQ((char)got, e->text[0]);
			EXPECT_EQ((char)got, e->text[len - 1]);
			ring_drop(&ring, e);
			got++;
		}
	}
	EXPECT_LT(10, full);
	EXPECT_LT(2900, got);
}

TEST_HARNESS_MAIN
