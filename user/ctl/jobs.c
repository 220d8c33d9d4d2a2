/* SPDX-License-Identifier: GPL-2.0 */
/* The same request for each of several jobs. */
#include "user/ctl/jobs.h"
#include "user/ctl/say.h"

static void print_job(const char *name, const json_t *job)
{
	const char *state = json_string_value(json_object_get(job, "state"));
	const json_t *pid = json_object_get(job, "pid");

	/* A job may be removed by a reload while it is stopped. */
	say("%s: %s", name, state ? state : "gone");
	if (json_is_integer(pid))
		say(", pid %lld", json_integer_value(pid));
	say("\n");
}

/* A template or a pattern names several. */
static void print_answer(const char *name, const json_t *answer)
{
	const json_t *jobs = json_object_get(answer, "jobs"), *job;
	const char *text;
	size_t i;

	if (!jobs)
		print_job(name, json_object_get(answer, "job"));
	json_array_foreach((json_t *)jobs, i, job) {
		text = json_string_value(json_object_get(job, "name"));
		print_job(text ? text : name, job);
	}
}

int jobs_ask(const struct ctl_args *args, const char *cmd, enum daemon_patience patience)
{
	int status, first = CTL_OK;
	json_t *answer;
	size_t i;

	for (i = 0; i < args->n; i++) {
		status = daemon_ask(args, cmd, args->operands[i], patience, &answer);
		if (status == CTL_OK)
			print_answer(args->operands[i], answer);
		json_decref(answer);
		say_flush();
		if (first == CTL_OK)
			first = status;
		if (status == CTL_NO_DAEMON || status == CTL_DENIED)
			break;
	}
	return first;
}
