// SPDX-License-Identifier: GPL-2.0
/* Statistics of a job: pure, it knows numbers and nothing else. */
#include "user/agent/stats_math.h"

#include <string.h>

#define MINUTE_US (60 * 1000000ULL)
#define HOUR_US (60 * MINUTE_US)
#define DAY_US (24 * HOUR_US)

enum { NS_IN_US = 1000, CLASSES_PER_DOUBLING = 4 };

/* LIFE is one bucket for good. */
static const struct {
	uint64_t size_us;
	uint64_t kept_us;
} grains[STATS_GRAINS] = {
	[STATS_MINUTE] = { MINUTE_US, 2 * HOUR_US },
	[STATS_HOUR] = { HOUR_US, 31 * DAY_US },
	[STATS_LIFE] = { UINT64_MAX, 0 },
};

static const struct {
	const char *name;
	uint64_t length_us;
	enum stats_grain grain;
} windows[STATS_WINDOWS] = {
	[STATS_1H] = { "1h", HOUR_US, STATS_MINUTE },
	[STATS_24H] = { "24h", DAY_US, STATS_HOUR },
	[STATS_7D] = { "7d", 7 * DAY_US, STATS_HOUR },
	[STATS_30D] = { "30d", 30 * DAY_US, STATS_HOUR },
	[STATS_ALL] = { "life", UINT64_MAX, STATS_LIFE },
};

static const char *const phase_names[STATS_PHASES] = {
	[STATS_UP] = "up",
	[STATS_DOWN + 0] = "unknown",	/* by enum vigil_cause */
	[STATS_DOWN + 1] = "exited",
	[STATS_DOWN + 2] = "signalled",
	[STATS_DOWN + 3] = "core-dumped",
	[STATS_DOWN + 4] = "oom-killed",
	[STATS_DOWN + 5] = "hung",
	[STATS_DOWN + 6] = "fenced",
	[STATS_FORETOLD] = "foretold",
	[STATS_NO_START] = "not-started",
	[STATS_NODE_DOWN] = "node-down",
	[STATS_STARTING] = "starting",
	[STATS_RESTARTING] = "restarting",
	[STATS_STOPPED] = "stopped",
	[STATS_DONE] = "done",
};

const char *stats_window_name(enum stats_window window)
{
	return windows[window].name;
}

const char *stats_phase_name(int phase)
{
	return phase >= 0 && phase < STATS_PHASES ? phase_names[phase] : NULL;
}

uint64_t stats_bucket(enum stats_grain grain, uint64_t at_us)
{
	return at_us / grains[grain].size_us;
}

uint64_t stats_keep(enum stats_grain grain, uint64_t now_us)
{
	uint64_t kept_us = grains[grain].kept_us;

	return kept_us && now_us > kept_us ? stats_bucket(grain, now_us - kept_us) : 0;
}

/** struct splitter - where the parts of one delta go. */
struct splitter {
	const struct stats_delta *d;
	int (*fn)(void *arg, const struct stats_part *part);
	void *arg;
};

static int emit(const struct splitter *s, enum stats_grain grain, uint64_t bucket, uint64_t span,
		uint64_t n, uint64_t sum_us)
{
	struct stats_part part = {
		.grain = grain,
		.bucket = bucket,
		.span = span,
		.kind = s->d->kind,
		.n = n,
		.sum_us = sum_us,
		.max_us = n ? s->d->value_us : 0,
	};

	if (s->d->kind < STATS_PHASES)
		part.max_us = n ? s->d->to_us - s->d->from_us : 0;
	return s->fn(s->arg, &part);
}

/* A phase is counted where it ends. */
static int split_phase(const struct splitter *s, enum stats_grain grain)
{
	const struct stats_delta *d = s->d;
	uint64_t size_us = grains[grain].size_us;
	uint64_t first = stats_bucket(grain, d->from_us), last = stats_bucket(grain, d->to_us);
	int err = 0;

	if (first == last)
		return emit(s, grain, first, 1, 1, d->to_us - d->from_us);
	err = emit(s, grain, first, 1, 0, (first + 1) * size_us - d->from_us);
	if (!err && last > first + 1)
		err = emit(s, grain, first + 1, last - first - 1, 0, (last - first - 1) * size_us);
	return err ? err : emit(s, grain, last, 1, 1, d->to_us - last * size_us);
}

int stats_split(const struct stats_delta *d, int (*fn)(void *arg, const struct stats_part *part),
		void *arg)
{
	struct splitter s = { d, fn, arg };
	int grain, err = 0;

	if (d->to_us < d->from_us)
		return 0;
	for (grain = 0; !err && grain < STATS_GRAINS; grain++) {
		if (d->kind < STATS_PHASES)
			err = split_phase(&s, (enum stats_grain)grain);
		else
			err = emit(&s, (enum stats_grain)grain,
				   stats_bucket((enum stats_grain)grain, d->from_us), 1, 1,
				   d->value_us);
	}
	return err;
}

