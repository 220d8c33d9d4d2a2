// SPDX-License-Identifier: GPL-2.0
/* Messages of sd_notify(3): what is taken from them, and what is passed over. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "selftests/lib/harness.h"
#include "user/agent/notify_parse.h"

static struct notify_message m;

static int parse(const char *text)
{
	return notify_parse(text, strlen(text), &m);
}

TEST(every_field_is_taken)
{
	ASSERT_EQ(0, parse("READY=1\nRELOADING=1\nSTOPPING=1\nWATCHDOG=1\nSTATUS=well\nERRNO=5\n"
			   "MAINPID=77\nMONOTONIC_USEC=123\nWATCHDOG_USEC=20000000\n"
			   "EXTEND_TIMEOUT_USEC=30\nFDSTORE=1\nFDSTOREREMOVE=1\nFDNAME=sock\nFDPOLL=0\n"
			   "WATCHDOG=trigger\n"));
	EXPECT_EQ((1u << 15) - 1, m.fields);
	EXPECT_STREQ("well", m.status);
	EXPECT_STREQ("sock", m.fdname);
	EXPECT_EQ(5, m.error);
	EXPECT_EQ(77, m.mainpid);
	EXPECT_EQ(123, m.monotonic_us);
	EXPECT_EQ(20000000, m.watchdog_us);
	EXPECT_EQ(30, m.extend_us);
}

TEST(unknown_fields_and_values_are_passed_over)
{
	ASSERT_EQ(0, parse("X_VENDOR=1\nready=1\nREADY=2\nREADY=\nREADY\n=\n\n\nWATCHDOG=0\nREADY=1 "));
	EXPECT_EQ(0, m.fields);
	ASSERT_EQ(0, parse(""));
	EXPECT_EQ(0, m.fields);
}

TEST(the_last_line_needs_no_end)
{
	ASSERT_EQ(0, parse("X=1\nREADY=1"));
	EXPECT_EQ(NOTIFY_READY, m.fields);
	ASSERT_EQ(0, notify_parse("READY=1", sizeof("READY=1"), &m));
	EXPECT_EQ(NOTIFY_READY, m.fields);
}

TEST(a_nul_in_between_spoils_all)
{
	EXPECT_EQ(-EINVAL, notify_parse("READY=1\0\nX", 10, &m));
	EXPECT_EQ(-EINVAL, notify_parse("READY=1\0\0", 9, &m));
}

TEST(numbers_are_numbers_or_nothing)
{
	static const char *const wrong[] = {
		"MAINPID=0", "MAINPID=-1", "MAINPID=2147483648", "MAINPID=1x", "MAINPID= 1", "MAINPID=",
		"ERRNO=-1", "ERRNO=4294967296", "WATCHDOG_USEC=18446744073709551616",
		"EXTEND_TIMEOUT_USEC=1s", "MONOTONIC_USEC=0x1", "MAINPID=+7",
	};
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		ASSERT_EQ(0, parse(wrong[i]));
		EXPECT_EQ(0, m.fields) TH_LOG("%s", wrong[i]);
	}
	ASSERT_EQ(0, parse("MAINPID=2147483647\nWATCHDOG_USEC=18446744073709551615"));
	EXPECT_EQ(INT_MAX, m.mainpid);
	EXPECT_EQ(UINT64_MAX, m.watchdog_us);
}

TEST(a_status_is_cut_between_characters)
{
	char text[7 + NOTIFY_STATUS_MAX + 8] = "STATUS=";

	memset(text + 7, 'a', NOTIFY_STATUS_MAX - 2);
	strcpy(text + 7 + NOTIFY_STATUS_MAX - 2, "\303\251z");
	ASSERT_EQ(0, parse(text));
	EXPECT_EQ(NOTIFY_STATUS_MAX - 2, strlen(m.status));
	ASSERT_EQ(0, parse("STATUS=a\tb\033[0m=c"));
	EXPECT_STREQ("a b [0m=c", m.status);
	ASSERT_EQ(0, parse("STATUS=old\nSTATUS="));
	EXPECT_STREQ("", m.status);
	EXPECT_EQ(NOTIFY_STATUS, m.fields);
}

TEST(names_of_descriptors_hold_no_colon)
{
	ASSERT_EQ(0, parse("FDSTORE=1\nFDNAME=a:b"));
	EXPECT_EQ(NOTIFY_FDSTORE, m.fields);
	ASSERT_EQ(0, parse("FDNAME=\nFDNAME=a b\nFDNAME=\303\251"));
	EXPECT_EQ(0, m.fields);
}

TEST(a_barrier_stands_alone)
{
	ASSERT_EQ(0, parse("BARRIER=1"));
	EXPECT_EQ(NOTIFY_BARRIER, m.fields);
	EXPECT_EQ(0, parse("BARRIER=1\n"));
	EXPECT_EQ(-EINVAL, parse("BARRIER=1\nREADY=1"));
	EXPECT_EQ(-EINVAL, parse("X=1\nBARRIER=1"));
}

TEST_HARNESS_MAIN
