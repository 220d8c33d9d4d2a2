/* SPDX-License-Identifier: GPL-2.0 */
/* Every bound of vigild. */
#ifndef VIGIL_AGENT_BOUNDS_H
#define VIGIL_AGENT_BOUNDS_H

enum agent_bounds {
	AGENT_JOBS_MAX = 10000,
	AGENT_FILES_MAX = 1000,		/* job files in one directory */
	AGENT_ERRORS_MAX = 1000,	/* errors of job files kept for status */
	AGENT_SPAWNS_PER_TURN = 32,	/* then the loop looks after everything else */
	AGENT_EVENTS_PER_TURN = 256,
	AGENT_REAPS_MAX = 256,		/* zombies put off to the end of a turn */
	AGENT_STALE_MAX = 4,		/* handled deaths of one job not yet released */
	AGENT_CLIENTS_MAX = 32,
	AGENT_REQUEST_MAX = 4096,
	AGENT_REASON_MAX = 256,
	AGENT_TIMERS_MAX = AGENT_JOBS_MAX + AGENT_CLIENTS_MAX + 8,
};

/* Times, in microseconds. */
enum agent_times {
	AGENT_STORE_RETRY_US = 2 * 1000 * 1000,
	AGENT_CGROUP_POLL_US = 100 * 1000,	/* where the loop cannot take a cgroup's events */
	AGENT_CLIENT_SEND_US = 10 * 1000 * 1000,	/* a client takes its answer or goes */
	AGENT_ANSWER_MARGIN_US = 5 * 1000 * 1000,	/* stop, restart: beyond the stop timeout */
};

#endif /* VIGIL_AGENT_BOUNDS_H */
