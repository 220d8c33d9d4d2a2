/* SPDX-License-Identifier: GPL-2.0 */
/* Descriptors that outlive vigild: kept by a process of their own, the holder. */
#ifndef VIGIL_AGENT_HOLDER_H
#define VIGIL_AGENT_HOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "user/base/fdpass.h"
#include "user/base/loop.h"

struct holder_item;
struct holder_message;
TAILQ_HEAD(holder_items, holder_item);

TAILQ_HEAD(holder_messages, holder_message);

/** struct holder - vigild's end. */
struct holder {
	struct loop *loop;
	const char *run_dir;
	int cgroup_fd;			/* directory that the holder's cgroup is made in; -1: none */
	struct loop_source src;		/* the connection */
	struct loop_timer retry;
	void *root;			/* of struct holder_item, by key */
	size_t n;
	struct holder_items pending;	/* what the holder is still to be told */
	struct holder_messages messages;
	bool heard;			/* @messages have been obeyed: the holder is to be told */
	bool failed;			/* the last try to have a holder failed, and was logged */
};

/**
 * holder_open - take back what the holder of an earlier vigild keeps, if there is one.
 *
 * Waits for a holder that is there; called once, before the loop runs. Failures are logged.
 */
void holder_open(struct holder *h, struct loop *loop, const char *run_dir, int cgroup_fd);

/**
 * holder_flush - tell the holder all that it has not been told yet, for the time after this vigild.
 *
 * While what is stored is still open. Waits for a holder that reads slowly, for AGENT_HOLDER_WAIT_S at most.
 */
void holder_flush(struct holder *h);

/** holder_close - hang up; the holder goes on to keep what it has. */
void holder_close(struct holder *h);

/**
 * holder_store - have @fd kept; it replaces what is kept under the same key.
 * @key: text of at most HOLDER_KEY_MAX bytes, "kind/job/name" by convention
 * @fd: stays the caller's, who closes it only after holder_remove()
 *
 * A holder is started if there is none; one that dies is replaced, and given everything again.
 *
 * Return: 0; -ENAMETOOLONG; -ENOSPC if HOLDER_ITEMS_MAX are kept; -ENOMEM.
 */
int holder_store(struct holder *h, const char *key, int fd);

/** holder_remove - have it kept no longer. A key that is not kept is ignored. */
void holder_remove(struct holder *h, const char *key);

/**
 * holder_take - a descriptor that an earlier vigild had kept; it goes on to be kept.
 *
 * Return: the descriptor, from now on the caller's as that of holder_store() is; -ENOENT if there is none
 * under this key, or it has been taken already.
 */
int holder_take(struct holder *h, const char *key);

/** holder_each - call @fn with each key that begins with @prefix and has not been taken; @fn may take it. */
void holder_each(struct holder *h, const char *prefix, void (*fn)(void *arg, const char *key),
		 void *arg);

/**
 * holder_hear - @fn is given what jobs have notified while no vigild ran, oldest first.
 *
 * The holder goes on to keep it until holder_heard(): when what followed is stored.
 */
void holder_hear(struct holder *h, void (*fn)(void *arg, pid_t pid, const char *text, size_t len,
					      struct fdpass *with), void *arg);
void holder_heard(struct holder *h);

/** holder_settle - after adoption: what nobody has taken is dropped. */
void holder_settle(struct holder *h);

#endif /* VIGIL_AGENT_HOLDER_H */
