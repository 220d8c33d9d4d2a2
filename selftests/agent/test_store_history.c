// SPDX-License-Identifier: GPL-2.0
/* The history in the store: events once each and bounded, sums that add up, all of a job gone with it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "selftests/lib/harness.h"
#include "user/store/store_history.h"

FIXTURE(history) {
	char dir[64];
	char why[256];
	struct store *s;
};

FIXTURE_SETUP(history)
{
	strcpy(self->dir, "/tmp/vigil-store-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	self->s = store_open(self->dir, self->why, sizeof(self->why));
	ASSERT_NE(NULL, self->s);
}

FIXTURE_TEARDOWN(history)
{
	static const char *const names[] = { "", "-wal", "-shm" };
	char path[128];
	size_t i;

	store_close(self->s);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "%s/" STORE_NAME "%s", self->dir, names[i]);
		unlink(path);
	}
	rmdir(self->dir);
}

static const struct store_event end = {
	.seq = 7, .kind = "ended", .boot_id = "0123", .boottime_us = 1, .realtime_ns = UINT64_MAX,
	.instance = 2, .pid = 42, .start_ticks = 43, .watch_id = UINT64_MAX - 1, .cause = 2,
	.code = 3, .signal = 11, .ran_us = 4, .detect_us = 5, .restart_us = UINT64_MAX,
	.verdict = "restart", .delay_us = 6, .nth = 1, .nmax = 10, .window_us = 8, .uid = -1,
	.peer = -1, .text = "it's \"quoted\"",
};

struct seen {
	int n;
	int same;
	uint64_t first, last;
};

static int same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void look(void *arg, const struct store_event *e)
{
	struct seen *seen = arg;

	if (!seen->n++)
		seen->first = e->seq;
	seen->last = e->seq;
	seen->same = same_text(e->kind, end.kind) && same_text(e->boot_id, end.boot_id) &&
		     same_text(e->verdict, end.verdict) && same_text(e->text, end.text) &&
		     e->realtime_ns == end.realtime_ns && e->watch_id == end.watch_id &&
		     e->boottime_us == end.boottime_us && e->instance == end.instance &&
		     e->pid == end.pid && e->start_ticks == end.start_ticks &&
		     e->cause == end.cause && e->code == end.code && e->signal == end.signal &&
		     e->ran_us == end.ran_us && e->detect_us == end.detect_us &&
		     e->restart_us == end.restart_us && e->delay_us == end.delay_us &&
		     e->nth == end.nth && e->nmax == end.nmax && e->window_us == end.window_us &&
		     e->uid == end.uid && e->peer == end.peer;
}

TEST_F(history, an_event_comes_back_as_it_was)
{
	struct seen seen = { 0 };

	ASSERT_EQ(0, store_put_event(self->s, "a", &end));
	ASSERT_EQ(0, store_each_event(self->s, "a", look, &seen));
	EXPECT_EQ(1, seen.n);
	EXPECT_TRUE(seen.same);
	seen.n = 0;
	ASSERT_EQ(0, store_each_event(self->s, "b", look, &seen));
	EXPECT_EQ(0, seen.n);
}

TEST_F(history, an_end_is_put_once_and_other_events_each_time)
{
	struct store_event e = end;
	struct seen seen = { 0 };

	ASSERT_EQ(0, store_put_event(self->s, "a", &e));
	e.seq++;
	ASSERT_EQ(0, store_put_event(self->s, "a", &e));
	ASSERT_EQ(0, store_put_event(self->s, "b", &e));	/* another job's is another */
	ASSERT_EQ(0, store_each_event(self->s, "a", look, &seen));
	EXPECT_EQ(1, seen.n);
	e.kind = "adopted";
	ASSERT_EQ(0, store_put_event(self->s, "a", &e));
	e.seq++;
	ASSERT_EQ(0, store_put_event(self->s, "a", &e));
	seen.n = 0;
	ASSERT_EQ(0, store_each_event(self->s, "a", look, &seen));
	EXPECT_EQ(3, seen.n);
}

TEST_F(history, the_oldest_events_are_pruned)
{
	struct store_event e = { .kind = "started", .boot_id = "" };
	struct seen seen = { 0 };

	for (e.seq = 1; e.seq <= 9; e.seq++)
		ASSERT_EQ(0, store_put_event(self->s, "a", &e));
	ASSERT_EQ(0, store_prune_events(self->s, "a", 4));
	ASSERT_EQ(0, store_each_event(self->s, "a", look, &seen));
	EXPECT_EQ(5, seen.n);
	EXPECT_EQ(5, seen.first);
	EXPECT_EQ(9, seen.last);
}

