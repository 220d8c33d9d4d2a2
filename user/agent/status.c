// SPDX-License-Identifier: GPL-2.0
/* The state of vigild and its jobs as JSON: Documentation/api.md. */
#include "user/agent/status.h"

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/cgroup_limits.h"
#include "user/agent/explain.h"
#include "user/agent/viewer.h"
#include "user/agent/status_log.h"
#include "user/base/clock.h"

static json_t *seconds(uint64_t us)
{
	return json_real((double)us / US_PER_S);
}

json_t *status_number(uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	return json_string(text);
}

static void add(json_t *list, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Text from files and from the system may be no UTF-8. */
json_t *status_text(const char *text)
{
	char clean[AGENT_REASON_MAX * 4];
	json_t *value = json_string(text);
	size_t i;

	if (value)
		return value;
	snprintf(clean, sizeof(clean), "%s", text);
	for (i = 0; clean[i]; i++)
		if ((unsigned char)clean[i] >= 0x80)
			clean[i] = '?';
	return json_string(clean);
}

static void add(json_t *list, const char *fmt, ...)
{
	char text[AGENT_REASON_MAX * 4];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	json_array_append_new(list, status_text(text));
}

static void weaker_detection(const struct agent_facts *f, json_t *list)
{
	if (!f->kernel) {
		add(list, "Deaths are seen through pidfds (%s): how a job ended is unknown if it "
		    "ended while no vigild ran or was started by an earlier vigild.", f->watch_why);
		add(list, "Deaths are seen through pidfds: a job killed because memory ran out "
		    "shows as killed by SIGKILL.");
	} else if (f->some_by_pidfd) {
		add(list, "vigil.ko has refused to watch some processes, which are watched by "
		    "pidfd: how they end is unknown if they end while no vigild runs.");
	}
}

static bool any_beats(const struct job_views *jobs)
{
	size_t i;

	for (i = 0; i < jobs->n; i++)
		if (jobs->list[i]->beats)
			return true;
	return false;
}

static void weaker_beats(const struct agent_facts *f, const struct job_views *jobs, json_t *list)
{
	if (!f->kernel && any_beats(jobs))
		add(list, "Jobs with watchdog: {by: beat} are not missed when they hang: vigil.ko "
		    "would see their beats.");
}

static void weaker_limits(const struct agent_facts *f, const struct job_views *jobs, json_t *list)
{
	unsigned int failed = 0, wanted = 0;
	size_t i;

	for (i = 0; i < jobs->n; i++) {
		failed |= jobs->list[i]->limits_failed;
		wanted |= jobs->list[i]->limits_wanted;
	}
	for (i = 0; i < CGROUP_LIMITS; i++) {
		enum cgroup_controller c = cgroup_limit_controller(i);

		if ((wanted & 1u << i) && !(f->controllers & 1u << c))
			add(list, "limits: %s is not enforced: the %s controller is not available.",
			    cgroup_limit_key(i), cgroup_controller_name(c));
		else if (failed & 1u << i)
			add(list, "limits: %s could not be set for some job: the log says why.",
			    cgroup_limit_key(i));
	}
}

static void weaker_cgroups(const struct agent_facts *f, const struct job_views *jobs, json_t *list)
{
	if (!f->has_cgroup)
		add(list, "There is no writable cgroup2 (%s): descendants of a job that leave "
		    "its process group are not ended with it.", f->cgroup_why);
	weaker_limits(f, jobs, list);
}

static void weaker_foretell(const struct job_views *jobs, json_t *list)
{
	unsigned int missing = 0;
	size_t i;
	int kind;

	for (i = 0; i < jobs->n; i++)
		missing |= jobs->list[i]->unseen;
	for (kind = 0; kind < JOB_CONDITIONS; kind++)
		if (missing & 1u << kind)
			add(list, "foretell: %s is not seen: there are no pressure files for the jobs' "
			    "cgroups.", foretell_name(kind));
}

static void weaker_store(const struct agent_facts *f, json_t *list)
{
	if (f->store_ok)
		return;
	add(list, "The store cannot be written (%s): changes since then are lost if vigild ends.",
	    f->store_why);
	if (!f->kernel)
		add(list, "The next vigild would not find the jobs started meanwhile, and would "
		    "start them again%s.", f->has_cgroup ?
		    " after killing what it finds in their cgroups" : "");
}

/* The name of a damaged store; null when there is none any more, since the operator has seen to it. */
static json_t *store_note(const struct viewer *r)
{
	char name[NAME_MAX + 1];

	if (!store_damaged_newest(r->state_dir, name, sizeof(name)))
		return json_null();
	return json_pack("s++", r->state_dir, "/", name);
}

static void weaker_damage(const struct viewer *r, const struct agent_facts *f, json_t *list)
{
	char name[NAME_MAX + 1];

	if (store_damaged_newest(r->state_dir, name, sizeof(name)))
		add(list, "A damaged store was set aside as %s/%s; what it held of the past is lost. Delete "
		    "it, and this notice ends.", r->state_dir, name);
	if (!f->store_anew)
		return;
	if (f->kernel)
		add(list, "The store was damaged when this vigild started. Jobs that ran were found again by "
		    "the kernel's watches; the states of %zu jobs could still be read, others that were "
		    "stopped or started by hand are as their files say.", f->salvaged);
	else
		add(list, "The store was damaged when this vigild started. The states of %zu jobs could "
		    "still be read, and those that ran run on; without vigil.ko nothing tells of "
		    "others: %s.", f->salvaged, f->has_cgroup ?
		    "what was in their cgroups was killed, and they were started anew" :
		    "they were started again, and may run twice");
}

static void weaker_history(const struct agent_facts *f, json_t *list)
{
	if (f->history_lost)
		add(list, "%" PRIu64 " notes of the jobs' history are lost: the store could not be written "
		    "for too long.", f->history_lost);
}

static void weaker_keeper(const struct agent_facts *f, json_t *list)
{
	if (f->keeper_missed)
		add(list, "The kernel does not bring this vigild back, as --keeper wants it (%s).",
		    f->keeper_why);
}

static void weaker_logs(const struct agent_facts *f, json_t *list)
{
	if (f->logger_why[0])
		add(list, "The logger fails (%s): jobs wait once their pipes are full.", f->logger_why);
}

static json_t *weaker(struct viewer *r, const struct agent_facts *f, const struct job_views *jobs)
{
	json_t *list = json_array();

	if (!list)
		return NULL;
	weaker_detection(f, list);
	weaker_beats(f, jobs, list);
	weaker_cgroups(f, jobs, list);
	weaker_foretell(jobs, list);
	weaker_store(f, list);
	weaker_damage(r, f, list);
	weaker_history(f, list);
	weaker_keeper(f, list);
	weaker_logs(f, list);
	return list;
}

static json_t *errors(const struct agent_view *v)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; list && i < v->nerrors; i++)
		json_array_append_new(list, status_text(v->errors[i]));
	return list;
}

