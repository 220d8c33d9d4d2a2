// SPDX-License-Identifier: GPL-2.0
/*
 * What happens to jobs and what is decided about them, noted for good; and how long they were up.
 *
 * A note is an event, or what was measured, or both. It is kept in memory until the turn's transaction
 * has it, together with the job's row: so the store has the end of an instance, what was decided, and
 * the row that goes on from there, or none of them, and a death that is handled again after a crash
 * is noted once.
 */
#include "user/agent/history.h"

#include <stdio.h>

#include "user/agent/agent.h"
#include "user/agent/history_impl.h"
#include "user/agent/phase.h"
#include "user/agent/proc.h"
#include "user/base/clock.h"

static const char *const kind_names[HISTORY_KINDS] = {
	[HISTORY_AUTOSTART] = "autostart",
	[HISTORY_HELD] = "held",
	[HISTORY_DEFINED] = "defined",
	[HISTORY_REDEFINED] = "redefined",
	[HISTORY_REMOVED] = "removed",
	[HISTORY_ASK_START] = "start-asked",
	[HISTORY_ASK_STOP] = "stop-asked",
	[HISTORY_ASK_RESTART] = "restart-asked",
	[HISTORY_STARTED] = "started",
	[HISTORY_READY] = "ready",
	[HISTORY_ENDED] = "ended",
	[HISTORY_NOT_STARTED] = "not-started",
	[HISTORY_WAITS] = "waits",
	[HISTORY_KILLED] = "killed",
	[HISTORY_STOPPED] = "stopped",
	[HISTORY_ADOPTED] = "adopted",
	[HISTORY_NODE_DOWN] = "node-down",
	[HISTORY_FLAGGED] = "flagged",
	[HISTORY_UNFLAGGED] = "unflagged",
	[HISTORY_FORETOLD] = "foretold",
	[HISTORY_HANDED_OVER] = "handed-over",
	[HISTORY_ROLLED_BACK] = "rolled-back",
	[HISTORY_TOOK_OVER] = "took-over",
	[HISTORY_PROMOTED] = "promoted",
	[HISTORY_TIDIED] = "tidied",
};

const char *history_kind_name(enum history_kind kind)
{
	return kind_names[kind];
}

uint64_t history_now(const struct agent *a)
{
	return a->history.clock.offset_us + clock_us();
}

/* The last used comes first: the pool's pages that were never needed are never touched. */
static struct history_note *take_note(struct history *h)
{
	struct history_note *note = h->free;

	if (note)
		h->free = note->next_free;
	else if (h->fresh < AGENT_HISTORY_PENDING_MAX)
		note = &h->pool[h->fresh++];
	else
		h->lost++;
	return note;
}

void history_give_back(struct history *h, struct history_note *note)
{
	note->next_free = h->free;
	h->free = note;
}

/* NULL if there is no room; then what would be noted is lost, and counted. */
static struct history_note *new_note(struct job *job)
{
	struct history_note *note = take_note(&job->agent->history);

	persist_job(job);
	if (!note)
		return NULL;
	note->is_event = false;
	note->told = false;
	note->fell = false;
	note->ndeltas = 0;
	TAILQ_INSERT_TAIL(&job->hist.notes, note, link);
	return note;
}

struct history_note *history_new_event(struct job *job, enum history_kind kind, const char *text)
{
	struct history_note *note = new_note(job);

	job->hist.last = kind;
	if (!note)
		return NULL;
	note->is_event = true;
	note->kind = kind;
	note->event = (struct store_event){
		.kind = kind_names[kind],
		.boot_id = job->agent->boot_id,
		.boottime_us = clock_us(),
		.realtime_ns = clock_realtime_ns(),
		.ran_us = UINT64_MAX,
		.detect_us = UINT64_MAX,
		.restart_us = UINT64_MAX,
		.uid = -1,
		.peer = -1,
	};
	if (text) {
		snprintf(note->text, sizeof(note->text), "%s", text);
		note->event.text = note->text;
	}
	return note;
}

