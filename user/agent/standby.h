/* SPDX-License-Identifier: GPL-2.0 */
/* Warm standbys: instances of a job that are ready and wait, one of which takes over when the job's process dies. */
#ifndef VIGIL_AGENT_STANDBY_H
#define VIGIL_AGENT_STANDBY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "user/agent/bell.h"
#include "user/agent/lane.h"
#include "user/agent/supervise.h"
#include "user/store/store.h"

struct agent;
struct job;

/** struct standby - of a job with standbys, and of each of these. */
struct standby {
	struct bell bell;	/* of the instance */
	bool touched;		/* on the agent's list of those to be looked at */
	bool stored;		/* an earlier vigild's store has told its lane */
	/* Of the primary only: */
	struct job *next;	/* who takes over; NULL: nobody is ready */
	uint64_t tied_watch;	/* the watch that rings its bell; 0: none does */
	struct job *tied;	/* ... and whose bell that is */
	bool untied;		/* on the agent's list of those whose bell is to be tied */
	bool untold;		/* took over, and has not been told that it is the primary */
	bool renewed;		/* of the restart that is under way: its standbys are restarted, too */
	uint64_t since_us;	/* when it took over; 0: it was started as the primary */
	char next_lane[STORE_LANE_MAX + 1];	/* @next, as an earlier vigild had chosen */
};

TAILQ_HEAD(standby_list, job);

/** struct standbys - the agent's jobs of which something may have to be done for their standbys. */
struct standbys {
	struct standby_list touched;
	struct standby_list untied;	/* when the store has the choice */
};

void standby_open(struct agent *a);

/** standby_define - a job has got a definition: so do its standbys, and there are as many as it says. */
void standby_define(struct job *job);

/** standby_touch - a job has changed: look at it and its standbys before the turn is over. */
void standby_touch(struct job *job);

/** standby_renew - those that run of its standbys are restarted. */
void standby_renew(struct job *job);

/** standby_turn - do what follows for those that were touched; before the store is written. True: there is more. */
bool standby_turn(struct agent *a);

/** standby_tie - after the store was written: have vigil.ko tell who was chosen. */
void standby_tie(struct agent *a);

/** standby_hold - the job is to be ended on purpose: nobody takes over. */
void standby_hold(struct job *job);

/** standby_moved - another process of the job is its main process: the old one's end means nothing. */
void standby_moved(struct job *job);

/**
 * standby_succeed - the job's program has ended as @how says: a standby that is ready takes over.
 *
 * Then @job is that standby from now on, and all that is to follow from the end happens to it.
 */
void standby_succeed(struct job *job, enum sup_end how);

/** standby_policy - the job's definition as its restart policy is to see it; valid until the next call. */
const struct job_spec *standby_policy(const struct job *job);

/** standby_ask - somebody has asked for the job to be started: standbys that have failed are, too. */
void standby_ask(struct job *job);

/** standby_reload - its standbys are to read their configuration again, too. */
void standby_reload(struct job *job);

/** standby_all_down - nothing runs of its standbys. */
bool standby_all_down(const struct job *job);

/** standby_since - since when its present process does the job's work. */
uint64_t standby_since(const struct job *job);

/** standby_role - "standby", "takeover" or "primary"; NULL: the job has no standbys. */
const char *standby_role(const struct job *job);

/* The store's row, and adoption. */
int standby_save(struct job *job, struct store *store);
void standby_load(struct job *job, const struct store_standby *row);
/** standby_loaded - all rows were: a standby that had none gets a lane. */
void standby_loaded(struct agent *a);
void standby_adopt(struct job *job);

/** standby_forget - the job leaves the table. */
void standby_forget(struct job *job);
void standby_free(struct job *job);

#endif /* VIGIL_AGENT_STANDBY_H */