/* Nothing is kept of it: the node is unfit for as long as such a job is failed. */
static json_t *unfit(const struct job_views *jobs)
{
	char text[AGENT_REASON_MAX * 2];
	size_t i;

	for (i = 0; i < jobs->n; i++) {
		const struct job_view *v = jobs->list[i];

		if (!v->unfits)
			continue;
		snprintf(text, sizeof(text), "%s: %s", v->name, v->reason);
		return status_text(text);
	}
	return json_null();
}

static json_t *flagged(const struct job_views *jobs)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; list && i < jobs->n; i++)
		if (json_array_size(json_object_get(jobs->list[i]->more, "flags")))
			json_array_append_new(list, json_string(jobs->list[i]->name));
	return list;
}

static json_t *handed_over(const struct job_views *jobs)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; list && i < jobs->n; i++) {
		const struct job_view *v = jobs->list[i];

		if (v->handed_over_ns)
			json_array_append_new(list, json_pack("{s:s, s:o, s:o}", "job", v->name, "since_ns",
							      status_number(v->handed_over_ns),
							      "reason", status_text(v->reason)));
	}
	return list;
}

json_t *status_agent(struct viewer *r)
{
	const struct job_views *jobs = viewer_jobs(r);
	const struct agent_view *v = viewer_agent(r);
	const struct agent_facts *f = &v->facts;

	return json_pack("{s:s, s:i, s:s, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o}",
			 "version", VIGIL_VERSION,
			 "pid", getpid(),
			 "incarnation", r->incarnation,
			 "uptime_s", seconds(clock_us() - r->started_us),
			 "detection", f->kernel ? "kernel" : "pidfd",
			 "logs", r->logs_dir,
			 "logger", f->logger ? json_integer(f->logger) : json_null(),
			 "store", status_text(f->store_ok ? "ok" : f->store_why),
			 "unfit", unfit(jobs),
			 "flagged", flagged(jobs),
			 "handed_over", handed_over(jobs),
			 "level_above", handover_level_above(),
			 "store_note", store_note(r),
			 "weaker", weaker(r, f, jobs),
			 "errors", errors(v));
}

