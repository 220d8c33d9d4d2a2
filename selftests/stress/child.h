/* SPDX-License-Identifier: GPL-2.0 */
/* Processes that were started, and their ends. SIGCHLD is to be blocked. */
#ifndef SELFTESTS_STRESS_CHILD_H
#define SELFTESTS_STRESS_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct tally;

/* How the end of a child is judged. */
enum child_end {
	CHILD_ANY,
	CHILD_KILLED_OR_0,	/* it may have asked for its death */
	CHILD_0,
};

/* CLOCK_MONOTONIC in seconds; and until when anything may take. */
double child_now(void);
double child_limit(void);
/* Until a child ends or a moment has passed. */
void child_rest(void);

/* Whether there is none any more; then *pid is 0. */
bool child_ended(struct tally *t, pid_t *pid, const char *what, enum child_end end);
/* Kills it if it does not end. */
void child_await(struct tally *t, pid_t *pid, const char *what, enum child_end end);

#endif /* SELFTESTS_STRESS_CHILD_H */
