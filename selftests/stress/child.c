// SPDX-License-Identifier: GPL-2.0
/* Processes that were started, and their ends. */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "selftests/fuzz/tally.h"
#include "selftests/kernel/victim.h"
#include "selftests/lib/patience.h"
#include "selftests/stress/child.h"

enum {
	DEADLINE_S = 300,
	LOOK_NS = 20000000,
};

double child_now(void)
{
	return clock_ns(CLOCK_MONOTONIC) / 1e9;
}

double child_limit(void)
{
	return child_now() + DEADLINE_S * patience();
}

void child_rest(void)
{
	struct timespec limit = { .tv_nsec = LOOK_NS };
	sigset_t chld;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigtimedwait(&chld, NULL, &limit);
}

static bool right(int status, enum child_end end)
{
	if (end == CHILD_ANY || (end == CHILD_KILLED_OR_0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL))
		return true;
	return !status;
}

bool child_ended(struct tally *t, pid_t *pid, const char *what, enum child_end end)
{
	int status;

	if (*pid <= 0)
		return true;
	if (waitpid(*pid, &status, WNOHANG) != *pid)
		return false;
	*pid = 0;
	if (!right(status, end))
		tally_complain(t, "%s ended with status %#x", what, status);
	return true;
}

void child_await(struct tally *t, pid_t *pid, const char *what, enum child_end end)
{
	double limit = child_limit();

	while (!child_ended(t, pid, what, end) && child_now() < limit)
		child_rest();
	if (*pid <= 0)
		return;
	tally_complain(t, "%s does not end", what);
	kill(*pid, SIGKILL);
	waitpid(*pid, NULL, 0);
	*pid = 0;
}
