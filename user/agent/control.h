/* SPDX-License-Identifier: GPL-2.0 */
/* The control socket: connections, who may speak, lines in and out. */
#ifndef VIGIL_AGENT_CONTROL_H
#define VIGIL_AGENT_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <jansson.h>

#include "user/agent/bounds.h"
#include "user/base/loop.h"
#include "user/jobfile/jobfile.h"

struct agent;

/* What an answer waits for; each is looked at when the store has what led to it. */
enum client_wait {
	WAIT_NONE,
	WAIT_STORED,	/* start: that the wish is stored */
	WAIT_DOWN,	/* stop */
	WAIT_UP,	/* restart: that a new instance runs */
	WAIT_UPGRADE,	/* that the new program has been tried; it will answer */
	WAIT_RELOADED,
};

struct client {
	struct agent *agent;		/* NULL: the slot is free */
	struct loop_source src;
	struct loop_timer timer;	/* an answer to be sent, or to be made */
	char in[AGENT_REQUEST_MAX + 1];
	size_t in_len;
	char *out;
	size_t out_len;
	size_t out_at;
	bool closing;			/* after @out is sent */
	bool input_ended;
	uid_t uid;			/* who is at the other end */
	pid_t pid;
	enum client_wait wait;
	char job[JOB_NAME_LEN_MAX + 1];	/* that is waited for; of several, the first not there yet */
	char pattern[JOB_NAME_LEN_MAX + 1];	/* of several jobs; empty: of one */
	const char *plan;		/* while a reload is asked for: that it is to be; empty: any */
	json_t *refusal;		/* of several, the first */
	uint64_t attempts;		/* agent->attempts when the request came */
};

struct control {
	struct loop_source src;
	bool has_group;
	gid_t gid;
	struct client clients[AGENT_CLIENTS_MAX];
};

/** control_open - listen on RUN/vigild.sock. 0 or a negative errno, logged. */
int control_open(struct agent *a);
void control_close(struct agent *a);

/** control_turn - at the end of a turn: answer those whose wait is over. */
void control_turn(struct agent *a);

/** client_answer - send one object; takes over @root. NULL: out of memory, the client goes. */
void client_answer(struct client *c, json_t *root);

#endif /* VIGIL_AGENT_CONTROL_H */
