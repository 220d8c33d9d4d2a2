// SPDX-License-Identifier: GPL-2.0
/* The event reader against scripted kernels: what it gives, and what it asks for. */
#include <errno.h>

#include "selftests/lib/script.h"
#include "user/lib/bounds.h"
#include "user/lib/events.h"

#include "selftests/lib/harness.h"

FIXTURE(reader) {
	struct vigil_events *ev;
};

FIXTURE_VARIANT(reader) {
	uint64_t since;
	uint64_t newest;
	struct step live[STEPS_MAX];
	struct replay replays[REPLAYS_MAX];
	struct step want[STEPS_MAX];
	uint64_t seq;		/* vigil_events_seq() at the end */
};

#define E(first, last) { EVENTS, first, last }
#define S(what) { what, 0, 0 }
#define R(err) { RETURN, (uint64_t)(int64_t)(err), 0 }
#define ERR(err) { ERROR, (uint64_t)(int64_t)(err), 0 }

FIXTURE_VARIANT_ADD(reader, from_now_on_skips_what_is_older) {
	.newest = 5,
	.live = { E(4, 7) },
	.want = { E(6, 7), R(0) },
	.seq = 7,
};

FIXTURE_VARIANT_ADD(reader, gives_live_events_in_order) {
	.live = { E(1, 3), E(4, 4), E(5, 6) },
	.want = { E(1, 6), R(0), R(0) },
	.seq = 6,
};

FIXTURE_VARIANT_ADD(reader, replays_from_since_then_goes_live) {
	.since = 3, .newest = 5,
	.live = { E(5, 6) },
	.replays = { { 3, { E(3, 4), E(5, 5) } } },
	.want = { E(3, 6), R(0) },
	.seq = 6,
};

FIXTURE_VARIANT_ADD(reader, replays_nothing_if_since_is_the_next) {
	.since = 6, .newest = 5,
	.replays = { { 6, { S(END) } } },
	.want = { R(0) },
	.seq = 5,
};

FIXTURE_VARIANT_ADD(reader, passes_over_duplicates) {
	.live = { E(1, 2), E(1, 3), E(3, 3), E(2, 4) },
	.want = { E(1, 4), R(0) },
	.seq = 4,
};

FIXTURE_VARIANT_ADD(reader, repairs_a_hole) {
	.live = { E(1, 2), E(5, 6), E(7, 7) },
	.replays = { { 3, { E(3, 6) } } },
	.want = { E(1, 7), R(0) },
	.seq = 7,
};

FIXTURE_VARIANT_ADD(reader, repairs_a_hole_within_a_datagram_and_keeps_its_rest) {
	.live = { E(3, 5) },
	.replays = { { 1, { E(1, 2) } } },
	.want = { E(1, 5), R(0) },
	.seq = 5,
};

/* Until the queue was read empty the kernel drops in silence: 6 and 7 went that way. */
FIXTURE_VARIANT_ADD(reader, drains_after_ENOBUFS_and_replays_then) {
	.live = { E(1, 1), ERR(-ENOBUFS), E(2, 3), E(4, 5), S(QUIET), E(8, 8) },
	.replays = { { 6, { E(6, 8) } } },
	.want = { E(1, 8), R(0) },
	.seq = 8,
};

FIXTURE_VARIANT_ADD(reader, replays_after_ENOBUFS_though_nothing_came_since) {
	.live = { E(1, 1), ERR(-ENOBUFS), S(QUIET) },
	.replays = { { 2, { E(2, 4) } } },
	.want = { E(1, 4), R(0) },
	.seq = 4,
};

FIXTURE_VARIANT_ADD(reader, drops_what_lies_beyond_a_hole_while_it_drains) {
	.live = { ERR(-ENOBUFS), E(1, 1), E(4, 5), ERR(-ENOBUFS), S(QUIET) },
	.replays = { { 2, { E(2, 5) } } },
	.want = { E(1, 5), R(0) },
	.seq = 5,
};

FIXTURE_VARIANT_ADD(reader, tells_what_the_ring_lost) {
	.live = { E(1, 1), E(90, 91) },
	.replays = { { 2, { { GAP, 2, 60 }, E(61, 90) } } },
	.want = { E(1, 1), { GAP, 2, 60 }, E(61, 91), R(0) },
	.seq = 91,
};

FIXTURE_VARIANT_ADD(reader, tells_a_gap_at_the_end_of_a_replay) {
	.live = { E(1, 1), E(61, 61) },
	.replays = { { 2, { E(2, 10), { GAP, 11, 60 } } } },
	.want = { E(1, 10), { GAP, 11, 60 }, E(61, 61), R(0) },
	.seq = 61,
};

/* The ring turns over while it is replayed: the gap may begin in what was given. */
FIXTURE_VARIANT_ADD(reader, tells_only_the_new_part_of_a_gap) {
	.since = 1, .newest = 50,
	.replays = { { 1, { E(1, 8), { GAP, 6, 20 }, E(21, 22) } } },
	.want = { E(1, 8), { GAP, 9, 20 }, E(21, 22), R(0) },
	.seq = 22,
};

