// SPDX-License-Identifier: GPL-2.0
/*
 * When a job's instance is ready, and when it hangs.
 *
 *    the program runs             READY=1                 RELOADING=1
 *   ---------------> waiting ---------------> reached <----------------> reloading
 *                       |                        |         READY=1           |
 *                       | start_over()           | watchdog_over(),          |
 *                       v                        v WATCHDOG=trigger          |
 *                     late                     hung <------------------------+
 *
 * A probe leads the same ways: its success to reached, its failures from there to hung.
 *
 * Invariants:
 *  1. Of an instance there is one of: waiting (JOB_STARTING), reached, or a doom (JOB_STOPPING). A
 *     doom is never taken back; it is told when the instance is dead.
 *  2. The start timer is armed only while it waits, the watchdog's only when it has been reached.
 *  3. What has been reached, and a doom, is in the store before the message that led there leaves
 *     the socket: a vigild that is killed in between finds that message again.
 *  4. No instance is called hung for what vigild did not read: all messages sent before the
 *     deadline are read first, and a vigild that was late itself waits once more.
 */
#include "user/agent/ready.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "user/agent/agent.h"
#include "user/agent/beat.h"
#include "user/agent/life.h"
#include "user/agent/notify.h"
#include "user/base/clock.h"
#include "user/base/log.h"

static void start_over(void *arg)
{
	struct job *job = arg;

	if (!job->ready.forgotten) {
		life_doom(job, READY_DOOM_LATE);
		return;
	}
	log_warning("%s: whether it has been ready is lost with the store: taken as ready", job->name);
	life_ready(job);
}

static void watch_beat(struct job *job)
{
	if (job->ready.watchdog_us && !beat_wanted(job))
		loop_arm(&job->agent->loop, &job->ready.watchdog,
			 clock_us() + job->ready.watchdog_us);
	else
		loop_disarm(&job->agent->loop, &job->ready.watchdog);
}

static void watchdog_over(void *arg)
{
	struct job *job = arg;

	/* Its definition may have been changed meanwhile: nobody listens to its beats any more. */
	if (!ready_hears(job->spec)) {
		job->ready.watchdog_us = 0;
		return;
	}
	if (clock_us() - job->ready.watchdog.due_us > AGENT_LATE_US) {
		log_warning("%s: no beat was seen, but vigild itself was late", job->name);
		watch_beat(job);
		return;
	}
	notify_catch_up(job->agent);
	if (!timer_armed(&job->ready.watchdog) && job->state == JOB_RUNNING)
		life_doom(job, READY_DOOM_HUNG);
}

void ready_init(struct job *job)
{
	job->ready.start = (struct loop_timer){ .fn = start_over, .arg = job };
	fork_init(job);
	job->ready.watchdog = (struct loop_timer){ .fn = watchdog_over, .arg = job };
}

bool ready_hears(const struct job_spec *spec)
{
	const struct job_ready *r = &spec->ready;

	return r->how == JOB_READY_NOTIFY || (r->watchdog_us && r->beat == JOB_BEAT_NOTIFY) ||
	       r->fd_store_max;
}

int ready_environment(struct job *job, char *why, size_t size)
{
	const struct job_ready *r = &job->spec->ready;
	char text[24];
	int err = 0;

	if (!ready_hears(job->spec))
		return 0;
	if (job->agent->notify.path[0])
		err = launch_set_env(&job->launch, job->spec, "NOTIFY_SOCKET", job->agent->notify.path);
	if (!err && r->watchdog_us && r->beat == JOB_BEAT_NOTIFY) {
		snprintf(text, sizeof(text), "%" PRIu64, r->watchdog_us);
		err = launch_set_env(&job->launch, job->spec, "WATCHDOG_USEC", text);
		if (!err)
			err = launch_set_pid_env(&job->launch, job->spec, "WATCHDOG_PID");
	}
	if (err)
		snprintf(why, size, "out of memory");
	return err;
}

