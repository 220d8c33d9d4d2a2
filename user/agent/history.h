/* SPDX-License-Identifier: GPL-2.0 */
/* What happens to jobs and what is decided about them, noted for good; and how long they were up. */
#ifndef VIGIL_AGENT_HISTORY_H
#define VIGIL_AGENT_HISTORY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "user/agent/stats_math.h"
#include "user/base/loop.h"
#include "user/store/store_history.h"

struct agent;
struct instance;
struct job;
struct sup_decision;

/* The kinds of events. Their names are in the store and in answers: history_kind_name(). */
enum history_kind {
	HISTORY_AUTOSTART,	/* wanted up, as its file says */
	HISTORY_HELD,		/* wanted down, as its file says */
	HISTORY_DEFINED,	/* a reload has found it */
	HISTORY_REDEFINED,	/* a reload has found its file changed */
	HISTORY_REMOVED,	/* no file names it any more */
	HISTORY_ASK_START,
	HISTORY_ASK_STOP,
	HISTORY_ASK_RESTART,
	HISTORY_STARTED,	/* its program runs */
	HISTORY_READY,		/* it is up, later than it was started */
	HISTORY_ENDED,
	HISTORY_NOT_STARTED,
	HISTORY_WAITS,		/* cannot start yet */
	HISTORY_KILLED,		/* did not stop in time */
	HISTORY_STOPPED,
	HISTORY_ADOPTED,	/* by a new vigild */
	HISTORY_NODE_DOWN,
	HISTORY_FLAGGED,	/* something foretells its failure */
	HISTORY_UNFLAGGED,
	HISTORY_FORETOLD,	/* restarted before it fails */
	HISTORY_HANDED_OVER,	/* to the level above */
	HISTORY_ROLLED_BACK,	/* to an earlier definition */
	HISTORY_TOOK_OVER,	/* a standby is the job from now on */
	HISTORY_PROMOTED,	/* of a standby: its process is the job's from now on */
	HISTORY_TIDIED,		/* its commands after the program are done with */
	HISTORY_KINDS,
};

struct history_note;
TAILQ_HEAD(history_notes, history_note);

/** struct job_history - of one job; times are on the ledger's clock. */
struct job_history {
	uint64_t seq;			/* of the newest event in the store */
	uint64_t instance;		/* number of the newest instance */
	pid_t pid;			/* ... and who that was */
	uint64_t start_ticks;
	uint64_t born_us;		/* 0: not known yet */
	enum stats_kind phase;
	uint64_t since_us;
	enum stats_kind blame;		/* the phase that it is in while nothing of it runs */
	uint64_t died_us;		/* 0: the last death has been followed by a start */
	struct history_note *open;	/* the end that is being decided about, of this turn */
	enum history_kind last;
	uint64_t exits[8];		/* by enum vigil_cause, seen by this vigild */
	bool loaded;			/* the numbers above go on from the store's */
	struct history_notes notes;	/* not in the store yet */
	unsigned int nwritten;		/* of them, in the transaction that is open */
};

/** struct history - of the agent. */
struct history {
	struct stats_clock clock;
	bool clock_known;
	bool clock_due;			/* it is time to tell the store that vigild lives */
	bool new_boot;			/* the store's last words are of another boot */
	uint64_t off_us;		/* for how long the node was off */
	struct loop_timer timer;
	struct history_note *pool;
	struct history_note *free;
	size_t fresh;			/* notes of the pool never used so far */
	uint64_t lost;			/* events there was no room for */
};

/** history_open - after persist_open(), before any job exists. 0 or -ENOMEM. */
int history_open(struct agent *a);

/** history_rest - at the end, while the loop knows only what still exists: no more words of being alive. */
void history_rest(struct agent *a);

/** history_close - after the last job is freed. */
void history_close(struct agent *a);

/** history_load - after the jobs are loaded: go on from what the store knows of them. */
void history_load(struct agent *a);

/** history_init - of a new job. */
void history_init(struct job *job);

/* Hooks of life.c and its neighbours; each marks the job for the store. */

/** history_state - job->state or job->want has changed. */
void history_state(struct job *job);

/** history_note - something happened; @text: more of it in a sentence, or NULL. */
void history_note(struct job *job, enum history_kind kind, const char *text);

/** history_once - as history_note(), unless it was the last thing noted. */
void history_once(struct job *job, enum history_kind kind, const char *text);

/** history_asked - somebody asked for it through the control socket. */
void history_asked(struct job *job, enum history_kind kind, uid_t uid, pid_t pid);

/** history_foretold - it is about to be restarted before it fails; @text: why. */
void history_foretold(struct job *job, const char *text);

/** history_started - its program runs. */
void history_started(struct job *job);

/** history_moved - job->inst is @old with another main process. */
void history_moved(struct job *job, const struct instance *old);

/** history_adopted - this vigild has taken over job->inst. */
void history_adopted(struct job *job);

/** history_ended - @inst has ended; what is decided comes with history_decided() or _verdict(). */
void history_ended(struct job *job, const struct instance *inst, const struct store_exit *end,
		   uint64_t ran_us);

/** history_stopped - nothing of it runs, as is wanted; no news of one that was down all along. */
void history_stopped(struct job *job);

/** history_not_started - the program could not be run; then as for history_ended(). */
void history_not_started(struct job *job, const char *why);

/** history_tidied - as history_ended() of an earlier turn: the commands after the program are done with. */
void history_tidied(struct job *job);

/** history_took_over - job->inst has taken over from the one whose end was noted; it was @slot's. */
void history_took_over(struct job *job, const char *slot);

/** history_exchange - each has that of the other from now on. */
void history_exchange(struct job *a, struct job *b);

/** history_decided - by the restart policy. */
void history_decided(struct job *job, const struct sup_decision *d);

/** history_verdict - not by the policy: "stopped", "restart-asked", "again". */
void history_verdict(struct job *job, const char *verdict);

/* For persist.c. */

/** history_put - in an open transaction: what is not in the store yet. 0, -EUCLEAN or -EIO. */
int history_put(struct agent *a, struct job *job);

/** history_put_clock - in an open transaction: that vigild lives. */
int history_put_clock(struct agent *a);

/** history_written - that transaction is committed. */
void history_written(struct job *job);

/** history_tell - what is stored, or cannot be now, is told to those who follow. */
void history_tell(struct job *job);

/** history_drop - the job is forgotten. */
void history_drop(struct job *job);

/** history_renew - the store is back, or it is another one. */
void history_renew(struct agent *a);

/** history_now - the ledger's clock. */
uint64_t history_now(const struct agent *a);

/** history_pending - each event that is not in the store yet, oldest first. */
void history_pending(const struct job *job, store_event_fn fn, void *arg);

/** history_measured - each part of what was measured that is not in the store yet. */
void history_measured(const struct job *job, int (*fn)(void *arg, const struct stats_part *part),
		      void *arg);

const char *history_kind_name(enum history_kind kind);

#endif /* VIGIL_AGENT_HISTORY_H */
