// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a job.
 *
 *             start_anew()      life_exec_done(), life_ready()
 *   stopped --------------> starting -------------> running
 *      ^                     ^    |                  |    |
 *      | finish_stop()       |    |    life_died()   |    | end_instance()
 *      |          life_timer |    v                  |    v
 *   stopping <------------- backoff <----------------+  stopping
 *                                 |
 *                  after_end()    +----> failed, done
 *
 * A job that is started on demand is listening in place of starting, until life_demanded(), and in
 * place of done.
 *
 * Where a job has commands of its own before and after its program (phase.c), each of them is an
 * instance, too: those before it run in starting, those after it in stopping, whatever becomes of
 * the job then. While others keep a job from starting it stays in starting, while they keep it
 * from stopping in stopping, not yet told to end: order.c.
 *
 * Invariants:
 *  1. A job has at most one instance, and a new one is cloned only when the old one is dead and the
 *     job's cgroup is empty: start.c.
 *  2. An instance passes its gate only when the kernel's watch table, or else the store, knows it:
 *     start.c. One of a command waits for the store in any case, which alone tells that it is not
 *     the program. The one exception is a store that cannot be written in pidfd mode, which status
 *     tells.
 *  3. The watch of a death is released only when the store has what followed from it, or a
 *     newer watch of the same job exists. Hence a crash at any point leaves one of: the
 *     newest watch alive (adopt it), the newest watch dead and unknown to the store (handle
 *     that death), or a store row that is newer than every watch (go on as it says).
 *  4. Every change of state or instance marks the job for the store; it is written once a turn.
 *  5. What happened and what was decided is noted (history.c) where it happens, and written in the
 *     same transaction: so by 3 each death is on record once.
 */
#include "user/agent/life.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include <linux/vigil.h>

#include "user/agent/agent.h"
#include "user/agent/beat.h"
#include "user/agent/explain.h"
#include "user/agent/group.h"
#include "user/agent/leftover.h"
#include "user/agent/phase.h"
#include "user/agent/proc.h"
#include "user/agent/sockets.h"
#include "user/agent/spawn.h"
#include "user/agent/standby.h"
#include "user/base/clock.h"
#include "user/base/log.h"

/* A job that is down leaves nothing open. */
static void drop_kept(struct job *job)
{
	fdstore_clear(job);
	beat_close(job);
	if (job->standby)
		bell_close(job);
}

static void set_state(struct job *job, enum job_state state)
{
	if (job->state != state)
		log_debug("%s: %s", job->name, job_state_name(state));
	job->state = state;
	if (state != JOB_FAILED)
		handover_end(job);
	if (state == JOB_STOPPED || state == JOB_DONE || state == JOB_FAILED)
		drop_kept(job);
	sockets_follow(job);
	foretell_follow(job);
	history_state(job);
	persist_job(job);
}

static void unqueue(struct job *job)
{
	if (job->queued)
		TAILQ_REMOVE(&job->agent->runnable, job, run_link);
	job->queued = false;
}

static void queue(struct job *job)
{
	loop_disarm(&job->agent->loop, &job->timer);
	if (!job->queued)
		TAILQ_INSERT_TAIL(&job->agent->runnable, job, run_link);
	job->queued = true;
}

/* Go on with the command that is next. */
static void go_on(struct job *job)
{
	set_state(job, phase_tidies(job) ? JOB_STOPPING : JOB_STARTING);
	queue(job);
}

static void start_anew(struct job *job)
{
	phase_begin(job);
	job->stuck = false;
	job->progress.limit_passed = false;
	go_on(job);
}

/* Wanted up, but not before somebody connects. */
static void listen_first(struct job *job)
{
	loop_disarm(&job->agent->loop, &job->timer);
	unqueue(job);
	set_state(job, JOB_LISTENING);
	/* The start then fails in the same way, with the reason, and the policy says what follows. */
	if (sockets_watch(job))
		start_anew(job);
}

static void bring_up(struct job *job)
{
	if (job->spec->on_demand)
		listen_first(job);
	else
		start_anew(job);
}

void life_demanded(struct job *job)
{
	if (job->state != JOB_LISTENING)
		return;
	job->pulls = true;
	start_anew(job);
}

