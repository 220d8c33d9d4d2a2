/* SPDX-License-Identifier: GPL-2.0 */
/* Conditions that foretell the failure of a job: looked at while it runs, acted upon before it fails. */
#ifndef VIGIL_AGENT_FORETELL_H
#define VIGIL_AGENT_FORETELL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "user/agent/bounds.h"
#include "user/agent/foretell_step.h"
#include "user/agent/gauge.h"
#include "user/agent/trend.h"
#include "user/base/loop.h"
#include "user/jobfile/jobfile.h"

struct agent;
struct job;
struct store;

/** struct foretold - how one condition of one job stands. */
struct foretold {
	struct job *job;
	struct foretell_level level;
	bool noted;			/* that it is raised is in the history */
	bool missing;			/* the kernel does not tell its measure */
	uint64_t realtime_ns;		/* since when it is raised */
	char text[AGENT_FORETOLD_MAX];
	struct loop_source stall;	/* of pressure: a trigger of the kernel's ... */
	uint64_t stalled_us;		/* ... the last time that it fired; 0: not yet */
	int pressure_fd;		/* of pressure where there is no trigger; -1: none */
};

/** struct foretell - of a job that has conditions; others have none. */
struct foretell {
	bool on;			/* the job runs, and is looked at */
	struct loop_timer timer;	/* the next look, in the agent's own heap */
	struct gauge gauge;
	struct trend trend;
	struct foretold of[JOB_CONDITIONS];
	uint64_t restarted_us;		/* when it was last restarted for one of them; 0: never */
	char note[AGENT_FORETOLD_MAX];	/* why a restart that is due is not done */
	pid_t pid;			/* of an earlier vigild: whose flags these are */
	uint64_t start_ticks;
};

/** struct foretell_clock - of the agent: when to look at which job. */
struct foretell_clock {
	struct timers due;
	struct loop_timer timer;	/* the one in the loop */
	uint64_t spread_us;		/* so that the looks are spread */
};

/** foretell_open - before the first job. 0 or -ENOMEM. */
int foretell_open(struct agent *a);
void foretell_close(struct agent *a);

/** foretell_follow - the job's state has changed: look at it while it is running. */
void foretell_follow(struct job *job);

/** foretell_redefined - its definition has changed: begin anew. */
void foretell_redefined(struct job *job);

void foretell_free(struct job *job);

/** foretell_put - within a transaction: what is flagged, and when it was restarted. 0, -EUCLEAN or -EIO. */
int foretell_put(struct job *job, struct store *store);

/** foretell_load - before the jobs are settled: what an earlier vigild of this boot has flagged. */
void foretell_load(struct agent *a);

const char *foretell_name(enum job_condition_kind kind);

/** foretell_measure - a look at one condition: its share of the mark, told in @what as well. */
int foretell_measure(struct job *job, enum job_condition_kind kind, uint64_t now_us, char *what,
		     size_t size);

/** foretell_flags - for the status: what is raised and could not be, or need not be, acted upon. */
json_t *foretell_flags(const struct job *job);

/** foretell_unseen - bit n: the job's condition n is not seen, since nothing tells its measure. */
unsigned int foretell_unseen(const struct job *job);

#endif /* VIGIL_AGENT_FORETELL_H */
