/* SPDX-License-Identifier: GPL-2.0 */
/* The event loop: descriptors, timers and signals on one epoll. */
#ifndef VIGIL_BASE_LOOP_H
#define VIGIL_BASE_LOOP_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

#include "user/base/timers.h"

enum { LOOP_BATCH = 64 };

/** struct loop_source - lives in its owner; @fd is -1 while it is not in the loop. */
struct loop_source {
	int fd;
	void (*fn)(void *arg, uint32_t events);
	void *arg;
};

struct loop {
	int epoll_fd;
	struct timers timers;
	struct loop_source timer_src;
	uint64_t timer_set_us;
	struct loop_source signal_src;
	void (*on_signal)(void *arg, int signo);
	void *signal_arg;
	bool (*after)(void *arg);
	void *after_arg;
	bool stopping;
	struct epoll_event batch[LOOP_BATCH];
	int batch_len;
	int batch_at;
};

/** loop_init - @timers_max bounds the timers armed at once. Returns 0 or a negative errno. */
int loop_init(struct loop *l, size_t timers_max);
void loop_fini(struct loop *l);

/** loop_add - watch @fd for @events (EPOLL*); @s says what to call. 0 or a negative errno. */
int loop_add(struct loop *l, struct loop_source *s, int fd, uint32_t events);
int loop_change(struct loop *l, struct loop_source *s, uint32_t events);

/**
 * loop_del - forget a source; its fd is the caller's to close, afterwards.
 *
 * An event of it that was already fetched is dropped, so its owner may be freed at once.
 */
void loop_del(struct loop *l, struct loop_source *s);

static inline bool loop_has(const struct loop_source *s)
{
	return s->fd >= 0;
}

void loop_arm(struct loop *l, struct loop_timer *t, uint64_t due_us);
void loop_disarm(struct loop *l, struct loop_timer *t);

/** loop_signals - block the signals of @set and have @fn called for each that arrives. */
int loop_signals(struct loop *l, const sigset_t *set, void (*fn)(void *arg, int signo), void *arg);

/** loop_after - have @fn called at the end of each turn; true: turn again without waiting. */
void loop_after(struct loop *l, bool (*fn)(void *arg), void *arg);

/**
 * loop_begin - loop_init(), loop_signals() for SIGTERM, SIGINT and SIGHUP, and loop_after(), as a daemon has it.
 * @arg: of both functions
 *
 * Return: 0 or a negative errno.
 */
int loop_begin(struct loop *l, size_t timers_max, void (*on_signal)(void *arg, int signo),
	       bool (*after)(void *arg), void *arg);

/** loop_run - turn until loop_stop(). Returns 0, or a negative errno if epoll itself fails. */
int loop_run(struct loop *l);
void loop_stop(struct loop *l);

#endif /* VIGIL_BASE_LOOP_H */
