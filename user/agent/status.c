// SPDX-License-Identifier: GPL-2.0
/* The state of vigild and its jobs as JSON: Documentation/control-socket.md. */
#include "user/agent/status.h"

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/beat.h"
#include "user/agent/cgroup_limits.h"
#include "user/agent/explain.h"
#include "user/agent/phase.h"
#include "user/agent/standby.h"
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

static void weaker_detection(const struct agent *a, json_t *list)
{
	const struct watcher *w = &a->watcher;

	if (!w->v) {
		add(list, "Deaths are seen through pidfds (%s): how a job ended is unknown if it "
		    "ended while no vigild ran or was started by an earlier vigild.", w->why);
		add(list, "Deaths are seen through pidfds: a job killed because memory ran out "
		    "shows as killed by SIGKILL.");
	} else if (w->some_by_pidfd) {
		add(list, "vigil.ko has refused to watch some processes, which are watched by "
		    "pidfd: how they end is unknown if they end while no vigild runs.");
	}
}

static bool any_beats(const struct agent *a)
{
	size_t i;

	for (i = 0; i < a->jobs.n; i++)
		if (beat_wanted(a->jobs.list[i]))
			return true;
	return false;
}

static void weaker_beats(const struct agent *a, json_t *list)
{
	if (!a->watcher.v && any_beats(a))
		add(list, "Jobs with watchdog: {by: beat} are not missed when they hang: vigil.ko "
		    "would see their beats.");
}

/* Bit n: limit n of cgroup_limits.c is wanted by a job, or could not be set for one. */
static unsigned int limits_wanted(const struct agent *a, unsigned int *failed)
{
	unsigned int mask = 0;
	size_t i, j;

	*failed = 0;
	for (i = 0; i < a->jobs.n; i++) {
		*failed |= a->jobs.list[i]->cgroup.failed;
		for (j = 0; j < CGROUP_LIMITS; j++)
			if (cgroup_limit_wanted(a->jobs.list[i]->spec, j))
				mask |= 1u << j;
	}
	return mask;
}

static void weaker_limits(const struct agent *a, json_t *list)
{
	unsigned int failed, wanted = limits_wanted(a, &failed);
	size_t i;

	for (i = 0; i < CGROUP_LIMITS; i++) {
		enum cgroup_controller c = cgroup_limit_controller(i);

		if ((wanted & 1u << i) && !(a->cgroups.controllers & 1u << c))
			add(list, "limits: %s is not enforced: the %s controller is not available.",
			    cgroup_limit_key(i), cgroup_controller_name(c));
		else if (failed & 1u << i)
			add(list, "limits: %s could not be set for some job: the log says why.",
			    cgroup_limit_key(i));
	}
}

static void weaker_cgroups(const struct agent *a, json_t *list)
{
	if (a->cgroups.fd < 0)
		add(list, "There is no writable cgroup2 (%s): descendants of a job that leave "
		    "its process group are not ended with it.", a->cgroups.why);
	weaker_limits(a, list);
}

static void weaker_foretell(const struct agent *a, json_t *list)
{
	int kind;

	for (kind = 0; kind < JOB_CONDITIONS; kind++)
		if (foretell_missing(a, kind))
			add(list, "foretell: %s is not seen: there are no pressure files for the jobs' "
			    "cgroups.", foretell_name(kind));
}

static void weaker_store(const struct agent *a, json_t *list)
{
	if (a->persist.store)
		return;
	add(list, "The store cannot be written (%s): changes since then are lost if vigild ends.",
	    a->persist.why);
	if (!a->watcher.v)
		add(list, "The next vigild would not find the jobs started meanwhile, and would "
		    "start them again%s.", a->cgroups.fd >= 0 ?
		    " after killing what it finds in their cgroups" : "");
}

/* The name of a damaged store; null when there is none any more, since the operator has seen to it. */
static json_t *store_note(const struct agent *a)
{
	char name[NAME_MAX + 1];

	if (!store_damaged_newest(a->opt.state_dir, name, sizeof(name)))
		return json_null();
	return json_pack("s++", a->opt.state_dir, "/", name);
}

static void weaker_damage(const struct agent *a, json_t *list)
{
	char name[NAME_MAX + 1];

	if (store_damaged_newest(a->opt.state_dir, name, sizeof(name)))
		add(list, "A damaged store was set aside as %s/%s; what it held of the past is lost. Delete "
		    "it, and this notice ends.", a->opt.state_dir, name);
	if (!a->persist.anew)
		return;
	if (a->watcher.v)
		add(list, "The store was damaged when this vigild started. Jobs that ran were found again by "
		    "the kernel's watches; the states of %zu jobs could still be read, others that were "
		    "stopped or started by hand are as their files say.", a->persist.salvaged);
	else
		add(list, "The store was damaged when this vigild started. The states of %zu jobs could "
		    "still be read, and those that ran run on; without vigil.ko nothing tells of "
		    "others: %s.", a->persist.salvaged, a->cgroups.fd >= 0 ?
		    "what was in their cgroups was killed, and they were started anew" :
		    "they were started again, and may run twice");
}

static void weaker_history(const struct agent *a, json_t *list)
{
	if (a->history.lost)
		add(list, "%" PRIu64 " notes of the jobs' history are lost: the store could not be written "
		    "for too long.", a->history.lost);
}

static void weaker_keeper(const struct agent *a, json_t *list)
{
	if (a->opt.keeper && !a->keeper.id)
		add(list, "The kernel does not bring this vigild back, as --keeper wants it (%s).",
		    a->keeper.why);
}

static void weaker_logs(const struct agent *a, json_t *list)
{
	if (a->logproc.why[0])
		add(list, "The logger fails (%s): jobs wait once their pipes are full.", a->logproc.why);
}