static void add_delta(struct history_note *note, enum stats_kind kind, uint64_t from_us,
		      uint64_t to_us, uint64_t value_us)
{
	if (!note || note->ndeltas == HISTORY_DELTAS_MAX)
		return;
	note->deltas[note->ndeltas++] = (struct stats_delta){ kind, from_us, to_us, value_us };
}

void history_count(struct history_note *note, enum stats_kind kind, uint64_t at_us, uint64_t value_us)
{
	add_delta(note, kind, at_us, at_us, value_us);
}

static void be_born(struct job *job, uint64_t now_us)
{
	if (job->hist.born_us)
		return;
	job->hist.born_us = now_us;
	job->hist.since_us = now_us;
}

/* A change of phase at @at_us, which may lie a little back. */
void history_switch_phase(struct job *job, struct history_note *note, enum stats_kind phase,
			  uint64_t at_us)
{
	struct job_history *h = &job->hist;

	be_born(job, at_us);
	if (phase == h->phase)
		return;
	if (at_us < h->since_us)
		at_us = h->since_us;
	add_delta(note, h->phase, h->since_us, at_us, 0);
	h->phase = phase;
	h->since_us = at_us;
}

/* Down and up again: before it failed, or as somebody asked. */
static enum stats_kind renewed_as(const struct job *job)
{
	return job->hist.phase == STATS_FORETOLD ? STATS_FORETOLD : STATS_RESTARTING;
}

/* What runs is up, what is being ended is not; else it is in the phase that was blamed. */
static enum stats_kind phase_of(const struct job *job)
{
	switch (job->state) {
	case JOB_RUNNING:
		return STATS_UP;
	case JOB_STOPPED:
		return STATS_STOPPED;
	case JOB_DONE:
	case JOB_LISTENING:	/* nobody wants more of it now */
		return STATS_DONE;
	case JOB_STOPPING:
		if (job->want == WANT_RESTART)
			return renewed_as(job);
		if (job->want != WANT_UP)
			return STATS_STOPPED;
		/* It ends unwanted: as it was until it is dead, then down by that. */
		return job->inst.pid && !phase_tidies(job) ? job->hist.phase : job->hist.blame;
	default:
		return job->hist.blame;
	}
}

/* If it gets up later than it was started, that is news. */
static void note_ready(struct job *job)
{
	struct job_history *h = &job->hist;
	struct history_note *last = TAILQ_LAST(&h->notes, history_notes);
	bool at_once = last && last->is_event &&
		       (last->kind == HISTORY_STARTED || last->kind == HISTORY_ADOPTED);
	struct history_note *note;

	if (at_once || h->last != HISTORY_STARTED)
		return;
	note = history_new_event(job, HISTORY_READY, NULL);
	if (!note)
		return;
	note->event.instance = h->instance;
	note->event.pid = h->pid;
}

void history_state(struct job *job)
{
	enum stats_kind phase = phase_of(job);

	if (job->hist.born_us && phase == job->hist.phase)
		return;
	if (phase == STATS_UP)
		note_ready(job);
	history_switch_phase(job, new_note(job), phase, history_now(job->agent));
}

void history_note(struct job *job, enum history_kind kind, const char *text)
{
	if (kind == HISTORY_AUTOSTART)
		job->hist.blame = job->hist.phase == STATS_NODE_DOWN ? STATS_NODE_DOWN :
				  STATS_STARTING;
	history_new_event(job, kind, text);
}

void history_once(struct job *job, enum history_kind kind, const char *text)
{
	if (job->hist.last != kind)
		history_note(job, kind, text);
}

void history_stopped(struct job *job)
{
	enum history_kind last = job->hist.last;

	if (last != HISTORY_KINDS && last != HISTORY_HELD && last != HISTORY_STOPPED)
		history_note(job, HISTORY_STOPPED, NULL);
}

