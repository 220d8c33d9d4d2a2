/* SPDX-License-Identifier: GPL-2.0 */
/* A command that is run beside a job's instance: as its user, in its cgroup, with its environment. */
#ifndef VIGIL_AGENT_SIDE_H
#define VIGIL_AGENT_SIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "user/base/loop.h"

struct job;

/** struct side - one command at a time. */
struct side {
	struct job *job;
	struct loop_source src;		/* its pidfd; not in the loop: none runs */
	struct loop_timer timer;
	bool late;			/* killed, for it took too long */
	void (*done)(struct job *job, const char *wrong);
};

/** side_init - @done is called when a command has ended; @wrong says how it failed, or is NULL. */
void side_init(struct side *s, struct job *job, void (*done)(struct job *job, const char *wrong));

static inline bool side_runs(const struct side *s)
{
	return loop_has(&s->src);
}

/**
 * side_start - run a command; it finds the main process by the variable MAINPID.
 * @timeout_us: then it is killed
 *
 * It is no child that outlives vigild on purpose: one that goes on is ended with its job.
 *
 * Return: 0 or a negative errno.
 */
int side_start(struct side *s, char *const *argv, uint64_t timeout_us);

/** side_cancel - kill it, if one runs; @done is not called. */
void side_cancel(struct side *s);

#endif /* VIGIL_AGENT_SIDE_H */