/* What it listens for may be other sockets now, or none. */
void life_redefined(struct job *job)
{
	foretell_redefined(job);
	if (job->state == JOB_LISTENING)
		bring_up(job);
	else
		sockets_follow(job);
	ready_redefined(job);
}

void life_wake(struct job *job)
{
	if (job->state == JOB_STARTING && !job->inst.pid && !job->queued)
		queue(job);
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
	job->waits = false;
	job->reason[0] = '\0';
	history_stopped(job);
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
	standby_touch(job);
	if (job->inst.pid)
		return;
	if (job->state == JOB_STARTING || phase_tidies(job))
		go_on(job);
	else if (job->state == JOB_STOPPING)
		finish_stop(job);
}

static void give_up(struct job *job)
{
	log_error("%s: failed: %s", job->name, job->reason);
	set_state(job, JOB_FAILED);
	if (job->progress.limit_passed && standby_policy(job)->on_limit == JOB_LIMIT_HAND_OVER)
		handover_give(job);
}

static void restart(struct job *job, struct sup_decision d, uint64_t now, const char *last)
{
	if (!group_admits(job, now, last)) {
		d.verdict = SUP_LIMIT;
		history_decided(job, &d);
		job->progress.limit_passed = true;
		give_up(job);
		return;
	}
	history_decided(job, &d);
	if (d.verdict == SUP_ESCALATE)
		group_restart(job, now);
	else
		group_follow(job, now);
	explain_copy(job->reason, last);
	if (d.delay_us)
		back_off(job, now + d.delay_us);
	else
		start_anew(job);
}

/*
 * Of a job that is started on demand, a connection that it did not take would start it again at
 * once, and for ever: such starts are restarts, with their back-off and limit.
 */
static struct sup_decision decide(struct job *job, enum sup_end how, uint64_t ran_us, uint64_t now,
				  uint32_t random)
{
	struct sup_decision d = sup_end(&job->sup, standby_policy(job), how, ran_us, now, random);
	struct job_spec always;

	if (d.verdict != SUP_DONE || !job->spec->on_demand || !sockets_pending(job))
		return d;
	always = *job->spec;
	always.restart = JOB_RESTART_ALWAYS;
	return sup_end(&job->sup, &always, how, ran_us, now, random);
}

static void apply_policy(struct job *job, enum sup_end how, uint64_t ran_us, const char *last)
{
	uint64_t now = clock_us();
	uint32_t random = 0;
	struct sup_decision d;

	if (version_failed(job, how, last)) {
		history_verdict(job, "rolled-back");
		explain_copy(job->reason, last);
		start_anew(job);
		return;
	}
	/* Without randomness the jitter is what is lost. */
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = (uint32_t)now;
	d = decide(job, how, ran_us, now, random);
	switch (d.verdict) {
	case SUP_RESTART:
	case SUP_ESCALATE:
		restart(job, d, now, last);
		break;
	case SUP_DONE:
		history_decided(job, &d);
		explain_copy(job->reason, last);
		if (job->spec->on_demand && how != SUP_END_NO_START)
			listen_first(job);
		else
			set_state(job, JOB_DONE);
		break;
	case SUP_FAILED:
	case SUP_LIMIT:
		history_decided(job, &d);
		job->progress.limit_passed = d.verdict == SUP_LIMIT;
		explain_failed(job, job->progress.limit_passed, last);
		give_up(job);
		break;
	}
}

static void after_end(struct job *job, enum sup_end how, uint64_t ran_us, const char *last)
{
	switch (job->want) {
	case WANT_DOWN:
		history_verdict(job, "stopped");
		stop_when_empty(job);
		break;
	case WANT_RESTART:
		history_verdict(job, job->hist.phase == STATS_FORETOLD ? "foretold" : "restart-asked");
		job->want = WANT_UP;
		start_anew(job);
		break;
	case WANT_FAIL:
		history_verdict(job, "failed");
		job->want = WANT_UP;
		give_up(job);
		break;
	default:
		apply_policy(job, how, ran_us, last);
		break;
	}
}

