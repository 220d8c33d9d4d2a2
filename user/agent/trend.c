// SPDX-License-Identifier: GPL-2.0
/* The trend of a measure over time: pure, it knows numbers and nothing else. */
#include "user/agent/trend.h"

#include <string.h>

#define US 1e6

enum { SPAN_PERCENT_MIN = 80 };

void trend_reset(struct trend *t)
{
	t->n = 0;
}

static void forget(struct trend *t, unsigned int n)
{
	t->n -= n;
	memmove(t->samples, t->samples + n, t->n * sizeof(*t->samples));
}

void trend_add(struct trend *t, uint64_t at_us, double value, uint64_t window_us)
{
	/* Less than the room, so that a window still fits when samples come a little early. */
	uint64_t step_us = window_us / (TREND_SAMPLES_MAX - 8);
	unsigned int old = 0;

	while (old < t->n && at_us - t->samples[old].at_us > window_us)
		old++;
	forget(t, old);
	if (t->n && at_us - t->samples[t->n - 1].at_us < step_us)
		return;
	if (t->n == TREND_SAMPLES_MAX)
		forget(t, 1);
	t->samples[t->n++] = (struct trend_sample){ at_us, value };
}

static double seconds(const struct trend *t, unsigned int i)
{
	return (double)(t->samples[i].at_us - t->samples[0].at_us) / US;
}

/* How far it went up, and how far down, on the way. */
static void measure_ways(const struct trend *t, struct trend_fit *fit)
{
	double low = t->samples[0].value, high = low;
	unsigned int i;

	for (i = 1; i < t->n; i++) {
		double v = t->samples[i].value;

		low = v < low ? v : low;
		high = v > high ? v : high;
		fit->rise = v - low > fit->rise ? v - low : fit->rise;
		fit->fall = high - v > fit->fall ? high - v : fit->fall;
	}
}

/* About the means: sums of squares of large numbers would lose what matters. */
void trend_fit(const struct trend *t, struct trend_fit *fit)
{
	double x = 0, y = 0, xx = 0, xy = 0, yy = 0;
	unsigned int i;

	*fit = (struct trend_fit){ .n = t->n };
	if (!t->n)
		return;
	for (i = 0; i < t->n; i++) {
		x += seconds(t, i) / t->n;
		y += t->samples[i].value / t->n;
	}
	for (i = 0; i < t->n; i++) {
		double dx = seconds(t, i) - x, dy = t->samples[i].value - y;

		xx += dx * dx;
		xy += dx * dy;
		yy += dy * dy;
	}
	fit->span_s = seconds(t, t->n - 1);
	fit->slope = xx > 0 ? xy / xx : 0;
	fit->last = y + fit->slope * (fit->span_s - x);
	fit->r2 = xx > 0 && yy > 0 ? xy * xy / (xx * yy) : 0;
	measure_ways(t, fit);
}

double trend_reaches(const struct trend_fit *fit, uint64_t window_us, unsigned int fit_percent,
		     double limit)
{
	bool enough = fit->n >= TREND_SAMPLES_MIN &&
		      fit->span_s * 100 >= (double)window_us / US * SPAN_PERCENT_MIN;

	if (!enough || fit->slope <= 0 || fit->r2 * 100 < fit_percent ||
	    fit->fall * 100 > fit->rise * TREND_FALL_PERCENT_MAX)
		return -1;
	return fit->last >= limit ? 0 : (limit - fit->last) / fit->slope;
}
