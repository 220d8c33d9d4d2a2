/* SPDX-License-Identifier: GPL-2.0 */
/* How a process died, in words and as JSON. */
#ifndef CTL_DEATH_H
#define CTL_DEATH_H

#include <jansson.h>
#include <vigil/vigil.h>

#include "user/ctl/say.h"

struct cause {
	char text[48];
};

struct signal_name {
	char text[16];
};

/* "SIGKILL", "signal 34" */
struct signal_name signal_name(int sig);

/* "exited 1", "SIGKILL", "SIGSEGV core dumped", "OOM-killed", "hung, killed", "unknown"; @cause as vigil_cause_name() says it. */
struct cause cause_text(const char *cause, int code, int signal);

/* A string, cleaned if it is no UTF-8. */
json_t *json_text(const char *text);

/* A 64-bit number: a string, as not every reader of JSON keeps all its bits. */
json_t *json_u64(uint64_t n);

json_t *exit_json(const struct vigil_exit *e);

/* One line of JSON on stdout. */
void print_json_line(json_t *value);

/* One JSON document on stdout. */
void print_json(json_t *value);

#endif /* CTL_DEATH_H */
