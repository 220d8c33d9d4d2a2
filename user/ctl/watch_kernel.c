/* SPDX-License-Identifier: GPL-2.0 */
/* vigil watch, by vigil.ko: how each died is known. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "user/ctl/event.h"
#include "user/ctl/module.h"
#include "user/ctl/wait.h"
#include "user/ctl/watch.h"

static void died(struct targets *t, struct target *target, const struct vigil_watch *w)
{
	struct vigil_event ev = {
		.type = VIGIL_EVENT_TYPE_DEAD, .seq = w->exit.seq, .watch = *w
	};

	targets_died(t, target, &ev);
}

static void watch_one(struct targets *t, struct target *target, struct vigil *v)
{
	char owner[VIGIL_OWNER_LEN_MAX + 1], what[32];
	struct vigil_watch w;
	int err;

	snprintf(owner, sizeof(owner), "vigil-watch-%d", getpid());
	snprintf(what, sizeof(what), "cannot watch %d", target->pid);
	err = vigil_watch_pid(v, target->pid, 0, owner, NULL, t->flags, &w);
	if (err) {
		err = module_error(what, err, vigil_error(v));
		if (t->status == CTL_OK)
			t->status = err;
		return;
	}
	t->alive++;
	target->id = w.id;
	if (w.state == VIGIL_WATCH_STATE_DEAD && !(t->flags & VIGIL_WATCH_FLAGS_TREE))
		died(t, target, &w);
}

static struct target *find(struct targets *t, uint64_t id)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (t->list[i].id && t->list[i].id == id)
			return &t->list[i];
	return NULL;
}

/* Nothing more comes of a tree in which nobody is left. */
static void emptied(struct targets *t, struct target *target, const struct vigil_watch *w)
{
	if (w->flags & VIGIL_WATCH_FLAGS_TREE && !w->members) {
		target->id = 0;
		t->alive--;
	}
}

/* Events are lost, but no watch is: read them all. */
static void look_at_all(struct targets *t, struct vigil *v)
{
	struct vigil_watch w;
	size_t i;

	for (i = 0; i < t->n; i++) {
		if (!t->list[i].id || vigil_get(v, t->list[i].id, &w) ||
		    w.state != VIGIL_WATCH_STATE_DEAD)
			continue;
		if (!t->list[i].told)
			died(t, &t->list[i], &w);
		emptied(t, &t->list[i], &w);
	}
}

static void take_one(struct targets *t, struct target *target, const struct vigil_event *ev)
{
	if (ev->type == VIGIL_EVENT_TYPE_DEAD) {
		if (!target->told)
			targets_died(t, target, ev);
		return;
	}
	targets_event(t, ev);
	if (ev->type == VIGIL_EVENT_TYPE_GROUP_EMPTY)
		emptied(t, target, &ev->watch);
}

static int take(struct targets *t, struct vigil *v, struct vigil_events *events)
{
	struct vigil_event ev;
	struct target *target;
	int r;

	while ((r = vigil_events_next(events, &ev)) > 0) {
		if (ev.type == VIGIL_EVENT_TYPE_GAP) {
			look_at_all(t, v);
			continue;
		}
		target = event_is_of_watch(&ev) ? find(t, ev.watch.id) : NULL;
		if (target)
			take_one(t, target, &ev);
	}
	return r ? module_error("cannot read the events", r, vigil_events_error(events)) : CTL_OK;
}

static int wait_all(struct targets *t, struct vigil *v, struct vigil_events *events)
{
	struct pollfd fds[3] = { { .fd = vigil_events_fd(events), .events = POLLIN } };
	int status = take(t, v, events);
	enum wait_result w;

	while (status == CTL_OK && t->alive) {
		w = wait_for(fds, 1);
		status = w == WAIT_READY ? take(t, v, events) : wait_status(w);
	}
	return status == CTL_OK ? t->status : status;
}

int watch_by_kernel(struct targets *t, struct vigil *v)
{
	struct vigil_events *events;
	int err, status;
	size_t i;

	/* Before the first watch, so that no death falls between. */
	err = vigil_events_open(0, &events);
	if (err)
		return module_error("cannot watch", err, "");
	for (i = 0; i < t->n; i++)
		watch_one(t, &t->list[i], v);
	status = wait_all(t, v, events);
	vigil_events_close(events);
	return status;
}
