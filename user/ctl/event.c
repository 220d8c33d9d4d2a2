/* SPDX-License-Identifier: GPL-2.0 */
/* Events of the stream, in words and as JSON. */
#include "user/ctl/event.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "user/ctl/leases.h"
#include "user/ctl/watchdog.h"

static struct event_text said(const char *text)
{
	struct event_text t;

	snprintf(t.text, sizeof(t.text), "%s", text);
	return t;
}

static struct event_text exit_text(const struct vigil_exit *e)
{
	return said(cause_text(vigil_cause_name(e->cause), e->code, e->signal).text);
}

static struct event_text dead_text(const struct vigil_event *ev)
{
	return exit_text(&ev->watch.exit);
}

static struct event_text dying_text(const struct vigil_event *ev)
{
	(void)ev;
	return said("dying");
}

static struct event_text member_text(const struct vigil_event *ev)
{
	return exit_text(&ev->member.exit);
}

static struct event_text empty_text(const struct vigil_event *ev)
{
	(void)ev;
	return said("group empty");
}

static struct event_text hung_text(const struct vigil_event *ev)
{
	struct event_text t;

	snprintf(t.text, sizeof(t.text), "hung, %s", vigil_hang_name(ev->hang.state));
	return t;
}

static struct event_text recovered_text(const struct vigil_event *ev)
{
	(void)ev;
	return said("beats again");
}

static struct event_text keeper_text(const struct vigil_event *ev)
{
	const struct vigil_keeper_news *n = &ev->keeper;
	struct event_text t = said("keeper ");
	size_t used;

	if (n->pid)
		snprintf(t.text, sizeof(t.text), "keeper %d ", n->pid);
	used = strlen(t.text);
	if (n->why == VIGIL_KEEPER_WHY_NONE)
		snprintf(t.text + used, sizeof(t.text) - used, "%s", vigil_keeper_stage_name(n->stage));
	else
		snprintf(t.text + used, sizeof(t.text) - used, "%s: %s", vigil_keeper_stage_name(n->stage),
			 n->error ? strerror(n->error) : vigil_keeper_why_name(n->why));
	return t;
}

static struct event_text watchdog_event_text(const struct vigil_event *ev)
{
	return said(watchdog_text(&ev->watchdog).text);
}

static struct event_text lease_text(const struct vigil_event *ev)
{
	const struct vigil_lease_event *l = &ev->lease;
	struct event_text t;
	int n;

	n = snprintf(t.text, sizeof(t.text), "lease %s, epoch %" PRIu64 ": %s", l->name, l->epoch,
		     lease_stage_name(l->stage));
	if (l->stage != VIGIL_LEASE_STAGE_FENCED)
		snprintf(t.text + n, sizeof(t.text) - n, ", last SIGKILL sent after %.3f ms",
			 (double)l->kill_late_ns / 1e6);
	return t;
}

struct cause action_text(const struct vigil_hang *h)
{
	struct cause c;

	if (h->action == VIGIL_BEAT_ACTION_SIGNAL)
		snprintf(c.text, sizeof(c.text), "it is sent %s", signal_name(h->signal).text);
	else if (h->action == VIGIL_BEAT_ACTION_KILL)
		snprintf(c.text, sizeof(c.text), "it is killed");
	else
		snprintf(c.text, sizeof(c.text), "nothing is done");
	return c;
}

static const char *action_name(enum vigil_beat_action action)
{
	static const char *const names[] = {
		[VIGIL_BEAT_ACTION_NONE] = "none",
		[VIGIL_BEAT_ACTION_SIGNAL] = "signal",
		[VIGIL_BEAT_ACTION_KILL] = "kill",
	};

	return (unsigned int)action < sizeof(names) / sizeof(*names) ? names[action] : "unknown";
}

static json_t *beat_json(const struct vigil_deadline *d)
{
	return json_pack("{s:I, s:s, s:i, s:I}", "deadline_ms", (json_int_t)d->ms,
			 "action", action_name(d->action), "signal", d->signal,
			 "missed", (json_int_t)d->missed);
}

static json_t *hung_json(const struct vigil_event *ev)
{
	const struct vigil_hang *h = &ev->hang;

	return json_pack("{s:s, s:o, s:I, s:s, s:i, s:o, s:o}", "state", vigil_hang_name(h->state),
			 "last_beat_ns", json_u64(h->last_beat_ns),
			 "deadline_ms", (json_int_t)h->deadline_ms,
			 "action", action_name(h->action), "signal", h->signal,
			 "cpu_ns", json_u64(h->cpu_ns), "cpu_window_ns", json_u64(h->cpu_window_ns));
}

static json_t *member_json(const struct vigil_event *ev)
{
	const struct vigil_member *m = &ev->member;

	return json_pack("{s:i, s:o, s:o, s:o, s:o}", "pid", m->pid,
			 "start_ticks", json_u64(m->start_ticks),
			 "start_ns", json_u64(m->start_ns), "comm", json_text(m->comm),
			 "exit", exit_json(&m->exit));
}

