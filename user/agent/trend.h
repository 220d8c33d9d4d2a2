/* SPDX-License-Identifier: GPL-2.0 */
/* The trend of a measure over time: pure, it knows numbers and nothing else. */
#ifndef VIGIL_AGENT_TREND_H
#define VIGIL_AGENT_TREND_H

#include <stdbool.h>
#include <stdint.h>

enum {
	TREND_SAMPLES_MAX = 64,
	TREND_SAMPLES_MIN = 10,		/* fewer show no trend */
	TREND_FALL_PERCENT_MAX = 25,	/* of the rise, that may be lost again on the way */
};

struct trend_sample {
	uint64_t at_us;
	double value;
};

/** struct trend - the samples of a window, oldest first; zeroed: none. */
struct trend {
	unsigned int n;
	struct trend_sample samples[TREND_SAMPLES_MAX];
};

/** trend_reset - forget all. */
void trend_reset(struct trend *t);

/**
 * trend_add - add a sample, and forget those that have left the window.
 * @at_us: not before the last one
 *
 * One that follows the last one too closely for a whole window to find room is left out.
 */
void trend_add(struct trend *t, uint64_t at_us, double value, uint64_t window_us);

/** struct trend_fit - the line that fits best, by least squares. */
struct trend_fit {
	unsigned int n;
	double span_s;		/* between the first sample and the last */
	double slope;		/* per second */
	double last;		/* the line's value at the last sample */
	double r2;		/* share of the variance that the line explains, 0 to 1 */
	double rise;		/* from the lowest sample to the highest one after it */
	double fall;		/* the deepest drop from a sample to a later one */
};

void trend_fit(const struct trend *t, struct trend_fit *fit);

/**
 * trend_reaches - in how many seconds does a steady growth reach @limit?
 * @fit_percent: the share of the variance that the line must explain
 *
 * A growth is steady if there are enough samples over nearly all of the window, the line rises and
 * fits them, and little of what was gained was lost again: neither noise nor a saw-tooth is.
 *
 * Return: the time, 0 if it has been reached, or a negative number if there is no steady growth.
 */
double trend_reaches(const struct trend_fit *fit, uint64_t window_us, unsigned int fit_percent,
		     double limit);

#endif /* VIGIL_AGENT_TREND_H */