static json_t *last_exit(const struct store_exit *e)
{
	if (!e->known)
		return json_null();
	return json_pack("{s:s, s:i, s:i, s:s?, s:o, s:o, s:o, s:o}",
			 "cause", vigil_cause_name((enum vigil_cause)e->cause),
			 "code", e->code,
			 "signal", e->signal,
			 "signal_name", explain_signal(e->signal),
			 "realtime_ns", status_number(e->realtime_ns),
			 "utime_ns", status_number(e->utime_ns),
			 "stime_ns", status_number(e->stime_ns),
			 "maxrss_kib", status_number(e->maxrss_kib));
}

static json_t *next_start(const struct job_view *v, uint64_t now)
{
	if (!v->due_us)
		return json_null();
	return seconds(v->due_us > now ? v->due_us - now : 0);
}

/* What it tells of itself. */
static void add_told(json_t *object, const struct job_view *v)
{
	json_object_set_new(object, "ready", json_boolean(v->ready));
	json_object_set_new(object, "reloading", json_boolean(v->reloading));
	json_object_set_new(object, "status_text", v->status[0] ? status_text(v->status) : json_null());
	json_object_set_new(object, "errno", v->error ? json_integer(v->error) : json_null());
	json_object_set_new(object, "watchdog_s",
			    v->watchdog_us ? seconds(v->watchdog_us) : json_null());
}

static json_t *seen(const struct job_view *v, const char *logs_dir, int look_fd)
{
	uint64_t now = clock_us();

	return json_pack("{s:s, s:s, s:o, s:o, s:i, s:o, s:o, s:o, s:o}",
			 "name", v->name,
			 "state", v->state,
			 "pid", v->pid ? json_integer(v->pid) : json_null(),
			 "uptime_s", v->pid ? seconds(now - v->started_us) : json_null(),
			 "restarts", (int)v->restarts,
			 "reason", v->reason[0] ? status_text(v->reason) : json_null(),
			 "next_start_s", next_start(v, now),
			 "last_exit", last_exit(&v->last_exit),
			 "log", status_log(v, logs_dir, look_fd));
}

json_t *status_job(const struct job_view *v, const char *logs_dir, int look_fd)
{
	json_t *object = seen(v, logs_dir, look_fd), *more;

	if (!object)
		return NULL;
	add_told(object, v);
	/* The copy is the reader's own: what is published never changes. */
	more = json_deep_copy(v->more);
	json_object_update_missing(object, more);
	json_decref(more);
	return object;
}

json_t *status_jobs(struct viewer *r, const char *match)
{
	const struct job_views *jobs = viewer_jobs(r);
	struct view_choice choice = view_choose(jobs, match);
	int look_fd = viewer_look(r);
	json_t *list = json_array();
	size_t i;

	for (i = 0; list && i < jobs->n; i++)
		if (view_chosen(&choice, jobs->list[i]->name))
			json_array_append_new(list, status_job(jobs->list[i], r->logs_dir, look_fd));
	return list;
}
