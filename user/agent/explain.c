// SPDX-License-Identifier: GPL-2.0
/* Ends and failures in words. */
#include "user/agent/explain.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <linux/vigil.h>

#include "user/agent/job.h"
#include "user/base/clock.h"

const char *explain_signal(int signo)
{
	static _Thread_local char name[24];
	const char *abbrev = sigabbrev_np(signo);

	if (!signo)
		return NULL;
	if (abbrev)
		snprintf(name, sizeof(name), "SIG%s", abbrev);
	else if (signo >= SIGRTMIN)
		snprintf(name, sizeof(name), "SIGRTMIN+%d", signo - SIGRTMIN);
	else
		snprintf(name, sizeof(name), "signal %d", signo);
	return name;
}

void explain_end(const struct store_exit *end, char *buf, size_t size)
{
	const char *signal_name = explain_signal(end->signal);

	if (!signal_name)
		signal_name = "a signal";
	switch (end->cause) {
	case VIGIL_CAUSE_EXITED:
		snprintf(buf, size, "exited with code %d", end->code);
		break;
	case VIGIL_CAUSE_SIGNALLED:
		snprintf(buf, size, "was killed by %s", signal_name);
		break;
	case VIGIL_CAUSE_CORE_DUMPED:
		snprintf(buf, size, "was killed by %s (core dumped)", signal_name);
		break;
	case VIGIL_CAUSE_OOM_KILLED:
		snprintf(buf, size, "was killed because memory ran out");
		break;
	case VIGIL_CAUSE_HUNG:
		snprintf(buf, size, "hung, and was killed");
		break;
	case VIGIL_CAUSE_FENCED:
		snprintf(buf, size, "was killed because its lease had run out");
		break;
	default:
		snprintf(buf, size, "ended, its exit status is unknown");
		break;
	}
}

void explain_copy(char *reason, const char *text)
{
	size_t len = strnlen(text, AGENT_REASON_MAX - 1);

	memmove(reason, text, len);
	reason[len] = '\0';
}

void explain_failed(struct job *job, bool limit_passed, const char *last)
{
	const struct job_spec *spec = job->spec;

	if (!limit_passed)
		explain_copy(job->reason, last);
	else
		snprintf(job->reason, sizeof(job->reason), "%u restarts in %g s; last: %.150s",
			 spec->restarts_max, (double)spec->restarts_window_us / US_PER_S, last);
}
