/* SPDX-License-Identifier: GPL-2.0 */
/* How a process died, in words and as JSON. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/ctl/death.h"

struct signal_name signal_name(int sig)
{
	const char *abbrev = sigabbrev_np(sig);
	struct signal_name s;

	if (abbrev)
		snprintf(s.text, sizeof(s.text), "SIG%s", abbrev);
	else
		snprintf(s.text, sizeof(s.text), "signal %d", sig);
	return s;
}

struct cause cause_text(const char *cause, int code, int signal)
{
	struct cause c;

	if (!strcmp(cause, "exited"))
		snprintf(c.text, sizeof(c.text), "exited %d", code);
	else if (!strcmp(cause, "oom-killed"))
		snprintf(c.text, sizeof(c.text), "OOM-killed");
	else if (!strcmp(cause, "hung"))
		snprintf(c.text, sizeof(c.text), "hung, killed");
	else if (!strcmp(cause, "fenced"))
		snprintf(c.text, sizeof(c.text), "fenced, killed");
	else if (!strcmp(cause, "signalled"))
		snprintf(c.text, sizeof(c.text), "%s", signal_name(signal).text);
	else if (!strcmp(cause, "core-dumped"))
		snprintf(c.text, sizeof(c.text), "%s core dumped", signal_name(signal).text);
	else
		snprintf(c.text, sizeof(c.text), "unknown");
	return c;
}

json_t *json_text(const char *text)
{
	json_t *value = json_string(text);
	char *clean;

	if (value)
		return value;
	clean = clean_text(text, true);
	value = clean ? json_string(clean) : NULL;
	free(clean);
	return value;
}

json_t *json_u64(uint64_t n)
{
	return json_sprintf("%" PRIu64, n);
}

json_t *exit_json(const struct vigil_exit *e)
{
	bool killed = e->signal > 0;

	return json_pack("{s:s, s:i, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "cause", vigil_cause_name(e->cause), "code", e->code, "signal", e->signal,
			 "signal_name", killed ? json_string(signal_name(e->signal).text) : json_null(),
			 "boottime_ns", json_u64(e->boottime_ns),
			 "realtime_ns", json_u64(e->realtime_ns),
			 "utime_ns", json_u64(e->utime_ns), "stime_ns", json_u64(e->stime_ns),
			 "maxrss_kib", json_u64(e->maxrss_kib), "dying_seq", json_u64(e->dying_seq));
}

static void print(json_t *value, size_t flags)
{
	if (!value) {
		complain("out of memory");
		return;
	}
	json_dumpf(value, stdout, flags);
	putchar('\n');
	json_decref(value);
}

void print_json_line(json_t *value)
{
	print(value, JSON_COMPACT);
}

void print_json(json_t *value)
{
	print(value, JSON_INDENT(2));
}
