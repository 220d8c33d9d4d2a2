/* SPDX-License-Identifier: GPL-2.0 */
/* What clients ask the loop for, over HTTP: user/api. */
#ifndef VIGIL_AGENT_CONTROL_H
#define VIGIL_AGENT_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <jansson.h>

#include "user/agent/bounds.h"
#include "user/agent/viewer.h"
#include "user/api/server.h"
#include "user/base/loop.h"
#include "user/jobfile/jobfile.h"

struct agent;

/* What an answer waits for; each is looked at when the store has what led to it. */
enum client_wait {
	WAIT_NONE,
	WAIT_STORED,	/* start: that the wish is stored */
	WAIT_DOWN,	/* stop */
	WAIT_UP,	/* restart: that a new instance runs */
	WAIT_UPGRADE,	/* that the new program has been tried */
	WAIT_RELOADED,
};

/** struct client - one call that is not answered yet. */
struct client {
	struct agent *agent;		/* NULL: the slot is free */
	struct api_call *call;
	bool answered;			/* it goes back at the end of the turn */
	struct loop_timer timer;	/* an answer to be made */
	uid_t uid;			/* who is at the other end */
	pid_t pid;
	enum client_wait wait;
	char job[JOB_NAME_LEN_MAX + 1];	/* that is waited for; of several, the first not there yet */
	char pattern[JOB_NAME_LEN_MAX + 1];	/* of several jobs; empty: of one */
	json_t *refusal;		/* of several, the first */
	uint64_t attempts;		/* agent->attempts when the request came */
};

struct control {
	int listen_fd;			/* -1: none, or the server has it */
	char incarnation[24];		/* unlike that of any vigild before */
	struct api_server *server;
	struct api_events events;
	struct viewer viewer;
	struct loop_source src;		/* there are calls */
	struct client clients[AGENT_CLIENTS_MAX];
};

/** control_open - listen on RUN/vigild.sock. 0 or a negative errno, logged. */
int control_open(struct agent *a);

/** control_start - all jobs are known: serve. 0 or a negative errno, logged. */
int control_start(struct agent *a);

/**
 * control_close - serve no more.
 *
 * Return: the listening socket if @keep, else -1.
 */
int control_close(struct agent *a, bool keep);

/** control_turn - at the end of a turn: show what has changed, answer those whose wait is over. */
void control_turn(struct agent *a);

/** client_answer - takes over @root. NULL: out of memory. */
void client_answer(struct client *c, json_t *root);

#endif /* VIGIL_AGENT_CONTROL_H */