/* Class c holds what is above the top of c - 1; below four microseconds each has a class. */
int stats_class(uint64_t us)
{
	int doublings, class;

	if (us < CLASSES_PER_DOUBLING)
		return (int)us;
	doublings = 63 - __builtin_clzll(us);
	class = (doublings - 1) * CLASSES_PER_DOUBLING + (int)((us >> (doublings - 2)) & 3);
	return class < STATS_CLASSES ? class : STATS_CLASSES - 1;
}

uint64_t stats_class_top_us(int class)
{
	int doublings = class / CLASSES_PER_DOUBLING + 1;
	uint64_t quarter = (uint64_t)(class % CLASSES_PER_DOUBLING) + CLASSES_PER_DOUBLING + 1;

	if (class < CLASSES_PER_DOUBLING)
		return (uint64_t)class;
	return (quarter << (doublings - 2)) - 1;
}

void stats_begin(struct stats_tally *t, enum stats_window window, uint64_t born_us, uint64_t now_us)
{
	uint64_t length_us = windows[window].length_us;
	uint64_t size_us = grains[windows[window].grain].size_us;
	uint64_t from_us = now_us > length_us ? (now_us - length_us) / size_us * size_us : 0;

	memset(t, 0, sizeof(*t));
	t->window = window;
	t->from_us = from_us > born_us ? from_us : born_us;
	t->to_us = now_us;
	if (t->from_us > t->to_us)
		t->from_us = t->to_us;
}

/* How much of a part of many buckets lies in the window; of one bucket all does, or nothing. */
static bool clip(const struct stats_tally *t, const struct stats_part *part, uint64_t *sum_us)
{
	uint64_t size_us = grains[part->grain].size_us;
	uint64_t first = t->from_us / size_us, gone;

	*sum_us = part->sum_us;
	if (part->bucket + part->span <= first)
		return false;
	if (part->bucket >= first)
		return true;
	gone = (first - part->bucket) * size_us;
	*sum_us = part->sum_us > gone ? part->sum_us - gone : 0;
	return true;
}

void stats_add(struct stats_tally *t, const struct stats_part *part)
{
	struct stats_sum *sum;
	uint64_t sum_us;

	if (part->grain != windows[t->window].grain || part->kind < 0 || part->kind >= STATS_KINDS ||
	    !clip(t, part, &sum_us))
		return;
	sum = &t->kinds[part->kind];
	sum->n += part->n;
	sum->sum_us += sum_us;
	if (part->max_us > sum->max_us)
		sum->max_us = part->max_us;
}

void stats_add_open(struct stats_tally *t, enum stats_kind phase, uint64_t since_us)
{
	uint64_t from_us = since_us > t->from_us ? since_us : t->from_us;

	if (t->to_us > from_us)
		t->kinds[phase].sum_us += t->to_us - from_us;
}

static double ratio(uint64_t sum, uint64_t n)
{
	return n ? (double)sum / (double)n : -1;
}

/* The smallest value that 99 of 100 do not exceed. */
static double p99(const struct stats_tally *t)
{
	const struct stats_sum *all = &t->kinds[STATS_RESTARTS];
	uint64_t seen = 0, top_us, total = 0;
	int class;

	for (class = 0; class < STATS_CLASSES; class++)
		total += t->kinds[STATS_RESTART_TIMES + class].n;
	for (class = 0; total && class < STATS_CLASSES; class++) {
		seen += t->kinds[STATS_RESTART_TIMES + class].n;
		if (seen * 100 < total * 99)
			continue;
		top_us = stats_class_top_us(class);
		return (double)(top_us < all->max_us ? top_us : all->max_us);
	}
	return -1;
}

void stats_finish(const struct stats_tally *t, struct stats_result *r)
{
	const struct stats_sum *k = t->kinds;
	int phase;

	*r = (struct stats_result){
		.span_us = t->to_us - t->from_us,
		.up_us = k[STATS_UP].sum_us,
	};
	for (phase = STATS_UP + 1; phase < STATS_PHASES; phase++) {
		if (stats_is_down(phase))
			r->down_us += k[phase].sum_us;
		else
			r->other_us += k[phase].sum_us;
	}
	r->availability = ratio(r->up_us, r->up_us + r->down_us);
	r->mtbf_us = ratio(r->up_us, k[STATS_OUTAGES].n);
	/* What was done in time is no failure. */
	r->mttr_us = ratio(r->down_us - k[STATS_FORETOLD].sum_us, k[STATS_OUTAGES].n);
	r->detect_mean_us = ratio(k[STATS_DETECTS].sum_us, k[STATS_DETECTS].n);
	r->restart_mean_us = ratio(k[STATS_RESTARTS].sum_us, k[STATS_RESTARTS].n);
	r->restart_p99_us = p99(t);
}

void stats_clock_boot(struct stats_clock *c, uint64_t boot_us, uint64_t real_ns)
{
	uint64_t boot_ns = boot_us * NS_IN_US, booted_ns, off_us = 0;

	booted_ns = real_ns > boot_ns ? real_ns - boot_ns : 0;
	if (booted_ns > c->alive_real_ns)
		off_us = (booted_ns - c->alive_real_ns) / NS_IN_US;
	if (off_us > STATS_OFF_MAX_US)
		off_us = STATS_OFF_MAX_US;
	c->offset_us = c->alive_us + off_us;
}
