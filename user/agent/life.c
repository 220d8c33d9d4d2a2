// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a job.
 *
 *              enqueue()            life_exec_done()
 *   stopped --------------> starting -------------> running
 *      ^                     ^    |                  |    |
 *      | finish_stop()       |    |    life_died()   |    | end_instance()
 *      |          life_timer |    v                  |    v
 *   stopping <------------- backoff <----------------+  stopping
 *                                 |
 *                  after_end()    +----> failed, done
 *
 * Invariants:
 *  1. A job has at most one instance, and a new one is cloned only when the old one is dead and the
 *     job's cgroup is empty: start.c.
 *  2. An instance passes its gate only when the kernel's watch table, or else the store, knows it:
 *     start.c. The one exception is a store that cannot be written in pidfd mode, which status
 *     tells.
 *  3. The watch of a death is released only when the store has what followed from it, or a
 *     newer watch of the same job exists. Hence a crash at any point leaves one of: the
 *     newest watch alive (adopt it), the newest watch dead and unknown to the store (handle
 *     that death), or a store row that is newer than every watch (go on as it says).
 *  4. Every change of state or instance marks the job for the store; it is written once a turn.
 */
#include "user/agent/life.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "user/agent/agent.h"
#include "user/agent/explain.h"
#include "user/agent/leftover.h"
#include "user/agent/proc.h"
#include "user/agent/spawn.h"
#include "user/base/clock.h"
#include "user/base/log.h"

static void set_state(struct job *job, enum job_state state)
{
	if (job->state != state)
		log_debug("%s: %s", job->name, job_state_name(state));
	job->state = state;
	persist_job(job);
}

static void unqueue(struct job *job)
{
	if (job->queued)
		TAILQ_REMOVE(&job->agent->runnable, job, run_link);
	job->queued = false;
}

static void enqueue(struct job *job)
{
	loop_disarm(&job->agent->loop, &job->timer);
	set_state(job, JOB_STARTING);
	if (!job->queued)
		TAILQ_INSERT_TAIL(&job->agent->runnable, job, run_link);
	job->queued = true;
}

static void back_off(struct job *job, uint64_t due_us)
{
	loop_arm(&job->agent->loop, &job->timer, due_us);
	set_state(job, JOB_BACKOFF);
}

static void finish_stop(struct job *job)
{
	/* A removed job is freed at the end of the turn: the loop must know nothing of it. */
	leftover_unwatch(job);
	loop_disarm(&job->agent->loop, &job->timer);
	job->want = WANT_DOWN;
	job->reason[0] = '\0';
	set_state(job, JOB_STOPPED);
	if (job->removed)
		persist_gone(job);
}

/* A stopped job's descendants go with it. */
static void stop_when_empty(struct job *job)
{
	set_state(job, JOB_STOPPING);
	if (leftover_none(job))
		finish_stop(job);
}

void life_cgroup_ready(void *arg, uint32_t events)
{
	struct job *job = arg;

	(void)events;
	if (cgroup_events_populated(job->cgroup_src.fd))
		return;
	leftover_unwatch(job);
	if (job->inst.pid)
		return;
	if (job->state == JOB_STOPPING)
		finish_stop(job);
	else if (job->state == JOB_STARTING)
		enqueue(job);
}

static void apply_policy(struct job *job, enum sup_end how, uint64_t ran_us, const char *last)
{
	uint64_t now = clock_us();
	uint32_t random = 0;
	struct sup_decision d;

	/* Without randomness the jitter is what is lost. */
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = (uint32_t)now;
	d = sup_end(&job->sup, job->spec, how, ran_us, now, random);
	switch (d.verdict) {
	case SUP_RESTART:
		explain_copy(job->reason, last);
		if (d.delay_us)
			back_off(job, now + d.delay_us);
		else
			enqueue(job);
		break;
	case SUP_DONE:
		explain_copy(job->reason, last);
		set_state(job, JOB_DONE);
		break;
	case SUP_FAILED:
		explain_failed(job, last);
		log_error("%s: failed: %s", job->name, job->reason);
		set_state(job, JOB_FAILED);
		break;
	}
}

static void after_end(struct job *job, enum sup_end how, uint64_t ran_us, const char *last)
{
	switch (job->want) {
	case WANT_DOWN:
		stop_when_empty(job);
		break;
	case WANT_RESTART:
		job->want = WANT_UP;
		enqueue(job);
		break;
	default:
		apply_policy(job, how, ran_us, last);
		break;
	}
}

void life_start_failed(struct job *job, const char *why)
{
	char last[AGENT_REASON_MAX];

	explain_copy(last, why);
	log_error("%s: not started: %s", job->name, last);
	after_end(job, SUP_END_NO_START, 0, last);
}

