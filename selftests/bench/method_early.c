// SPDX-License-Identifier: GPL-2.0
/* libvigil's early news: the DYING event, and the eventfd that is signalled on the way out. */
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <vigil/vigil.h>

#include "selftests/bench/method.h"

struct early {
	struct vigil *v;
	struct vigil_events *events;
	int bell;
	pid_t pid;		/* the last added */
};

static void early_close(void *state)
{
	struct early *e = state;

	vigil_events_close(e->events);
	vigil_close(e->v);
	close(e->bell);
	free(e);
}

static void *early_open(void)
{
	struct early *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->bell = eventfd(0, EFD_CLOEXEC);
	if (e->bell >= 0 && !vigil_open(&e->v))
		return e;
	early_close(e);
	return NULL;
}

static void *dying_open(void)
{
	struct early *e = early_open();

	if (!e || !vigil_events_open(0, &e->events))
		return e;
	early_close(e);
	return NULL;
}

static bool add(struct early *e, pid_t pid, struct vigil_watch *w)
{
	e->pid = pid;
	return !vigil_watch_pid(e->v, pid, 0, "bench-early", NULL,
				VIGIL_WATCH_FLAGS_TRANSIENT | VIGIL_WATCH_FLAGS_DYING, w);
}

static bool dying_add(void *state, pid_t pid)
{
	struct vigil_watch w;

	return add(state, pid, &w);
}

static bool eventfd_add(void *state, pid_t pid)
{
	struct early *e = state;
	struct vigil_watch w;

	return add(e, pid, &w) && !vigil_watch_set_eventfd(e->v, w.id, e->bell);
}

static bool dying_next(void *state, struct death *d)
{
	struct early *e = state;
	struct pollfd pfd = { .fd = vigil_events_fd(e->events), .events = POLLIN };
	struct vigil_event event = { .type = VIGIL_EVENT_TYPE_GAP };
	int ret;

	do {
		while (!(ret = vigil_events_next(e->events, &event)))
			if (poll(&pfd, 1, LOST_AFTER_MS) <= 0)
				return false;
	} while (ret > 0 && event.type != VIGIL_EVENT_TYPE_DYING);
	d->pid = event.watch.pid;
	return ret > 0;
}

static bool eventfd_next(void *state, struct death *d)
{
	struct early *e = state;
	uint64_t count;

	d->pid = e->pid;
	return read(e->bell, &count, sizeof(count)) == sizeof(count);
}

const struct method method_dying = {
	.name = "vigil: DYING",
	.early = true,
	.open = dying_open,
	.add = dying_add,
	.next = dying_next,
	.close = early_close,
};

const struct method method_eventfd = {
	.name = "vigil: eventfd",
	.early = true,
	.open = early_open,
	.add = eventfd_add,
	.next = eventfd_next,
	.close = early_close,
};
