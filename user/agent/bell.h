/* SPDX-License-Identifier: GPL-2.0 */
/* The eventfds by which a standby is told to take over: VIGIL_ROLE_FD, VIGIL_PREPARE_FD. */
#ifndef VIGIL_AGENT_BELL_H
#define VIGIL_AGENT_BELL_H

#include <stdbool.h>

struct job;
struct passed_fds;

/**
 * struct bell - of one instance that was started as a standby; -1: there is none.
 *
 * Once rung it stays so: nobody reads from it, so that whoever looks finds what it says.
 */
struct bell {
	int primary;		/* readable: it is the primary */
	int prepare;		/* readable: it is to prepare; of singletons only */
};

void bell_init(struct bell *b);

/** bell_pass - make the next instance's, and tell job->launch of its role. 0 or a negative errno. */
int bell_pass(struct job *job, struct passed_fds *passed);

/** bell_untold - no command before or after the program is told of them, but for the role. 0 or -ENOMEM. */
int bell_untold(struct job *job);

/** bell_adopt - take back what an earlier vigild made. */
void bell_adopt(struct job *job);

/** bell_close - the instance is gone; the holder keeps it no longer. */
void bell_close(struct job *job);

/** bell_free - vigild ends: the holder goes on to keep it. */
void bell_free(struct bell *b);

/** bell_early - the one that is rung when the primary is certain to die. */
int bell_early(const struct bell *b);

/** bell_ring - one of them. */
void bell_ring(const struct job *job, int fd);

/**
 * bell_tie - have vigil.ko ring @bell, and no other, when job->inst is certain to die; at once if it is.
 *
 * Return: 0; -ENOENT, -EOPNOTSUPP and the like: vigil.ko will not.
 */
int bell_tie(struct job *job, int bell);

/** bell_untie - have vigil.ko ring none of ours. True: job->inst is certain to die, or dead: what was tied has rung. */
bool bell_untie(struct job *job);

#endif /* VIGIL_AGENT_BELL_H */
