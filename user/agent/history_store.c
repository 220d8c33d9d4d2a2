// SPDX-License-Identifier: GPL-2.0
/* The history's way to the store and back, and the ledger's clock. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/agent/agent.h"
#include "user/agent/follow.h"
#include "user/agent/history_impl.h"
#include "user/base/clock.h"
#include "user/base/log.h"

enum { UNKNOWN_NAMES_MAX = 64 };

/** struct putter - where the parts of a job's notes go. */
struct putter {
	struct store *store;
	const char *name;
};

static int put_part(void *arg, const struct stats_part *part)
{
	const struct putter *p = arg;

	return store_add_roll(p->store, p->name, &(struct store_roll){
		.grain = (int)part->grain,
		.bucket = part->bucket,
		.span = part->span,
		.kind = part->kind,
		.n = part->n,
		.sum_us = part->sum_us,
		.max_us = part->max_us,
	});
}

static int put_note(struct putter *p, struct history_note *note)
{
	unsigned int i;
	int err = note->is_event ? store_put_event(p->store, p->name, &note->event) : 0;

	for (i = 0; !err && i < note->ndeltas; i++)
		err = stats_split(&note->deltas[i], put_part, p);
	return err;
}

/* So many of each job that all of them together stay below the bound of all. */
static uint64_t events_max(const struct agent *a)
{
	uint64_t share = a->jobs.n ? AGENT_EVENTS_KEPT_MAX / a->jobs.n : AGENT_EVENTS_KEPT_MAX;

	return share < AGENT_EVENTS_PER_JOB ? share : AGENT_EVENTS_PER_JOB;
}

static int prune(struct agent *a, const struct job *job, uint64_t seq)
{
	uint64_t max = events_max(a), now_us = history_now(a);
	struct store *store = a->persist.store;
	int grain, err = 0;

	if (seq > max)
		err = store_prune_events(store, job->name, seq - max);
	for (grain = 0; !err && grain < STATS_LIFE; grain++)
		err = store_prune_rolls(store, job->name, grain,
					stats_keep((enum stats_grain)grain, now_us));
	return err;
}

static int put_row(struct agent *a, const struct job *job, uint64_t seq)
{
	const struct job_history *h = &job->hist;

	return store_put_history(a->persist.store, &(struct store_history){
		.name = job->name,
		.seq = seq,
		.instance = h->instance,
		.pid = h->pid,
		.start_ticks = h->start_ticks,
		.born_us = h->born_us,
		.phase = (int)h->phase,
		.since_us = h->since_us,
		.blame = (int)h->blame,
		.died_us = h->died_us,
	});
}

int history_put(struct agent *a, struct job *job)
{
	struct putter p = { a->persist.store, job->name };
	struct job_history *h = &job->hist;
	struct history_note *note;
	uint64_t seq = h->seq;
	int err = 0;

	h->nwritten = 0;
	TAILQ_FOREACH(note, &h->notes, link) {
		if (note->is_event)
			note->event.seq = ++seq;
		err = put_note(&p, note);
		if (err)
			return err;
		h->nwritten++;
	}
	if (h->nwritten)
		err = prune(a, job, seq);
	return err ? err : put_row(a, job, seq);
}

void history_tell(struct job *job)
{
	struct history_note *note;

	TAILQ_FOREACH(note, &job->hist.notes, link) {
		if (note->is_event && !note->told)
			follow_history(job, &note->event);
		note->told = true;
	}
}

void history_written(struct job *job)
{
	struct job_history *h = &job->hist;
	struct history_note *note;

	for (; h->nwritten; h->nwritten--) {
		note = TAILQ_FIRST(&h->notes);
		TAILQ_REMOVE(&h->notes, note, link);
		if (note->is_event)
			h->seq = note->event.seq;
		if (note == h->open)
			h->open = NULL;
		history_give_back(&job->agent->history, note);
	}
}

void history_drop(struct job *job)
{
	struct history_note *note;

	while ((note = TAILQ_FIRST(&job->hist.notes))) {
		TAILQ_REMOVE(&job->hist.notes, note, link);
		history_give_back(&job->agent->history, note);
	}
	job->hist.open = NULL;
}

void history_pending(const struct job *job, store_event_fn fn, void *arg)
{
	struct history_note *note;
	uint64_t seq = job->hist.seq;

	/* As history_put() will number them. */
	TAILQ_FOREACH(note, &job->hist.notes, link) {
		if (!note->is_event)
			continue;
		note->event.seq = ++seq;
		fn(arg, &note->event);
	}
}

void history_measured(const struct job *job, int (*fn)(void *arg, const struct stats_part *part),
		      void *arg)
{
	struct history_note *note;
	unsigned int i;

	TAILQ_FOREACH(note, &job->hist.notes, link)
		for (i = 0; i < note->ndeltas; i++)
			stats_split(&note->deltas[i], fn, arg);
}

int history_put_clock(struct agent *a)
{
	struct history *h = &a->history;
	struct store_clock c = { .offset_us = h->clock.offset_us };

	h->clock.alive_us = history_now(a);
	h->clock.alive_real_ns = clock_realtime_ns();
	memcpy(c.boot_id, a->boot_id, sizeof(c.boot_id));
	c.alive_us = h->clock.alive_us;
	c.alive_real_ns = h->clock.alive_real_ns;
	h->clock_due = false;
	loop_arm(&a->loop, &h->timer, clock_us() + AGENT_ALIVE_US);
	return store_put_clock(a->persist.store, &c);
}

