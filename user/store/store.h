/* SPDX-License-Identifier: GPL-2.0 */
/* The durable state of one node's agent, in SQLite. */
#ifndef VIGIL_STORE_STORE_H
#define VIGIL_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	STORE_BOOT_ID_LEN = 36,
	STORE_BUSY_MS_MAX = 100,
	STORE_LANE_MAX = 60,
	STORE_DAMAGED_MAX = 4,		/* damaged stores that are kept; older ones are deleted */
	STORE_FRAMES_MAX = 1000,	/* in the log: then it is moved to the store at the next sync */
};

#define STORE_NAME "vigil.db"

struct store;

/** struct store_exit - how the last instance ended. */
struct store_exit {
	bool known;		/* there was an end at all */
	int cause;		/* enum vigil_cause */
	int code;
	int signal;
	uint64_t realtime_ns;
	uint64_t boottime_ns;	/* of this boot; 0: not known. It is not stored */
	uint64_t utime_ns;
	uint64_t stime_ns;
	uint64_t maxrss_kib;
};

/**
 * struct store_job - one row: what the next agent must know of a job.
 *
 * Strings are the caller's when writing, and valid during the callback when reading. All times
 * are on CLOCK_BOOTTIME and mean nothing in another boot.
 */
struct store_job {
	const char *name;
	const char *boot_id;
	const char *want;
	const char *state;
	bool alive;		/* the instance below has not been seen dead */
	int64_t pid;		/* of the newest instance; 0: none yet */
	uint64_t start_ticks;
	uint64_t watch_id;	/* 0: was watched by pidfd */
	unsigned int restarts;
	unsigned int level;
	uint64_t due_us;
	const char *recent;	/* times of the last restarts in us, oldest first, blank between */
	const char *reason;	/* or NULL */
	struct store_exit exit;
};

/**
 * struct store_ready - one row: how far an instance of a job has got, and what it told.
 *
 * It is of the instance with this process ID and start time, and of no other.
 */
struct store_ready {
	const char *name;
	int64_t pid;
	uint64_t start_ticks;
	bool reached;
	bool reloading;
	int doom;		/* why the agent ends it; 0: it does not */
	uint64_t start_due_us;
	uint64_t watchdog_us;
	const char *status;
};

typedef void (*store_ready_fn)(void *arg, const struct store_ready *row);

/**
 * struct store_standby - one row: of a job that has standbys, or is one.
 *
 * The lane is by what its instance is known elsewhere: it stays when two jobs change places.
 */
struct store_standby {
	const char *name;
	const char *lane;
	const char *next;	/* lane of the standby that takes over; "": none */
	bool untold;		/* it has taken over, and may not know yet */
	uint64_t since_us;	/* when it took over; 0: it did not */
};

typedef void (*store_standby_fn)(void *arg, const struct store_standby *row);

/**
 * struct store_progress - how far a job has come, beside its struct store_job, of the same boot.
 *
 * A job that has nothing to tell here has no such row.
 */
struct store_progress {
	unsigned int phase;	/* which of its commands runs, or is to run next */
	unsigned int step;	/* the number of the command in that phase */
	unsigned int ended;	/* in the phase after the main process: how that ended */
	uint64_t ran_us;	/* ... and how long it had run */
	uint64_t told_us;	/* it knows what became of its dependencies up to then */
	uint64_t renew_us;	/* an instance older than this makes room for a new one */
	uint64_t escalated_us;	/* its group was last restarted for it */
	bool limit_passed;	/* it has failed because of too many restarts */
	const char *group_recent;	/* of the first in a group: times of the group's restarts */
};

/** struct store_handover - a job that was handed to the level above. It holds over boots, too. */
struct store_handover {
	const char *name;
	uint64_t realtime_ns;	/* since when */
	const char *reason;
};

/** struct store_foretell - what foretells the failure of a job that runs, in one boot. */
struct store_foretell {
	const char *name;
	const char *boot_id;
	int64_t pid;		/* of the instance that is flagged; 0: none runs */
	uint64_t start_ticks;
	uint64_t restarted_us;	/* it was last restarted before it failed; 0: never */
	const char *flags;	/* a line for each condition: name, wall clock in ns, sentence */
};

