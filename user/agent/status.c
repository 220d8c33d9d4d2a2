// SPDX-License-Identifier: GPL-2.0
/* The state of vigild and its jobs as JSON: Documentation/control-socket.md. */
#include "user/agent/status.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/explain.h"
#include "user/base/clock.h"

static json_t *seconds(uint64_t us)
{
	return json_real((double)us / US_PER_S);
}

static json_t *number_text(uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	return json_string(text);
}

static void add(json_t *list, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Text from files and from the system may be no UTF-8. */
static json_t *any_text(const char *text)
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
	json_array_append_new(list, any_text(text));
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

static bool any_memory_max(const struct agent *a)
{
	size_t i;

	for (i = 0; i < a->jobs.n; i++)
		if (a->jobs.list[i]->spec->memory_max)
			return true;
	return false;
}

static void weaker_cgroups(const struct agent *a, json_t *list)
{
	if (a->cgroups.fd < 0)
		add(list, "There is no writable cgroup2 (%s): descendants of a job that leave "
		    "its process group are not ended with it.", a->cgroups.why);
	if (!a->cgroups.memory && any_memory_max(a))
		add(list, "limits: memory is not enforced: the memory controller is not available.");
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

static json_t *weaker(const struct agent *a)
{
	json_t *list = json_array();

	if (!list)
		return NULL;
	weaker_detection(a, list);
	weaker_cgroups(a, list);
	weaker_store(a, list);
	return list;
}

json_t *status_errors(const struct agent *a)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; list && i < a->set.errors.n; i++)
		json_array_append_new(list, any_text(a->set.errors.list[i]));
	return list;
}

json_t *status_agent(const struct agent *a)
{
	return json_pack("{s:s, s:i, s:o, s:s, s:o, s:o, s:o}",
			 "version", VIGIL_VERSION,
			 "pid", getpid(),
			 "uptime_s", seconds(clock_us() - a->started_us),
			 "detection", a->watcher.v ? "kernel" : "pidfd",
			 "store", any_text(a->persist.store ? "ok" : a->persist.why),
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
			 "realtime_ns", number_text(e->realtime_ns),
			 "utime_ns", number_text(e->utime_ns),
			 "stime_ns", number_text(e->stime_ns),
			 "maxrss_kib", number_text(e->maxrss_kib));
}

static json_t *next_start(const struct job *job, uint64_t now)
{
	if (job->state != JOB_BACKOFF)
		return json_null();
	return seconds(job->timer.due_us > now ? job->timer.due_us - now : 0);
}

json_t *status_job(const struct job *job)
{
	const struct instance *inst = &job->inst;
	uint64_t now = clock_us();

	return json_pack("{s:s, s:s, s:o, s:o, s:i, s:o, s:o, s:o}",
			 "name", job->name,
			 "state", job_state_name(job->state),
			 "pid", inst->pid ? json_integer(inst->pid) : json_null(),
			 "uptime_s", inst->pid ? seconds(now - inst->started_us) : json_null(),
			 "restarts", (int)job->sup.restarts,
			 "reason", job->reason[0] ? any_text(job->reason) : json_null(),
			 "next_start_s", next_start(job, now),
			 "last_exit", last_exit(&job->last_exit));
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
