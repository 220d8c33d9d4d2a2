// SPDX-License-Identifier: GPL-2.0
/* The statistics of a job: sums, windows, means, and clocks that jump. */
#include <math.h>
#include <string.h>

#include "selftests/lib/harness.h"
#include "user/agent/stats_math.h"

#define S 1000000ULL
#define MIN (60 * S)
#define HOUR (60 * MIN)
#define DAY (24 * HOUR)
#define NS 1000ULL

enum { PARTS_MAX = 64 };

/** struct parts - all that deltas were split into, as the store would hold them. */
struct parts {
	struct stats_part list[PARTS_MAX];
	int n;
};

static int keep(void *arg, const struct stats_part *part)
{
	struct parts *p = arg;

	if (p->n == PARTS_MAX)
		return -1;
	p->list[p->n++] = *part;
	return 0;
}

static void phase(struct parts *p, enum stats_kind kind, uint64_t from, uint64_t to)
{
	stats_split(&(struct stats_delta){ kind, from, to, 0 }, keep, p);
}

static void count(struct parts *p, enum stats_kind kind, uint64_t at, uint64_t value)
{
	stats_split(&(struct stats_delta){ kind, at, at, value }, keep, p);
}

static struct stats_result result(const struct parts *p, struct stats_tally *t,
				  enum stats_window window, uint64_t born, uint64_t now)
{
	struct stats_result r;
	int i;

	stats_begin(t, window, born, now);
	for (i = 0; i < p->n; i++)
		stats_add(t, &p->list[i]);
	stats_finish(t, &r);
	return r;
}

static uint64_t sum_of(const struct parts *p, enum stats_grain grain)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < p->n; i++)
		if (p->list[i].grain == grain)
			sum += p->list[i].sum_us;
	return sum;
}

TEST(no_time_is_lost_when_a_phase_is_split)
{
	static const struct { uint64_t from, to; } cases[] = {
		{ 0, 0 }, { 5, 5 }, { 0, MIN }, { 1, MIN - 1 }, { 59 * S, 61 * S }, { MIN, 2 * MIN },
		{ 10 * S, 100 * DAY + 3 }, { HOUR - 1, HOUR }, { HOUR, HOUR + 1 }, { 7, 2 * HOUR },
	};
	size_t i;
	int grain;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct parts p = { .n = 0 };

		phase(&p, STATS_UP, cases[i].from, cases[i].to);
		EXPECT_LE(p.n, 3 * STATS_GRAINS);
		for (grain = 0; grain < STATS_GRAINS; grain++)
			EXPECT_EQ(cases[i].to - cases[i].from, sum_of(&p, (enum stats_grain)grain));
	}
}

TEST(an_end_before_its_beginning_measures_nothing)
{
	struct parts p = { .n = 0 };

	phase(&p, STATS_UP, 10, 9);
	EXPECT_EQ(0, p.n);
}

TEST(availability_mtbf_and_mttr_are_as_declared)
{
	struct parts p = { .n = 0 };
	struct stats_tally t;
	struct stats_result r;

	phase(&p, STATS_UP, 0, 100 * S);
	phase(&p, STATS_DOWN + 2, 100 * S, 110 * S);
	count(&p, STATS_OUTAGES, 100 * S, 0);
	phase(&p, STATS_UP, 110 * S, 190 * S);
	phase(&p, STATS_NODE_DOWN, 190 * S, 200 * S);
	count(&p, STATS_OUTAGES, 190 * S, 0);
	phase(&p, STATS_STOPPED, 200 * S, 1000 * S);
	r = result(&p, &t, STATS_ALL, 0, 1000 * S);
	EXPECT_EQ(180 * S, r.up_us);
	EXPECT_EQ(20 * S, r.down_us);
	EXPECT_EQ(800 * S, r.other_us);
	EXPECT_EQ(1000 * S, r.span_us);
	EXPECT_TRUE(fabs(r.availability - 0.9) < 1e-12);
	EXPECT_TRUE(r.mtbf_us == 90.0 * S);
	EXPECT_TRUE(r.mttr_us == 10.0 * S);
	EXPECT_EQ(10 * S, t.kinds[STATS_NODE_DOWN].sum_us);
}

