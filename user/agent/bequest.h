/* SPDX-License-Identifier: GPL-2.0 */
/* Sockets of jobs, left by the program that this process was to the one that it becomes. */
#ifndef VIGIL_AGENT_BEQUEST_H
#define VIGIL_AGENT_BEQUEST_H

#include <stddef.h>

#include "user/jobfile/socket.h"

struct agent;

/** struct bequest - descriptors that no job has taken yet. */
struct bequest {
	int *fds;
	size_t n;
};

/** bequest_make - before the exec, and before the jobs are freed: have what they hold stay open. */
void bequest_make(const struct agent *a);

/** bequest_note - after the exec: what was left. */
void bequest_note(struct bequest *b);

/** bequest_give - one more, for its job to take in this turn. 0 or -ENOMEM; then it stays the caller's. */
int bequest_give(struct bequest *b, int fd);

/** bequest_take - the descriptor that is this very socket, now the caller's; -1: there is none. */
int bequest_take(struct bequest *b, const struct job_socket *s);

/** bequest_close - close what nobody has taken. */
void bequest_close(struct bequest *b);

#endif /* VIGIL_AGENT_BEQUEST_H */