void history_asked(struct job *job, enum history_kind kind, uid_t uid, pid_t pid)
{
	struct history_note *note = history_new_event(job, kind, NULL);

	if (kind != HISTORY_ASK_STOP && !stats_is_down(job->hist.phase))
		job->hist.blame = kind == HISTORY_ASK_START ? STATS_STARTING : STATS_RESTARTING;
	if (!note)
		return;
	note->event.uid = uid;
	note->event.peer = pid;
}

void history_foretold(struct job *job, const char *text)
{
	struct history_note *note = history_new_event(job, HISTORY_FORETOLD, text);

	history_switch_phase(job, note, STATS_FORETOLD, history_now(job->agent));
	job->hist.blame = STATS_FORETOLD;
}

/* A new instance is known: number it, and measure how long there was none. */
static void count_start(struct job *job, struct history_note *note, uint64_t at_us)
{
	struct job_history *h = &job->hist;
	uint64_t took_us;

	h->instance++;
	h->pid = job->inst.pid;
	h->start_ticks = job->inst.start_ticks;
	history_count(note, STATS_STARTS, at_us, 0);
	if (h->died_us && at_us >= h->died_us) {
		took_us = at_us - h->died_us;
		history_count(note, STATS_RESTARTS, at_us, took_us);
		history_count(note, STATS_RESTART_TIMES + stats_class(took_us), at_us, 0);
		if (note)
			note->event.restart_us = took_us;
	}
	h->died_us = 0;
}

static void name_instance(struct job *job, struct history_note *note)
{
	if (!note)
		return;
	note->event.instance = job->hist.instance;
	note->event.pid = job->hist.pid;
	note->event.start_ticks = job->hist.start_ticks;
}

void history_started(struct job *job)
{
	struct history_note *note = history_new_event(job, HISTORY_STARTED, NULL);

	count_start(job, note, history_now(job->agent));
	name_instance(job, note);
}

void history_moved(struct job *job, const struct instance *old)
{
	struct job_history *h = &job->hist;

	if (h->pid != old->pid || h->start_ticks != old->start_ticks)
		return;
	h->pid = job->inst.pid;
	h->start_ticks = job->inst.start_ticks;
}

/* It may have been let through its gate by a vigild that died before it could note that. */
void history_adopted(struct job *job)
{
	struct job_history *h = &job->hist;
	struct history_note *note = history_new_event(job, HISTORY_ADOPTED, NULL);

	if (h->pid != job->inst.pid || h->start_ticks != job->inst.start_ticks)
		count_start(job, note, job->agent->history.clock.offset_us +
			    proc_ticks_to_us(job->inst.start_ticks));
	name_instance(job, note);
}

/* Since when nothing of it runs: as the kernel's record says, else since now. */
static uint64_t death_time(const struct job *job, const struct store_exit *end, uint64_t *detect_us)
{
	uint64_t now_us = clock_us(), died_us = end->boottime_ns / NS_PER_US;

	*detect_us = UINT64_MAX;
	if (!died_us)
		return history_now(job->agent);
	if (died_us > now_us)
		died_us = now_us;
	*detect_us = now_us - died_us;
	return job->agent->history.clock.offset_us + died_us;
}

static void open_end(struct job *job, struct history_note *note, enum stats_kind blame, uint64_t at_us)
{
	job->hist.open = note;
	if (job->want == WANT_RESTART && !phase_tidies(job))
		job->hist.blame = renewed_as(job);
	if (job->want == WANT_DOWN || job->want == WANT_RESTART || phase_tidies(job))
		return;
	if (note)
		note->fell = job->hist.phase == STATS_UP;
	job->hist.blame = blame;
	history_switch_phase(job, note, blame, at_us);
}

