/* SPDX-License-Identifier: GPL-2.0 */
/* Which definition a job runs by, which it was last ready with, and the way back to that. */
#ifndef VIGIL_AGENT_VERSION_H
#define VIGIL_AGENT_VERSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/agent/supervise.h"
#include "user/base/loop.h"
#include "user/jobfile/jobfile.h"
#include "user/store/store.h"
#include "user/store/store_version.h"

struct agent;
struct job;
struct jobsrc;

/** struct version - a definition, with a reference to the text it is of; zeroed: none. */
struct version {
	struct jobsrc *src;
	const struct job_spec *spec;
};

/** struct versions - of one job. */
struct versions {
	const struct job_spec *filed;	/* of its file, in job->src; job->spec unless it was rolled back */
	struct version run;		/* its newest instance was started by it */
	struct version good;		/* it was last ready with it */
	struct version before;		/* ... and with this one earlier, until its template has got there */
	struct job_spec *blend;		/* job->spec, after it was rolled back */
	char *why;			/* ... and why it was */
	bool rolling;			/* to be restarted for its definition, when it is its turn */
	bool stored;			/* the store may have a row of it ... */
	uint64_t saved_digest;		/* ... and it tells this; 0: who knows */
	struct loop_timer timer;	/* it has run for long enough */
};

void version_init(struct job *job);
void version_free(struct job *job);

/** version_define - job->src and job->spec are new; the others stay, but for those that are the same as these. */
void version_define(struct job *job);

/** version_set_run - what runs of it was started by this. */
void version_set_run(struct job *job, struct jobsrc *src, const struct job_spec *spec);

/** version_exchange - the two change places: all goes with the names but what their processes were started by. */
void version_exchange(struct job *a, struct job *b);

/** version_rolled_back - is job->spec not that of its file? */
static inline bool version_rolled_back(const struct versions *v)
{
	return v->blend != NULL;
}

/** version_unproven - was it ready with another definition before, and not yet with the one it was started by? */
bool version_unproven(const struct job *job);

/** version_on_trial - ... and will it go back if that fails? */
bool version_on_trial(const struct job *job);

/** version_starting - an instance is about to be made by job->spec. */
void version_starting(struct job *job);

/** version_up - the program runs, and if its readiness is told by something, it is ready. */
void version_up(struct job *job);

/** version_ended - the program has ended; job->state is still that of before. */
void version_ended(struct job *job, uint64_t ran_us);

/**
 * version_failed - the instance has ended, or could not be made, and is wanted up.
 * @last: how, in a few words
 *
 * Return: whether the job has gone back to an earlier definition; it is to be started by that.
 */
bool version_failed(struct job *job, enum sup_end how, const char *last);

/** version_note_good - if it runs well now, that is what it may go back to. */
void version_note_good(struct job *job);

/** version_forget_before - its whole template has got there. */
void version_forget_before(struct job *job);

/* The store's rows. */

/** version_rows_load - after the job files are loaded. */
void version_rows_load(struct agent *a);

/** version_put - in an open transaction: as if @filed were the definition of its file, @rolling as given. */
int version_put(struct job *job, const struct version *filed, bool rolling, struct store *store);

/** version_save - in an open transaction. */
int version_save(struct job *job, struct store *store);

#endif /* VIGIL_AGENT_VERSION_H */
