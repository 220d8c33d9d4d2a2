/* SPDX-License-Identifier: GPL-2.0 */
/* The log files of all jobs: written, each entry of the ring once, and rotated. */
#ifndef VIGIL_LOG_SINK_H
#define VIGIL_LOG_SINK_H

#include <sys/queue.h>
#include <sys/types.h>

#include "user/log/state.h"

/** struct sink - the file of one job. */
struct sink {
	int fd;			/* -1: closed */
	dev_t dev;
	ino_t ino;
	int error;		/* why the last write failed; 0: it did not */
	TAILQ_ENTRY(sink) link;
};

TAILQ_HEAD(sink_list, sink);

struct sinks {
	struct log_state *s;
	const char *dir;	/* made again if somebody removes it */
	struct sink *of_job;	/* by slot */
	struct sink_list open;	/* the one used last comes last */
	unsigned int nopen;
};

/** sinks_open - Returns 0 or -ENOMEM. */
int sinks_open(struct sinks *ss, struct log_state *s, const char *dir);
void sinks_close(struct sinks *ss);

/**
 * sink_write - append an entry to its job's file. May wait for the disk.
 * @at: where it begins in the ring
 *
 * What cannot be written is counted, and told by the file as soon as it can be written again.
 */
void sink_write(struct sinks *ss, const struct ring_entry *e, uint64_t at);

#endif /* VIGIL_LOG_SINK_H */