void life_tidied(struct job *job)
{
	char last[AGENT_REASON_MAX];

	job->progress.phase = PHASE_MAIN;
	history_tidied(job);
	explain_end(&job->last_exit, last, sizeof(last));
	if (job->progress.ended == SUP_END_NO_START)
		explain_copy(last, "was not ready in time");
	after_end(job, (enum sup_end)job->progress.ended, job->progress.ran_us, last);
}

void life_start_failed(struct job *job, const char *why)
{
	char last[AGENT_REASON_MAX];

	explain_copy(last, why);
	if (phase_tidies(job)) {
		log_error("%s: not tidied up: %s", job->name, last);
		life_tidied(job);
		return;
	}
	log_error("%s: not started: %s", job->name, last);
	history_not_started(job, last);
	after_end(job, SUP_END_NO_START, 0, last);
}

static void command_failed(struct job *job, bool overtime, const char *last)
{
	char what[AGENT_REASON_MAX / 2], why[AGENT_REASON_MAX];

	phase_explain(job, what, sizeof(what));
	snprintf(why, sizeof(why), "%s %.100s", what, overtime ? "took too long" : last);
	life_start_failed(job, why);
}

/* A command before or after the program has ended. */
static void command_ended(struct job *job, const struct store_exit *end, bool overtime,
			  const char *last)
{
	const struct job_command *command = phase_command(job);
	bool unknown = end->cause == VIGIL_CAUSE_UNKNOWN && !overtime;
	bool good = !command || command->ignore_failure || unknown ||
		    (end->cause == VIGIL_CAUSE_EXITED && end->code == 0);

	if (!phase_tidies(job) && job->want != WANT_UP)
		after_end(job, SUP_END_NO_START, 0, last);
	else if (!phase_tidies(job) && unknown)
		/* An earlier vigild started it, and nobody saw how it ended: once more. */
		go_on(job);
	else if (!good)
		command_failed(job, overtime, last);
	else if (phase_next(job))
		go_on(job);
	else
		life_tidied(job);
}

static void program_ended(struct job *job, enum sup_end how, uint64_t ran_us, const char *last)
{
	if (phase_tidy(job, how, ran_us))
		go_on(job);
	else
		after_end(job, how, ran_us, last);
}

/* Its program has run. */
static void judge_run(struct job *job, const struct instance *inst, uint64_t ran_us, char *last,
		      size_t size)
{
	enum sup_end how = sup_judge(standby_policy(job), &job->last_exit);
	bool unready = job->spec->ready.how != JOB_READY_EXEC && !job->ready.reached;
	/* It may have said that it stops, and nobody wants it to. */
	bool early = unready && (job->state == JOB_STARTING ||
				 (job->state == JOB_STOPPING && job->want == WANT_UP));
	size_t len = strlen(last);

	if (job->ready.doom == READY_DOOM_LATE) {
		ready_explain(job, last, size);
		how = SUP_END_NO_START;
	} else if (early) {
		snprintf(last + len, size - len, " before it was ready");
		if (how == SUP_END_CLEAN)
			how = SUP_END_FAILURE;
	}
	log_notice("%s: pid %d %s", job->name, inst->pid, last);
	history_ended(job, inst, &job->last_exit, ran_us);
	standby_succeed(job, how);
	/* However long it was starting: it has not run well. */
	program_ended(job, how, early || how == SUP_END_NO_START ? 0 : ran_us, last);
}

static void forget_instance(struct job *job)
{
	if (job->inst.gated)
		TAILQ_REMOVE(&job->agent->gated, job, gate_link);
	spawn_drain_gate(job);
	outlets_ended(job);
	if (!cgroup_job_has(&job->cgroup))
		leftover_kill_group(job);
	watch_end(job);
	loop_disarm(&job->agent->loop, &job->timer);
}

