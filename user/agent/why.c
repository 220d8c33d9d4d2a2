// SPDX-License-Identifier: GPL-2.0
/*
 * Why a job is in the state in which it is, from its history.
 *
 * What led to it is the newest event at which somebody, or a file, wanted something of the job, and all
 * that came after it.
 */
#include "user/agent/why.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "user/agent/agent.h"
#include "user/agent/explain.h"
#include "user/agent/status.h"
#include "user/agent/view.h"
#include "user/base/clock.h"

enum { SENTENCE_MAX = 640, PART_MAX = 320, LED_MAX = 40 };

static const enum history_kind roots[] = {
	HISTORY_AUTOSTART, HISTORY_HELD, HISTORY_DEFINED, HISTORY_REMOVED, HISTORY_ASK_START,
	HISTORY_ASK_STOP, HISTORY_ASK_RESTART,
};

static bool is_kind(const struct store_event *e, enum history_kind kind)
{
	return strcmp(e->kind, history_kind_name(kind)) == 0;
}

static bool is_root(const struct store_event *e)
{
	size_t i;

	for (i = 0; i < sizeof(roots) / sizeof(*roots); i++)
		if (is_kind(e, roots[i]))
			return true;
	return false;
}

/** struct span_text - "850 us", "12.3 ms", "4.56 s", "2 h 3 min", "5 d 4 h". */
struct span_text {
	char text[32];
};

static struct span_text span_of(uint64_t us)
{
	struct span_text s;
	uint64_t min = us / US_PER_S / 60;

	if (us < US_PER_MS)
		snprintf(s.text, sizeof(s.text), "%" PRIu64 " us", us);
	else if (us < US_PER_S)
		snprintf(s.text, sizeof(s.text), "%.3g ms", (double)us / US_PER_MS);
	else if (min < 10)
		snprintf(s.text, sizeof(s.text), "%.3g s", (double)us / US_PER_S);
	else if (min < 48 * 60)
		snprintf(s.text, sizeof(s.text), "%" PRIu64 " h %" PRIu64 " min", min / 60, min % 60);
	else
		snprintf(s.text, sizeof(s.text), "%" PRIu64 " d %" PRIu64 " h", min / 1440,
			 min / 60 % 24);
	return s;
}

static void say_instance(const struct store_event *e, char *buf, size_t size)
{
	snprintf(buf, size, "instance %" PRIu64 " (pid %" PRId64 ")", e->instance, e->pid);
}

/* What was decided, behind ": ". */
static void say_verdict(const struct store_event *e, char *buf, size_t size)
{
	const char *verdict = e->verdict ? e->verdict : "";
	char limit[64] = "";

	buf[0] = '\0';
	if (e->nmax)
		snprintf(limit, sizeof(limit), ", as restart %u of at most %u in %s", e->nth, e->nmax,
			 span_of(e->window_us).text);
	if (strcmp(verdict, "restart") == 0 && e->delay_us)
		snprintf(buf, size, ": to be restarted after %s%s", span_of(e->delay_us).text, limit);
	else if (strcmp(verdict, "restart") == 0)
		snprintf(buf, size, ": to be restarted at once%s", limit);
	else if (strcmp(verdict, "done") == 0)
		snprintf(buf, size, ": done, its policy wants no restart");
	else if (strcmp(verdict, "failed") == 0 && e->nmax && e->nth >= e->nmax)
		snprintf(buf, size, ": failed, after %u restarts in %s", e->nmax,
			 span_of(e->window_us).text);
	else if (strcmp(verdict, "failed") == 0)
		snprintf(buf, size, ": failed, its policy allows no restart");
	else if (strcmp(verdict, "stopped") == 0)
		snprintf(buf, size, ", as was wanted");
	else if (strcmp(verdict, "restart-asked") == 0)
		snprintf(buf, size, ": to be started again, as was asked for");
	else if (strcmp(verdict, "foretold") == 0)
		snprintf(buf, size, ": to be started again, before it failed");
	else if (strcmp(verdict, "rolled-back") == 0)
		snprintf(buf, size, ": to be started by its last good definition");
	else if (strcmp(verdict, "taken-over") == 0)
		snprintf(buf, size, ": a standby takes over");
	else if (strcmp(verdict, "again") == 0)
		snprintf(buf, size, ": to be started again");
}

