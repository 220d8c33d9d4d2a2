// SPDX-License-Identifier: GPL-2.0
/* Trends: what is a steady growth, what is not, and when it reaches a limit. */
#include <math.h>
#include <stdlib.h>

#include "selftests/lib/harness.h"
#include "user/agent/trend.h"

#define S 1000000ull

enum { WINDOW_S = 600, STEP_S = 10, FIT = 90, LIMIT = 1000 };

/** struct shape - a measure as a function of the second. */
struct shape {
	const char *name;
	double (*at)(int s);
	int seconds;		/* that were looked at */
	double reaches;		/* in so many seconds; negative: there is no steady growth */
	unsigned int fit;	/* percent that are asked for; 0: FIT */
};

static double flat(int s)
{
	return s - s + 500;
}

static double line(int s)
{
	return 100 + 0.5 * s;
}

static double falling(int s)
{
	return 900 - 0.5 * s;
}

static double noise(int s)
{
	return 500 + (s * 7919 % 211);
}

static double noisy_line(int s)
{
	return 100 + 0.5 * s + (s * 7919 % 21) - 10;
}

/* A garbage collector's: up, and down again. */
static double saw(int s)
{
	return 300 + s % 200;
}

/* Each tooth begins a little higher: it has to be told from the line by its falls. */
static double rising_saw(int s)
{
	return 200 + 0.5 * s + 2 * (s % 120);
}

static double step(int s)
{
	return s < 500 ? 300 : 600;
}

static double beyond(int s)
{
	return 900 + 0.5 * s;
}

/* What comes to rest after a warm-up is close to no line. */
static double warm_up(int s)
{
	return 600 - 500 * exp(-s / 60.0);
}

static const struct shape shapes[] = {
	{ "flat", flat, 600, -1, 0 },
	{ "a line", line, 600, 1200, 0 },
	{ "a line, longer than the window", line, 1200, 600, 0 },
	{ "a line, not seen long enough", line, 400, -1, 0 },
	{ "falling", falling, 600, -1, 0 },
	{ "noise", noise, 600, -1, 0 },
	{ "a noisy line", noisy_line, 600, 1200, 0 },
	{ "a saw-tooth", saw, 600, -1, 0 },
	{ "a rising saw-tooth", rising_saw, 600, -1, 0 },
	{ "a rising saw-tooth, and a poor fit will do", rising_saw, 600, -1, 50 },
	{ "a step", step, 600, -1, 0 },
	{ "beyond the limit", beyond, 600, 0, 0 },
	{ "a warm-up", warm_up, 600, -1, 0 },
};

static double reaches(const struct shape *shape)
{
	struct trend t = { 0 };
	struct trend_fit fit;
	int s;

	for (s = 0; s <= shape->seconds; s += STEP_S)
		trend_add(&t, S + (uint64_t)s * S, shape->at(s), WINDOW_S * S);
	trend_fit(&t, &fit);
	return trend_reaches(&fit, WINDOW_S * S, shape->fit ? shape->fit : FIT, LIMIT);
}

TEST(only_a_steady_growth_reaches_the_limit)
{
	size_t i;

	for (i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		double got = reaches(&shapes[i]);

		bool good = shapes[i].reaches < 0 ? got < 0 :
			    fabs(got - shapes[i].reaches) <= shapes[i].reaches / 20;

		EXPECT_TRUE(good)
			TH_LOG("%s: %g", shapes[i].name, got);
	}
}

TEST(fewer_samples_than_the_least_show_no_trend)
{
	struct trend t = { 0 };
	struct trend_fit fit;
	int i;

	for (i = 0; i < TREND_SAMPLES_MIN; i++) {
		trend_fit(&t, &fit);
		EXPECT_LT(trend_reaches(&fit, 9 * S, FIT, LIMIT), 0);
		trend_add(&t, S + (uint64_t)i * S, i, 9 * S);
	}
	trend_fit(&t, &fit);
	EXPECT_EQ(TREND_SAMPLES_MIN, fit.n);
	EXPECT_GT(trend_reaches(&fit, 9 * S, FIT, LIMIT), 0);
}

TEST(the_line_is_the_one_of_least_squares)
{
	static const double ys[] = { 1, 3, 2, 5, 4 };
	struct trend t = { 0 };
	struct trend_fit fit;
	unsigned int i;

	for (i = 0; i < 5; i++)
		trend_add(&t, 7 * S + i * S, ys[i], 300 * S);
	EXPECT_EQ(1, t.n);	/* the others came too closely after it */
	trend_reset(&t);
	for (i = 0; i < 5; i++)
		trend_add(&t, 7 * S + i * S, ys[i], 50 * S);
	trend_fit(&t, &fit);
	EXPECT_EQ(5, fit.n);
	EXPECT_LE(fabs(fit.slope - 0.8), 1e-9);
	EXPECT_LE(fabs(fit.last - 4.6), 1e-9);
	EXPECT_LE(fabs(fit.r2 - 0.64), 1e-9);
	EXPECT_LE(fabs(fit.rise - 4), 1e-9);
	EXPECT_LE(fabs(fit.fall - 1), 1e-9);
	EXPECT_LE(fabs(fit.span_s - 4), 1e-9);
}

/* Bytes of a large machine, after months of uptime: nothing of a small slope is lost. */
TEST(large_numbers_lose_nothing)
{
	struct trend t = { 0 };
	struct trend_fit fit;
	uint64_t at_us = 200ull * 86400 * S;
	unsigned int i;

	for (i = 0; i <= 60; i++)
		trend_add(&t, at_us + i * STEP_S * S, 1e12 + 100.0 * i * STEP_S, WINDOW_S * S);
	trend_fit(&t, &fit);
	EXPECT_LE(fabs(fit.slope - 100), 0.01);
	EXPECT_GE(fit.r2, 0.999);
}

TEST(a_window_always_has_room)
{
	struct trend t = { 0 };
	uint64_t at_us = S;
	int i;

	for (i = 0; i < 10000; i++, at_us += S / 10) {
		trend_add(&t, at_us, i, WINDOW_S * S);
		ASSERT_LE(t.n, TREND_SAMPLES_MAX);
	}
	EXPECT_GE(t.samples[t.n - 1].at_us - t.samples[0].at_us, WINDOW_S * S * 9 / 10);
	EXPECT_LE(t.samples[t.n - 1].at_us - t.samples[0].at_us, WINDOW_S * S);
}

TEST_HARNESS_MAIN