TEST(nothing_seen_tells_nothing)
{
	struct parts p = { .n = 0 };
	struct stats_tally t;
	struct stats_result r = result(&p, &t, STATS_1H, 5, 5);

	EXPECT_EQ(0, r.span_us);
	EXPECT_TRUE(r.availability < 0 && r.mtbf_us < 0 && r.mttr_us < 0);
	EXPECT_TRUE(r.detect_mean_us < 0 && r.restart_mean_us < 0 && r.restart_p99_us < 0);
}

TEST(a_job_that_never_failed_has_no_mtbf)
{
	struct parts p = { .n = 0 };
	struct stats_tally t;
	struct stats_result r;

	phase(&p, STATS_UP, 0, HOUR);
	r = result(&p, &t, STATS_ALL, 0, HOUR);
	EXPECT_TRUE(r.availability == 1.0);
	EXPECT_TRUE(r.mtbf_us < 0);
}

TEST(a_window_holds_what_lies_in_it_and_no_more)
{
	static const struct { enum stats_window window; uint64_t length, grain; } cases[] = {
		{ STATS_1H, HOUR, MIN }, { STATS_24H, DAY, HOUR }, { STATS_7D, 7 * DAY, HOUR },
		{ STATS_30D, 30 * DAY, HOUR },
	};
	uint64_t now = 100 * DAY + 17 * MIN + 3 * S;
	struct parts p = { .n = 0 };
	size_t i;

	phase(&p, STATS_DOWN, 0, 50 * DAY);
	count(&p, STATS_OUTAGES, 3, 0);
	phase(&p, STATS_UP, 50 * DAY, now);
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct stats_tally t;
		struct stats_result r = result(&p, &t, cases[i].window, 0, now);

		EXPECT_GE(r.span_us, cases[i].length);
		EXPECT_LT(r.span_us, cases[i].length + cases[i].grain);
		EXPECT_EQ(r.span_us, r.up_us);
		EXPECT_EQ(0, r.down_us);
		EXPECT_EQ(0, t.kinds[STATS_OUTAGES].n);
	}
}

TEST(a_window_is_no_longer_than_the_job_is_known)
{
	struct parts p = { .n = 0 };
	struct stats_tally t;
	struct stats_result r;

	phase(&p, STATS_UP, 10 * DAY + 7, 10 * DAY + 12);
	r = result(&p, &t, STATS_24H, 10 * DAY + 7, 10 * DAY + 12);
	EXPECT_EQ(5, r.span_us);
	EXPECT_EQ(5, r.up_us);
}

TEST(the_phase_that_lasts_counts_as_far_as_it_lies_in_the_window)
{
	struct stats_tally t;
	struct stats_result r;

	stats_begin(&t, STATS_1H, 0, 10 * HOUR);
	stats_add_open(&t, STATS_UP, 3 * HOUR);
	stats_finish(&t, &r);
	EXPECT_EQ(HOUR, r.up_us);
	stats_begin(&t, STATS_1H, 0, 10 * HOUR);
	stats_add_open(&t, STATS_UP, 11 * HOUR);	/* it cannot be */
	stats_finish(&t, &r);
	EXPECT_EQ(0, r.up_us);
}

TEST(what_is_dropped_is_outside_every_window)
{
	uint64_t now = 400 * DAY + 5 * S;
	struct stats_tally t;

	stats_begin(&t, STATS_1H, 0, now);
	EXPECT_LE(stats_keep(STATS_MINUTE, now), stats_bucket(STATS_MINUTE, t.from_us));
	stats_begin(&t, STATS_30D, 0, now);
	EXPECT_LE(stats_keep(STATS_HOUR, now), stats_bucket(STATS_HOUR, t.from_us));
	EXPECT_EQ(0, stats_keep(STATS_LIFE, now));
	EXPECT_EQ(0, stats_keep(STATS_HOUR, 3));
}

TEST(classes_rise_and_each_time_is_below_the_top_of_its_class)
{
	uint64_t us, top, below;
	int class, last = 0;

	for (us = 0; us < 1ULL << 38; us += 1 + us / 7) {
		class = stats_class(us);
		ASSERT_GE(class, last);
		top = stats_class_top_us(class);
		ASSERT_GE(top, us);
		ASSERT_LE(top, us + us / 4 + 1);
		below = class ? stats_class_top_us(class - 1) : 0;
		ASSERT_TRUE(class == 0 || below < us);
		last = class;
	}
	EXPECT_EQ(STATS_CLASSES - 1, stats_class(UINT64_MAX));
}

