/* SPDX-License-Identifier: GPL-2.0 */
/* One job: its definition, its running instance, its state. */
#ifndef VIGIL_AGENT_JOB_H
#define VIGIL_AGENT_JOB_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "user/agent/bounds.h"
#include "user/agent/cgroup.h"
#include "user/agent/child.h"
#include "user/agent/fdstore.h"
#include "user/agent/foretell.h"
#include "user/agent/handover.h"
#include "user/agent/fork.h"
#include "user/agent/history.h"
#include "user/agent/launch.h"
#include "user/agent/probe.h"
#include "user/agent/ready.h"
#include "user/agent/reload.h"
#include "user/agent/supervise.h"
#include "user/agent/version.h"
#include "user/base/loop.h"
#include "user/jobfile/jobfile.h"
#include "user/store/store.h"

struct agent;
struct image;
struct job_sockets;
struct job_view;
struct jobsrc;
struct outlet;
struct saved;
struct standby;

enum job_state {
	JOB_STOPPED,	/* not wanted up, nothing of it runs */
	JOB_STARTING,	/* waits for its turn, for its cgroup to be empty, for exec, or to be ready */
	JOB_RUNNING,
	JOB_BACKOFF,	/* waits for the time of its next start */
	JOB_STOPPING,	/* was told to end */
	JOB_FAILED,	/* ended, and the policy gave up on it */
	JOB_DONE,	/* ended, and the policy wants no restart */
	JOB_LISTENING,	/* is started by the first connection to one of its sockets */
	JOB_STATES,
};

enum job_want {
	WANT_DOWN,
	WANT_UP,
	WANT_RESTART,	/* down, then up */
	WANT_FAIL,	/* down, then failed */
	WANTS,
};

/** struct instance - one process of a job, from clone to the handling of its death. */
struct instance {
	pid_t pid;			/* 0: there is none */
	int pidfd;			/* -1 if there is none */
	bool ours;			/* a child of this process, to be reaped */
	bool adopted;			/* started by an earlier vigild */
	bool gate_closed;		/* waits to be let through */
	bool gated;			/* ... and is on the agent's list of those */
	bool overtime;			/* was killed for that */
	bool never_ran;			/* was killed at the gate that an earlier vigild had it wait at */
	bool refused;			/* @report tells why the program does not run */
	struct child_report report;
	uint64_t start_ticks;
	uint64_t started_us;
	uint64_t watch_id;		/* 0: watched by @pidfd in the loop */
};

struct job {
	struct agent *agent;
	char name[JOB_NAME_LEN_MAX + 1];
	struct jobsrc *src;		/* owns @spec; NULL: an orphan's built-in one */
	const struct job_spec *spec;
	struct versions ver;
	struct launch launch;
	struct image *image;		/* @launch, lent to the child until it runs the program */
	bool launch_built;		/* @launch fits @spec */
	bool removed;			/* no job file names it any more: goes when it is down */
	bool queued;			/* on the agent's run queue */
	bool dirty;			/* the store has an older state */
	bool view_due;			/* @view shows an older one */
	int view_at;			/* its place in the published list; -1: it is not there */
	struct job_view *view;		/* the newest, or NULL */
	enum job_state state;
	enum job_want want;
	char reason[AGENT_REASON_MAX];
	struct sup sup;
	int number;			/* among the jobs with ties; -1: it has none */
	bool touched;			/* on the list of those that have changed */
	bool waits;			/* may not start yet ... */
	bool stuck;			/* ... and what it waits for is not coming */
	bool pulls;			/* was started: so are those that it needs */
	bool stop_held;			/* its stop waits for others to end */
	struct sup team_sup;		/* of the first in a group: the group's restarts */
	bool progress_stored;		/* the store may have a row of @progress */
	struct store_progress progress;	/* all but group_recent */
	uint64_t attempts;		/* the newest one's number among all starts tried by this vigild */
	struct instance inst;
	struct ready ready;
	struct forked forked;
	struct reload reload;
	struct probe look;
	struct fdstore fds;
	int beat_fd;			/* memory of its beat; -1: none */
	struct store_exit last_exit;
	struct job_history hist;
	struct handover handover;
	struct foretell *foretell;	/* NULL: it has no conditions, or has not run */
	bool foretell_stored;		/* the store may have a row of it */
	uint64_t stale[AGENT_STALE_MAX];	/* watches of handled deaths */
	unsigned int nstale;
	struct job_cgroup cgroup;
	struct outlet *outlets[OUTLETS];	/* of @inst, NULL where there is none */
	struct loop_timer timer;	/* back-off or stop timeout */
	struct loop_source pidfd_src;
	struct loop_source stray_src;	/* the child that was the main process before */
	struct loop_source gate_src;
	struct loop_source cgroup_src;
	struct job_sockets *sockets;	/* NULL: none is held open */
	unsigned int slot;		/* its number among the standbys of another job; 0: it is none */
	struct standby *standby;	/* NULL: it has none, and is none */
	uint64_t handled_watch;		/* of the newest death that has been handled */
	uint64_t handled_ticks;
	struct saved *saved;		/* during adoption only */

	TAILQ_ENTRY(job) run_link;
	TAILQ_ENTRY(job) dirty_link;
	TAILQ_ENTRY(job) view_link;
	TAILQ_ENTRY(job) gate_link;
	TAILQ_ENTRY(job) gone_link;
	TAILQ_ENTRY(job) touch_link;
	TAILQ_ENTRY(job) standby_link;
	TAILQ_ENTRY(job) tie_link;
};

TAILQ_HEAD(job_list, job);

/** struct jobs - all jobs, sorted by name. */
struct jobs {
	struct job **list;
	size_t n;
	size_t room;
};

struct job *jobs_find(const struct jobs *js, const char *name);

/** jobs_place - index of the first job whose name is not below @name. */
size_t jobs_place(const struct jobs *js, const char *name);

/** jobs_add - make a job with no definition yet; NULL if memory or AGENT_JOBS_MAX is out. */
struct job *jobs_add(struct jobs *js, struct agent *a, const char *name);

/** jobs_take - take a job out of the table; job_free() it later. */
void jobs_take(struct jobs *js, struct job *job);
void jobs_free(struct jobs *js);

/**
 * job_define - give the job a definition; its running instance is not touched.
 * @src: owner of @spec, or NULL to give it the orphan's
 *
 * Return: 0 or -ENOMEM.
 */
int job_define(struct job *job, struct jobsrc *src, const struct job_spec *spec);

/** job_respec - as job_define(), of the same source: for a spec that is made of others. Its room is there. */
void job_respec(struct job *job, const struct job_spec *spec);

/** job_free - of a job that has no instance and is on no list but its own. */
void job_free(struct job *job);

const char *job_state_name(enum job_state state);
const char *job_want_name(enum job_want want);

#endif /* VIGIL_AGENT_JOB_H */
