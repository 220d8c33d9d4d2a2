/* SPDX-License-Identifier: GPL-2.0 */
/* What foretells a failure, and what is done about it: pure, it knows times and measures. */
#ifndef VIGIL_AGENT_FORETELL_STEP_H
#define VIGIL_AGENT_FORETELL_STEP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A measure is told as its share of the mark, in thousandths: at FORETELL_MARK and above the
 * condition is met. One that has been raised is only cleared further down.
 */
enum {
	FORETELL_UNKNOWN = -1,
	FORETELL_MARK = 1000,
	FORETELL_SHARE_MAX = 1000000,
};

/** foretell_share - @value as thousandths of @mark; rounded down, and bounded. */
int foretell_share(double value, double mark);

/** struct foretell_level - one condition of one job; zeroed: it is not met. */
struct foretell_level {
	bool raised;
	uint64_t since_us;	/* since when the contrary of @raised holds; 0: it does not */
	uint64_t held_us;	/* how long it had held when it was raised */
};

enum foretell_change { FORETELL_SAME, FORETELL_RAISED, FORETELL_CLEARED };

/**
 * foretell_level_step - a new measure.
 * @share: as by foretell_share(), or FORETELL_UNKNOWN: then nothing changes, and waiting begins anew
 * @clear: it is cleared below this
 * @for_us: the new state must have held so long, without a measure that says otherwise
 */
enum foretell_change foretell_level_step(struct foretell_level *l, int share, int clear,
					 uint64_t for_us, uint64_t now_us);

/** struct foretell_view - one job that is to be restarted before it fails, and the others. */
struct foretell_view {
	bool up;		/* it is ready, and wanted up */
	uint64_t restarted_us;	/* the last such restart; 0: none */
	uint64_t spacing_us;	/* the least time between two */
	unsigned int at_once;	/* of it and the others, so many may be down */
	unsigned int down;	/* of the others, wanted up and not ready, for whatever reason */
};

enum foretell_deed {
	FORETELL_NOTHING,	/* it is on its way down or up already */
	FORETELL_RESTART,
	FORETELL_TOO_SOON,	/* after the last one: it stays flagged */
	FORETELL_WAIT,		/* for the others */
};

enum foretell_deed foretell_decide(const struct foretell_view *v, uint64_t now_us);

#endif /* VIGIL_AGENT_FORETELL_STEP_H */
