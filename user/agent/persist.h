/* SPDX-License-Identifier: GPL-2.0 */
/* When and what vigild writes to its store, and how it goes on without one. */
#ifndef VIGIL_AGENT_PERSIST_H
#define VIGIL_AGENT_PERSIST_H

#include "user/agent/job.h"
#include "user/base/loop.h"
#include "user/store/store.h"

struct agent;

struct persist {
	struct store *store;		/* NULL while it cannot be used */
	struct store *reader;		/* ... when vigild starts, but can be read */
	char why[400];			/* why it cannot */
	unsigned int opened;		/* so often; each may be of another file */
	bool anew;			/* what this vigild should have found there was damaged */
	size_t salvaged;		/* rows of jobs that could be read even so */
	bool flushed;			/* since persist_settle() */
	struct loop_timer retry;
	struct job_list dirty;
	struct job_list gone;		/* out of the table, to be forgotten */
};

/** persist_open - open the store; what is missing is told by @p->why, later, too. */
void persist_open(struct agent *a);
void persist_close(struct agent *a);

/** persist_source - while vigild starts: what tells of earlier ones. NULL: nothing does. */
struct store *persist_source(const struct agent *a);

/** persist_adopted - persist_source() is needed no more. */
void persist_adopted(struct agent *a);

/** persist_job - its state has changed: write it at the end of this turn. */
void persist_job(struct job *job);

/** persist_gone - a removed job is down: take it out of the table, forget and free it. */
void persist_gone(struct job *job);

/**
 * persist_failed - the store has failed with @err: it is tried again later, or if it is damaged set
 * aside and begun anew, and then all is to be written.
 *
 * Return: true if there is a new store.
 */
bool persist_failed(struct agent *a, int err);

/**
 * persist_flush - write what has changed, in one transaction.
 *
 * From now on it survives the death of vigild, but not yet the loss of power, which takes the jobs with it.
 * A failure is logged and shown by status; all goes on, and is written when the store is back.
 */
void persist_flush(struct agent *a);

/** persist_settle - make what was flushed survive the loss of power, too, and release what became stale. */
void persist_settle(struct agent *a);

#endif /* VIGIL_AGENT_PERSIST_H */
