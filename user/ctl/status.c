/* SPDX-License-Identifier: GPL-2.0 */
/* vigil status */
#include <stdlib.h>
#include <string.h>

#include "user/ctl/daemon.h"
#include "user/ctl/death.h"
#include "user/ctl/table.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *state;
	enum colour colour;
} state_colours[] = {
	{ "running", GREEN }, { "starting", YELLOW }, { "stopping", YELLOW }, { "backoff", YELLOW },
	{ "failed", RED },
};

static enum colour colour_of(const char *state)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(state_colours); i++)
		if (!strcmp(state_colours[i].state, state))
			return state_colours[i].colour;
	return PLAIN;
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "-";
}

static double number_of(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

static void print_sentences(const json_t *list, const char *what, enum colour c)
{
	const json_t *sentence;
	size_t i;

	json_array_foreach((json_t *)list, i, sentence) {
		fputs(colour_on(c), stdout);
		say("%s: ", what);
		fputs(colour_off(c), stdout);
		say("%s\n", json_string_value(sentence) ? json_string_value(sentence) : "");
	}
}

static void print_unfit(const json_t *agent)
{
	const char *why = json_string_value(json_object_get(agent, "unfit"));

	if (!why)
		return;
	fputs(colour_on(RED), stdout);
	say("unfit: ");
	fputs(colour_off(RED), stdout);
	say("%s\n", why);
}

/* Jobs that are not started here again by themselves, and who is there to take them. */
static void print_handed_over(const json_t *agent)
{
	const json_t *list = json_object_get(agent, "handed_over"), *one;
	size_t i;

	json_array_foreach((json_t *)list, i, one) {
		fputs(colour_on(RED), stdout);
		say("handed over: ");
		fputs(colour_off(RED), stdout);
		say("%s: %s\n", text_of(one, "job"), text_of(one, "reason"));
	}
	if (json_array_size(list))
		say("%s\n", text_of(agent, "level_above"));
}

static void print_agent(const json_t *agent, size_t jobs)
{
	bool kernel = !strcmp(text_of(agent, "detection"), "kernel");

	say("vigild %s, pid %lld, up %s; deaths are seen by %s; %zu job%s\n",
	    text_of(agent, "version"), json_integer_value(json_object_get(agent, "pid")),
	    span_of(number_of(agent, "uptime_s")).text, kernel ? "vigil.ko" : "pidfds", jobs,
	    jobs == 1 ? "" : "s");
	print_unfit(agent);
	print_handed_over(agent);
	print_sentences(json_object_get(agent, "weaker"), "warning", YELLOW);
	print_sentences(json_object_get(agent, "errors"), "error", RED);
}

static struct cause last_cause(const json_t *job)
{
	const json_t *e = json_object_get(job, "last_exit");

	if (!json_is_object(e))
		return (struct cause){ "-" };
	return cause_text(text_of(e, "cause"), (int)number_of(e, "code"),
			  (int)number_of(e, "signal"));
}

/* One that runs and stands by is no more than ready for work. */
static const char *stand_of(const json_t *job)
{
	const char *state = text_of(job, "state");
	bool standby = json_is_string(json_object_get(job, "standby_of"));

	return standby && !strcmp(state, "running") ? "standby" : state;
}

static void add_row(struct table *t, const json_t *job)
{
	const char *state = stand_of(job);
	bool alive = json_is_number(json_object_get(job, "pid"));

	table_cell(t, PLAIN, "%s", text_of(job, "name"));
	table_cell(t, colour_of(state), "%s", state);
	if (alive) {
		table_cell(t, PLAIN, "%lld", json_integer_value(json_object_get(job, "pid")));
		table_cell(t, PLAIN, "%s", span_of(number_of(job, "uptime_s")).text);
	} else {
		table_cell(t, PLAIN, "-");
		table_cell(t, PLAIN, "-");
	}
	table_cell(t, PLAIN, "%lld", json_integer_value(json_object_get(job, "restarts")));
	table_cell(t, PLAIN, "%s", last_cause(job).text);
}

/* What foretells its failure. */
static void print_flags(const json_t *job)
{
	const json_t *flags = json_object_get(job, "flags"), *flag;
	size_t i;

	json_array_foreach((json_t *)flags, i, flag) {
		const char *note = json_string_value(json_object_get(flag, "note"));

		say("%s: flagged: %s%s%s\n", text_of(job, "name"), text_of(flag, "text"),
		    note ? "; " : "", note ? note : "");
	}
}

/* What it tells of itself, and what it is about. */
static void print_told(const json_t *job)
{
	const char *told = json_string_value(json_object_get(job, "status_text"));

	if (told)
		say("%s: \"%s\"%s\n", text_of(job, "name"), told,
		    json_is_true(json_object_get(job, "reloading")) ? " (reloading)" : "");
	else if (json_is_true(json_object_get(job, "reloading")))
		say("%s: reloading\n", text_of(job, "name"));
}

/* Why a job does not run, and when it will. */
static void print_note(const json_t *job)
{
	const json_t *next = json_object_get(job, "next_start_s");
	const char *reason = json_string_value(json_object_get(job, "reason"));

	if (!reason && !json_is_number(next))
		return;
	say("%s: %s", text_of(job, "name"), reason ? reason : text_of(job, "state"));
	if (json_is_number(next))
		say("; starts in %s", span_of(json_number_value(next)).text);
	say("\n");
}

/* How far the change of its definition is. */
static void print_version(const json_t *job)
{
	const char *back = json_string_value(json_object_get(job, "rolled_back"));
	const char *step = json_string_value(json_object_get(job, "rollout"));

	if (back)
		say("%s: %s\n", text_of(job, "name"), back);
	if (step && !strcmp(step, "waiting"))
		say("%s: waits for its turn to be restarted by its new definition\n",
		    text_of(job, "name"));
	else if (step)
		say("%s: its new definition is not known to be good yet\n", text_of(job, "name"));
}

static int print_text(const json_t *agent, const json_t *jobs)
{
	static const char *const heads[] = {
		"JOB", "STATE", "PID", "UPTIME", "RESTARTS", "LAST-CAUSE", NULL
	};
	struct table *t = table_new(heads);
	const json_t *job;
	bool ok;
	size_t i;

	print_agent(agent, json_array_size(jobs));
	json_array_foreach((json_t *)jobs, i, job)
		add_row(t, job);
	ok = json_array_size(jobs) ? table_print(t) : true;
	table_free(t);
	json_array_foreach((json_t *)jobs, i, job) {
		print_note(job);
		print_told(job);
		print_flags(job);
		print_version(job);
	}
	if (ok)
		return CTL_OK;
	complain("out of memory");
	return CTL_FAILED;
}

static bool all_run(const json_t *jobs)
{
	const json_t *job;
	size_t i;

	json_array_foreach((json_t *)jobs, i, job)
		if (!json_is_string(json_object_get(job, "standby_of")) &&
		    strcmp(text_of(job, "state"), "running") != 0)
			return false;
	return json_array_size(jobs);
}

static bool unfit(const json_t *agent)
{
	return json_is_string(json_object_get(agent, "unfit"));
}

static int run(const struct ctl_args *args)
{
	json_t *answer, *agent, *jobs;
	int status = daemon_ask(args, "status", args->operands[0], DAEMON_SOON, &answer);

	if (status != CTL_OK)
		return status;
	agent = json_object_get(answer, "agent");
	jobs = json_object_get(answer, "jobs");
	if (args->json)
		print_json(json_pack("{s:O, s:O}", "agent", agent, "jobs", jobs));
	else
		status = print_text(agent, jobs);
	if (status == CTL_OK && args->n && !all_run(jobs))
		status = CTL_FAILED;
	if (status == CTL_OK && !args->n && unfit(agent))
		status = CTL_UNFIT;
	json_decref(answer);
	return status;
}

const struct ctl_command cmd_status = {
	.name = "status",
	.operands = "[JOB]",
	.summary = "Show vigild and its jobs",
	.help = "Warnings say what is lost in the way vigild runs now, errors what is wrong in its job\n"
		"files. "
		"With JOB only that job is shown, and the exit status is 1 unless it is running. JOB may\n"
		"name a template, or be a pattern with *, ? and []: all these jobs are meant, here and\n"
		"in start, stop and restart. Without JOB the exit status is 7 if a job has made the node\n"
		"unfit, see vigil-job(5).\n",
	.options = CTL_OUTPUT | CTL_SOCKET,
	.max = 1,
	.run = run,
};