void history_ended(struct job *job, const struct instance *inst, const struct store_exit *end,
		   uint64_t ran_us)
{
	struct history_note *note = history_new_event(job, HISTORY_ENDED, NULL);
	uint64_t detect_us, at_us = death_time(job, end, &detect_us);
	struct job_history *h = &job->hist;

	if ((size_t)end->cause < sizeof(h->exits) / sizeof(*h->exits))
		h->exits[end->cause]++;

	/* One that this vigild has never seen alive. */
	if (h->pid != inst->pid || h->start_ticks != inst->start_ticks) {
		h->instance++;
		h->pid = inst->pid;
		h->start_ticks = inst->start_ticks;
		history_count(note, STATS_STARTS, at_us, 0);
	}
	h->died_us = at_us;
	if (detect_us != UINT64_MAX)
		history_count(note, STATS_DETECTS, at_us, detect_us);
	open_end(job, note, STATS_DOWN + end->cause, at_us);
	name_instance(job, note);
	if (!note)
		return;
	note->event.watch_id = inst->watch_id;
	note->event.cause = end->cause;
	note->event.code = end->code;
	note->event.signal = end->signal;
	note->event.ran_us = ran_us;
	note->event.detect_us = detect_us;
	if (end->realtime_ns)
		note->event.realtime_ns = end->realtime_ns;
}

void history_not_started(struct job *job, const char *why)
{
	struct history_note *note = history_new_event(job, HISTORY_NOT_STARTED, why);

	open_end(job, note, STATS_NO_START, history_now(job->agent));
}

void history_tidied(struct job *job)
{
	if (job->hist.open)
		return;
	job->hist.open = history_new_event(job, HISTORY_TIDIED, NULL);
	/* A run that counted: it had been up. */
	if (job->hist.open)
		job->hist.open->fell = job->progress.ran_us && stats_is_down(job->hist.phase);
}

void history_verdict(struct job *job, const char *verdict)
{
	if (job->hist.open)
		job->hist.open->event.verdict = verdict;
	job->hist.open = NULL;
	job->hist.died_us = 0;
}

void history_decided(struct job *job, const struct sup_decision *d)
{
	static const char *const names[] = {
		[SUP_RESTART] = "restart", [SUP_DONE] = "done", [SUP_FAILED] = "failed",
		[SUP_LIMIT] = "failed", [SUP_ESCALATE] = "restart",
	};
	struct job_history *h = &job->hist;
	struct history_note *note = h->open;
	uint64_t died_us = h->died_us;

	/* It has ended as it should: it was never down against anybody's will. */
	if (d->verdict == SUP_DONE) {
		h->phase = STATS_DONE;
		h->blame = STATS_STARTING;
	} else if (note && note->fell) {
		history_count(note, STATS_OUTAGES, h->since_us, 0);
	}
	history_verdict(job, names[d->verdict]);
	if (d->verdict == SUP_RESTART || d->verdict == SUP_ESCALATE)
		h->died_us = died_us;
	if (!note)
		return;
	note->event.delay_us = d->delay_us;
	note->event.nth = job->sup.nrecent;
	note->event.nmax = job->spec->restarts_max;
	note->event.window_us = job->spec->restarts_window_us;
}

void history_took_over(struct job *job, const char *slot)
{
	struct job_history *h = &job->hist;
	uint64_t died_us = h->died_us;
	struct history_note *note;

	if (h->open && h->open->fell)
		history_count(h->open, STATS_OUTAGES, h->since_us, 0);
	if (h->open)
		history_verdict(job, "taken-over");
	h->died_us = died_us;
	note = history_new_event(job, HISTORY_TOOK_OVER, slot);
	count_start(job, note, history_now(job->agent));
	name_instance(job, note);
}

/* The first of a list points back at its head. */
static void mend(struct history_notes *notes)
{
	if (notes->tqh_first)
		notes->tqh_first->link.tqe_prev = &notes->tqh_first;
	else
		TAILQ_INIT(notes);
}

void history_exchange(struct job *a, struct job *b)
{
	struct job_history was = a->hist;

	a->hist = b->hist;
	b->hist = was;
	mend(&a->hist.notes);
	mend(&b->hist.notes);
}

void history_init(struct job *job)
{
	TAILQ_INIT(&job->hist.notes);
	job->hist.blame = STATS_STARTING;
	job->hist.phase = STATS_STOPPED;
	job->hist.last = HISTORY_KINDS;
}
