// SPDX-License-Identifier: GPL-2.0
/* Events: what follows the specification is read, all else is refused. */
#include "selftests/lib/parsed.h"

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

/* What a HUNG event is built from; an empty nest of the beat has no deadline. */
struct stall {
	uint32_t type;
	uint32_t state;
	uint32_t deadline_ms;
	int with_hung;
	int with_hang_state;
};

static void put_hung(struct nlmsghdr *nlh, const struct stall *s)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, VIGIL_A_WATCH_HUNG);

	if (s->with_hang_state)
		mnl_attr_put_u32(nlh, VIGIL_A_HUNG_STATE, VIGIL_HANG_STATE_STOPPED);
	mnl_attr_put_u64(nlh, VIGIL_A_HUNG_LAST_BEAT, 11);
	mnl_attr_put_u32(nlh, VIGIL_A_HUNG_DEADLINE_MS, 1000);
	mnl_attr_put_u32(nlh, VIGIL_A_HUNG_ACTION, VIGIL_BEAT_ACTION_SIGNAL);
	mnl_attr_put_u32(nlh, VIGIL_A_HUNG_SIGNAL, 6);
	mnl_attr_put_u64(nlh, VIGIL_A_HUNG_CPU_TIME, 12);
	mnl_attr_put_u64(nlh, VIGIL_A_HUNG_CPU_WINDOW, 13);
	mnl_attr_nest_end(nlh, nest);
}

static int stall_of(const struct stall *s, struct vigil_event *e)
{
	struct dgram d = { .len = 0 };
	struct nlmsghdr *nlh = dgram_begin(&d, plain, VIGIL_CMD_EVENT_NTF);
	struct nlattr *nest;

	mnl_attr_put_u32(nlh, VIGIL_A_WATCH_EVENT_TYPE, s->type);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCH_SEQ, 5);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCH_ID, 6);
	mnl_attr_put_u32(nlh, VIGIL_A_WATCH_TGID, 7);
	mnl_attr_put_strz(nlh, VIGIL_A_WATCH_OWNER, "owner");
	mnl_attr_put_u32(nlh, VIGIL_A_WATCH_STATE, s->state);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCH_BOOTTIME, 8);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCH_REALTIME, 9);
	nest = mnl_attr_nest_start(nlh, VIGIL_A_WATCH_BEAT);
	mnl_attr_put_u32(nlh, VIGIL_A_BEAT_DEADLINE_MS, s->deadline_ms);
	mnl_attr_put_u32(nlh, VIGIL_A_BEAT_ACTION, VIGIL_BEAT_ACTION_SIGNAL);
	mnl_attr_put_u32(nlh, VIGIL_A_BEAT_SIGNAL, 6);
	mnl_attr_put_u32(nlh, VIGIL_A_BEAT_STATE, VIGIL_BEAT_STATE_HUNG);
	mnl_attr_put_u32(nlh, VIGIL_A_BEAT_MISSED, 2);
	mnl_attr_nest_end(nlh, nest);
	if (s->with_hung)
		put_hung(nlh, s);
	dgram_end(&d, nlh);
	return event_of(&d, e);
}

TEST(hung_is_read_whole)
{
	const struct stall s = {
		.type = VIGIL_EVENT_TYPE_HUNG, .deadline_ms = 1000, .with_hung = 1,
		.with_hang_state = 1,
	};
	struct vigil_event e;

	ASSERT_EQ(0, stall_of(&s, &e));
	EXPECT_EQ(VIGIL_EVENT_TYPE_HUNG, e.type);
	EXPECT_EQ(5, e.seq);
	EXPECT_EQ(6, e.watch.id);
	EXPECT_EQ(8, e.boottime_ns);
	EXPECT_EQ(9, e.realtime_ns);
	EXPECT_EQ(1000, e.watch.deadline.ms);
	EXPECT_EQ(VIGIL_BEAT_ACTION_SIGNAL, e.watch.deadline.action);
	EXPECT_EQ(6, e.watch.deadline.signal);
	EXPECT_EQ(VIGIL_BEAT_STATE_HUNG, e.watch.deadline.state);
	EXPECT_EQ(2, e.watch.deadline.missed);
	EXPECT_EQ(VIGIL_HANG_STATE_STOPPED, e.hang.state);
	EXPECT_EQ(11, e.hang.last_beat_ns);
	EXPECT_EQ(1000, e.hang.deadline_ms);
	EXPECT_EQ(VIGIL_BEAT_ACTION_SIGNAL, e.hang.action);
	EXPECT_EQ(6, e.hang.signal);
	EXPECT_EQ(12, e.hang.cpu_ns);
	EXPECT_EQ(13, e.hang.cpu_window_ns);
}

