/* SPDX-License-Identifier: GPL-2.0 */
/* When a job's instance is ready, and when it hangs. */
#ifndef VIGIL_AGENT_READY_H
#define VIGIL_AGENT_READY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/agent/notify_parse.h"
#include "user/base/loop.h"
#include "user/jobfile/jobfile.h"
#include "user/store/store.h"

struct agent;
struct job;

/* Why vigild ends an instance that is wanted up. */
enum ready_doom {
	READY_DOOM_NONE,
	READY_DOOM_LATE,	/* not ready in time */
	READY_DOOM_HUNG,	/* no beat in time */
	READY_DOOM_PROBE,	/* its probe has failed too often */
	READY_DOOMS,
};

/** struct ready - of the present instance. */
struct ready {
	bool reached;			/* it has become ready */
	bool forgotten;			/* what it has said may be lost: it may be ready */
	bool reloading;			/* it has said RELOADING=1, and not READY=1 since */
	enum ready_doom doom;
	uint64_t start_due_us;		/* 0: reckoned from the start */
	uint64_t watchdog_us;		/* in force; 0: no beat is wanted */
	struct loop_timer start;
	struct loop_timer watchdog;
	int error;			/* ERRNO=, 0: none was told */
	char status[NOTIFY_STATUS_MAX];
	int64_t pid;			/* whose all this is; of an instance of an earlier vigild */
	uint64_t start_ticks;
};

void ready_init(struct job *job);

/** ready_hears - may the job send messages at all? */
bool ready_hears(const struct job_spec *spec);

/** ready_disarm - it is about to end: nothing more is expected of it. */
void ready_disarm(struct job *job);

/** ready_forget - a new instance is about to be made, or the last one is dead. */
void ready_forget(struct job *job);

/** ready_environment - add to job->launch what it is told by. 0 or -ENOMEM, with a sentence. */
int ready_environment(struct job *job, char *why, size_t size);

/** ready_wait - the program runs: from now on its start takes time. True: it is not ready by that alone. */
bool ready_wait(struct job *job);

/** ready_redefined - its definition is another one: it may have waited for what is not wanted any more. */
void ready_redefined(struct job *job);

/** ready_reached - it is ready: a missed beat counts from now on. */
void ready_reached(struct job *job);

/** ready_match - of an earlier vigild's instance: is what the store knows of this one? If not, it is forgotten. */
bool ready_match(struct job *job);

/**
 * ready_message - obey a message of the job.
 * @fds: closed by the caller but for those that are set to -1
 *
 * Return: whether the store must have what followed before the message may be forgotten.
 */
bool ready_message(struct job *job, const struct notify_message *m, int *fds, size_t nfds);

/** ready_signal - what an instance doomed so is sent. */
int ready_signal(const struct job *job);

/** ready_explain - a sentence about its doom. */
void ready_explain(const struct job *job, char *buf, size_t size);

/* The store's row. */
int ready_save(struct job *job, struct store *store);
void ready_load(void *arg, const struct store_ready *row);

#endif /* VIGIL_AGENT_READY_H */