FIXTURE_VARIANT_ADD(reader, passes_over_a_gap_already_told) {
	.since = 1, .newest = 50,
	.replays = { { 1, { E(1, 8), { GAP, 3, 8 }, E(9, 9) } } },
	.want = { E(1, 9), R(0) },
	.seq = 9,
};

FIXTURE_VARIANT_ADD(reader, asks_again_if_a_replay_was_interrupted) {
	.since = 1, .newest = 6,
	.replays = { { 1, { E(1, 3), S(INTERRUPTED) } }, { 4, { E(4, 6) } } },
	.want = { E(1, 6), R(0) },
	.seq = 6,
};

FIXTURE_VARIANT_ADD(reader, asks_again_if_a_replay_has_a_hole) {
	.since = 1, .newest = 6,
	.replays = { { 1, { E(1, 2), E(5, 6) } }, { 3, { E(3, 6) } } },
	.want = { E(1, 6), R(0) },
	.seq = 6,
};

FIXTURE_VARIANT_ADD(reader, gives_up_a_call_after_interruptions_without_end) {
	.since = 1, .newest = 1,
	.replays = {
		{ 1, { S(INTERRUPTED) } }, { 1, { S(INTERRUPTED) } },
		{ 1, { S(INTERRUPTED) } }, { 1, { S(INTERRUPTED) } },
		{ 1, { S(INTERRUPTED) } }, { 1, { S(INTERRUPTED) } },
		{ 1, { S(INTERRUPTED) } }, { 1, { S(INTERRUPTED) } },
		{ 1, { E(1, 1) } },
	},
	.want = { R(-EPROTO), E(1, 1), R(0) },
	.seq = 1,
};

FIXTURE_VARIANT_ADD(reader, refuses_a_hole_that_no_replay_fills) {
	.live = { E(1, 1), E(5, 5) },
	.replays = { { 2, { S(END) } } },
	.want = { E(1, 1), R(-EPROTO), R(0) },
	.seq = 1,
};

FIXTURE_VARIANT_ADD(reader, repairs_a_datagram_that_was_cut_off) {
	.live = { E(1, 1), S(CUT), S(QUIET) },
	.replays = { { 2, { E(2, 2) } } },
	.want = { E(1, 2), R(0) },
	.seq = 2,
};

FIXTURE_VARIANT_ADD(reader, reports_and_repairs_junk) {
	.live = { E(1, 1), S(JUNK), S(QUIET) },
	.replays = { { 2, { E(2, 2) } } },
	.want = { E(1, 1), R(-EPROTO), E(2, 2), R(0) },
	.seq = 2,
};

FIXTURE_VARIANT_ADD(reader, reports_and_repairs_a_broken_event) {
	.live = { S(BROKEN), E(2, 2), S(QUIET) },
	.replays = { { 1, { E(1, 2) } } },
	.want = { R(-EPROTO), E(1, 2), R(0) },
	.seq = 2,
};

FIXTURE_VARIANT_ADD(reader, reports_a_broken_replay_and_asks_again) {
	.since = 1, .newest = 2,
	.replays = { { 1, { E(1, 1), S(BROKEN) } }, { 2, { E(2, 2) } } },
	.want = { E(1, 1), R(-EPROTO), E(2, 2), R(0) },
	.seq = 2,
};

FIXTURE_VARIANT_ADD(reader, reports_a_replay_that_stops_and_asks_again) {
	.since = 1, .newest = 2,
	.replays = { { 1, { E(1, 1), S(SILENCE) } }, { 2, { E(2, 2) } } },
	.want = { E(1, 1), R(-ETIMEDOUT), E(2, 2), R(0) },
	.seq = 2,
};

FIXTURE_VARIANT_ADD(reader, reports_a_replay_without_memory_and_asks_again) {
	.since = 1, .newest = 2,
	.replays = { { 1, { E(1, 1), ERR(-ENOBUFS) } }, { 2, { E(2, 2) } } },
	.want = { E(1, 1), R(-ENOMEM), E(2, 2), R(0) },
	.seq = 2,
};

FIXTURE_VARIANT_ADD(reader, ignores_what_processes_send) {
	.live = { E(1, 1), { FORGED, 2, 2 }, E(2, 2) },
	.want = { E(1, 2), R(0) },
	.seq = 2,
};

FIXTURE_VARIANT_ADD(reader, passes_over_unknown_types) {
	.live = { E(1, 1), { STRANGE, 2, 2 }, E(3, 3) },
	.want = { E(1, 1), E(3, 3), R(0) },
	.seq = 3,
};

FIXTURE_VARIANT_ADD(reader, tells_that_the_module_was_unloaded) {
	.live = { E(1, 1), S(OTHER_GONE), E(2, 2), S(UNLOADED) },
	.want = { E(1, 2), R(-ENOENT), R(-ENOENT) },
	.seq = 2,
};

