/* SPDX-License-Identifier: GPL-2.0 */
/* What has happened to the jobs, and what was measured of it. */
#ifndef VIGIL_STORE_STORE_HISTORY_H
#define VIGIL_STORE_STORE_HISTORY_H

#include "user/store/store.h"

enum { STORE_EVENT_TEXT_MAX = 200 };

/**
 * struct store_event - one thing that happened to a job, or was decided about it.
 *
 * Strings as in struct store_job. Times that are not known are 0; durations that are not, UINT64_MAX.
 */
struct store_event {
	uint64_t seq;			/* of the job, from 1 */
	const char *kind;		/* as Documentation/api.md names them */
	const char *boot_id;
	uint64_t boottime_us;		/* in that boot */
	uint64_t realtime_ns;
	uint64_t instance;		/* number of the instance it is about; 0: none */
	int64_t pid;			/* of that */
	uint64_t start_ticks;
	uint64_t watch_id;
	int cause;			/* enum vigil_cause, of an end */
	int code;
	int signal;
	uint64_t ran_us;
	uint64_t detect_us;		/* from the death to its handling */
	uint64_t restart_us;		/* from the death before to this start */
	const char *verdict;		/* what followed, or NULL */
	uint64_t delay_us;		/* after how long */
	unsigned int nth;		/* ... as which restart in the window */
	unsigned int nmax;		/* ... of how many; 0: no bound */
	uint64_t window_us;
	int64_t uid;			/* who asked; -1: nobody */
	int64_t peer;			/* ... from which process */
	const char *text;		/* more of it, or NULL */
};

/** struct store_history - how far a job has come. Times are on the ledger's clock. */
struct store_history {
	const char *name;
	uint64_t seq;			/* of the newest event */
	uint64_t instance;		/* number of the newest */
	int64_t pid;			/* ... and who that was */
	uint64_t start_ticks;
	uint64_t born_us;		/* when it was first known */
	int phase;			/* enum stats_kind */
	uint64_t since_us;		/* in this phase */
	int blame;			/* the phase that it is in while nothing of it runs */
	uint64_t died_us;		/* a death that no start has followed yet; 0: none */
};

/** struct store_roll - struct stats_part, as the store knows it. */
struct store_roll {
	int grain;
	uint64_t bucket;
	uint64_t span;
	int kind;
	uint64_t n;
	uint64_t sum_us;
	uint64_t max_us;
};

/** struct store_clock - when vigild last was alive: see struct stats_clock. */
struct store_clock {
	char boot_id[STORE_BOOT_ID_LEN + 1];
	uint64_t offset_us;
	uint64_t alive_us;
	uint64_t alive_real_ns;
};

typedef void (*store_event_fn)(void *arg, const struct store_event *event);
typedef void (*store_history_fn)(void *arg, const struct store_history *h);
typedef void (*store_roll_fn)(void *arg, const struct store_roll *roll);

/* All return 0, -EUCLEAN or -EIO, as those in store.h do. */

/** store_put_event - @event->seq is the caller's; an end that is there already is not put twice. */
int store_put_event(struct store *s, const char *job, const struct store_event *event);

/** store_prune_events - delete the job's events up to @seq. */
int store_prune_events(struct store *s, const char *job, uint64_t seq);

/** store_each_event - of one job, oldest first. */
int store_each_event(struct store *s, const char *job, store_event_fn fn, void *arg);

int store_put_history(struct store *s, const struct store_history *h);
int store_each_history(struct store *s, store_history_fn fn, void *arg);

/** store_del_history - of one job: all in this file. */
int store_del_history(struct store *s, const char *job);

/** store_add_roll - add to what is there. */
int store_add_roll(struct store *s, const char *job, const struct store_roll *roll);

/** store_prune_rolls - delete those of a grain that end before @bucket. */
int store_prune_rolls(struct store *s, const char *job, int grain, uint64_t bucket);
int store_each_roll(struct store *s, const char *job, store_roll_fn fn, void *arg);

int store_put_clock(struct store *s, const struct store_clock *clock);

/** store_get_clock - an empty boot_id: there is none yet. */
int store_get_clock(struct store *s, struct store_clock *clock);

#endif /* VIGIL_STORE_STORE_HISTORY_H */
