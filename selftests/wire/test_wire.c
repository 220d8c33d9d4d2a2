// SPDX-License-Identifier: GPL-2.0
/* The peer protocol: what its bytes are, that nothing is lost on the way, and that anything may come in. */
#include <string.h>

#include "selftests/lib/harness.h"
#include "selftests/wire/make.h"

enum { ROUNDS = 20000 };

static struct wire_msg m, again;
static uint8_t bytes[WIRE_SIZE_MAX], more[WIRE_SIZE_MAX + 1];
static size_t len, relen;

static struct wire_msg resignation(void)
{
	return (struct wire_msg){
		.head = {
			.from = { .rank = 0x0102030405060708, .boot = 0x1112131415161718, .node = 0x21222324,
				  .incarnation = 0x31323334, .pid = 0x41424344 },
			.scope = 0x5152535455565758, .epoch = 0x6162636465666768, .seq = 0x7172737475767778,
			.element = 0x81828384, .type = WIRE_RESIGN, .level = 3,
		},
		.resign = { .why = WIRE_TOLD },
	};
}

TEST(the_bytes_are_these)
{
	static const uint8_t expected[] = {
		1, 5, 3,
		0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x81, 0x82, 0x83, 0x84,
		0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18,
		0x21, 0x22, 0x23, 0x24, 0x31, 0x32, 0x33, 0x34, 0x41, 0x42, 0x43, 0x44,
		0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78,
		2,
	};

	m = resignation();
	ASSERT_EQ(WIRE_OK, wire_encode(&m, bytes, sizeof(bytes), &len));
	ASSERT_EQ(sizeof(expected), len);
	EXPECT_EQ(0, memcmp(expected, bytes, len));
}

TEST(every_message_comes_back_as_it_was)
{
	struct rng r = { 1 };
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		make_message(&r, WIRE_POLL + i % (WIRE_TYPE_END - WIRE_POLL), &m);
		memset(&again, 0, sizeof(again));
		ASSERT_EQ(WIRE_OK, wire_encode(&m, bytes, sizeof(bytes), &len));
		ASSERT_EQ(WIRE_OK, wire_decode(&again, bytes, len));
		ASSERT_EQ(0, memcmp(&m, &again, sizeof(m))) TH_LOG("message %u", i);
	}
}

TEST(the_greatest_message_fits)
{
	struct rng r = { 2 };

	make_message(&r, WIRE_ANSWER, &m);
	m.answer.njobs = WIRE_JOBS_MAX;
	memset(m.answer.jobs, WIRE_JOB_RUNNING, sizeof(m.answer.jobs));
	EXPECT_EQ(WIRE_OK, wire_encode(&m, bytes, sizeof(bytes), &len));
	make_message(&r, WIRE_POLL, &m);
	m.poll.bid.norders = WIRE_ORDERS_MAX;
	memset(m.poll.bid.orders, WIRE_STOP, sizeof(m.poll.bid.orders));
	EXPECT_EQ(WIRE_OK, wire_encode(&m, bytes, sizeof(bytes), &len));
}

TEST(a_part_of_a_message_is_none)
{
	struct rng r = { 3 };
	unsigned int type;
	size_t n;

	for (type = WIRE_POLL; type < WIRE_TYPE_END; type++) {
		make_message(&r, type, &m);
		ASSERT_EQ(WIRE_OK, wire_encode(&m, bytes, sizeof(bytes), &len));
		for (n = 0; n < len; n++) {
			EXPECT_EQ(WIRE_SHORT, wire_decode(&again, bytes, n));
			EXPECT_EQ(WIRE_NO_ROOM, wire_encode(&m, more, n, &relen));
		}
		memcpy(more, bytes, len);
		more[len] = 0;
		EXPECT_EQ(WIRE_LONG, wire_decode(&again, more, len + 1));
	}
}

TEST(another_version_is_told_from_damage)
{
	m = resignation();
	ASSERT_EQ(WIRE_OK, wire_encode(&m, bytes, sizeof(bytes), &len));
	bytes[0]--;
	EXPECT_EQ(WIRE_OTHER_VERSION, wire_decode(&again, bytes, len));
	bytes[0] += 2;
	EXPECT_EQ(WIRE_OTHER_VERSION, wire_decode(&again, bytes, len));
}

struct bad_case {
	const char *name;
	enum wire_type type;
	size_t at;
	uint8_t value;
};

