/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One stream of one instance: from its pipe into the ring, each line once.
 */
#ifndef VIGIL_LOG_SOURCE_H
#define VIGIL_LOG_SOURCE_H

#include <stdbool.h>
#include <sys/queue.h>

#include "user/log/rules.h"
#include "user/log/state.h"

struct source {
	char fifo[FIFO_NAME_SIZE];
	enum record_stream stream;
	int fd;			/* -1: the pipe is gone, what was kept of it is not */
	int job;		/* slot */
	int part;		/* or -1 */
	enum log_mid mid;
	bool fresh;		/* has not been read up to where it waits, or ends */
	bool ending;		/* has ended, and waits for the ring */
	struct log_rules rules;
	TAILQ_ENTRY(source) link;	/* of its job */
	TAILQ_ENTRY(source) fresh_link;
};

TAILQ_HEAD(source_list, source);

/** struct tap - what all sources share. */
struct tap {
	struct log_state *s;
	int dir_fd;
	int copy_rd, copy_wr;	/* a pipe for a look at what another holds */
	bool drop;		/* what the ring has no room for is dropped */
};

enum source_outcome {
	SOURCE_IDLE,		/* there is no more now */
	SOURCE_MOVED,
	SOURCE_RING_FULL,	/* nothing was done */
	SOURCE_END_WAITS,	/* it has ended, but the ring has no room to tell what was dropped */
	SOURCE_ENDED,		/* nobody can write any more, and all has been read */
};

/** tap_open - and finish what a killed logger has begun. 0 or a negative errno. */
int tap_open(struct tap *t, struct log_state *s, int dir_fd);
void tap_close(struct tap *t);

/** source_pump - move what one look gives. */
enum source_outcome source_pump(struct tap *t, struct source *src);

/**
 * source_yield - the beginning of a line that is kept becomes a piece: the next logger may not know of it.
 *
 * Return: false if the ring has no room for it.
 */
bool source_yield(struct tap *t, struct source *src);

#endif /* VIGIL_LOG_SOURCE_H */
