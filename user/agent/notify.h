/* SPDX-License-Identifier: GPL-2.0 */
/* The socket that jobs send their sd_notify(3) messages to. */
#ifndef VIGIL_AGENT_NOTIFY_H
#define VIGIL_AGENT_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "user/base/fdpass.h"
#include "user/base/loop.h"

struct agent;
struct job;

struct notify {
	struct loop_source src;
	char path[108];		/* absolute; empty: there is no socket */
	bool kept;		/* the holder has it */
	bool handled;		/* the first message has been obeyed, and waits for the store ... */
	struct fdpass with;	/* ... with what came with it */
	uint64_t dropped;	/* messages of strangers, and such that are none */
	uint64_t untold;	/* ... since that was logged */
	uint64_t tell_us;	/* not before */
};

/**
 * notify_open - RUN/notify: the one that the last vigild had, if the holder has it, or a new one.
 *
 * A failure is logged: jobs that notify are then not ready.
 */
void notify_open(struct agent *a);
void notify_close(struct agent *a);

/** notify_release - vigild ends in order: unless a job may still use it, the holder need not keep it. */
void notify_release(struct agent *a);

/** notify_replay - after adoption: obey what was sent while no vigild ran. */
void notify_replay(struct agent *a);

/** notify_keep - a job is about to use it: from now on it outlives vigild. */
void notify_keep(struct agent *a);

/** notify_turn - the store has what followed from the message that was obeyed: forget it. */
void notify_turn(struct agent *a);

/** notify_catch_up - obey what has been sent up to now: before anything is concluded from silence or a death. */
void notify_catch_up(struct agent *a);

/** notify_move_main - MAINPID=: make another process of the job its main process. */
void notify_move_main(struct job *job, pid_t pid);

#endif /* VIGIL_AGENT_NOTIFY_H */