struct sum {
	int n;
	struct store_roll roll;
};

static void add_up(void *arg, const struct store_roll *roll)
{
	struct sum *sum = arg;

	sum->n++;
	sum->roll = *roll;
}

TEST_F(history, rolls_of_one_bucket_add_up)
{
	struct store_roll roll = { .grain = 1, .bucket = 5, .span = 1, .kind = 3, .n = 2,
				   .sum_us = 10, .max_us = 8 };
	struct sum sum = { 0 };

	ASSERT_EQ(0, store_add_roll(self->s, "a", &roll));
	roll = (struct store_roll){ .grain = 1, .bucket = 5, .span = 1, .kind = 3, .n = 1,
				    .sum_us = 7, .max_us = 7 };
	ASSERT_EQ(0, store_add_roll(self->s, "a", &roll));
	ASSERT_EQ(0, store_each_roll(self->s, "a", add_up, &sum));
	EXPECT_EQ(1, sum.n);
	EXPECT_EQ(3, sum.roll.n);
	EXPECT_EQ(17, sum.roll.sum_us);
	EXPECT_EQ(8, sum.roll.max_us);
}

TEST_F(history, a_roll_is_pruned_when_all_of_its_span_is_over)
{
	struct store_roll roll = { .grain = 0, .bucket = 5, .span = 10, .kind = 3 };
	struct sum sum = { 0 };

	ASSERT_EQ(0, store_add_roll(self->s, "a", &roll));
	ASSERT_EQ(0, store_prune_rolls(self->s, "a", 0, 14));
	ASSERT_EQ(0, store_prune_rolls(self->s, "a", 1, 100));	/* of another grain */
	ASSERT_EQ(0, store_each_roll(self->s, "a", add_up, &sum));
	EXPECT_EQ(1, sum.n);
	ASSERT_EQ(0, store_prune_rolls(self->s, "a", 0, 15));
	sum.n = 0;
	ASSERT_EQ(0, store_each_roll(self->s, "a", add_up, &sum));
	EXPECT_EQ(0, sum.n);
}

static void look_at_job(void *arg, const struct store_history *h)
{
	struct seen *seen = arg;

	seen->n++;
	seen->same = same_text(h->name, "a") && h->seq == 1 && h->instance == 2 && h->pid == 3 &&
		     h->start_ticks == UINT64_MAX && h->born_us == 5 && h->phase == 6 &&
		     h->since_us == 7 && h->blame == 8 && h->died_us == 9;
}

TEST_F(history, how_far_a_job_has_come_is_kept_and_goes_with_it)
{
	struct store_history h = { .name = "a", .seq = 1, .instance = 2, .pid = 3,
				   .start_ticks = UINT64_MAX, .born_us = 5, .phase = 6,
				   .since_us = 7, .blame = 8, .died_us = 9 };
	struct store_roll roll = { .grain = 2, .span = 1 };
	struct seen seen = { 0 };
	struct sum sum = { 0 };

	ASSERT_EQ(0, store_put_history(self->s, &h));
	ASSERT_EQ(0, store_put_history(self->s, &h));
	ASSERT_EQ(0, store_put_event(self->s, "a", &end));
	ASSERT_EQ(0, store_add_roll(self->s, "a", &roll));
	ASSERT_EQ(0, store_each_history(self->s, look_at_job, &seen));
	EXPECT_EQ(1, seen.n);
	EXPECT_TRUE(seen.same);
	ASSERT_EQ(0, store_del_history(self->s, "a"));
	seen.n = 0;
	ASSERT_EQ(0, store_each_history(self->s, look_at_job, &seen));
	ASSERT_EQ(0, store_each_event(self->s, "a", look, &seen));
	ASSERT_EQ(0, store_each_roll(self->s, "a", add_up, &sum));
	EXPECT_EQ(0, seen.n + sum.n);
}

TEST_F(history, there_is_one_clock)
{
	struct store_clock c = { .boot_id = "first", .offset_us = 1, .alive_us = 2, .alive_real_ns = 3 };
	struct store_clock got;

	ASSERT_EQ(0, store_get_clock(self->s, &got));
	EXPECT_STREQ("", got.boot_id);
	ASSERT_EQ(0, store_put_clock(self->s, &c));
	strcpy(c.boot_id, "second");
	ASSERT_EQ(0, store_put_clock(self->s, &c));
	ASSERT_EQ(0, store_get_clock(self->s, &got));
	EXPECT_STREQ("second", got.boot_id);
	EXPECT_EQ(1, got.offset_us);
	EXPECT_EQ(2, got.alive_us);
	EXPECT_EQ(3, got.alive_real_ns);
}

TEST_HARNESS_MAIN