static json_t *weaker(const struct agent *a)
{
	json_t *list = json_array();

	if (!list)
		return NULL;
	weaker_detection(a, list);
	weaker_beats(a, list);
	weaker_cgroups(a, list);
	weaker_foretell(a, list);
	weaker_store(a, list);
	weaker_damage(a, list);
	weaker_history(a, list);
	weaker_keeper(a, list);
	weaker_logs(a, list);
	return list;
}

json_t *status_errors(const struct agent *a)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; list && i < a->set.errors.n; i++)
		json_array_append_new(list, status_text(a->set.errors.list[i]));
	return list;
}

/* Nothing is kept of it: the node is unfit for as long as such a job is failed. */
static json_t *unfit(const struct agent *a)
{
	char text[AGENT_REASON_MAX * 2];
	size_t i;

	for (i = 0; i < a->jobs.n; i++) {
		const struct job *job = a->jobs.list[i];

		if (job->removed || job->slot || job->state != JOB_FAILED || !job->progress.limit_passed ||
		    job->spec->on_limit != JOB_LIMIT_NODE_UNFIT)
			continue;
		snprintf(text, sizeof(text), "%s: %s", job->name, job->reason);
		return status_text(text);
	}
	return json_null();
}

json_t *status_agent(const struct agent *a)
{
	return json_pack("{s:s, s:i, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o}",
			 "version", VIGIL_VERSION,
			 "pid", getpid(),
			 "uptime_s", seconds(clock_us() - a->started_us),
			 "detection", a->watcher.v ? "kernel" : "pidfd",
			 "logs", a->opt.logs_dir,
			 "logger", a->logproc.pid ? json_integer(a->logproc.pid) : json_null(),
			 "store", status_text(a->persist.store ? "ok" : a->persist.why),
			 "unfit", unfit(a),
			 "flagged", foretell_flagged(a),
			 "handed_over", handover_list(a),
			 "level_above", handover_level_above(),
			 "store_note", store_note(a),
			 "weaker", weaker(a),
			 "errors", status_errors(a));
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

static json_t *next_start(const struct job *job, uint64_t now)
{
	if (job->state != JOB_BACKOFF)
		return json_null();
	return seconds(job->timer.due_us > now ? job->timer.due_us - now : 0);
}

/* What it tells of itself. */
static void add_told(json_t *object, const struct job *job)
{
	const struct ready *r = &job->ready;
	bool ready = job->state == JOB_RUNNING && r->reached;

	json_object_set_new(object, "ready", json_boolean(ready));
	json_object_set_new(object, "reloading", json_boolean(r->reloading));
	json_object_set_new(object, "status_text", r->status[0] ? status_text(r->status) : json_null());
	json_object_set_new(object, "errno", r->error ? json_integer(r->error) : json_null());
	json_object_set_new(object, "watchdog_s",
			    r->watchdog_us ? seconds(r->watchdog_us) : json_null());
}

/* How far the change of its definition is. */
static void add_version(json_t *object, const struct job *job)
{
	const struct versions *v = &job->ver;
	const char *step = v->rolling ? "waiting" : version_on_trial(job) ? "trial" : NULL;
	char text[AGENT_REASON_MAX * 4];

	snprintf(text, sizeof(text), "rolled back: %s", v->why ? v->why : "");
	json_object_set_new(object, "rolled_back", v->blend ? status_text(text) : json_null());
	json_object_set_new(object, "rollout", step ? json_string(step) : json_null());
}

static json_t *seen(const struct job *job)
{
	const struct instance *inst = &job->inst;
	bool program = inst->pid && job->progress.phase == PHASE_MAIN;
	uint64_t now = clock_us();

	return json_pack("{s:s, s:s, s:o, s:o, s:i, s:o, s:o, s:o, s:o}",
			 "name", job->name,
			 "state", job_state_name(job->state),
			 "pid", program ? json_integer(inst->pid) : json_null(),
			 "uptime_s", program ? seconds(now - inst->started_us) : json_null(),
			 "restarts", (int)job->sup.restarts,
			 "reason", job->reason[0] ? status_text(job->reason) : json_null(),
			 "next_start_s", next_start(job, now),
			 "last_exit", last_exit(&job->last_exit),
			 "log", status_log(job));
}

/* A standby is told by the job that it stands by for. */
static json_t *standbys_of(const struct job *job)
{
	const struct job *slot = standby_each(job, 0);
	json_t *list = json_array();

	for (; list && slot; slot = standby_each(job, slot->slot))
		if (!slot->removed)
			json_array_append_new(list, json_string(slot->name));
	return list;
}

static void add_role(json_t *object, const struct job *job)
{
	const char *role = standby_role(job);
	const struct job *owner = standby_owner(job);
	bool next = job->slot && owner && owner->standby && owner->standby->next == job;

	json_object_set_new(object, "role", role ? json_string(role) : json_null());
	json_object_set_new(object, "standby_of", job->slot ? json_string(standby_base(job)) :
							      json_null());
	json_object_set_new(object, "next", json_boolean(next));
	json_object_set_new(object, "standbys", standbys_of(job));
}

json_t *status_job(const struct job *job)
{
	json_t *object = seen(job);

	if (!object)
		return NULL;
	add_told(object, job);
	add_version(object, job);
	json_object_set_new(object, "flags", foretell_flags(job));
	json_object_set_new(object, "handed_over", json_boolean(job->handover.given));
	add_role(object, job);
	return object;
}

json_t *status_jobs(const struct agent *a)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; list && i < a->jobs.n; i++)
		if (!a->jobs.list[i]->removed)
			json_array_append_new(list, status_job(a->jobs.list[i]));
	return list;
}
