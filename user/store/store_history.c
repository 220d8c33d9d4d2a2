// SPDX-License-Identifier: GPL-2.0
/* What has happened to the jobs, and what was measured of it. */
#include "user/store/store_history.h"

#include <stdio.h>

#include "user/store/columns.h"
#include "user/store/store_impl.h"

/* In the order of the schema, after the job's name. */
enum event_column {
	COL_SEQ = 1,
	COL_KIND,
	COL_BOOT_ID,
	COL_BOOTTIME_US,
	COL_REALTIME_NS,
	COL_INSTANCE,
	COL_PID,
	COL_START_TICKS,
	COL_WATCH_ID,
	COL_CAUSE,
	COL_CODE,
	COL_SIGNAL,
	COL_RAN_US,
	COL_DETECT_US,
	COL_RESTART_US,
	COL_VERDICT,
	COL_DELAY_US,
	COL_NTH,
	COL_NMAX,
	COL_WINDOW_US,
	COL_UID,
	COL_PEER,
	COL_TEXT,
};

int store_put_event(struct store *s, const char *job, const struct store_event *e)
{
	sqlite3_stmt *st = s->st[STORE_PUT_EVENT];

	bind_str(st, 0, job);
	bind_num(st, COL_SEQ, e->seq);
	bind_str(st, COL_KIND, e->kind);
	bind_str(st, COL_BOOT_ID, e->boot_id);
	bind_num(st, COL_BOOTTIME_US, e->boottime_us);
	bind_num(st, COL_REALTIME_NS, e->realtime_ns);
	bind_num(st, COL_INSTANCE, e->instance);
	bind_num(st, COL_PID, (uint64_t)e->pid);
	bind_num(st, COL_START_TICKS, e->start_ticks);
	bind_num(st, COL_WATCH_ID, e->watch_id);
	bind_num(st, COL_CAUSE, (uint64_t)e->cause);
	bind_num(st, COL_CODE, (uint64_t)e->code);
	bind_num(st, COL_SIGNAL, (uint64_t)e->signal);
	bind_num(st, COL_RAN_US, e->ran_us);
	bind_num(st, COL_DETECT_US, e->detect_us);
	bind_num(st, COL_RESTART_US, e->restart_us);
	bind_str(st, COL_VERDICT, e->verdict);
	bind_num(st, COL_DELAY_US, e->delay_us);
	bind_num(st, COL_NTH, e->nth);
	bind_num(st, COL_NMAX, e->nmax);
	bind_num(st, COL_WINDOW_US, e->window_us);
	bind_num(st, COL_UID, (uint64_t)e->uid);
	bind_num(st, COL_PEER, (uint64_t)e->peer);
	bind_str(st, COL_TEXT, e->text);
	return store_step(s, st);
}

static void get_event(sqlite3_stmt *st, struct store_event *e)
{
	*e = (struct store_event){
		.seq = get_num(st, COL_SEQ),
		.kind = get_str(st, COL_KIND),
		.boot_id = get_str(st, COL_BOOT_ID),
		.boottime_us = get_num(st, COL_BOOTTIME_US),
		.realtime_ns = get_num(st, COL_REALTIME_NS),
		.instance = get_num(st, COL_INSTANCE),
		.pid = (int64_t)get_num(st, COL_PID),
		.start_ticks = get_num(st, COL_START_TICKS),
		.watch_id = get_num(st, COL_WATCH_ID),
		.cause = (int)get_num(st, COL_CAUSE),
		.code = (int)get_num(st, COL_CODE),
		.signal = (int)get_num(st, COL_SIGNAL),
		.ran_us = get_num(st, COL_RAN_US),
		.detect_us = get_num(st, COL_DETECT_US),
		.restart_us = get_num(st, COL_RESTART_US),
		.verdict = get_str(st, COL_VERDICT),
		.delay_us = get_num(st, COL_DELAY_US),
		.nth = (unsigned int)get_num(st, COL_NTH),
		.nmax = (unsigned int)get_num(st, COL_NMAX),
		.window_us = get_num(st, COL_WINDOW_US),
		.uid = (int64_t)get_num(st, COL_UID),
		.peer = (int64_t)get_num(st, COL_PEER),
		.text = get_str(st, COL_TEXT),
	};
}

int store_each_event(struct store *s, const char *job, store_event_fn fn, void *arg)
{
	sqlite3_stmt *st = s->st[STORE_ALL_EVENTS];
	struct store_event e;
	int rc;

	bind_str(st, 0, job);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		get_event(st, &e);
		fn(arg, &e);
	}
	return store_end_reading(s, st, rc);
}