static void forget_instance(struct job *job)
{
	if (job->inst.gate_closed && !job->inst.watch_id)
		TAILQ_REMOVE(&job->agent->gated, job, gate_link);
	spawn_drain_gate(job);
	if (!cgroup_job_has(&job->cgroup))
		leftover_kill_group(job);
	watch_end(job);
	loop_disarm(&job->agent->loop, &job->timer);
}

void life_died(struct job *job, const struct store_exit *end, uint64_t ran_us, bool in_gate)
{
	enum sup_end how = explain_is_clean(end) ? SUP_END_CLEAN : SUP_END_FAILURE;
	struct instance inst;
	char last[AGENT_REASON_MAX];

	forget_instance(job);
	inst = job->inst;
	job->inst = (struct instance){ .pidfd = -1 };
	job->handled_watch = inst.watch_id;
	job->handled_ticks = inst.start_ticks;
	job->last_exit = *end;
	if (cgroup_populated(&job->cgroup))
		cgroup_kill(&job->cgroup);
	explain_end(end, last, sizeof(last));
	if (inst.refused) {
		spawn_explain(job, &inst.report, last, sizeof(last));
		life_start_failed(job, last);
	} else if (in_gate && !inst.ours && end->cause == VIGIL_CAUSE_EXITED &&
		   end->code == CHILD_EXIT_GATE && job->want != WANT_DOWN) {
		/* An earlier vigild died before it let this one run: nothing failed. */
		job->want = WANT_UP;
		enqueue(job);
	} else if (in_gate) {
		life_start_failed(job, "its process ended before the program ran");
	} else {
		log_notice("%s: pid %d %s", job->name, inst.pid, last);
		after_end(job, how, ran_us, last);
	}
}

void life_exec_done(struct job *job)
{
	/* The store knows of the instance: whether it has reached exec makes no difference there. */
	if (job->state == JOB_STARTING)
		job->state = JOB_RUNNING;
	log_debug("%s: runs as pid %d", job->name, job->inst.pid);
}

static void send_stop(struct job *job)
{
	int err = proc_pidfd_kill(job->inst.pidfd, job->spec->stop_signal);

	if (err && err != -ESRCH)
		log_error("%s: cannot signal pid %d: %s", job->name, job->inst.pid, strerror(-err));
	loop_arm(&job->agent->loop, &job->timer, clock_us() + job->spec->stop_timeout_us);
	set_state(job, JOB_STOPPING);
}

static void kill_hard(struct job *job)
{
	log_warning("%s: pid %d did not stop in time: killed", job->name, job->inst.pid);
	proc_pidfd_kill(job->inst.pidfd, SIGKILL);
	if (cgroup_populated(&job->cgroup))
		cgroup_kill(&job->cgroup);
}

void life_timer(void *arg)
{
	struct job *job = arg;

	if (job->state == JOB_BACKOFF || job->state == JOB_STARTING)
		enqueue(job);
	else if (job->state == JOB_STOPPING && job->inst.pid)
		kill_hard(job);
	else if (job->state == JOB_STOPPING)
		stop_when_empty(job);
}

void life_start(struct job *job)
{
	sup_reset(&job->sup);
	if (job->state == JOB_STOPPING) {
		job->want = job->inst.pid ? WANT_RESTART : WANT_UP;
		if (!job->inst.pid)
			enqueue(job);
		persist_job(job);
		return;
	}
	job->want = WANT_UP;
	if (!job->inst.pid && job->state != JOB_STARTING)
		enqueue(job);
	persist_job(job);
}

/* End what runs, for a stop or a restart. */
static void end_instance(struct job *job)
{
	if (job->state != JOB_STOPPING)
		send_stop(job);
	persist_job(job);
}

void life_stop(struct job *job)
{
	job->want = WANT_DOWN;
	unqueue(job);
	if (job->inst.pid) {
		end_instance(job);
		return;
	}
	loop_disarm(&job->agent->loop, &job->timer);
	stop_when_empty(job);
}

void life_restart(struct job *job)
{
	sup_reset(&job->sup);
	if (job->inst.pid) {
		job->want = WANT_RESTART;
		end_instance(job);
		return;
	}
	job->want = WANT_UP;
	enqueue(job);
}

void life_remove(struct job *job)
{
	job->removed = true;
	life_stop(job);
}

void life_resume(struct job *job)
{
	if (job->want == WANT_UP)
		set_state(job, JOB_RUNNING);
	else
		send_stop(job);
}

void life_settle(struct job *job, uint64_t due_us)
{
	if (job->want == WANT_DOWN) {
		life_stop(job);
		return;
	}
	job->want = WANT_UP;
	if (job->state == JOB_FAILED || job->state == JOB_DONE)
		return;
	if (job->state == JOB_BACKOFF)
		back_off(job, due_us);
	else
		enqueue(job);
}