typedef void (*store_foretell_fn)(void *arg, const struct store_foretell *row);
typedef void (*store_handover_fn)(void *arg, const struct store_handover *row);
typedef void (*store_progress_fn)(void *arg, const char *name, const struct store_progress *p);
typedef void (*store_job_fn)(void *arg, const struct store_job *job);
typedef void (*store_file_fn)(void *arg, const char *path, const char *text, size_t len);

/**
 * store_open - open or make DIR/vigil.db.
 * @why: filled with a sentence on failure
 *
 * Return: the store, or NULL with errno: EUCLEAN if what lies there is damaged and will never open
 * (store_set_aside() makes room); EPROTONOSUPPORT if a newer vigild has made it, it is left as it is;
 * EIO for trouble that may pass, such as a full disk, no permission or another writer.
 */
struct store *store_open(const char *dir, char *why, size_t size);

/**
 * store_open_full - as store_open(), where that fails for want of space: to read what is there, and no more.
 *
 * No statement that writes may be used. Nobody else can use the store while it is open.
 */
struct store *store_open_full(const char *dir, char *why, size_t size);

/**
 * store_check - could store_open() use what is in DIR? Changes nothing; that there is no store yet is fine.
 * @why: filled with a sentence on failure
 *
 * Return: 0 or -EIO.
 */
int store_check(const char *dir, char *why, size_t size);

/** store_close - roll back what is not committed, and close. NULL is ignored. */
void store_close(struct store *s);

/** store_error - the sentence for the last failure. */
const char *store_error(const struct store *s);

/**
 * store_set_aside - rename a damaged store, that is not open, to vigil.db.damaged-TIME.
 * @name: filled with the new name, without DIR
 *
 * Its log goes with it. A crash amid this leaves a store that is set aside by the next attempt. Of
 * those set aside before the newest few are kept. Return: 0 or a negative errno.
 */
int store_set_aside(const char *dir, char *name, size_t size);

/**
 * store_salvage_jobs - each job whose row can still be read from a store that was set aside.
 * @name: as store_set_aside() has told it
 *
 * What a row says may be wrong. Stops without a word where nothing more can be read.
 */
void store_salvage_jobs(const char *dir, const char *name, store_job_fn fn, void *arg);

/** store_damaged_newest - the name of the one set aside last; false if there is none. */
bool store_damaged_newest(const char *dir, char *name, size_t size);

/**
 * The calls below return 0, -EUCLEAN if the store shows to be damaged, or -EIO, and after a failure
 * the open transaction must be rolled back. What was committed survives the loss of power, and so does
 * what is written outside of a transaction.
 */
int store_begin(struct store *s);
int store_commit(struct store *s);

/**
 * store_publish - commit, but for the power: what was written survives the end of this process, however it
 * ends, and is seen by the next one. It survives the loss of power once store_sync() has returned 0.
 */
int store_publish(struct store *s);
int store_sync(struct store *s);
void store_rollback(struct store *s);

int store_put_job(struct store *s, const struct store_job *job);
int store_del_job(struct store *s, const char *name);
int store_each_job(struct store *s, store_job_fn fn, void *arg);

int store_put_ready(struct store *s, const struct store_ready *row);
int store_del_ready(struct store *s, const char *name);
int store_each_ready(struct store *s, store_ready_fn fn, void *arg);

int store_put_progress(struct store *s, const char *name, const struct store_progress *p);
int store_del_progress(struct store *s, const char *name);
int store_each_progress(struct store *s, store_progress_fn fn, void *arg);

int store_put_handover(struct store *s, const struct store_handover *row);
int store_del_handover(struct store *s, const char *name);
int store_each_handover(struct store *s, store_handover_fn fn, void *arg);

int store_put_foretell(struct store *s, const struct store_foretell *row);
int store_del_foretell(struct store *s, const char *name);
int store_each_foretell(struct store *s, store_foretell_fn fn, void *arg);

int store_put_standby(struct store *s, const struct store_standby *row);
int store_del_standby(struct store *s, const char *name);
int store_each_standby(struct store *s, store_standby_fn fn, void *arg);

/* The last good text of each job file. */
int store_put_file(struct store *s, const char *path, const char *text, size_t len);
int store_del_file(struct store *s, const char *path);
int store_each_file(struct store *s, store_file_fn fn, void *arg);

#endif /* VIGIL_STORE_STORE_H */