/* Offsets: the head has 59 bytes. */
static const struct bad_case bad[] = {
	{ "type 0", WIRE_RESIGN, 1, 0 },
	{ "an unknown type", WIRE_RESIGN, 1, WIRE_TYPE_END },
	{ "level 1", WIRE_RESIGN, 2, 1 },
	{ "level 5", WIRE_RESIGN, 2, WIRE_LEVEL_MAX + 1 },
	{ "no reason", WIRE_RESIGN, 59, 0 },
	{ "an unknown reason", WIRE_RESIGN, 59, WIRE_RESIGNATION_END },
	{ "an unknown standing", WIRE_POLL, 59, WIRE_STANDING_END },
	{ "an unknown flag of a poll", WIRE_POLL, 60, WIRE_POLL_FLAGS + 1 },
	{ "too many orders", WIRE_POLL, 115, WIRE_ORDERS_MAX + 1 },
	{ "an unknown flag of an answer", WIRE_ANSWER, 59, WIRE_ANSWER_FLAGS + 1 },
	{ "too many jobs", WIRE_ANSWER, 134, WIRE_JOBS_MAX + 1 },
	{ "too many orders at once", WIRE_ORDER, 87, WIRE_ORDERS_MAX + 1 },
	{ "an unknown announcement", WIRE_ANNOUNCE, 59, WIRE_ANNOUNCEMENT_END },
	{ "a proof of nothing", WIRE_PROOF, 59, 0 },
};

TEST(values_that_cannot_be_are_refused)
{
	struct rng r = { 4 };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		make_message(&r, bad[i].type, &m);
		ASSERT_EQ(WIRE_OK, wire_encode(&m, bytes, sizeof(bytes), &len));
		ASSERT_LT(bad[i].at, len);
		bytes[bad[i].at] = bad[i].value;
		EXPECT_EQ(WIRE_BAD, wire_decode(&again, bytes, len)) TH_LOG("%s", bad[i].name);
	}
}

TEST(what_cannot_be_said_is_not_encoded)
{
	m = resignation();
	m.resign.why = WIRE_RESIGNATION_END;
	EXPECT_EQ(WIRE_BAD, wire_encode(&m, bytes, sizeof(bytes), &len));
	EXPECT_EQ(0, len);
}

TEST(any_bytes_are_a_message_or_an_error)
{
	struct rng r = { 5 };
	unsigned int i, k;

	for (i = 0; i < ROUNDS; i++) {
		make_message(&r, WIRE_POLL + i % (WIRE_TYPE_END - WIRE_POLL), &m);
		ASSERT_EQ(WIRE_OK, wire_encode(&m, bytes, sizeof(bytes), &len));
		for (k = rng_below(&r, 4); k < 4; k++)
			bytes[rng_below(&r, (unsigned int)len)] ^= 1u << rng_below(&r, 8);
		if (wire_decode(&again, bytes, len))
			continue;
		ASSERT_EQ(WIRE_OK, wire_encode(&again, more, sizeof(more), &relen));
		ASSERT_EQ(len, relen);
		ASSERT_EQ(0, memcmp(bytes, more, len));
	}
}

struct value_case {
	const char *name;
	struct wire_value better, worse;
};

static const struct value_case values[] = {
	{ "established before rank", { 1, 9, WIRE_ESTABLISHED }, { 7, 2, WIRE_PASSIVE } },
	{ "passive before ailing", { 1, 9, WIRE_PASSIVE }, { 7, 2, WIRE_AILING } },
	{ "the higher rank", { 7, 9, WIRE_PASSIVE }, { 6, 2, WIRE_PASSIVE } },
	{ "the lower pid on one node", { 7, 2, WIRE_ESTABLISHED }, { 7, 9, WIRE_ESTABLISHED } },
	{ "any before none", { 0, 1, WIRE_AILING }, { 9, 0, WIRE_ESTABLISHED } },
};

TEST(election_values_are_ordered)
{
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(*values); i++) {
		const struct value_case *c = &values[i];

		EXPECT_LT(0, wire_value_cmp(&c->better, &c->worse)) TH_LOG("%s", c->name);
		EXPECT_GT(0, wire_value_cmp(&c->worse, &c->better)) TH_LOG("%s", c->name);
		EXPECT_EQ(0, wire_value_cmp(&c->better, &c->better)) TH_LOG("%s", c->name);
	}
}

TEST_HARNESS_MAIN
