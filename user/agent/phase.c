// SPDX-License-Identifier: GPL-2.0
/* The commands of one instance: those before the program, the program, those after it. */
#include "user/agent/phase.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <linux/vigil.h>

#include "user/agent/environment.h"
#include "user/agent/job.h"
#include "user/agent/launch.h"

enum { ENV_BASE_MAX = ENVIRONMENT_MAX + 32, RESULTS = 3 };

static const struct job_commands *commands_of(const struct job *job)
{
	switch (job->progress.phase) {
	case PHASE_PRE_START:
		return &job->spec->pre_start;
	case PHASE_POST_STOP:
		return &job->spec->post_stop;
	default:
		return NULL;
	}
}

static void enter(struct job *job, enum phase phase)
{
	job->progress.phase = phase;
	job->progress.step = 0;
}

void phase_begin(struct job *job)
{
	enter(job, job->spec->pre_start.n ? PHASE_PRE_START : PHASE_MAIN);
}

/* A reload may have left fewer commands than the job had when it began with them. */
const struct job_command *phase_command(const struct job *job)
{
	const struct job_commands *list = commands_of(job);

	return list && job->progress.step < list->n ? &list->list[job->progress.step] : NULL;
}

bool phase_settle(struct job *job)
{
	if (job->progress.phase == PHASE_PRE_START && !phase_command(job))
		enter(job, PHASE_MAIN);
	return job->progress.phase == PHASE_MAIN || phase_command(job);
}

bool phase_tidies(const struct job *job)
{
	return job->progress.phase == PHASE_POST_STOP;
}

bool phase_tidy(struct job *job, unsigned int ended, uint64_t ran_us)
{
	if (!job->spec->post_stop.n)
		return false;
	enter(job, PHASE_POST_STOP);
	job->progress.ended = ended;
	job->progress.ran_us = ran_us;
	return true;
}

bool phase_next(struct job *job)
{
	bool tidies = phase_tidies(job);

	job->progress.step++;
	if (phase_command(job))
		return true;
	enter(job, PHASE_MAIN);
	return !tidies;
}

static const char *service_result(const struct store_exit *end, bool clean)
{
	switch (end->cause) {
	case VIGIL_CAUSE_EXITED:
		return clean ? "success" : "exit-code";
	case VIGIL_CAUSE_CORE_DUMPED:
		return clean ? "success" : "core-dump";
	case VIGIL_CAUSE_SIGNALLED:
		return clean ? "success" : "signal";
	case VIGIL_CAUSE_OOM_KILLED:
		return "oom-kill";
	case VIGIL_CAUSE_HUNG:
		return "watchdog";
	case VIGIL_CAUSE_FENCED:
		return "fenced";
	default:
		return "unknown";
	}
}

static const char *exit_code(const struct store_exit *end)
{
	switch (end->cause) {
	case VIGIL_CAUSE_EXITED:
		return "exited";
	case VIGIL_CAUSE_CORE_DUMPED:
		return "dumped";
	case VIGIL_CAUSE_UNKNOWN:
		return "unknown";
	default:
		return "killed";
	}
}

static void write_status(const struct store_exit *end, char *buf, size_t size)
{
	const char *name = end->signal ? sigabbrev_np(end->signal) : NULL;

	if (name)
		snprintf(buf, size, "EXIT_STATUS=%s", name);
	else
		snprintf(buf, size, "EXIT_STATUS=%d", end->signal ? end->signal : end->code);
}

/* The job's environment, and after its program how that ended. */
static char **command_env(const struct job *job)
{
	static char texts[RESULTS][64];
	static char *env[ENV_BASE_MAX + RESULTS + 1];
	const struct store_exit *end = &job->last_exit;
	size_t n = launch_command_env(&job->launch, job->spec, env, ENV_BASE_MAX), i;

	if (phase_tidies(job)) {
		snprintf(texts[0], sizeof(texts[0]), "SERVICE_RESULT=%s",
			 service_result(end, sup_is_clean(job->spec, end)));
		snprintf(texts[1], sizeof(texts[1]), "EXIT_CODE=%s", exit_code(end));
		write_status(end, texts[2], sizeof(texts[2]));
		for (i = 0; i < RESULTS; i++)
			env[n++] = texts[i];
	}
	env[n] = NULL;
	return env;
}

void phase_launch(const struct job *job, struct launch *out)
{
	const struct job_command *command = phase_command(job);

	*out = job->launch;
	if (!command)
		return;
	out->argv = command->argv;
	out->envp = command_env(job);
	/* No variable says that the command is the program. */
	memset(out->pid_env, 0, sizeof(out->pid_env));
}

void phase_explain(const struct job *job, char *buf, size_t size)
{
	const struct job_command *command = phase_command(job);

	snprintf(buf, size, "%s %.120s", phase_tidies(job) ? "post-stop" : "pre-start",
		 command ? command->argv[0] : "command");
}

uint64_t phase_start_limit_us(const struct job *job)
{
	return job->spec->pre_start.n * job->spec->command_timeout_us;
}

uint64_t phase_tidy_limit_us(const struct job *job)
{
	return job->spec->post_stop.n * job->spec->command_timeout_us;
}