void life_died(struct job *job, const struct store_exit *end, uint64_t ran_us, bool in_gate)
{
	bool command = job->progress.phase != PHASE_MAIN;
	struct instance inst;
	char last[AGENT_REASON_MAX];

	forget_instance(job);
	if (!command)
		version_ended(job, ran_us);
	inst = job->inst;
	job->inst = (struct instance){ .pidfd = -1 };
	job->handled_watch = inst.watch_id;
	job->handled_ticks = inst.start_ticks;
	job->stop_held = false;
	if (!command)
		job->last_exit = *end;
	if (!command && (job->ready.doom == READY_DOOM_HUNG || job->ready.doom == READY_DOOM_PROBE))
		job->last_exit.cause = VIGIL_CAUSE_HUNG;
	if (cgroup_populated(&job->cgroup))
		cgroup_kill(&job->cgroup);
	explain_end(command ? end : &job->last_exit, last, sizeof(last));
	if (inst.refused) {
		spawn_explain(job, &inst.report, last, sizeof(last));
		life_start_failed(job, last);
	} else if (in_gate && inst.adopted && end->cause == VIGIL_CAUSE_EXITED &&
		   end->code == CHILD_EXIT_GATE && (job->want == WANT_UP || phase_tidies(job))) {
		/* An earlier vigild died before it let this one run: nothing failed. */
		history_not_started(job, "vigild ended before it let it run");
		history_verdict(job, "again");
		go_on(job);
	} else if (in_gate && !(command && inst.overtime)) {
		life_start_failed(job, "its process ended before the program ran");
	} else if (command) {
		command_ended(job, end, inst.overtime, last);
	} else {
		judge_run(job, &inst, ran_us, last, sizeof(last));
	}
	ready_forget(job);
	reload_end(job);
}

void life_exec_done(struct job *job)
{
	log_debug("%s: runs as pid %d", job->name, job->inst.pid);
	if (job->progress.phase != PHASE_MAIN)
		return;
	history_started(job);
	if (job->state != JOB_STARTING || ready_wait(job))
		return;
	ready_reached(job);
	set_state(job, JOB_RUNNING);
	version_up(job);
}

/* What a command before or after the program says of itself is not of the job. */
static bool program_runs(const struct job *job)
{
	return job->inst.pid && job->progress.phase == PHASE_MAIN;
}

void life_ready(struct job *job)
{
	if (job->state != JOB_STARTING || !program_runs(job))
		return;
	log_debug("%s: is ready", job->name);
	ready_reached(job);
	set_state(job, JOB_RUNNING);
	version_up(job);
}

/* From now on it is given the stop timeout to end. */
static void await_end(struct job *job)
{
	ready_disarm(job);
	loop_arm(&job->agent->loop, &job->timer, clock_us() + job->spec->stop_timeout_us);
	set_state(job, JOB_STOPPING);
}

static void send_end(struct job *job, int sig)
{
	int err;

	if (job->want != WANT_UP)
		standby_hold(job);
	err = proc_pidfd_kill(job->inst.pidfd, sig);
	if (err && err != -ESRCH)
		log_error("%s: cannot signal pid %d: %s", job->name, job->inst.pid, strerror(-err));
	await_end(job);
	fork_hurry(job);
}

void life_doom(struct job *job, enum ready_doom why)
{
	if (!program_runs(job) || job->state == JOB_STOPPING)
		return;
	job->ready.doom = why;
	ready_explain(job, job->reason, sizeof(job->reason));
	log_error("%s: pid %d %s", job->name, job->inst.pid, job->reason);
	send_end(job, ready_signal(job));
}

void life_stops_itself(struct job *job)
{
	if (!program_runs(job) || job->state == JOB_STOPPING)
		return;
	explain_copy(job->reason, "ends by itself");
	await_end(job);
}

static void arm_command(struct job *job)
{
	loop_arm(&job->agent->loop, &job->timer,
		 job->inst.started_us + job->spec->command_timeout_us);
}

void life_begun(struct job *job)
{
	if (job->progress.phase != PHASE_MAIN)
		arm_command(job);
}

void life_end(struct job *job)
{
	job->stop_held = false;
	send_end(job, job->spec->stop_signal);
}

static void send_stop(struct job *job)
{
	set_state(job, JOB_STOPPING);
	job->stop_held = order_defers_stop(job);
	if (!job->stop_held)
		life_end(job);
}

static void kill_hard(struct job *job)
{
	job->inst.overtime = true;
	log_warning("%s: pid %d did not end in time: killed", job->name, job->inst.pid);
	proc_pidfd_kill(job->inst.pidfd, SIGKILL);
	history_note(job, HISTORY_KILLED, NULL);
	if (cgroup_populated(&job->cgroup))
		cgroup_kill(&job->cgroup);
}

