/* SPDX-License-Identifier: GPL-2.0 */
/* The commands of one instance: those before the program, the program, those after it. */
#ifndef VIGIL_AGENT_PHASE_H
#define VIGIL_AGENT_PHASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/jobfile/jobfile.h"
#include "user/store/store.h"

struct job;
struct launch;

/* Kept in the store: never renumbered. */
enum phase {
	PHASE_MAIN = 0,
	PHASE_PRE_START = 1,
	PHASE_POST_STOP = 2,
};

/** phase_begin - the job starts anew, with the first of its commands. */
void phase_begin(struct job *job);

/** phase_command - what is to run or runs; NULL: the job's program itself. */
const struct job_command *phase_command(const struct job *job);

/** phase_tidies - does it run the commands after its program? */
bool phase_tidies(const struct job *job);

/** phase_tidy - its program has ended: go on to what follows. False: nothing does. */
bool phase_tidy(struct job *job, unsigned int ended, uint64_t ran_us);

/** phase_next - a command has succeeded. False: it was the last after the program. */
bool phase_next(struct job *job);

/** phase_settle - before a start: a reload may have taken commands away. False: nothing is left. */
bool phase_settle(struct job *job);

/** phase_launch - how to run what is next; valid until the next call. */
void phase_launch(const struct job *job, struct launch *out);

/** phase_explain - "pre-start /bin/prog" */
void phase_explain(const struct job *job, char *buf, size_t size);

/** phase_start_limit_us - the longest time that the commands before the program may take. */
uint64_t phase_start_limit_us(const struct job *job);

/** phase_tidy_limit_us - the longest time that the commands after the program may take. */
uint64_t phase_tidy_limit_us(const struct job *job);

#endif /* VIGIL_AGENT_PHASE_H */
