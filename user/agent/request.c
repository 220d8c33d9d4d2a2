// SPDX-License-Identifier: GPL-2.0
/* What clients ask for, and the answers. */
#include "user/agent/request.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "user/agent/agent.h"
#include "user/agent/life.h"
#include "user/agent/status.h"
#include "user/base/clock.h"
#include "user/base/log.h"

/** struct command - @with_job: NULL if it may not name a job, @alone: NULL if it must. */
struct command {
	const char *name;
	void (*alone)(struct client *c);
	void (*with_job)(struct client *c, struct job *job);
};

json_t *request_refuse(const char *name, const char *sentence)
{
	return json_pack("{s:b, s:s, s:s}", "ok", 0, "errno", name, "error", sentence);
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
	client_answer(c, request_refuse(name, text));
}

static void status_all(struct client *c)
{
	client_answer(c, json_pack("{s:b, s:o, s:o}", "ok", 1, "agent", status_agent(c->agent),
				   "jobs", status_jobs(c->agent)));
}

static void status_one(struct client *c, struct job *job)
{
	client_answer(c, json_pack("{s:b, s:o, s:[o]}", "ok", 1, "agent", status_agent(c->agent),
				   "jobs", status_job(job)));
}

static void reload(struct client *c)
{
	if (jobset_load(c->agent, false))
		refuse(c, "EIO", "out of memory: nothing was changed");
	else
		client_answer(c, json_pack("{s:b, s:o}", "ok", 1, "errors",
					   status_errors(c->agent)));
}

static void wait_for(struct client *c, const struct job *job, enum client_wait wait)
{
	uint64_t limit_us = job->spec->stop_timeout_us + AGENT_ANSWER_MARGIN_US;

	c->wait = wait;
	memcpy(c->job, job->name, sizeof(c->job));
	c->attempts = job->attempts;
	loop_arm(&c->agent->loop, &c->timer, clock_us() + limit_us);
}

static void start(struct client *c, struct job *job)
{
	life_start(job);
	wait_for(c, job, WAIT_STORED);
}

static void stop(struct client *c, struct job *job)
{
	wait_for(c, job, WAIT_DOWN);
	life_stop(job);
}

static void restart(struct client *c, struct job *job)
{
	wait_for(c, job, WAIT_UP);
	life_restart(job);
}

static const struct command commands[] = {
	{ .name = "status", .alone = status_all, .with_job = status_one },
	{ .name = "start", .with_job = start },
	{ .name = "stop", .with_job = stop },
	{ .name = "restart", .with_job = restart },
	{ .name = "reload", .alone = reload },
};

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static void run(struct client *c, const char *cmd, const char *name)
{
	const struct command *command = find_command(cmd);
	struct job *job;

	if (!command) {
		refuse(c, "EINVAL", "there is no command \"%.40s\"", cmd);
	} else if (!name && !command->alone) {
		refuse(c, "EINVAL", "the command \"%s\" needs \"job\"", cmd);
	} else if (name && !command->with_job) {
		refuse(c, "EINVAL", "the command \"%s\" takes no \"job\"", cmd);
	} else if (!name) {
		command->alone(c);
	} else {
		job = jobs_find(&c->agent->jobs, name);
		if (!job || job->removed)
			refuse(c, "ENOENT", "there is no job \"%.80s\"", name);
		else
			command->with_job(c, job);
	}
}

void request_handle(struct client *c, const char *line, size_t len)
{
	json_error_t e;
	json_t *root;
	const char *cmd, *name = NULL;

	if (len > AGENT_REQUEST_MAX - 1) {
		refuse(c, "EINVAL", "the request is too long");
		c->closing = true;
		return;
	}
	root = json_loadb(line, len, JSON_REJECT_DUPLICATES, &e);
	if (!root)
		refuse(c, "EINVAL", "not a JSON object: %s", e.text);
	else if (json_unpack_ex(root, &e, JSON_STRICT, "{s:s, s?s}", "cmd", &cmd, "job", &name))
		refuse(c, "EINVAL", "not a request: %s", e.text);
	else
		run(c, cmd, name);
	json_decref(root);
}

json_t *request_timed_out(const struct client *c)
{
	char text[160];

	snprintf(text, sizeof(text), "job \"%s\" has not got there in time, it goes on", c->job);
	return request_refuse("ETIMEDOUT", text);
}

static void answer_job(struct client *c, const struct job *job)
{
	client_answer(c, json_pack("{s:b, s:o}", "ok", 1, "job", status_job(job)));
}

/* A wait can end badly, too: a start can fail, someone else can stop the job. */
static bool up_over(struct client *c, const struct job *job)
{
	if (job->attempts > c->attempts && job->state == JOB_RUNNING) {
		answer_job(c, job);
		return true;
	}
	if (job->want == WANT_DOWN || job->state == JOB_FAILED ||
	    (job->state == JOB_BACKOFF && job->attempts > c->attempts)) {
		refuse(c, "EIO", "job \"%s\" does not run: %s", job->name,
		       job->reason[0] ? job->reason : job_state_name(job->state));
		return true;
	}
	if (job->state == JOB_DONE && job->attempts > c->attempts) {
		answer_job(c, job);
		return true;
	}
	return false;
}

static bool down_over(struct client *c, const struct job *job)
{
	if (job->state == JOB_STOPPED) {
		answer_job(c, job);
		return true;
	}
	if (job->want == WANT_DOWN)
		return false;
	refuse(c, "EBUSY", "job \"%s\" was started again meanwhile", job->name);
	return true;
}

bool request_wait_over(struct client *c)
{
	const struct job *job = jobs_find(&c->agent->jobs, c->job);

	if (!job && c->wait == WAIT_DOWN) {
		client_answer(c, json_pack("{s:b}", "ok", 1));
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
	default:
		return false;
	}
}
