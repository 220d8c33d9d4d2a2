/* SPDX-License-Identifier: GPL-2.0 */
/* The durable state of one node's agent, in SQLite. */
#ifndef VIGIL_STORE_STORE_H
#define VIGIL_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	STORE_SCHEMA_VERSION = 1,
	STORE_BOOT_ID_LEN = 36,
	STORE_BUSY_MS_MAX = 100,
};

struct store;

/** struct store_exit - how the last instance ended. */
struct store_exit {
	bool known;		/* there was an end at all */
	int cause;		/* enum vigil_cause */
	int code;
	int signal;
	uint64_t realtime_ns;
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

typedef void (*store_job_fn)(void *arg, const struct store_job *job);
typedef void (*store_file_fn)(void *arg, const char *path, const char *text, size_t len);

/**
 * store_open - open or make DIR/vigil.db.
 * @why: filled with a sentence on failure
 *
 * Return: the store, or NULL.
 */
struct store *store_open(const char *dir, char *why, size_t size);

/** store_close - roll back what is not committed, and close. NULL is ignored. */
void store_close(struct store *s);

/** store_error - the sentence for the last failure. */
const char *store_error(const struct store *s);

/**
 * The calls below return 0 or -EIO, and after a failure the open transaction must be rolled
 * back. What was committed survives the loss of power.
 */
int store_begin(struct store *s);
int store_commit(struct store *s);
void store_rollback(struct store *s);

int store_put_job(struct store *s, const struct store_job *job);
int store_del_job(struct store *s, const char *name);
int store_each_job(struct store *s, store_job_fn fn, void *arg);

/* The last good text of each job file. */
int store_put_file(struct store *s, const char *path, const char *text, size_t len);
int store_del_file(struct store *s, const char *path);
int store_each_file(struct store *s, store_file_fn fn, void *arg);

#endif /* VIGIL_STORE_STORE_H */
