/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Statistics of a job: pure, it knows numbers and nothing else.
 *
 * All times are on the ledger's clock: microseconds that pass while the node runs, by CLOCK_BOOTTIME, and
 * also while it is off, as far as the wall clock told. It never goes backwards.
 */
#ifndef VIGIL_AGENT_STATS_MATH_H
#define VIGIL_AGENT_STATS_MATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What is measured. The numbers are in the store: add, never change. The first ones are phases:
 * at any time a job is in one. Those down to STATS_NODE_DOWN are what it was down by, unwanted.
 */
enum stats_kind {
	STATS_UP = 0,
	STATS_DOWN = 1,			/* + enum vigil_cause: since an instance ended so */
	STATS_FORETOLD = 9,		/* restarted before it failed */
	STATS_NO_START = 10,		/* since its program could not be run */
	STATS_NODE_DOWN = 11,		/* since the node or its power went */
	STATS_STARTING = 12,		/* on its way up as wanted */
	STATS_RESTARTING = 13,		/* down and up again as asked */
	STATS_STOPPED = 14,
	STATS_DONE = 15,		/* ended, and its policy wants no restart */
	STATS_PHASES = 16,

	STATS_STARTS = 16,
	STATS_RESTARTS = 17,		/* by the policy; the value: from the death to the new exec */
	STATS_DETECTS = 18,		/* the value: from the death to when vigild handled it */
	STATS_OUTAGES = 19,		/* times it went down unwanted */
	STATS_RESTART_TIMES = 32,	/* + a class of the time to restart */
	STATS_CLASSES = 160,
	STATS_KINDS = STATS_RESTART_TIMES + STATS_CLASSES,
};

/* How finely the past is kept, and how long. */
enum stats_grain { STATS_MINUTE, STATS_HOUR, STATS_LIFE, STATS_GRAINS };

/** struct stats_delta - one thing measured: a phase that is over, or a count at one moment. */
struct stats_delta {
	enum stats_kind kind;
	uint64_t from_us;		/* a count: the moment */
	uint64_t to_us;			/* a count: the same */
	uint64_t value_us;		/* of a count, 0 if it has none */
};

/** struct stats_part - what one delta, or many, add to @span buckets of a grain from @bucket on. */
struct stats_part {
	enum stats_grain grain;
	uint64_t bucket;
	uint64_t span;
	int kind;
	uint64_t n;
	uint64_t sum_us;
	uint64_t max_us;
};

/** stats_bucket - the bucket of a moment. */
uint64_t stats_bucket(enum stats_grain grain, uint64_t at_us);

/** stats_keep - the oldest bucket that is still of use. */
uint64_t stats_keep(enum stats_grain grain, uint64_t now_us);

/**
 * stats_split - a delta as parts of every grain.
 *
 * A phase that covers whole buckets makes one part of them all. Stops when @fn returns not 0, and
 * returns that.
 */
int stats_split(const struct stats_delta *d, int (*fn)(void *arg, const struct stats_part *part),
		void *arg);

/** stats_class - of a time to restart; four classes to each doubling. */
int stats_class(uint64_t us);

/** stats_class_top_us - the longest time of a class. */
uint64_t stats_class_top_us(int class);

/** struct stats_sum - of one kind in one window. */
struct stats_sum {
	uint64_t n;
	uint64_t sum_us;
	uint64_t max_us;
};

enum stats_window {
	STATS_1H, STATS_24H, STATS_7D, STATS_30D, STATS_ALL, STATS_WINDOWS,
};

/** struct stats_tally - one window being summed up. */
struct stats_tally {
	enum stats_window window;
	uint64_t from_us, to_us;	/* what it really covers */
	struct stats_sum kinds[STATS_KINDS];
};

/**
 * stats_begin - begin to sum up a window that ends now.
 *
 * It is extended to the edge of the bucket in which it begins, and cut where the job was first known.
 */
void stats_begin(struct stats_tally *t, enum stats_window window, uint64_t born_us, uint64_t now_us);

/** stats_add - add a part, if it is of the window's grain, as far as it lies in the window. */
void stats_add(struct stats_tally *t, const struct stats_part *part);

/** stats_add_open - add the phase that the job has been in from @since_us on. */
void stats_add_open(struct stats_tally *t, enum stats_kind phase, uint64_t since_us);

/**
 * struct stats_result - what is told of a window. Negative: there is nothing to tell it from.
 *
 * As IEC 60050-192 and IEC 61703 have them, of the times seen:
 *
 *	availability		up time / (up time + unwanted down time)	mean availability
 *	mtbf_us			up time / outages		mean operating time between failures
 *	mttr_us			unwanted down time / outages	mean time to restoration
 *
 * Time in which the job was not wanted up counts in none of them.
 */
struct stats_result {
	uint64_t span_us;
	uint64_t up_us;
	uint64_t down_us;		/* unwanted */
	uint64_t other_us;		/* stopped, done, starting or restarting as asked */
	double availability;
	double mtbf_us;
	double mttr_us;
	double detect_mean_us;
	double restart_mean_us;
	double restart_p99_us;		/* nearest rank; the top of its class, at most a quarter too long */
};

void stats_finish(const struct stats_tally *t, struct stats_result *r);

const char *stats_window_name(enum stats_window window);

/** stats_phase_name - "up", "exited", ..., "node-down", "stopped"; NULL for a number of no phase. */
const char *stats_phase_name(int phase);

static inline bool stats_is_down(int kind)
{
	return kind >= STATS_DOWN && kind <= STATS_NODE_DOWN;
}

/** struct stats_clock - what the store knows of the ledger's clock. */
struct stats_clock {
	uint64_t offset_us;		/* ledger = CLOCK_BOOTTIME + this, in one boot */
	uint64_t alive_us;		/* when vigild was last known to be alive, on the ledger */
	uint64_t alive_real_ns;		/* ... and on the wall clock */
};

/**
 * stats_clock_boot - the clock of a new boot.
 * @boot_us: CLOCK_BOOTTIME now
 * @real_ns: the wall clock now
 *
 * The time for which the node was off is known by the wall clock alone: one that has gone backwards
 * tells of none, and one that is absurdly far ahead of at most STATS_OFF_MAX_US.
 */
void stats_clock_boot(struct stats_clock *c, uint64_t boot_us, uint64_t real_ns);

#define STATS_OFF_MAX_US (366 * 86400 * 1000000ULL)

#endif /* VIGIL_AGENT_STATS_MATH_H */
