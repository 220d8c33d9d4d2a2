// SPDX-License-Identifier: GPL-2.0
/* libvigil: the watches are made beforehand; the status comes with the event. */
#include <poll.h>
#include <stddef.h>

#include <vigil/vigil.h>

#include "selftests/bench/method.h"

static void *vigil_method_open(void)
{
	struct vigil_events *events;

	return vigil_events_open(0, &events) ? NULL : events;
}

static bool vigil_add(void *state, pid_t pid)
{
	(void)pid;
	return state;
}

static int status_of(const struct vigil_exit *exit)
{
	if (exit->cause == VIGIL_CAUSE_EXITED)
		return exit->code << 8;
	return exit->signal | (exit->cause == VIGIL_CAUSE_CORE_DUMPED ? 0x80 : 0);
}

static bool vigil_next(void *state, struct death *d)
{
	struct pollfd pfd = { .fd = vigil_events_fd(state), .events = POLLIN };
	struct vigil_event event;
	int ret;

	while (!(ret = vigil_events_next(state, &event)))
		if (poll(&pfd, 1, LOST_AFTER_MS) <= 0)
			return false;
	if (ret < 0 || event.type != VIGIL_EVENT_TYPE_DEAD)
		return false;
	d->pid = event.watch.pid;
	d->status = status_of(&event.watch.exit);
	return true;
}

static void vigil_method_close(void *state)
{
	vigil_events_close(state);
}

const struct method method_vigil = {
	.name = "vigil",
	.open = vigil_method_open,
	.add = vigil_add,
	.next = vigil_next,
	.close = vigil_method_close,
};

const struct method *const methods[METHODS] = {
	[METHOD_VIGIL] = &method_vigil,
	[METHOD_WAITID] = &method_waitid,
	[METHOD_SIGNALFD] = &method_signalfd,
	[METHOD_PIDFD] = &method_pidfd,
	[METHOD_CN_PROC] = &method_cn_proc,
};