FIXTURE_VARIANT_ADD(reader, tells_so_even_if_the_news_was_dropped) {
	.live = { E(1, 1), ERR(-ENOBUFS), S(QUIET) },
	.replays = { { 2, { S(UNLOADED) } } },
	.want = { E(1, 1), R(-ENOENT), R(-ENOENT) },
	.seq = 1,
};

FIXTURE_SETUP(reader)
{
	fake_reset();
	fake.newest = variant->newest;
	fake.serve = script_serve;
	script_replays(variant->replays);
	ASSERT_EQ(0, vnl_events_open(&fake_socket_ops, variant->since, &self->ev));
	script_live(variant->live);
}

FIXTURE_TEARDOWN(reader)
{
	vigil_events_close(self->ev);
	EXPECT_FALSE(fake_is_open(FD_LIVE));
	EXPECT_FALSE(fake_is_open(FD_ASK));
}

static void want_events(struct __test_metadata *_metadata, struct vigil_events *ev,
			const struct step *want)
{
	struct vigil_event e;

	for (uint64_t seq = want->a; seq <= want->b; seq++) {
		ASSERT_EQ(1, vigil_events_next(ev, &e)) {
			TH_LOG("instead of event %llu: %s", (unsigned long long)seq,
			       vigil_events_error(ev));
		}
		ASSERT_EQ(VIGIL_EVENT_TYPE_DEAD, e.type);
		ASSERT_EQ(seq, e.seq);
		ASSERT_EQ(seq, e.watch.id);
		ASSERT_EQ(seq, vigil_events_seq(ev));
	}
}

static void want_gap(struct __test_metadata *_metadata, struct vigil_events *ev,
		     const struct step *want)
{
	struct vigil_event e;

	ASSERT_EQ(1, vigil_events_next(ev, &e));
	ASSERT_EQ(VIGIL_EVENT_TYPE_GAP, e.type);
	ASSERT_EQ(want->a, e.seq);
	ASSERT_EQ(want->b, e.gap_last);
}

static void want_return(struct __test_metadata *_metadata, struct vigil_events *ev,
			const struct step *want)
{
	struct vigil_event e;
	int r = (int)want->a;

	ASSERT_EQ(r, vigil_events_next(ev, &e));
	EXPECT_EQ(r == 0 || r == -ENOMEM, vigil_events_error(ev)[0] == '\0');
}

TEST_F(reader, does)
{
	for (const struct step *s = variant->want; s->what != END; s++) {
		if (s->what == EVENTS)
			want_events(_metadata, self->ev, s);
		else if (s->what == GAP)
			want_gap(_metadata, self->ev, s);
		else
			want_return(_metadata, self->ev, s);
	}
	EXPECT_EQ(variant->seq, vigil_events_seq(self->ev));
	EXPECT_EQ(0, fake_pending(FD_LIVE));
	EXPECT_EQ(0, fake_pending(FD_ASK));
	for (unsigned int i = 0; i < script_asked(); i++)
		EXPECT_EQ(variant->replays[i].since, script_asked_since(i));
	EXPECT_EQ(0, variant->replays[script_asked()].since);
}

TEST(open_joins_both_groups_with_a_large_buffer)
{
	struct vigil_events *ev;

	fake_reset();
	ASSERT_EQ(0, vnl_events_open(&fake_socket_ops, 0, &ev));
	EXPECT_TRUE(fake_in_group(FD_LIVE, FAKE_GROUP_EVENTS));
	EXPECT_TRUE(fake_in_group(FD_LIVE, FAKE_GROUP_NOTIFY));
	EXPECT_FALSE(fake_in_group(FD_ASK, FAKE_GROUP_EVENTS));
	EXPECT_EQ(VNL_EVENTS_RCVBUF_BYTES, fake_rcvbuf(FD_LIVE));
	EXPECT_EQ(FD_LIVE, vigil_events_fd(ev));
	vigil_events_close(ev);
}

TEST(open_without_module_is_refused_and_leaves_nothing)
{
	struct vigil_events *ev;

	fake_reset();
	fake.family = 0;
	EXPECT_EQ(-ENOENT, vnl_events_open(&fake_socket_ops, 0, &ev));
	EXPECT_EQ(NULL, ev);
	EXPECT_FALSE(fake_is_open(FD_LIVE));
	EXPECT_FALSE(fake_is_open(FD_ASK));
}

TEST(open_with_a_number_of_another_life_of_the_module_is_refused)
{
	struct vigil_events *ev;

	fake_reset();
	fake.newest = 5;
	EXPECT_EQ(-ERANGE, vnl_events_open(&fake_socket_ops, 7, &ev));
	EXPECT_EQ(NULL, ev);
	EXPECT_FALSE(fake_is_open(FD_LIVE));
}

TEST(open_with_an_older_module_is_refused)
{
	struct vigil_events *ev;

	fake_reset();
	fake.version = VIGIL_FAMILY_VERSION - 1;
	EXPECT_EQ(-EPROTO, vnl_events_open(&fake_socket_ops, 0, &ev));
}

TEST_HARNESS_MAIN
