// SPDX-License-Identifier: GPL-2.0
/* What clients ask for, and the answers. */
#include "user/agent/request.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/life.h"
#include "user/agent/phase.h"
#include "user/agent/propose.h"
#include "user/agent/select.h"
#include "user/agent/standby.h"
#include "user/agent/stats.h"
#include "user/agent/status.h"
#include "user/agent/why.h"
#include "user/api/answer.h"
#include "user/base/clock.h"
#include "user/base/log.h"

/**
 * struct command - @alone: NULL if it must name jobs; @with_job, @act: NULL if it may not.
 *
 * @act is done to each job that is named, and answered when the wait for each is over.
 */
struct command {
	const char *name;
	void (*alone)(struct client *c);
	void (*with_job)(struct client *c, struct job *job);
	void (*act)(struct job *job);
	enum client_wait wait;
	bool asked;			/* for the jobs' history: @kind */
	enum history_kind kind;
};

/* Of several jobs the first refusal is kept until all of them are there. */
static void answer(struct client *c, json_t *root)
{
	if (c->wait == WAIT_NONE || !c->pattern[0])
		client_answer(c, root);
	else if (root && !c->refusal && !json_is_true(json_object_get(root, "ok")))
		c->refusal = root;
	else
		json_decref(root);
}

static void refuse(struct client *c, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void refuse(struct client *c, const char *name, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	answer(c, answer_refusal(name, "%s", text));
}

/* As it is published: waits are over only when what they wait for is. */
static json_t *state_of(const struct job *job)
{
	return job->view ? status_job(job->view, job->agent->opt.logs_dir, logproc_look(job->agent)) : NULL;
}

/* Behind the job that they stand by for. */
static void add_standbys(json_t *list, const struct job *job)
{
	const struct job *slot = standby_each(job, 0);

	for (; slot; slot = standby_each(job, slot->slot))
		if (!slot->removed)
			json_array_append_new(list, state_of(slot));
}

static json_t *states_of(const struct agent *a, const char *what)
{
	json_t *list = json_array();
	const struct job *job = select_next(&a->jobs, what, NULL);

	for (; list && job; job = select_next(&a->jobs, what, job->name)) {
		json_array_append_new(list, state_of(job));
		add_standbys(list, job);
	}
	return list;
}

static void plan(struct client *c)
{
	client_answer(c, propose_plan(c->agent));
}

static void reload(struct client *c)
{
	const char *id = json_string_value(json_object_get(c->call->body, "plan"));

	client_answer(c, propose_reload(c->agent, id ? id : ""));
}

static void wait_for(struct client *c, const struct job *job, enum client_wait wait)
{
	uint64_t due_us = clock_us() + order_stop_limit_us(job) + phase_start_limit_us(job) +
			  AGENT_ANSWER_MARGIN_US;

	if (wait == WAIT_UP && job->spec->ready.how != JOB_READY_EXEC)
		due_us += job->spec->ready.start_timeout_us;
	if (c->wait == WAIT_NONE) {
		c->wait = wait;
		memcpy(c->job, job->name, sizeof(c->job));
		c->attempts = c->agent->attempts;
	}
	if (!timer_armed(&c->timer) || c->timer.due_us < due_us)
		loop_arm(&c->agent->loop, &c->timer, due_us);
}

static void act_on(struct client *c, const struct command *command, const char *what)
{
	const struct jobs *js = &c->agent->jobs;
	struct job *job = select_next(js, what, NULL);

	json_decref(c->refusal);
	c->refusal = NULL;
	if (!select_one(js, what))
		snprintf(c->pattern, sizeof(c->pattern), "%s", what);
	loop_disarm(&c->agent->loop, &c->timer);
	for (; job; job = select_next(js, what, job->name)) {
		if (command->asked)
			history_asked(job, command->kind, c->uid, c->pid);
		wait_for(c, job, command->wait);
		command->act(job);
		if (command->act == life_start)
			standby_ask(job);
	}
}

static void upgrade(struct client *c)
{
	struct agent *a = c->agent;
	int err = upgrade_try(a);

	if (err == -EBUSY) {
		refuse(c, "EBUSY", "an upgrade is under way");
	} else if (err) {
		refuse(c, "EIO", "not upgraded: %s", a->upgrade.why);
	} else {
		c->wait = WAIT_UPGRADE;
		loop_arm(&a->loop, &c->timer,
			 clock_us() + AGENT_UPGRADE_TRIAL_US + AGENT_ANSWER_MARGIN_US);
	}
}

static void reload_job(struct client *c, struct job *job)
{
	char why[160];
	int err = reload_begin(job, why, sizeof(why));

	if (err) {
		refuse(c, err == -EINVAL ? "EINVAL" : err == -EBUSY ? "EBUSY" : "EIO", "%s", why);
		return;
	}
	standby_reload(job);
	wait_for(c, job, WAIT_RELOADED);
	loop_arm(&c->agent->loop, &c->timer,
		 clock_us() + job->spec->ready.start_timeout_us + AGENT_ANSWER_MARGIN_US);
}

/* The API's thread could not read it. A store that is found to be damaged is set aside now. */
static void cannot_read(struct client *c, const struct job *job, const char *what, int err)
{
	if (err)
		persist_failed(c->agent, err);
	refuse(c, "EIO", "the %s of job \"%s\" cannot be read", what, job->name);
}

/* A job that a reload has just brought is seen from the end of the turn on. */
static bool not_shown_yet(struct client *c, const struct job *job)
{
	if (job->view)
		return false;
	refuse(c, "EAGAIN", "job \"%s\" is only just being defined", job->name);
	return true;
}

static void why(struct client *c, struct job *job)
{
	int err;
	json_t *answer = NULL;

	if (not_shown_yet(c, job))
		return;
	answer = why_answer(job->view, c->agent->persist.store, job, &err);
	if (answer)
		client_answer(c, answer);
	else
		cannot_read(c, job, "history", err);
}

static void stats(struct client *c, struct job *job)
{
	int err;
	json_t *answer = NULL;

	if (not_shown_yet(c, job))
		return;
	answer = stats_answer(job->view, c->agent->persist.store, job, history_now(c->agent), &err);
	if (answer)
		client_answer(c, answer);
	else
		cannot_read(c, job, "statistics", err);
}

static const struct command commands[] = {
	{ .name = "start", .act = life_start, .wait = WAIT_STORED, .asked = true,
	  .kind = HISTORY_ASK_START },
	{ .name = "stop", .act = life_stop, .wait = WAIT_DOWN, .asked = true,
	  .kind = HISTORY_ASK_STOP },
	{ .name = "restart", .act = life_restart, .wait = WAIT_UP, .asked = true,
	  .kind = HISTORY_ASK_RESTART },
	{ .name = "upgrade", .alone = upgrade },
	{ .name = "plan", .alone = plan },
	{ .name = "reload", .alone = reload, .with_job = reload_job },
	{ .name = "why", .with_job = why },
	{ .name = "stats", .with_job = stats },
};

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static void run_on(struct client *c, const struct command *command, const char *what)
{
	const struct jobs *js = &c->agent->jobs;
	const struct job *job = strlen(what) > JOB_NAME_LEN_MAX ? NULL : jobs_find(js, what);

	/* A longer text names nothing, and would not fit where a pattern is kept. */
	if (strlen(what) > JOB_NAME_LEN_MAX || !select_next(js, what, NULL) ||
	    (command->with_job && !select_one(js, what)))
		refuse(c, "ENOENT", "there is no job \"%.80s\"", what);
	else if (job && job->slot && (command->act || command->with_job == reload_job))
		refuse(c, "EINVAL", "\"%s\" is a standby: do that to \"%s\", and it follows", what,
		       standby_base(job));
	else if (command->with_job)
		command->with_job(c, jobs_find(js, what));
	else
		act_on(c, command, what);
}

static bool takes_jobs(const struct command *command)
{
	return command->with_job || command->act;
}

void request_run(struct client *c, const char *cmd, const char *name)
{
	const struct command *command = find_command(cmd);

	c->pattern[0] = '\0';
	if (!command)
		refuse(c, "EINVAL", "there is no command \"%.40s\"", cmd);
	else if (!name && !command->alone)
		refuse(c, "EINVAL", "the command \"%s\" needs \"job\"", cmd);
	else if (name && !takes_jobs(command))
		refuse(c, "EINVAL", "the command \"%s\" takes no \"job\"", cmd);
	else if (name)
		run_on(c, command, name);
	else
		command->alone(c);
}

json_t *request_timed_out(const struct client *c)
{
	return answer_refusal("ETIMEDOUT", "job \"%s\" has not got there in time, it goes on", c->job);
}

static void answer_job(struct client *c, const struct job *job)
{
	answer(c, json_pack("{s:b, s:o}", "ok", 1, "job", state_of(job)));
}

/* A wait can end badly, too: a start can fail, someone else can stop the job. */
static bool up_over(struct client *c, const struct job *job)
{
	if (job->attempts > c->attempts && job->state == JOB_RUNNING) {
		answer_job(c, job);
		return true;
	}
	if (job->want == WANT_DOWN || job->state == JOB_FAILED || job->stuck ||
	    (job->state == JOB_BACKOFF && job->attempts > c->attempts)) {
		refuse(c, "EIO", "job \"%s\" does not run: %s", job->name,
		       job->reason[0] ? job->reason : job_state_name(job->state));
		return true;
	}
	if ((job->state == JOB_DONE || job->state == JOB_LISTENING) && job->attempts > c->attempts) {
		answer_job(c, job);
		return true;
	}
	return false;
}

static bool reload_over(struct client *c, const struct job *job)
{
	if (job->reload.step == RELOAD_DONE)
		answer_job(c, job);
	else if (job->reload.step == RELOAD_FAILED)
		refuse(c, "EIO", "job \"%s\" was not reloaded: %s", job->name, job->reload.why);
	else
		return false;
	return true;
}

static bool down_over(struct client *c, const struct job *job)
{
	if (job->state == JOB_STOPPED && standby_all_down(job)) {
		answer_job(c, job);
		return true;
	}
	if (job->want == WANT_DOWN)
		return false;
	refuse(c, "EBUSY", "job \"%s\" was started again meanwhile", job->name);
	return true;
}

/* Who asked finds another incarnation when the new vigild has taken over. */
static bool upgrade_over(struct client *c)
{
	struct upgrade *u = &c->agent->upgrade;

	if (u->state == UPGRADE_DUE) {
		client_answer(c, json_pack("{s:b, s:{s:s, s:i, s:s}}", "ok", 1, "agent",
					   "version", VIGIL_VERSION, "pid", getpid(),
					   "incarnation", c->agent->control.incarnation));
		return true;
	}
	if (u->state != UPGRADE_REFUSED)
		return false;
	u->state = UPGRADE_NONE;
	refuse(c, "EINVAL", "not upgraded: %s", u->why);
	return true;
}

static bool one_over(struct client *c)
{
	const struct job *job;

	if (c->wait == WAIT_UPGRADE)
		return upgrade_over(c);
	job = jobs_find(&c->agent->jobs, c->job);
	if (!job && c->wait == WAIT_DOWN) {
		answer(c, json_pack("{s:b}", "ok", 1));
		return true;
	}
	if (!job) {
		refuse(c, "ENOENT", "job \"%s\" has been removed", c->job);
		return true;
	}
	switch (c->wait) {
	case WAIT_STORED:
		answer_job(c, job);
		return true;
	case WAIT_DOWN:
		return down_over(c, job);
	case WAIT_UP:
		return up_over(c, job);
	case WAIT_RELOADED:
		return reload_over(c, job);
	default:
		return false;
	}
}

static void answer_all(struct client *c)
{
	json_t *refusal = c->refusal;

	c->refusal = NULL;
	client_answer(c, refusal ? refusal : json_pack("{s:b, s:o}", "ok", 1, "jobs",
						       states_of(c->agent, c->pattern)));
}

/* All act at once, but are looked at one after the other: a turn costs one look, however many wait. */
bool request_wait_over(struct client *c)
{
	const struct job *next;

	while (one_over(c)) {
		if (!c->pattern[0])
			return true;
		next = select_next(&c->agent->jobs, c->pattern, c->job);
		if (!next) {
			answer_all(c);
			return true;
		}
		memcpy(c->job, next->name, sizeof(c->job));
	}
	return false;
}
