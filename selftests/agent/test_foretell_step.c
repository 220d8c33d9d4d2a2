// SPDX-License-Identifier: GPL-2.0
/* When a condition is raised and cleared, and when a job is restarted for it, by tables. */
#include "selftests/lib/harness.h"
#include "user/agent/foretell_step.h"

#define S 1000000ull

enum { CLEAR = 950, FOR_S = 30, STEP_S = 10 };

/** struct course - a measure each ten seconds, and what comes of it: '-', 'R' or 'C'. */
struct course {
	const char *name;
	const char *changes;
	int shares[12];
};

static const struct course courses[] = {
	{ "below", "----", { 0, 500, 999, 999 } },
	{ "above, long enough", "---R", { 1000, 1000, 1200, 1000 } },
	{ "above, interrupted", "-------R", { 1000, 1000, 1000, 999, 1000, 1000, 1000, 1000 } },
	{ "not measured in between", "-------R", { 1000, 1000, 1000, -1, 1000, 1000, 1000, 1000 } },
	{ "a little below changes nothing", "---R-----", { 1000, 1000, 1000, 1000, 999, 950, 960, 951, 999 } },
	{ "clearly below, long enough", "---R---C", { 1000, 1000, 1000, 1000, 949, 900, 0, 0 } },
	{ "clearly below, interrupted", "---R-------C",
	  { 1000, 1000, 1000, 1000, 900, 900, 900, 960, 900, 900, 900, 900 } },
	{ "not measured is not below", "---R-----", { 1000, 1000, 1000, 1000, -1, -1, -1, -1, -1 } },
};

TEST(a_condition_is_raised_and_cleared_when_it_has_held)
{
	static const char letters[] = { [FORETELL_SAME] = '-', [FORETELL_RAISED] = 'R',
					[FORETELL_CLEARED] = 'C' };
	size_t i, j;

	for (i = 0; i < sizeof(courses) / sizeof(*courses); i++) {
		const struct course *c = &courses[i];
		struct foretell_level l = { 0 };

		for (j = 0; c->changes[j]; j++)
			EXPECT_EQ(c->changes[j], letters[foretell_level_step(&l, c->shares[j], CLEAR,
				  FOR_S * S, S + j * STEP_S * S)])
				TH_LOG("%s, %zu", c->name, j);
	}
}

TEST(it_tells_how_long_it_had_held)
{
	struct foretell_level l = { 0 };

	EXPECT_EQ(FORETELL_RAISED, foretell_level_step(&l, FORETELL_MARK, CLEAR, 0, S));
	EXPECT_EQ(0, l.held_us);
	l = (struct foretell_level){ 0 };
	foretell_level_step(&l, FORETELL_MARK, CLEAR, FOR_S * S, S);
	EXPECT_EQ(FORETELL_RAISED, foretell_level_step(&l, FORETELL_MARK, CLEAR, FOR_S * S, 41 * S));
	EXPECT_EQ(40 * S, l.held_us);
}

TEST(a_share_is_rounded_down_and_bounded)
{
	EXPECT_EQ(1000, foretell_share(90, 90));
	EXPECT_EQ(999, foretell_share(89.99, 90));
	EXPECT_EQ(0, foretell_share(0, 90));
	EXPECT_EQ(FORETELL_SHARE_MAX, foretell_share(1, 0));
	EXPECT_EQ(FORETELL_SHARE_MAX, foretell_share(1e300, 1));
}

struct deed_case {
	const char *name;		/* for the reader */
	struct foretell_view view;
	enum foretell_deed deed;
};

#define NOW_S 10000

static const struct deed_case deeds[] = {
	{ "alone", { true, 0, 600 * S, 1, 0 }, FORETELL_RESTART },
	{ "not up", { false, 0, 600 * S, 1, 0 }, FORETELL_NOTHING },
	{ "another one is down", { true, 0, 600 * S, 1, 1 }, FORETELL_WAIT },
	{ "two at once, one is down", { true, 0, 600 * S, 2, 1 }, FORETELL_RESTART },
	{ "two at once, two are down", { true, 0, 600 * S, 2, 2 }, FORETELL_WAIT },
	{ "too soon", { true, (NOW_S - 599) * S, 600 * S, 1, 0 }, FORETELL_TOO_SOON },
	{ "too soon, and another one is down", { true, (NOW_S - 1) * S, 600 * S, 1, 1 }, FORETELL_TOO_SOON },
	{ "soon enough", { true, (NOW_S - 600) * S, 600 * S, 1, 0 }, FORETELL_RESTART },
	{ "no spacing", { true, NOW_S * S, 0, 1, 0 }, FORETELL_RESTART },
};

TEST(a_restart_waits_for_its_time_and_for_the_others)
{
	size_t i;

	for (i = 0; i < sizeof(deeds) / sizeof(*deeds); i++)
		EXPECT_EQ(deeds[i].deed, foretell_decide(&deeds[i].view, NOW_S * S))
			TH_LOG("case %zu", i);
}

TEST_HARNESS_MAIN
