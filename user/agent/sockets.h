/* SPDX-License-Identifier: GPL-2.0 */
/* The sockets that vigild holds open for a job, over its restarts. */
#ifndef VIGIL_AGENT_SOCKETS_H
#define VIGIL_AGENT_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>

struct job;
struct job_socket;
struct job_sockets;
struct passed_fds;

/**
 * sockets_follow - open, keep or close them as the job's definition and state want it.
 *
 * They are open while the job is wanted up and not given up on. One that cannot be opened is
 * logged, and tried again by sockets_pass().
 */
void sockets_follow(struct job *job);

/**
 * sockets_pass - add them to what the next process gets.
 * @why: filled with a sentence on failure
 *
 * Return: 0, or a negative errno if one cannot be opened.
 */
int sockets_pass(struct job *job, struct passed_fds *passed, char *why, size_t size);

/** sockets_has - does the job hold this very socket open? */
bool sockets_has(const struct job *job, const struct job_socket *s);

/** sockets_renew - those that are open take on the backlog, the mode and the owner of the definition. */
void sockets_renew(struct job *job);

/** sockets_watch - have life_demanded() called when one that is on demand can be read. 0 or -errno. */
int sockets_watch(struct job *job);

/** sockets_pending - can one that is on demand be read now? */
bool sockets_pending(const struct job *job);

/**
 * sockets_held - the descriptors of those that are open.
 * @fds: room for JOB_SOCKETS_MAX
 *
 * Return: their number.
 */
size_t sockets_held(const struct job *job, int *fds);

/** sockets_exchange - each has those of the other from now on. */
void sockets_exchange(struct job *a, struct job *b);

/** sockets_free - of a job that goes. */
void sockets_free(struct job *job);

#endif /* VIGIL_AGENT_SOCKETS_H */