FIXTURE(stall) { int unused; };
FIXTURE_SETUP(stall) { self->unused = 0; }
FIXTURE_TEARDOWN(stall) { self->unused = 0; }
FIXTURE_VARIANT(stall) { struct stall s; int want; };
FIXTURE_VARIANT_ADD(stall, recovered)
	{ { .type = VIGIL_EVENT_TYPE_RECOVERED, .deadline_ms = 1 }, 0 };
FIXTURE_VARIANT_ADD(stall, hung_without_details)
	{ { .type = VIGIL_EVENT_TYPE_HUNG, .deadline_ms = 1 }, -EPROTO };
FIXTURE_VARIANT_ADD(stall, hung_without_a_state)
	{ { .type = VIGIL_EVENT_TYPE_HUNG, .deadline_ms = 1, .with_hung = 1 }, -EPROTO };
FIXTURE_VARIANT_ADD(stall, recovered_of_the_dead)
	{ { .type = VIGIL_EVENT_TYPE_RECOVERED, .deadline_ms = 1,
	    .state = VIGIL_WATCH_STATE_DEAD }, -EPROTO };
FIXTURE_VARIANT_ADD(stall, beat_without_a_deadline)
	{ { .type = VIGIL_EVENT_TYPE_RECOVERED }, -EPROTO };

TEST_F(stall, is_read_or_refused)
{
	struct vigil_event e;

	EXPECT_EQ(variant->want, stall_of(&variant->s, &e));
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

/* A message of a watch that lives, of this type, up to where its descendant would stand. */
static struct nlmsghdr *begin_early(struct dgram *d, uint32_t type, uint32_t state)
{
	struct nlmsghdr *nlh = dgram_begin(d, plain, VIGIL_CMD_EVENT_NTF);

	mnl_attr_put_u32(nlh, VIGIL_A_WATCH_EVENT_TYPE, type);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCH_SEQ, 5);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCH_BOOTTIME, 51);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCH_REALTIME, 52);
	mnl_attr_put_u64(nlh, VIGIL_A_WATCH_ID, 4);
	mnl_attr_put_u32(nlh, VIGIL_A_WATCH_TGID, 104);
	mnl_attr_put_strz(nlh, VIGIL_A_WATCH_OWNER, "owner");
	mnl_attr_put_u32(nlh, VIGIL_A_WATCH_STATE, state);
	mnl_attr_put_u32(nlh, VIGIL_A_WATCH_MEMBERS, 3);
	mnl_attr_put_u32(nlh, VIGIL_A_WATCH_MEMBERS_MISSED, 1);
	return nlh;
}

