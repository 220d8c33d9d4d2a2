/* SPDX-License-Identifier: GPL-2.0 */
/* What the guest's programs share: children that die on demand, events waited for, the module. */
#ifndef SELFTESTS_LIB_GUEST_H
#define SELFTESTS_LIB_GUEST_H

#include <sys/types.h>

#include <vigil/vigil.h>

enum { DEADLINE_MS = 60000 };

struct child {
	pid_t pid;
	int pidfd;
	int go;
};

/* A child that waits to be told to exit; it dies with us. Returns 0 or a negative errno. */
int child_start(struct child *c);
/* It exits with @code; its zombie stays. */
void child_exit(struct child *c, unsigned char code);
void child_kill(struct child *c, int sig);
/* Waits until it is dead, and reaps it. */
void child_end(struct child *c);
uint64_t child_start_ticks(const struct child *c);

/* Waits for the next event: 1, an error of vigil_events_next(), or -ETIMEDOUT. */
int await_event(struct vigil_events *ev, struct vigil_event *e);

int release_all(struct vigil *v, const char *owner);

int module_load(const char *params);
int module_unload(void);

#endif /* SELFTESTS_LIB_GUEST_H */
