// SPDX-License-Identifier: GPL-2.0
/* Copies of watches for readers, and the event of a death, which is such a copy. */
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "aspect.h"
#include "event.h"
#include "record.h"
#include "watch.h"

/**
 * vigil_watch_copy - copy a watch for a reader
 * @w: the watch
 * @ns: PID namespace of the reader; NULL for that of the watch's maker
 * @rec: gets the copy
 *
 * Context: any.
 * Return: whether @ns sees the process.
 */
bool vigil_watch_copy(struct vigil_watch *w, struct pid_namespace *ns,
		      struct vigil_record *rec)
{
	struct task_struct *leader;
	unsigned long flags;

	memset(&rec->beat, 0, sizeof(rec->beat));
	rec->id = w->id;
	rec->start_ns = w->start_ns;
	rec->dying_seq = 0;
	rec->members = 0;
	rec->members_missed = 0;
	rec->tgid = ns ? pid_nr_ns(w->pid, ns) : w->tgid;
	rec->flags = w->flags;
	rec->owner_len = w->owner_len;
	rec->tag_len = w->tag_len;
	memcpy(rec->owner, w->names, w->owner_len);
	rec->owner[w->owner_len] = '\0';
	memcpy(rec->tag, w->names + w->owner_len, w->tag_len);
	rec->tag[w->tag_len] = '\0';

	rcu_read_lock();
	spin_lock_irqsave(&w->pid->wait_pidfd.lock, flags);
	rec->state = w->state;
	if (w->state == VIGIL_WATCH_STATE_DEAD) {
		rec->exit = w->exit;
	} else {
		leader = pid_task(w->pid, PIDTYPE_TGID);
		strscpy(rec->exit.comm, leader ? leader->comm : "",
			sizeof(rec->exit.comm));
	}
	vigil_aspects_copy(w, rec);
	spin_unlock_irqrestore(&w->pid->wait_pidfd.lock, flags);
	rcu_read_unlock();
	return rec->tgid;
}

static struct vigil_watch *watch_of(struct vigil_pending *p)
{
	return container_of(p, struct vigil_watch, pending);
}

static struct vigil_net *dead_net(struct vigil_pending *p)
{
	return watch_of(p)->vn;
}

/* With the PID as the watch's maker saw it. */
static void dead_number(struct vigil_pending *p, struct vigil_event *ev)
{
	struct vigil_watch *w = watch_of(p);
	unsigned long flags;

	spin_lock_irqsave(&w->pid->wait_pidfd.lock, flags);
	w->exit.seq = ev->seq;
	spin_unlock_irqrestore(&w->pid->wait_pidfd.lock, flags);
	ev->type = VIGIL_EVENT_TYPE_DEAD;
	vigil_watch_copy(w, NULL, &ev->watch);
	ev->boottime_ns = ev->watch.exit.boottime_ns;
	ev->realtime_ns = ev->watch.exit.realtime_ns;
}

static void dead_put(struct vigil_pending *p)
{
	vigil_watch_put(watch_of(p));
}

const struct vigil_pending_ops vigil_dead_event = {
	.net = dead_net,
	.number = dead_number,
	.put = dead_put,
};
