/* SPDX-License-Identifier: GPL-2.0 */
/* Every bound of vigild. */
#ifndef VIGIL_AGENT_BOUNDS_H
#define VIGIL_AGENT_BOUNDS_H

#include "user/api/bounds.h"

enum agent_bounds {
	AGENT_JOBS_MAX = 10000,
	AGENT_FILES_MAX = 1000,		/* job files in one directory */
	AGENT_ERRORS_MAX = 1000,	/* errors of job files kept for status */
	AGENT_SPAWNS_PER_TURN = 32,	/* then the loop looks after everything else */
	AGENT_EVENTS_PER_TURN = 256,
	AGENT_LOOKS_PER_TURN = 16384,	/* at jobs that may have to follow others */
	AGENT_REAPS_MAX = 256,		/* zombies put off to the end of a turn */
	AGENT_STALE_MAX = 4,		/* handled deaths of one job not yet released */
	AGENT_CLIENTS_MAX = API_CALLS_MAX,
	AGENT_REASON_MAX = 256,
	AGENT_NOTIFIES_PER_TURN = 64,
	AGENT_NOTIFIES_CATCH_UP = 4096,	/* a socket holds fewer */
	AGENT_HOLDER_WAIT_S = 5,	/* before the loop runs, for the holder's next word */
	AGENT_EVENTS_PER_JOB = 200,	/* of its history; fewer each if there are many jobs */
	AGENT_EVENTS_KEPT_MAX = 100000,	/* ... of all of them */
	AGENT_HISTORY_PENDING_MAX = 4 * AGENT_JOBS_MAX,	/* notes that the store has not got yet */
	AGENT_FORETOLD_MAX = 176,	/* a sentence about what foretells a failure */
	AGENT_FORETELLS_PER_TURN = 256,	/* looks at jobs */
	AGENT_GAUGE_PROCS_MAX = 256,	/* of one job, looked at one by one */
	AGENT_TIMERS_MAX = 8 * AGENT_JOBS_MAX + AGENT_CLIENTS_MAX + 27,
};

/* The deadline of vigild's own beat, as the keeper, and beats in one. */
enum agent_keeper {
	AGENT_KEEPER_MS_MIN = 1000,
	AGENT_KEEPER_MS_DEFAULT = 10000,
	AGENT_KEEPER_MS_MAX = 3600000,
	AGENT_KEEPER_BEATS = 4,
};

/* Times, in microseconds. */
enum agent_times {
	AGENT_OUTLET_SWEEP_US = 1000 * 1000,
	AGENT_LOGGER_RETRY_US = 200 * 1000,	/* after one that ended at once; grows if it failed */
	AGENT_LOGGER_RETRY_US_MAX = 10 * 1000 * 1000,
	AGENT_LOGGER_SOUND_US = 10 * 1000 * 1000,	/* one that has run for so long has not failed */
	AGENT_LOGGER_LOOK_US = 2 * 1000 * 1000,	/* at its beat, which comes each second */
	AGENT_LOGGER_HUNG_US = 20 * 1000 * 1000,
	AGENT_STORE_RETRY_US = 2 * 1000 * 1000,
	AGENT_HOLDER_RETRY_US = 1000 * 1000,
	AGENT_ALIVE_US = 10 * 1000 * 1000,	/* between two words to the store that vigild lives */
	AGENT_CGROUP_POLL_US = 100 * 1000,	/* where the loop cannot take a cgroup's events */
	AGENT_UPGRADE_TRIAL_US = 30 * 1000 * 1000,	/* the new program reads all job files in it */
	AGENT_PID_FILE_LOOK_US = 20 * 1000,	/* between looks at the pid file of a daemon that starts */
	AGENT_PROBE_START_US = 500 * 1000,	/* between probes of a job that starts, at most */
	AGENT_LATE_US = 1000 * 1000,	/* a timer that fires later finds vigild itself late */
	AGENT_DROPPED_TELL_US = 10 * 1000 * 1000,
	AGENT_FORETELL_GRID_US = 100 * 1000,	/* what is due within it is done in one turn */
	AGENT_STALL_WINDOW_US = 2 * 1000 * 1000,	/* of the kernel's triggers */
	AGENT_ANSWER_MARGIN_US = 5 * 1000 * 1000,	/* stop, restart: beyond the stop timeout */
};

/* What a job may ask for at once, in microseconds. */
#define AGENT_EXTEND_US_MAX (24 * 3600 * 1000000ull)

#endif /* VIGIL_AGENT_BOUNDS_H */