static void put_member(struct nlmsghdr *nlh, bool with_exit)
{
	struct nlattr *exit, *member = mnl_attr_nest_start(nlh, VIGIL_A_WATCH_MEMBER);

	mnl_attr_put_u32(nlh, VIGIL_A_MEMBER_PID, 106);
	mnl_attr_put_u64(nlh, VIGIL_A_MEMBER_START_TICKS, 7);
	mnl_attr_put_u64(nlh, VIGIL_A_MEMBER_START_TIME, 70);
	mnl_attr_put_strz(nlh, VIGIL_A_MEMBER_COMM, "child");
	if (with_exit) {
		exit = mnl_attr_nest_start(nlh, VIGIL_A_MEMBER_EXIT);
		mnl_attr_put_u32(nlh, VIGIL_A_EXIT_CAUSE, VIGIL_CAUSE_EXITED);
		mnl_attr_put_u32(nlh, VIGIL_A_EXIT_CODE, 9);
		mnl_attr_put_u64(nlh, VIGIL_A_EXIT_DYING_SEQ, 2);
		mnl_attr_nest_end(nlh, exit);
	}
	mnl_attr_nest_end(nlh, member);
}

TEST(dying_is_read)
{
	struct dgram d = { .len = 0 };
	struct vigil_event e;

	dgram_end(&d, begin_early(&d, VIGIL_EVENT_TYPE_DYING, VIGIL_WATCH_STATE_DYING));
	ASSERT_EQ(0, event_of(&d, &e));
	EXPECT_EQ(VIGIL_EVENT_TYPE_DYING, e.type);
	EXPECT_EQ(51, e.boottime_ns);
	EXPECT_EQ(52, e.realtime_ns);
	EXPECT_EQ(VIGIL_WATCH_STATE_DYING, e.watch.state);
	EXPECT_EQ(104, e.watch.pid);
}

TEST(dying_of_a_watch_that_is_not_is_refused)
{
	struct dgram d = { .len = 0 };
	struct vigil_event e;

	dgram_end(&d, begin_early(&d, VIGIL_EVENT_TYPE_DYING, VIGIL_WATCH_STATE_ALIVE));
	EXPECT_EQ(-EPROTO, event_of(&d, &e));
}

TEST(death_of_a_descendant_is_read)
{
	struct dgram d = { .len = 0 };
	struct vigil_event e;
	struct nlmsghdr *nlh;

	nlh = begin_early(&d, VIGIL_EVENT_TYPE_MEMBER_DEAD, VIGIL_WATCH_STATE_ALIVE);
	put_member(nlh, true);
	dgram_end(&d, nlh);
	ASSERT_EQ(0, event_of(&d, &e));
	EXPECT_EQ(3, e.watch.members);
	EXPECT_EQ(1, e.watch.members_missed);
	EXPECT_EQ(106, e.member.pid);
	EXPECT_EQ(7, e.member.start_ticks);
	EXPECT_EQ(70, e.member.start_ns);
	EXPECT_STREQ("child", e.member.comm);
	EXPECT_EQ(VIGIL_CAUSE_EXITED, e.member.exit.cause);
	EXPECT_EQ(9, e.member.exit.code);
	EXPECT_EQ(2, e.member.exit.dying_seq);
}

TEST(death_of_a_descendant_that_is_not_told_how_is_refused)
{
	struct dgram d = { .len = 0 };
	struct vigil_event e;
	struct nlmsghdr *nlh;

	nlh = begin_early(&d, VIGIL_EVENT_TYPE_MEMBER_DEAD, VIGIL_WATCH_STATE_ALIVE);
	put_member(nlh, false);
	dgram_end(&d, nlh);
	EXPECT_EQ(-EPROTO, event_of(&d, &e));
	dgram_end(&d, begin_early(&d, VIGIL_EVENT_TYPE_MEMBER_DEAD, VIGIL_WATCH_STATE_ALIVE));
	EXPECT_EQ(-EPROTO, event_of(&d, &e));
}

TEST(empty_group_is_read)
{
	struct dgram d = { .len = 0 };
	struct vigil_event e;

	dgram_end(&d, begin_early(&d, VIGIL_EVENT_TYPE_GROUP_EMPTY, VIGIL_WATCH_STATE_ALIVE));
	ASSERT_EQ(0, event_of(&d, &e));
	EXPECT_EQ(VIGIL_EVENT_TYPE_GROUP_EMPTY, e.type);
	EXPECT_EQ(1, e.watch.members_missed);
}

TEST_HARNESS_MAIN
