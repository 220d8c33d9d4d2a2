/* SPDX-License-Identifier: GPL-2.0 */
/* Descriptors that a job has left with vigild: FDSTORE=1. */
#ifndef VIGIL_AGENT_FDSTORE_H
#define VIGIL_AGENT_FDSTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

struct agent;
struct job;
struct passed_fds;
struct stored_fd;

TAILQ_HEAD(stored_fds, stored_fd);

/** struct fdstore - of one job, in the order in which they came. */
struct fdstore {
	struct stored_fds list;
	size_t n;
	unsigned int last_id;
};

void fdstore_init(struct fdstore *s);

/**
 * fdstore_add - keep a descriptor until the job is down, or removes it.
 * @fd: taken over
 * @name: may be ""
 * @poll: forget it when its other end is gone
 *
 * One that is kept already is closed; so is one that is more than the job may keep, which is logged.
 */
void fdstore_add(struct job *job, int fd, const char *name, bool poll);

/** fdstore_remove - all of that name. */
void fdstore_remove(struct job *job, const char *name);

/** fdstore_clear - the job is down. */
void fdstore_clear(struct job *job);

/** fdstore_free - vigild ends, or forgets the job: what the holder keeps stays. */
void fdstore_free(struct job *job);

/** fdstore_collect - for the job's next instance. */
void fdstore_collect(struct job *job, struct passed_fds *out);

/** fdstore_adopt - take back what earlier vigilds kept. */
void fdstore_adopt(struct agent *a);

#endif /* VIGIL_AGENT_FDSTORE_H */