void life_timer(void *arg)
{
	struct job *job = arg;

	if (job->inst.pid)
		kill_hard(job);
	else if (job->state == JOB_BACKOFF)
		start_anew(job);
	else if (job->state == JOB_STARTING || phase_tidies(job))
		go_on(job);
	else if (job->state == JOB_STOPPING)
		stop_when_empty(job);
}

void life_start(struct job *job)
{
	group_reset(job);
	life_forgive(job);
}

void life_forgive(struct job *job)
{
	sup_reset(&job->sup);
	job->pulls = true;
	if (job->state == JOB_STOPPING && (job->inst.pid || phase_tidies(job))) {
		job->want = WANT_RESTART;
		persist_job(job);
		return;
	}
	job->want = WANT_UP;
	if (!job->inst.pid && job->state != JOB_STARTING)
		bring_up(job);
	persist_job(job);
}

/* End what runs, for a stop or a restart. */
static void end_instance(struct job *job)
{
	if (job->state != JOB_STOPPING)
		send_stop(job);
	persist_job(job);
}

void life_renew(struct job *job)
{
	job->want = WANT_RESTART;
	end_instance(job);
}

void life_foretold(struct job *job, const char *text)
{
	log_notice("%s: pid %d is restarted before it fails: %s", job->name, job->inst.pid, text);
	snprintf(job->reason, sizeof(job->reason), "restarted before it fails: %s", text);
	history_foretold(job, text);
	life_renew(job);
}

void life_fail(struct job *job, const char *why)
{
	if (job->want == WANT_DOWN || job->state == JOB_FAILED || job->state == JOB_DONE)
		return;
	explain_copy(job->reason, why);
	job->want = WANT_FAIL;
	if (job->inst.pid || phase_tidies(job)) {
		end_instance(job);
		return;
	}
	unqueue(job);
	leftover_unwatch(job);
	loop_disarm(&job->agent->loop, &job->timer);
	job->waits = false;
	job->want = WANT_UP;
	give_up(job);
}

void life_stop(struct job *job)
{
	job->want = WANT_DOWN;
	if (!phase_tidies(job))
		unqueue(job);
	if (job->inst.pid || phase_tidies(job)) {
		end_instance(job);
		return;
	}
	loop_disarm(&job->agent->loop, &job->timer);
	stop_when_empty(job);
}

void life_restart(struct job *job)
{
	sup_reset(&job->sup);
	group_reset(job);
	job->pulls = true;
	if (job->inst.pid || phase_tidies(job)) {
		life_renew(job);
		return;
	}
	job->want = WANT_UP;
	start_anew(job);
}

void life_remove(struct job *job)
{
	job->removed = true;
	history_note(job, HISTORY_REMOVED, NULL);
	life_stop(job);
}

static void resume_program(struct job *job, bool stopping)
{
	if (job->ready.doom) {
		send_end(job, ready_signal(job));
	} else if (stopping) {
		await_end(job);
	} else if (ready_wait(job)) {
		set_state(job, JOB_STARTING);
	} else {
		ready_reached(job);
		set_state(job, JOB_RUNNING);
		version_up(job);
	}
}

void life_resume(struct job *job, bool stopping)
{
	bool command = job->progress.phase != PHASE_MAIN;

	if (command)
		arm_command(job);
	else
		history_adopted(job);
	if (phase_tidies(job))
		set_state(job, JOB_STOPPING);
	else if (job->want != WANT_UP)
		send_stop(job);
	else if (command)
		set_state(job, JOB_STARTING);
	else
		resume_program(job, stopping);
}

void life_settle(struct job *job, uint64_t due_us)
{
	if (phase_tidies(job)) {
		go_on(job);
		return;
	}
	if (job->want == WANT_DOWN) {
		life_stop(job);
		return;
	}
	job->want = WANT_UP;
	if (job->state == JOB_FAILED || job->state == JOB_DONE)
		return;
	if (job->state == JOB_BACKOFF)
		back_off(job, due_us);
	else if (job->state == JOB_LISTENING || job->state == JOB_STOPPED)
		bring_up(job);
	else
		go_on(job);
}