static json_t *keeper_json(const struct vigil_event *ev)
{
	const struct vigil_keeper_news *n = &ev->keeper;

	return json_pack("{s:s, s:s, s:o, s:o, s:I, s:s}", "stage", vigil_keeper_stage_name(n->stage),
			 "why", vigil_keeper_why_name(n->why),
			 "pid", n->pid ? json_integer(n->pid) : json_null(),
			 "error", n->error ? json_integer(n->error) : json_null(),
			 "respawns", (json_int_t)n->respawns,
			 "last_resort", vigil_keeper_last_resort_name(n->last_resort));
}

static json_t *watchdog_event_json(const struct vigil_event *ev)
{
	return watchdog_json(&ev->watchdog);
}

static json_t *lease_event_json(const struct vigil_event *ev)
{
	const struct vigil_lease_event *l = &ev->lease;

	return json_pack("{s:o, s:o, s:s, s:o, s:o}", "name", json_text(l->name),
			 "epoch", json_u64(l->epoch), "stage", lease_stage_name(l->stage),
			 "timer_late_ns", json_u64(l->timer_late_ns),
			 "kill_late_ns", json_u64(l->kill_late_ns));
}

/* What an event has beyond its watch stands in an object that has the name of @detail. */
static const struct kind {
	const char *name;
	bool of_node;
	struct event_text (*text)(const struct vigil_event *ev);
	const char *detail;
	json_t *(*json)(const struct vigil_event *ev);
} kinds[] = {
	[VIGIL_EVENT_TYPE_DEAD] = { "dead", false, dead_text, NULL, NULL },
	[VIGIL_EVENT_TYPE_DYING] = { "dying", false, dying_text, NULL, NULL },
	[VIGIL_EVENT_TYPE_MEMBER_DEAD] = { "member-dead", false, member_text, "member", member_json },
	[VIGIL_EVENT_TYPE_GROUP_EMPTY] = { "group-empty", false, empty_text, NULL, NULL },
	[VIGIL_EVENT_TYPE_HUNG] = { "hung", false, hung_text, "hung", hung_json },
	[VIGIL_EVENT_TYPE_RECOVERED] = { "recovered", false, recovered_text, NULL, NULL },
	[VIGIL_EVENT_TYPE_KEEPER] = { "keeper", true, keeper_text, "keeper", keeper_json },
	[VIGIL_EVENT_TYPE_WATCHDOG] = { "watchdog", true, watchdog_event_text, "watchdog",
					watchdog_event_json },
	[VIGIL_EVENT_TYPE_LEASE] = { "lease", true, lease_text, "lease", lease_event_json },
};

struct event_text event_text(const struct vigil_event *ev)
{
	return kinds[ev->type].text(ev);
}

bool event_is_of_watch(const struct vigil_event *ev)
{
	return !kinds[ev->type].of_node;
}

static void add_watch(json_t *to, const struct vigil_watch *w)
{
	json_object_set_new(to, "id", json_u64(w->id));
	json_object_set_new(to, "pid", json_integer(w->pid));
	json_object_set_new(to, "start_ticks", json_u64(w->start_ticks));
	json_object_set_new(to, "start_ns", json_u64(w->start_ns));
	json_object_set_new(to, "owner", json_text(w->owner));
	json_object_set_new(to, "tag", json_text(w->tag));
	json_object_set_new(to, "transient", json_boolean(w->flags & VIGIL_WATCH_FLAGS_TRANSIENT));
	json_object_set_new(to, "comm", json_text(w->comm));
	if (w->state == VIGIL_WATCH_STATE_DEAD)
		json_object_set_new(to, "exit", exit_json(&w->exit));
	if (w->flags & VIGIL_WATCH_FLAGS_TREE) {
		json_object_set_new(to, "members", json_integer(w->members));
		json_object_set_new(to, "members_missed", json_integer(w->members_missed));
	}
	if (w->deadline.ms)
		json_object_set_new(to, "beat", beat_json(&w->deadline));
}

json_t *event_json(const struct vigil_event *ev)
{
	const struct kind *k = &kinds[ev->type];
	json_t *value;

	if (ev->type == VIGIL_EVENT_TYPE_GAP)
		return json_pack("{s:s, s:o, s:o}", "type", "gap", "seq", json_u64(ev->seq),
				 "gap_last", json_u64(ev->gap_last));
	value = json_pack("{s:s, s:o, s:o, s:o}", "type", k->name, "seq", json_u64(ev->seq),
			  "boottime_ns", json_u64(ev->boottime_ns),
			  "realtime_ns", json_u64(ev->realtime_ns));
	if (value && event_is_of_watch(ev))
		add_watch(value, &ev->watch);
	if (value && k->json)
		json_object_set_new(value, k->detail, k->json(ev));
	return value;
}
