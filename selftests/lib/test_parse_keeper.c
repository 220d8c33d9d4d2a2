// SPDX-License-Identifier: GPL-2.0
/* What is told of the keeper is read if it is right and whole. */
#include <string.h>

#include "selftests/lib/parsed.h"

static struct nlmsghdr *begin_keeper(struct dgram *d)
{
	struct nlmsghdr *nlh = dgram_begin(d, plain, VIGIL_CMD_EVENT_NTF);

	mnl_attr_put_u32(nlh, VIGIL_A_WATCH_EVENT_TYPE, VIGIL_EVENT_TYPE_KEEPER);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCH_SEQ, 5);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCH_BOOTTIME, 6);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCH_REALTIME, 7);
	return nlh;
}

TEST(keeper_event_is_read_whole)
{
	struct dgram d = { .len = 0 };
	struct nlmsghdr *nlh = begin_keeper(&d);
	struct nlattr *nest = mnl_attr_nest_start(nlh, VIGIL_A_WATCH_KEEPER);
	struct vigil_event e;

	mnl_attr_put_u32(nlh, VIGIL_A_KEEPER_NEWS_STAGE, VIGIL_KEEPER_STAGE_RESPAWN_FAILED);
	mnl_attr_put_u32(nlh, VIGIL_A_KEEPER_NEWS_WHY, VIGIL_KEEPER_WHY_EXEC);
	mnl_attr_put_u32(nlh, VIGIL_A_KEEPER_NEWS_PID, 11);
	mnl_attr_put_u32(nlh, VIGIL_A_KEEPER_NEWS_ERROR, ENOENT);
	mnl_attr_put_u32(nlh, VIGIL_A_KEEPER_NEWS_RESPAWNS, 2);
	mnl_attr_put_u32(nlh, VIGIL_A_KEEPER_NEWS_LAST_RESORT, VIGIL_KEEPER_LAST_RESORT_BITE);
	mnl_attr_nest_end(nlh, nest);
	dgram_end(&d, nlh);
	ASSERT_EQ(0, event_of(&d, &e));
	EXPECT_EQ(VIGIL_EVENT_TYPE_KEEPER, e.type);
	EXPECT_EQ(5, e.seq);
	EXPECT_EQ(6, e.boottime_ns);
	EXPECT_EQ(7, e.realtime_ns);
	EXPECT_EQ(VIGIL_KEEPER_STAGE_RESPAWN_FAILED, e.keeper.stage);
	EXPECT_EQ(VIGIL_KEEPER_WHY_EXEC, e.keeper.why);
	EXPECT_EQ(11, e.keeper.pid);
	EXPECT_EQ(ENOENT, e.keeper.error);
	EXPECT_EQ(2, e.keeper.respawns);
	EXPECT_EQ(VIGIL_KEEPER_LAST_RESORT_BITE, e.keeper.last_resort);
}

TEST(keeper_event_without_its_stage_is_refused)
{
	struct dgram d = { .len = 0 };
	struct nlmsghdr *nlh = begin_keeper(&d);
	struct nlattr *nest = mnl_attr_nest_start(nlh, VIGIL_A_WATCH_KEEPER);
	struct vigil_event e;

	mnl_attr_put_u32(nlh, VIGIL_A_KEEPER_NEWS_WHY, VIGIL_KEEPER_WHY_DEAD);
	mnl_attr_nest_end(nlh, nest);
	dgram_end(&d, nlh);
	EXPECT_EQ(-EPROTO, event_of(&d, &e));
}

TEST(keeper_event_without_its_news_is_refused)
{
	struct dgram d = { .len = 0 };
	struct nlmsghdr *nlh = begin_keeper(&d);
	struct vigil_event e;

	dgram_end(&d, nlh);
	EXPECT_EQ(-EPROTO, event_of(&d, &e));
}

static int keeper_of(const struct dgram *d, struct vigil_keeper *k)
{
	return vnl_parse_keeper((const void *)d->bytes, VIGIL_CMD_KEEPER_GET, k);
}

TEST(keeper_is_read_with_the_words_of_its_command)
{
	struct dgram d = { .len = 0 };
	struct nlmsghdr *nlh = dgram_begin(&d, plain, VIGIL_CMD_KEEPER_GET);
	struct vigil_keeper k;

	mnl_attr_put_u32(nlh, VIGIL_A_KEEPER_STATE, VIGIL_KEEPER_STATE_KEPT);
	mnl_attr_put_strz(nlh, VIGIL_A_KEEPER_ARGV, "/a");
	mnl_attr_put_strz(nlh, VIGIL_A_KEEPER_ENV, "E=e");
	mnl_attr_put_strz(nlh, VIGIL_A_KEEPER_ARGV, "");
	mnl_attr_put_str(nlh, VIGIL_A_KEEPER_ARGV, "b c");
	dgram_end(&d, nlh);
	ASSERT_EQ(0, keeper_of(&d, &k));
	EXPECT_EQ(VIGIL_KEEPER_STATE_KEPT, k.state);
	ASSERT_EQ(3, k.argc);
	EXPECT_EQ(0, memcmp(k.argv, "/a\0\0b c", sizeof("/a\0\0b c")));
}

/* The last byte is the terminator's: a word that just fits, and one that does not. */
TEST(keeper_with_too_long_a_command_is_refused)
{
	char word[VIGIL_KEEPER_BYTES_MAX + 1];
	struct vigil_keeper k;
	struct nlmsghdr *nlh;
	struct dgram d;
	int over;

	for (over = 0; over <= 1; over++) {
		d.len = 0;
		nlh = dgram_begin(&d, plain, VIGIL_CMD_KEEPER_GET);
		memset(word, 'w', sizeof(word));
		word[VIGIL_KEEPER_BYTES_MAX - 1 + over] = '\0';
		mnl_attr_put_u32(nlh, VIGIL_A_KEEPER_STATE, VIGIL_KEEPER_STATE_KEPT);
		mnl_attr_put_strz(nlh, VIGIL_A_KEEPER_ARGV, word);
		dgram_end(&d, nlh);
		EXPECT_EQ(over ? -EPROTO : 0, keeper_of(&d, &k));
	}
}

TEST(keeper_without_its_state_is_refused)
{
	struct dgram d = { .len = 0 };
	struct nlmsghdr *nlh = dgram_begin(&d, plain, VIGIL_CMD_KEEPER_GET);
	struct vigil_keeper k;

	mnl_attr_put_u32(nlh, VIGIL_A_KEEPER_PID, 1);
	dgram_end(&d, nlh);
	EXPECT_EQ(-EPROTO, keeper_of(&d, &k));
}

TEST_HARNESS_MAIN
