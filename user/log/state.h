/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that the logger must not forget when it is killed: shared memory in a file.
 *
 * The file lies in the run directory, which is memory: nothing here is meant to outlive the boot,
 * and no write of it waits for a disk.
 */
#ifndef VIGIL_LOG_STATE_H
#define VIGIL_LOG_STATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "user/log/bounds.h"
#include "user/log/bucket.h"
#include "user/log/fifo.h"
#include "user/log/ring.h"

enum log_drop_reason {
	LOG_DROP_RATE,		/* more than the job's rate limit */
	LOG_DROP_STALL,		/* the disk took nothing for LOG_STALL_US */
	LOG_DROP_REASONS,
};

/** struct log_drop - lines dropped, and when that began. */
struct log_drop {
	uint64_t n;
	uint64_t since_ns;
};

/** struct log_tally - of a job, by the reader. */
struct log_tally {
	struct bucket bucket;
	struct log_drop untold[LOG_DROP_REASONS];
	uint64_t lines;		/* read */
	uint64_t dropped;	/* of those, never put into the ring */
};

/** struct log_job - one slot; an empty name: never used. */
struct log_job {
	char name[LOG_JOB_NAME_SIZE];
	struct log_tally tally;
	struct log_drop lost;			/* by the writer, not yet told */
	_Atomic uint64_t lost_total;		/* lines that no file took */
	_Atomic uint64_t unforwarded;		/* lines that no journald or syslogd took */
};

/* Of a line of which a piece has been written or dropped: what becomes of the rest. */
enum log_mid {
	LOG_MID_NONE,
	LOG_MID_KEPT,
	LOG_MID_DROPPED,
};

/** struct log_part - of a line whose end has not come; an empty name: free. */
struct log_part {
	char fifo[FIFO_NAME_SIZE];
	uint32_t len;		/* bytes of its beginning that are kept */
	uint32_t mid;		/* enum log_mid */
};

/** struct log_transfer - what the reader is about: source.c. */
struct log_transfer {
	_Atomic bool committed;
	char fifo[FIFO_NAME_SIZE];
	uint32_t taken;		/* bytes of @pending that are to leave the pipe */
	uint32_t job;
	struct log_tally tally;
	uint64_t head;		/* of the ring, then */
	int32_t part;		/* -1: none was there, and none is needed */
	bool part_free;		/* it is needed no more */
	uint32_t part_from;	/* in @pending, what goes ... */
	uint32_t part_at;	/* ... there in its text */
	uint32_t part_len;	/* of its text, then */
	uint32_t part_mid;
	char pending[LOG_IN_MAX];
	char gone[LOG_IN_MAX];	/* what has left the pipe: source.c */
};

/** struct log_writing - what the writer is about: sink.c. */
struct log_writing {
	_Atomic uint64_t entry;	/* its place in the ring, plus 1; 0: none */
	uint64_t ino;
	uint64_t offset;
	uint64_t now_ns;
	struct log_drop lost;	/* of the job, before: told in front of it */
	uint64_t lost_total;
};

struct log_state {
	char version[32];
	char boot_id[40];
	_Atomic uint64_t beat;
	struct log_transfer transfer;
	struct log_writing writing;
	struct log_job jobs[LOG_JOBS];
	struct log_part parts[LOG_PARTS];
	char texts[LOG_PARTS][LOG_TEXT_MAX];	/* apart: a look at the parts touches no more */
	struct ring ring;
};

/**
 * state_open - map the state, made anew if it is of another version or boot.
 *
 * Return: NULL with errno set.
 */
struct log_state *state_open(int dir_fd, const char *boot_id);
void state_close(struct log_state *s);

/** state_job - the slot of a job, or -1. */
int state_job(const struct log_state *s, const char *name);

/**
 * state_job_make - ... made if missing.
 * @may_take: whether a slot, not empty, may be given to another job
 *
 * Return: the slot, or -1 if none is to be had.
 */
int state_job_make(struct log_state *s, const char *name, bool (*may_take)(void *arg, int slot),
		   void *arg);

/** state_part - the part of a pipe; of "": one that is free. -1 if there is none. */
int state_part(const struct log_state *s, const char *fifo);

/*
 * For a look from another process, which reads and maps nothing: the file may be made anew any time.
 */

/** state_look - Returns a descriptor, or a negative errno: -EINVAL if it is of another version. */
int state_look(int dir_fd);

/** state_look_job - Returns 0, -ENOENT if the logger knows nothing of the job, or another error. */
int state_look_job(int fd, const char *name, struct log_job *job);

/** state_look_beat - the number of times that the logger has come round. */
uint64_t state_look_beat(int fd);

#endif /* VIGIL_LOG_STATE_H */
