/* SPDX-License-Identifier: GPL-2.0 */
/* How vigild learns of deaths: vigil.ko through libvigil, or pidfds. */
#ifndef VIGIL_AGENT_WATCH_H
#define VIGIL_AGENT_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <vigil/vigil.h>

#include "user/base/loop.h"
#include "user/store/store.h"

struct agent;
struct job;

/** struct watcher - @v is NULL while everything is watched by pidfd. */
struct watcher {
	struct vigil *v;
	struct vigil_events *ev;
	struct loop_source ev_src;
	bool more;		/* the last turn left events unread */
	bool some_by_pidfd;	/* the kernel has refused a watch */
	char why[256];		/* why the kernel is not used */
};

/**
 * watcher_open - connect to vigil.ko as the options say.
 *
 * Return: 0; -ENOENT and the like, logged, only if --detection kernel was given.
 */
int watcher_open(struct agent *a);
void watcher_close(struct agent *a);

/** watch_begin - watch job->inst, by the kernel if it is there, else by its pidfd. 0 or -errno. */
int watch_begin(struct job *job);

/** watch_end - after the death: forget the pidfd; the exit record stays until watch_release_stale(). */
void watch_end(struct job *job);

/**
 * watch_move - from now on another process of the job is its main process.
 *
 * It is watched before the old one is let go, and the old one's watch is released only when the store
 * knows of the new one.
 *
 * Return: 0; -ESRCH if there is no such process, or it is no longer the job's; another negative errno.
 */
int watch_move(struct job *job, pid_t pid);

/** watch_forget_stray - the job goes: reap that child if it is dead. */
void watch_forget_stray(struct job *job);

/** watch_stray_ready - loop callback: a child that is no main process any more is dead. */
void watch_stray_ready(void *arg, uint32_t events);

/** watch_release_stale - drop the exit records of deaths that are handled for good. */
void watch_release_stale(struct job *job, unsigned int keep);
void watch_add_stale(struct job *job, uint64_t id);
void watch_release(struct agent *a, uint64_t id);

/** watch_read_events - handle what the last turn left unread. */
void watch_read_events(struct agent *a);

/** watch_exit - an exit record as the store and status know it. */
struct store_exit watch_exit(const struct vigil_exit *e);

/** watch_pidfd_ready - loop callback: the process is dead. */
void watch_pidfd_ready(void *arg, uint32_t events);

/** struct watch_array - a dump. */
struct watch_array {
	struct vigil_watch *list;
	size_t n;
	size_t room;
};

/** watch_dump - all watches of our owner; free() the list. 0 or a negative errno. */
int watch_dump(struct agent *a, struct watch_array *out);

#endif /* VIGIL_AGENT_WATCH_H */