TEST(p99_is_of_the_slowest_hundredth_and_never_above_the_slowest)
{
	struct parts p = { .n = 0 };
	struct stats_tally t;
	struct stats_result r;
	int i;

	stats_begin(&t, STATS_ALL, 0, HOUR);
	for (i = 0; i < 200; i++) {
		uint64_t took = i < 197 ? 1000 : 900 * S;

		p.n = 0;
		count(&p, STATS_RESTARTS, S, took);
		count(&p, STATS_RESTART_TIMES + stats_class(took), S, 0);
		stats_add(&t, &p.list[STATS_LIFE]);
		stats_add(&t, &p.list[STATS_GRAINS + STATS_LIFE]);
	}
	stats_finish(&t, &r);
	EXPECT_TRUE(r.restart_p99_us == 900.0 * S);
	EXPECT_TRUE(fabs(r.restart_mean_us - (197 * 1000.0 + 3 * 900.0 * S) / 200) < 1);
	EXPECT_EQ(900 * S, t.kinds[STATS_RESTARTS].max_us);
}

TEST(one_slow_restart_in_many_does_not_make_the_p99)
{
	struct stats_tally t;
	struct stats_result r;

	stats_begin(&t, STATS_ALL, 0, HOUR);
	t.kinds[STATS_RESTARTS] = (struct stats_sum){ 200, 0, 900 * S };
	t.kinds[STATS_RESTART_TIMES + stats_class(1000)].n = 199;
	t.kinds[STATS_RESTART_TIMES + stats_class(900 * S)].n = 1;
	stats_finish(&t, &r);
	EXPECT_TRUE(r.restart_p99_us >= 1000 && r.restart_p99_us <= 1250);
}

/* Wall clocks: right, set back, and set to nonsense between the two boots. */
TEST(the_time_a_node_was_off_is_never_negative_or_absurd)
{
	static const struct { uint64_t real_s, off_s; } cases[] = {
		{ 2000, 900 },		/* booted 100 s ago, at 1900 */
		{ 1100, 0 },		/* the very moment */
		{ 500, 0 },		/* set back */
		{ 50, 0 },		/* not set at all: before its own boot */
		{ 0, 0 },
		{ UINT64_MAX / 1000000000 - 1, STATS_OFF_MAX_US / S },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct stats_clock c = { 77, 5000 * S, 1000 * S * NS };

		stats_clock_boot(&c, 100 * S, cases[i].real_s * S * NS);
		EXPECT_EQ(5000 * S + cases[i].off_s * S, c.offset_us);
	}
}

TEST(any_part_is_taken_or_left_but_does_no_harm)
{
	static const struct stats_part odd[] = {
		{ STATS_LIFE, 0, 1, -1, 1, 1, 1 },
		{ STATS_LIFE, 0, 1, STATS_KINDS, 1, 1, 1 },
		{ STATS_HOUR, UINT64_MAX, 1, STATS_UP, 1, 1, 1 },
		{ STATS_HOUR, 0, UINT64_MAX, STATS_UP, 1, 1, 1 },
		{ STATS_HOUR, 0, 0, STATS_UP, 1, 1, 1 },
	};
	struct stats_tally t;
	struct stats_result r;
	size_t i;
	int window;

	for (window = 0; window < STATS_WINDOWS; window++) {
		stats_begin(&t, (enum stats_window)window, 0, 90 * DAY);
		for (i = 0; i < sizeof(odd) / sizeof(*odd); i++)
			stats_add(&t, &odd[i]);
		stats_finish(&t, &r);
		EXPECT_LE(r.up_us, 2);
	}
}

TEST(each_phase_and_window_has_a_name)
{
	EXPECT_STREQ("up", stats_phase_name(STATS_UP));
	EXPECT_STREQ("oom-killed", stats_phase_name(STATS_DOWN + 4));
	EXPECT_STREQ("node-down", stats_phase_name(STATS_NODE_DOWN));
	EXPECT_EQ(NULL, stats_phase_name(-1));
	EXPECT_EQ(NULL, stats_phase_name(STATS_STARTS));
	EXPECT_STREQ("life", stats_window_name(STATS_ALL));
	EXPECT_TRUE(stats_is_down(STATS_NO_START) && !stats_is_down(STATS_STOPPED));
}

TEST_HARNESS_MAIN
