/* SPDX-License-Identifier: GPL-2.0 */
/* What others than the loop see of vigild and its jobs: a copy that never changes. */
#ifndef VIGIL_AGENT_VIEW_H
#define VIGIL_AGENT_VIEW_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>

#include <jansson.h>

#include "user/agent/bounds.h"
#include "user/agent/stats_math.h"
#include "user/api/published.h"
#include "user/jobfile/jobfile.h"
#include "user/store/store.h"

struct agent;
struct job;

enum { VIEW_CAUSES = 8 };

/** struct job_view - of one job, at the end of the turn in which it changed last. */
struct job_view {
	struct published_head head;
	char name[JOB_NAME_LEN_MAX + 1];
	const char *state;
	bool failed;
	pid_t pid;			/* of its program; 0: that does not run */
	pid_t inst_pid;			/* of whatever runs of it */
	uint64_t started_us;
	unsigned int restarts;
	uint64_t due_us;		/* of its next start; 0: there is none */
	struct store_exit last_exit;
	bool ready;
	bool reloading;
	int error;
	uint64_t watchdog_us;
	bool unfits;			/* it makes the node unfit */
	bool beats;			/* it beats to vigil.ko */
	unsigned int limits_wanted;	/* bit n: limit n of cgroup_limits.c */
	unsigned int limits_failed;
	uint64_t exits[VIEW_CAUSES];	/* by enum vigil_cause, seen by this vigild */
	uint64_t born_us;		/* on the ledger's clock, as in struct job_history */
	enum stats_kind phase;
	uint64_t since_us;
	uint64_t handed_over_ns;	/* realtime; 0: it was not */
	unsigned int unseen;		/* bit n: its condition n of "foretell" cannot be seen */
	json_t *more;			/* status_more(): read by copies of it alone, since counts of references change */
	const char *standby_of;		/* in @text; NULL: it is no standby */
	const char *reason;		/* in @text, as all that follows; "": none */
	const char *status;
	const char *output;		/* NULL: the logger takes it */
	char text[];
};

/** struct agent_facts - of vigild itself. */
struct agent_facts {
	bool store_ok;
	unsigned int store_opened;	/* so often: another one may be another file */
	char store_why[400];
	bool store_anew;
	size_t salvaged;
	bool kernel;			/* deaths are seen by vigil.ko */
	bool some_by_pidfd;
	char watch_why[256];
	bool has_cgroup;
	char cgroup_why[200];
	unsigned int controllers;
	uint64_t history_lost;
	uint64_t ledger_us;		/* the ledger's clock is CLOCK_BOOTTIME plus this */
	bool keeper_missed;
	char keeper_why[256];
	pid_t logger;			/* 0: there is none */
	char logger_why[128];
	unsigned int loads;		/* of the job files */
};

struct agent_view {
	struct published_head head;
	struct agent_facts facts;
	size_t nerrors;
	char *errors[];			/* of the job files */
};

/** struct job_views - all jobs that a file names, by name. */
struct job_views {
	struct published_head head;
	size_t n;
	struct job_view *list[];
};

TAILQ_HEAD(view_jobs, job);

/** struct views - what is published, and what is to be. */
struct views {
	void *jobs;			/* struct job_views; published.h */
	void *agent;			/* struct agent_view */
	struct view_jobs changed;
	bool rebuild;			/* jobs have come or gone */
	struct job_view **orphans;	/* of jobs that are freed, until they cannot be found any more */
	size_t norphans, orphans_room;
};

/** views_init - before any job exists. */
void views_init(struct agent *a);

/** view_touch - the job has changed: it is copied at the end of the turn. */
void view_touch(struct job *job);

/** view_forget - the job is about to be freed. */
void view_forget(struct job *job);

/**
 * views_publish - at the end of a turn, when the store has it all: show what has changed.
 *
 * Costs a copy of each job that has, and one of the list of all if any has.
 */
void views_publish(struct agent *a);

/** views_fini - nobody reads any more. */
void views_fini(struct agent *a);

/*
 * For readers, in the loop or between published_enter() and published_leave().
 */

/** view_find - the job of that name, or NULL. */
const struct job_view *view_find(const struct job_views *v, const char *name);

/** struct view_choice - which of them are meant: as select.h has it. */
struct view_choice {
	const char *what;		/* NULL: all */
	enum { VIEW_ALL, VIEW_ONE, VIEW_PATTERN, VIEW_TEMPLATE } how;
};

struct view_choice view_choose(const struct job_views *v, const char *what);
bool view_chosen(const struct view_choice *c, const char *name);

#endif /* VIGIL_AGENT_VIEW_H */