void ready_disarm(struct job *job)
{
	loop_disarm(&job->agent->loop, &job->ready.start);
	loop_disarm(&job->agent->loop, &job->ready.watchdog);
	probe_stop(job);
}

void ready_forget(struct job *job)
{
	struct ready *r = &job->ready;

	ready_disarm(job);
	fork_forget(job);
	r->reached = false;
	r->forgotten = false;
	r->reloading = false;
	r->doom = READY_DOOM_NONE;
	r->start_due_us = 0;
	r->watchdog_us = 0;
	r->error = 0;
	r->status[0] = '\0';
}

bool ready_wait(struct job *job)
{
	const struct job_ready *spec = &job->spec->ready;
	struct ready *r = &job->ready;

	if (spec->how == JOB_READY_EXEC || r->reached)
		return false;
	if (!r->start_due_us)
		r->start_due_us = job->inst.started_us + spec->start_timeout_us;
	loop_arm(&job->agent->loop, &r->start, r->start_due_us);
	if (spec->how == JOB_READY_PROBE)
		probe_begin(job);
	return true;
}

/* One that has not been ready waits while its start timer runs: invariant 2. */
void ready_redefined(struct job *job)
{
	enum job_ready_how how = job->spec->ready.how;

	if (!timer_armed(&job->ready.start))
		return;
	if (how == JOB_READY_EXEC)
		life_ready(job);
	else if (how == JOB_READY_PROBE && !job->look.on)
		probe_begin(job);
}

void ready_reached(struct job *job)
{
	const struct job_ready *spec = &job->spec->ready;
	struct ready *r = &job->ready;

	/* An adopted one that was ready has what it was started with; of one that beats no row tells. */
	if (!r->watchdog_us && (!r->reached || beat_wanted(job)))
		r->watchdog_us = spec->watchdog_us;
	r->reached = true;
	loop_disarm(&job->agent->loop, &r->start);
	watch_beat(job);
	beat_demand(job);
	probe_begin(job);
}

/* The time counts from the message, and is never shorter than it was. */
static void extend(struct job *job, uint64_t us)
{
	struct loop_timer *t = job->state == JOB_STOPPING ? &job->timer : &job->ready.start;
	uint64_t due = clock_us() + (us < AGENT_EXTEND_US_MAX ? us : AGENT_EXTEND_US_MAX);

	if (!timer_armed(t) || t->due_us >= due)
		return;
	loop_arm(&job->agent->loop, t, due);
	if (t == &job->ready.start)
		job->ready.start_due_us = due;
	persist_job(job);
}

static void take_ready(struct job *job)
{
	if (job->ready.reloading)
		log_notice("%s: has reloaded", job->name);
	job->ready.reloading = false;
	reload_said_ready(job);
	if (job->state == JOB_STARTING && job->inst.pid)
		life_ready(job);
	persist_job(job);
}

static void take_reloading(struct job *job, const struct notify_message *m)
{
	reload_said_reloading(job, m);
	job->ready.reloading = true;
	persist_job(job);
}

static void take_watchdog(struct job *job, const struct notify_message *m)
{
	struct ready *r = &job->ready;

	/* An instance that is being ended beats for nothing. */
	if (!r->reached || job->state != JOB_RUNNING)
		return;
	if (m->fields & NOTIFY_WATCHDOG_US) {
		r->watchdog_us = m->watchdog_us < AGENT_EXTEND_US_MAX ? m->watchdog_us : 0;
		persist_job(job);
		watch_beat(job);
	}
	if (m->fields & NOTIFY_WATCHDOG)
		watch_beat(job);
	if (m->fields & NOTIFY_TRIGGER)
		life_doom(job, READY_DOOM_HUNG);
}

static void take_words(struct job *job, const struct notify_message *m)
{
	view_touch(job);
	if (m->fields & NOTIFY_STATUS)
		memcpy(job->ready.status, m->status, sizeof(job->ready.status));
	if (m->fields & NOTIFY_ERRNO) {
		job->ready.error = m->error;
		log_notice("%s: tells of error %d (%s)", job->name, m->error, strerror(m->error));
	}
}