static void say_alive(void *arg)
{
	struct agent *a = arg;

	a->history.clock_due = true;
	loop_arm(&a->loop, &a->history.timer, clock_us() + AGENT_ALIVE_US);
}

/* Of another boot: then the clock goes on from when vigild was last alive. */
static void read_clock(struct agent *a)
{
	struct history *h = &a->history;
	struct store_clock c;

	if (!persist_source(a) || store_get_clock(persist_source(a), &c))
		return;
	h->clock_known = true;
	if (!c.boot_id[0])
		return;
	h->clock = (struct stats_clock){ c.offset_us, c.alive_us, c.alive_real_ns };
	h->new_boot = strcmp(c.boot_id, a->boot_id) != 0;
	if (h->new_boot)
		stats_clock_boot(&h->clock, clock_us(), clock_realtime_ns());
	h->off_us = h->clock.offset_us - c.alive_us;
}

int history_open(struct agent *a)
{
	struct history *h = &a->history;

	h->pool = calloc(AGENT_HISTORY_PENDING_MAX, sizeof(*h->pool));
	if (!h->pool)
		return -ENOMEM;
	h->timer = (struct loop_timer){ .fn = say_alive, .arg = a };
	read_clock(a);
	say_alive(a);
	return 0;
}

void history_rest(struct agent *a)
{
	loop_disarm(&a->loop, &a->history.timer);
}

void history_close(struct agent *a)
{
	free(a->history.pool);
	a->history.pool = NULL;
}

/* A job that the node took down with it is down since then, and not as it would be by itself. */
static void note_node_down(struct job *job)
{
	const struct history *h = &job->agent->history;
	struct history_note *note;
	char text[STORE_EVENT_TEXT_MAX];

	snprintf(text, sizeof(text), "for %.1f s as the wall clock tells",
		 (double)h->off_us / US_PER_S);
	note = history_new_event(job, HISTORY_NODE_DOWN, text);
	job->hist.died_us = 0;
	if (job->hist.phase != STATS_UP && !stats_is_down(job->hist.phase))
		return;
	if (job->hist.phase == STATS_UP)
		history_count(note, STATS_OUTAGES, h->clock.alive_us, 0);
	history_switch_phase(job, note, STATS_NODE_DOWN, h->clock.alive_us);
	job->hist.blame = STATS_NODE_DOWN;
}

/** struct loader - what was found of jobs that no vigild knows any more. */
struct loader {
	struct agent *a;
	char (*unknown)[JOB_NAME_LEN_MAX + 1];
	size_t n;
};

static void load_one(void *arg, const struct store_history *row)
{
	struct loader *l = arg;
	struct job *job = jobs_find(&l->a->jobs, row->name);
	struct job_history *h;

	if (!job) {
		if (l->n < UNKNOWN_NAMES_MAX && strlen(row->name) <= JOB_NAME_LEN_MAX)
			strcpy(l->unknown[l->n++], row->name);
		return;
	}
	h = &job->hist;
	if (h->loaded || !stats_phase_name(row->phase) || !stats_phase_name(row->blame))
		return;
	h->loaded = true;
	h->seq = row->seq;
	/* Told late, of a store that could not be read before: what it was then is not known. */
	if (h->born_us) {
		h->instance += row->instance;
		h->born_us = row->born_us;
		return;
	}
	h->instance = row->instance;
	h->pid = (pid_t)row->pid;
	h->start_ticks = row->start_ticks;
	h->born_us = row->born_us;
	h->phase = (enum stats_kind)row->phase;
	h->since_us = row->since_us;
	h->blame = (enum stats_kind)row->blame;
	h->died_us = row->died_us;
	if (l->a->history.new_boot)
		note_node_down(job);
}

void history_load(struct agent *a)
{
	char unknown[UNKNOWN_NAMES_MAX][JOB_NAME_LEN_MAX + 1];
	struct loader l = { .a = a, .unknown = unknown };
	struct store *store = persist_source(a);
	size_t i;
	int err;

	if (!store)
		return;
	err = store_each_history(store, load_one, &l);
	if (err && store == a->persist.store)
		/* A new store has none. */
		persist_failed(a, err);
	if (err)
		return;
	a->history.new_boot = false;
	if (store != a->persist.store)
		return;
	/* The rest of many is for the next time. */
	for (i = 0; i < l.n; i++)
		if (store_del_history(store, unknown[i]))
			log_error("cannot delete a job's history: %s", store_error(store));
}

static void shift_notes(struct job *job, uint64_t by_us)
{
	struct history_note *note;
	unsigned int i;

	TAILQ_FOREACH(note, &job->hist.notes, link) {
		for (i = 0; i < note->ndeltas; i++) {
			note->deltas[i].from_us += by_us;
			note->deltas[i].to_us += by_us;
		}
	}
}

/* So far it was not known where the ledger's clock stands, and it began with this boot. */
static void shift_clock(struct agent *a)
{
	uint64_t by_us;
	size_t i;

	read_clock(a);
	by_us = a->history.clock.offset_us;
	for (i = 0; i < a->jobs.n; i++) {
		struct job_history *h = &a->jobs.list[i]->hist;

		shift_notes(a->jobs.list[i], by_us);
		h->since_us += by_us;
		h->born_us += h->born_us ? by_us : 0;
		h->died_us += h->died_us ? by_us : 0;
	}
}

void history_renew(struct agent *a)
{
	if (!a->history.clock_known)
		shift_clock(a);
	history_load(a);
	a->history.clock_due = true;
}