static void say_ended(const struct store_event *e, char *buf, size_t size)
{
	struct store_exit end = { .cause = e->cause, .code = e->code, .signal = e->signal };
	char who[64], how[96], ran[64] = "", seen[64] = "", then[PART_MAX];

	say_instance(e, who, sizeof(who));
	explain_end(&end, how, sizeof(how));
	if (e->ran_us != UINT64_MAX)
		snprintf(ran, sizeof(ran), " after %s", span_of(e->ran_us).text);
	if (e->detect_us != UINT64_MAX)
		snprintf(seen, sizeof(seen), ", handled %s later", span_of(e->detect_us).text);
	say_verdict(e, then, sizeof(then));
	snprintf(buf, size, "%s %s%s%s%s", who, how, ran, seen, then);
}

static void say_started(const struct store_event *e, char *buf, size_t size)
{
	char since[96] = "";

	if (e->restart_us != UINT64_MAX)
		snprintf(since, sizeof(since), ", %s after the death of the last one",
			 span_of(e->restart_us).text);
	snprintf(buf, size, "instance %" PRIu64 " was started as pid %" PRId64 "%s", e->instance,
		 e->pid, since);
}

static void say_took_over(const struct store_event *e, char *buf, size_t size)
{
	char since[96] = "";

	if (e->restart_us != UINT64_MAX)
		snprintf(since, sizeof(since), ", %s after the death of the last one",
			 span_of(e->restart_us).text);
	snprintf(buf, size, "took over by standby %s: instance %" PRIu64 ", pid %" PRId64 "%s",
		 e->text ? e->text : "", e->instance, e->pid, since);
}

static void say_asked(const struct store_event *e, const char *what, char *buf, size_t size)
{
	snprintf(buf, size, "a %s was asked for by user %" PRId64 ", pid %" PRId64, what, e->uid,
		 e->peer);
}

static void say_of_instance(const struct store_event *e, const char *what, char *buf, size_t size)
{
	char who[64];

	say_instance(e, who, sizeof(who));
	snprintf(buf, size, "%s %s", who, what);
}

/* A few words before and the event's own text behind. */
static void say_text(const struct store_event *e, const char *what, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s%s", what, e->text ? ": " : "", e->text ? e->text : "");
}

static void say_not_started(const struct store_event *e, char *buf, size_t size)
{
	char what[PART_MAX], then[PART_MAX];

	say_text(e, "not started", what, sizeof(what));
	say_verdict(e, then, sizeof(then));
	snprintf(buf, size, "%s%s", what, then);
}

static void say_stopped(const struct store_event *e, char *buf, size_t size)
{
	say_text(e, "stopped", buf, size);
}

/** struct plain - an event that takes no more than a few words. */
static const struct plain {
	enum history_kind kind;
	const char *words;
} plain[] = {
	{ HISTORY_AUTOSTART, "wanted up when vigild started, as its file says" },
	{ HISTORY_HELD, "left down when vigild started: its file says autostart: false" },
	{ HISTORY_DEFINED, "defined by a reload" },
	{ HISTORY_REDEFINED, "its file was changed, as a reload has found" },
	{ HISTORY_REMOVED, "no job file names it any more" },
	{ HISTORY_WAITS, "not started yet" },
	{ HISTORY_PROMOTED, "took over" },
	{ HISTORY_KILLED, "did not stop in time, and was killed" },
	{ HISTORY_ROLLED_BACK, "rolled back to the last definition that was ready" },
	{ HISTORY_NODE_DOWN, "the node was off or restarted" },
	{ HISTORY_FLAGGED, "its failure is foretold" },
	{ HISTORY_UNFLAGGED, "no longer foretold" },
	{ HISTORY_FORETOLD, "restarted before it failed" },
	{ HISTORY_HANDED_OVER, "handed over to the level above, and not started here again by itself" },
};

static const struct wordy {
	enum history_kind kind;
	void (*say)(const struct store_event *e, char *buf, size_t size);
} wordy[] = {
	{ HISTORY_STARTED, say_started },
	{ HISTORY_TOOK_OVER, say_took_over },
	{ HISTORY_ENDED, say_ended },
	{ HISTORY_NOT_STARTED, say_not_started },
	{ HISTORY_STOPPED, say_stopped },
};

void why_sentence(const struct store_event *e, char *buf, size_t size)
{
	size_t i;

	for (i = 0; i < sizeof(wordy) / sizeof(*wordy); i++) {
		if (is_kind(e, wordy[i].kind)) {
			wordy[i].say(e, buf, size);
			return;
		}
	}
	for (i = 0; i < sizeof(plain) / sizeof(*plain); i++) {
		if (is_kind(e, plain[i].kind)) {
			say_text(e, plain[i].words, buf, size);
			return;
		}
	}
	if (is_kind(e, HISTORY_ASK_START))
		say_asked(e, "start", buf, size);
	else if (is_kind(e, HISTORY_ASK_STOP))
		say_asked(e, "stop", buf, size);
	else if (is_kind(e, HISTORY_ASK_RESTART))
		say_asked(e, "restart", buf, size);
	else if (is_kind(e, HISTORY_READY))
		say_of_instance(e, "is ready", buf, size);
	else if (is_kind(e, HISTORY_ADOPTED))
		say_of_instance(e, "was taken over by a new vigild", buf, size);
	else
		say_text(e, e->kind, buf, size);
}