int store_prune_events(struct store *s, const char *job, uint64_t seq)
{
	sqlite3_stmt *st = s->st[STORE_PRUNE_EVENTS];

	bind_str(st, 0, job);
	bind_num(st, 1, seq);
	return store_step(s, st);
}

int store_put_history(struct store *s, const struct store_history *h)
{
	sqlite3_stmt *st = s->st[STORE_PUT_HISTORY];

	bind_str(st, 0, h->name);
	bind_num(st, 1, h->seq);
	bind_num(st, 2, h->instance);
	bind_num(st, 3, (uint64_t)h->pid);
	bind_num(st, 4, h->start_ticks);
	bind_num(st, 5, h->born_us);
	bind_num(st, 6, (uint64_t)h->phase);
	bind_num(st, 7, h->since_us);
	bind_num(st, 8, (uint64_t)h->blame);
	bind_num(st, 9, h->died_us);
	return store_step(s, st);
}

int store_each_history(struct store *s, store_history_fn fn, void *arg)
{
	sqlite3_stmt *st = s->st[STORE_ALL_HISTORIES];
	int rc;

	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct store_history h = {
			.name = get_str(st, 0),
			.seq = get_num(st, 1),
			.instance = get_num(st, 2),
			.pid = (int64_t)get_num(st, 3),
			.start_ticks = get_num(st, 4),
			.born_us = get_num(st, 5),
			.phase = (int)get_num(st, 6),
			.since_us = get_num(st, 7),
			.blame = (int)get_num(st, 8),
			.died_us = get_num(st, 9),
		};

		fn(arg, &h);
	}
	return store_end_reading(s, st, rc);
}

int store_del_history(struct store *s, const char *job)
{
	static const enum store_statement all[] = {
		STORE_DEL_EVENTS, STORE_DEL_HISTORY, STORE_DEL_ROLLS,
	};
	size_t i;
	int err = 0;

	for (i = 0; !err && i < sizeof(all) / sizeof(*all); i++) {
		bind_str(s->st[all[i]], 0, job);
		err = store_step(s, s->st[all[i]]);
	}
	return err;
}

int store_add_roll(struct store *s, const char *job, const struct store_roll *roll)
{
	sqlite3_stmt *st = s->st[STORE_ADD_ROLL];

	bind_str(st, 0, job);
	bind_num(st, 1, (uint64_t)roll->grain);
	bind_num(st, 2, roll->bucket);
	bind_num(st, 3, (uint64_t)roll->kind);
	bind_num(st, 4, roll->span);
	bind_num(st, 5, roll->n);
	bind_num(st, 6, roll->sum_us);
	bind_num(st, 7, roll->max_us);
	return store_step(s, st);
}

int store_prune_rolls(struct store *s, const char *job, int grain, uint64_t bucket)
{
	sqlite3_stmt *st = s->st[STORE_PRUNE_ROLLS];

	bind_str(st, 0, job);
	bind_num(st, 1, (uint64_t)grain);
	bind_num(st, 2, bucket);
	return store_step(s, st);
}

int store_each_roll(struct store *s, const char *job, store_roll_fn fn, void *arg)
{
	sqlite3_stmt *st = s->st[STORE_ALL_ROLLS];
	int rc;

	bind_str(st, 0, job);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct store_roll roll = {
			.grain = (int)get_num(st, 0),
			.bucket = get_num(st, 1),
			.kind = (int)get_num(st, 2),
			.span = get_num(st, 3),
			.n = get_num(st, 4),
			.sum_us = get_num(st, 5),
			.max_us = get_num(st, 6),
		};

		fn(arg, &roll);
	}
	return store_end_reading(s, st, rc);
}

int store_put_clock(struct store *s, const struct store_clock *clock)
{
	sqlite3_stmt *st = s->st[STORE_PUT_CLOCK];

	bind_str(st, 0, clock->boot_id);
	bind_num(st, 1, clock->offset_us);
	bind_num(st, 2, clock->alive_us);
	bind_num(st, 3, clock->alive_real_ns);
	return store_step(s, st);
}

int store_get_clock(struct store *s, struct store_clock *clock)
{
	sqlite3_stmt *st = s->st[STORE_GET_CLOCK];
	int rc = sqlite3_step(st);

	*clock = (struct store_clock){ .boot_id = "" };
	if (rc == SQLITE_ROW) {
		snprintf(clock->boot_id, sizeof(clock->boot_id), "%s", get_str(st, 0));
		clock->offset_us = get_num(st, 1);
		clock->alive_us = get_num(st, 2);
		clock->alive_real_ns = get_num(st, 3);
		rc = SQLITE_DONE;
	}
	return store_end_reading(s, st, rc);
}
