/* SPDX-License-Identifier: GPL-2.0 */
/* One socket of a job: made, or taken back from a process that has a copy of it. */
#ifndef VIGIL_AGENT_LISTENER_H
#define VIGIL_AGENT_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "user/jobfile/socket.h"

/**
 * listener_open - bind, and listen where its type does.
 * @why: filled with a sentence on failure
 *
 * A socket file that nobody listens on any more is replaced. Return: a blocking descriptor with
 * close-on-exec, or a negative errno.
 */
int listener_open(const struct job_socket *s, char *why, size_t size);

/** listener_renew - of an open one: take on the backlog, and the mode and the owner of its file; what it names no owner for is vigild's. */
void listener_renew(int fd, const struct job_socket *s);

/** listener_discard - close one that was just opened, and remove its file. */
void listener_discard(int fd, const struct job_socket *s);

/** listener_is - is @fd a socket of this type that has this address, and listens if it should? */
bool listener_is(int fd, const struct job_socket *s);

/**
 * listener_take_back - a copy of a descriptor of another process that is this very socket.
 * @pidfd: of the process @pid
 *
 * Return: a descriptor with close-on-exec, or -ENOENT if it has none, or may not be asked.
 */
int listener_take_back(pid_t pid, int pidfd, const struct job_socket *s);

#endif /* VIGIL_AGENT_LISTENER_H */
