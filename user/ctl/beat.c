/* SPDX-License-Identifier: GPL-2.0 */
/* Deadlines and actions as they are typed. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <linux/vigil.h>

#include "user/ctl/beat.h"

enum { MS_MIN = 100, MS_MAX = 3600 * 1000, SIGNAL_MAX = 64 };

static const struct unit {
	const char *name;
	uint32_t ms;
} units[] = {
	{ "ms", 1 }, { "s", 1000 }, { "m", 60 * 1000 }, {}
};

/* Digits alone, and what follows them. Returns 0 or -1. */
static int number(const char *text, unsigned long *n, const char **rest)
{
	char *end;

	if (*text < '0' || *text > '9')
		return -1;
	errno = 0;
	*n = strtoul(text, &end, 10);
	*rest = end;
	return errno ? -1 : 0;
}

int beat_parse_time(const char *text, uint32_t *ms)
{
	const struct unit *u;
	unsigned long n;

	if (number(text, &n, &text) || n > MS_MAX)
		return -1;
	for (u = units; u->name && strcmp(u->name, text); u++)
		;
	if (!u->name || n * u->ms < MS_MIN || n * u->ms > MS_MAX)
		return -1;
	*ms = n * u->ms;
	return 0;
}

static int signal_of(const char *text)
{
	unsigned long n;
	int sig;

	if (!number(text, &n, &text))
		return *text || n > SIGNAL_MAX ? 0 : n;
	if (!strncmp(text, "SIG", 3))
		text += 3;
	for (sig = 1; sig <= SIGNAL_MAX; sig++)
		if (sigabbrev_np(sig) && !strcmp(sigabbrev_np(sig), text))
			return sig;
	return 0;
}

/* The signal at which a program dumps core shows where it hung. */
int beat_parse_action(const char *text, int *action, int *sig)
{
	*sig = 0;
	if (!strcmp(text, "none")) {
		*action = VIGIL_BEAT_ACTION_NONE;
		return 0;
	}
	if (!strcmp(text, "kill")) {
		*action = VIGIL_BEAT_ACTION_KILL;
		return 0;
	}
	*action = VIGIL_BEAT_ACTION_SIGNAL;
	if (!strcmp(text, "signal"))
		*sig = SIGABRT;
	else if (!strncmp(text, "signal:", 7))
		*sig = signal_of(text + 7);
	return *sig ? 0 : -1;
}