static json_t *seconds_or_null(uint64_t us)
{
	return us == UINT64_MAX ? json_null() : json_real((double)us / US_PER_S);
}

static json_t *end_json(const struct store_event *e)
{
	if (!is_kind(e, HISTORY_ENDED))
		return json_null();
	return json_pack("{s:s, s:i, s:i, s:s?, s:b, s:o, s:o}",
			 "cause", vigil_cause_name((enum vigil_cause)e->cause),
			 "code", e->code,
			 "signal", e->signal,
			 "signal_name", explain_signal(e->signal),
			 "core", e->cause == VIGIL_CAUSE_CORE_DUMPED,
			 "ran_s", seconds_or_null(e->ran_us),
			 "detect_s", seconds_or_null(e->detect_us));
}

static json_t *decision_json(const struct store_event *e)
{
	if (!e->verdict)
		return json_null();
	return json_pack("{s:s, s:o, s:i, s:i, s:o}",
			 "verdict", e->verdict,
			 "delay_s", seconds_or_null(e->delay_us),
			 "restart", (int)e->nth,
			 "restarts_max", (int)e->nmax,
			 "window_s", seconds_or_null(e->window_us));
}

json_t *why_event(const struct store_event *e)
{
	char text[SENTENCE_MAX];
	bool asked = e->uid >= 0;

	why_sentence(e, text, sizeof(text));
	return json_pack("{s:o, s:s, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "seq", status_number(e->seq),
			 "kind", e->kind,
			 "realtime_ns", status_number(e->realtime_ns),
			 "boottime_s", seconds_or_null(e->boottime_us),
			 "boot_id", e->boot_id,
			 "instance", e->instance ? json_integer((json_int_t)e->instance) : json_null(),
			 "pid", e->pid ? json_integer(e->pid) : json_null(),
			 "end", end_json(e),
			 "decision", decision_json(e),
			 "restart_s", seconds_or_null(e->restart_us),
			 "by", asked ? json_pack("{s:I, s:I}", "uid", (json_int_t)e->uid,
						 "pid", (json_int_t)e->peer) : json_null(),
			 "text", status_text(text));
}

/** struct chain - the events, and where that begins which led to the state. */
struct chain {
	json_t *list;
	size_t root;
};

static void add_event(void *arg, const struct store_event *e)
{
	struct chain *c = arg;

	if (is_root(e))
		c->root = json_array_size(c->list);
	json_array_append_new(c->list, why_event(e));
}

/* The root, and of what came after it the newest. */
static size_t mark(struct chain *c)
{
	size_t n = json_array_size(c->list), from = c->root + 1, i, omitted = 0;

	if (n > from + LED_MAX)
		omitted = n - from - LED_MAX;
	for (i = 0; i < n; i++)
		json_object_set_new(json_array_get(c->list, i), "led",
				    json_boolean(i == c->root || i >= from + omitted));
	return omitted;
}

static void say_now(const struct job_view *v, char *buf, size_t size)
{
	uint64_t now_us = clock_us();

	if (strcmp(v->state, job_state_name(JOB_RUNNING)) == 0)
		snprintf(buf, size, "running as pid %d for %s", v->inst_pid,
			 span_of(now_us - v->started_us).text);
	else if (v->due_us)
		snprintf(buf, size, "in backoff, starts in %s%s%s",
			 span_of(v->due_us > now_us ? v->due_us - now_us : 0).text,
			 v->reason[0] ? "; last: " : "", v->reason);
	else
		snprintf(buf, size, "%s%s%s", v->state, v->reason[0] ? ": " : "", v->reason);
}

json_t *why_answer(const struct job_view *v, struct store *store, const struct job *job, int *err)
{
	struct chain c = { .list = json_array() };
	char now[SENTENCE_MAX];
	size_t omitted;

	*err = store ? store_each_event(store, v->name, add_event, &c) : 0;
	if (*err) {
		json_decref(c.list);
		return NULL;
	}
	if (job)
		history_pending(job, add_event, &c);
	omitted = mark(&c);
	say_now(v, now, sizeof(now));
	return json_pack("{s:b, s:s, s:s, s:o, s:o, s:i}", "ok", 1, "job", v->name,
			 "state", v->state, "now", status_text(now),
			 "events", c.list, "omitted", (int)omitted);
}
