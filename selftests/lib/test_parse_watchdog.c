// SPDX-License-Identifier: GPL-2.0
/* What is told of the hardware watchdog is read if it is right and whole. */
#include "selftests/lib/parsed.h"

TEST(watchdog_event_is_read)
{
	struct dgram d = { .len = 0 };
	struct vigil_event e;

	dgram_watchdog(&d, plain, 8);
	ASSERT_EQ(0, event_of(&d, &e));
	EXPECT_EQ(VIGIL_EVENT_TYPE_WATCHDOG, e.type);
	EXPECT_EQ(8, e.seq);
	EXPECT_EQ(8000, e.boottime_ns);
	EXPECT_EQ(8001, e.realtime_ns);
	EXPECT_EQ(0, e.watch.id);
	EXPECT_EQ(VIGIL_WATCHDOG_STAGE_WARNING, e.watchdog.stage);
	EXPECT_EQ(VIGIL_WATCHDOG_GATE_CPUS, e.watchdog.gate);
	EXPECT_EQ(3, e.watchdog.detail);
	EXPECT_STREQ("watchdog0", e.watchdog.device);
	EXPECT_EQ(30, e.watchdog.timeout_s);
	EXPECT_EQ(35000, e.watchdog.reset_in_ms);
}

TEST(watchdog_event_without_its_state_is_refused)
{
	struct dgram d = { .len = 0 };
	struct nlmsghdr *nlh = dgram_begin(&d, plain, VIGIL_CMD_EVENT_NTF);
	struct vigil_event e;

	mnl_attr_put_u32(nlh, VIGIL_A_WATCH_EVENT_TYPE, VIGIL_EVENT_TYPE_WATCHDOG);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCH_SEQ, 5);
	dgram_end(&d, nlh);
	EXPECT_EQ(-EPROTO, event_of(&d, &e));
}

TEST(watchdog_status_is_read)
{
	struct dgram d = { .len = 0 };
	struct vigil_watchdog_status s;

	dgram_watchdog_status(&d, plain);
	ASSERT_EQ(0, vnl_parse_watchdog((const void *)d.bytes, VIGIL_CMD_WATCHDOG_GET, &s));
	EXPECT_EQ(VIGIL_WATCHDOG_STAGE_WARNING, s.now.stage);
	EXPECT_STREQ("watchdog0", s.now.device);
	EXPECT_EQ(5000, s.grace_ms);
	EXPECT_EQ(1000, s.interval_ms);
	EXPECT_EQ(7, s.pets);
	EXPECT_EQ(2, s.warnings);
	EXPECT_EQ(1, s.recoveries);
	EXPECT_EQ(-EPROTO, vnl_parse_watchdog((const void *)d.bytes, VIGIL_CMD_WATCHDOG_ARM, &s));
}

TEST(watchdog_status_cut_anywhere_is_refused_or_lacks_counters_only)
{
	struct dgram d = { .len = 0 };
	struct nlmsghdr *nlh = (void *)d.bytes;
	struct vigil_watchdog_status s;
	size_t whole;

	dgram_watchdog_status(&d, plain);
	whole = nlh->nlmsg_len;
	for (size_t len = NLMSG_HDRLEN; len < whole; len++) {
		int r;

		nlh->nlmsg_len = len;
		r = vnl_parse_watchdog(nlh, VIGIL_CMD_WATCHDOG_GET, &s);
		ASSERT_TRUE(r == 0 || r == -EPROTO);
		ASSERT_TRUE(r || s.recoveries == 0 || len + NLMSG_ALIGNTO > whole);
	}
}

TEST_HARNESS_MAIN