static void take_fds(struct job *job, const struct notify_message *m, int *fds, size_t nfds)
{
	size_t i;

	if (m->fields & NOTIFY_FDREMOVE && m->fields & NOTIFY_FDNAME)
		fdstore_remove(job, m->fdname);
	if (!(m->fields & NOTIFY_FDSTORE))
		return;
	for (i = 0; i < nfds; i++) {
		fdstore_add(job, fds[i], m->fdname, !(m->fields & NOTIFY_NO_POLL));
		fds[i] = -1;
	}
}

bool ready_message(struct job *job, const struct notify_message *m, int *fds, size_t nfds)
{
	take_words(job, m);
	if (m->fields & NOTIFY_MAINPID) {
		notify_move_main(job, m->mainpid);
		if (job->ready.reached)
			beat_demand(job);
	}
	if (m->fields & NOTIFY_RELOADING)
		take_reloading(job, m);
	if (m->fields & NOTIFY_READY)
		take_ready(job);
	if (m->fields & NOTIFY_EXTEND)
		extend(job, m->extend_us);
	if (m->fields & (NOTIFY_WATCHDOG | NOTIFY_TRIGGER | NOTIFY_WATCHDOG_US))
		take_watchdog(job, m);
	take_fds(job, m, fds, nfds);
	if (m->fields & NOTIFY_STOPPING)
		life_stops_itself(job);
	return job->dirty;
}

int ready_signal(const struct job *job)
{
	if (job->ready.doom == READY_DOOM_LATE || job->spec->ready.on_hang == JOB_HANG_RESTART)
		return job->spec->stop_signal;
	return job->spec->ready.on_hang == JOB_HANG_KILL ? SIGKILL : SIGABRT;
}

void ready_explain(const struct job *job, char *buf, size_t size)
{
	const struct ready *r = &job->ready;

	if (r->doom == READY_DOOM_LATE)
		snprintf(buf, size, "was not ready within %g s",
			 (double)job->spec->ready.start_timeout_us / US_PER_S);
	else if (r->doom == READY_DOOM_PROBE)
		snprintf(buf, size, "hangs: its probe failed %u times, the last time: %s",
			 job->look.bad, job->look.why);
	else
		snprintf(buf, size, "hangs: no beat within %g s", (double)r->watchdog_us / US_PER_S);
}

int ready_save(struct job *job, struct store *store)
{
	const struct ready *r = &job->ready;
	const struct store_ready row = {
		.name = job->name,
		.pid = job->inst.pid,
		.start_ticks = job->inst.start_ticks,
		.reached = r->reached,
		.reloading = r->reloading,
		.doom = (int)r->doom,
		.start_due_us = r->start_due_us,
		.watchdog_us = r->watchdog_us,
		.status = r->status,
	};

	/* Of others all is known without. */
	if (!ready_hears(job->spec) && job->spec->ready.how == JOB_READY_EXEC && !r->doom)
		return 0;
	return store_put_ready(store, &row);
}

void ready_load(void *arg, const struct store_ready *row)
{
	struct agent *a = arg;
	struct job *job = jobs_find(&a->jobs, row->name);
	struct ready *r;

	if (!job)
		return;
	r = &job->ready;
	r->pid = row->pid;
	r->start_ticks = row->start_ticks;
	r->reached = row->reached;
	r->reloading = row->reloading;
	if (row->doom > READY_DOOM_NONE && row->doom < READY_DOOMS)
		r->doom = (enum ready_doom)row->doom;
	r->start_due_us = row->start_due_us;
	r->watchdog_us = row->watchdog_us;
	snprintf(r->status, sizeof(r->status), "%s", row->status);
}

bool ready_match(struct job *job)
{
	struct ready *r = &job->ready;
	bool match = r->pid && r->pid == job->inst.pid && r->start_ticks == job->inst.start_ticks;

	if (!match) {
		ready_forget(job);
		/* All that is known of it is that it ran: then it was ready. */
		r->reached = job->state == JOB_RUNNING;
	}
	r->pid = 0;
	return match;
}
