/* SPDX-License-Identifier: GPL-2.0 */
/* vigil stats */
#include <math.h>
#include <string.h>

#include "user/ctl/daemon.h"
#include "user/ctl/death.h"
#include "user/ctl/jobs.h"
#include "user/ctl/table.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum { MILLIS = 1000, PERCENT_MILLIS = 100 * MILLIS };

/* The window of the line that a job has in the table of all jobs. */
static const char one_window[] = "24h";

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "-";
}

static const json_t *part_of(const json_t *window, const char *group, const char *key)
{
	return json_object_get(group ? json_object_get(window, group) : window, key);
}

/** struct field - one number of a window: where it stands, and what its column is called. */
static const struct field {
	const char *group;
	const char *key;
	const char *csv;
	const char *head;	/* NULL: not in the table */
	enum { SHARE, SPAN, COUNT } form;
} fields[] = {
	{ NULL, "availability", "availability", "AVAIL", SHARE },
	{ NULL, "span_s", "span_s", NULL, SPAN },
	{ NULL, "up_s", "up_s", "UP", SPAN },
	{ NULL, "down_s", "down_s", "DOWN", SPAN },
	{ NULL, "starts", "starts", "STARTS", COUNT },
	{ NULL, "restarts", "restarts", "RESTARTS", COUNT },
	{ NULL, "outages", "outages", "OUTAGES", COUNT },
	{ NULL, "mtbf_s", "mtbf_s", "MTBF", SPAN },
	{ NULL, "mttr_s", "mttr_s", "MTTR", SPAN },
	{ "detect", "mean_s", "detect_mean_s", "DETECT", SPAN },
	{ "detect", "max_s", "detect_max_s", "MAX", SPAN },
	{ "restart", "mean_s", "restart_mean_s", "RESTART", SPAN },
	{ "restart", "p99_s", "restart_p99_s", "P99", SPAN },
	{ "restart", "max_s", "restart_max_s", "MAX", SPAN },
};

/* Times to detect and to restart are short. */
static void add_span(struct table *t, double s)
{
	if (s < 0.001)
		table_cell(t, PLAIN, "%.0fus", s * 1e6);
	else if (s < 1)
		table_cell(t, PLAIN, "%.3gms", s * 1e3);
	else
		table_cell(t, PLAIN, "%s", span_of(s).text);
}

/* Cut off, not rounded: what was down for a moment is not 100 % available. */
static void add_share(struct table *t, double share)
{
	double percent = floor(share * PERCENT_MILLIS) / MILLIS;

	table_cell(t, share >= 1 ? GREEN : YELLOW, share >= 1 ? "100%%" : "%.3f%%", percent);
}

static void add_field(struct table *t, const struct field *f, const json_t *window)
{
	const json_t *value = part_of(window, f->group, f->key);
	double number = json_number_value(value);

	if (!json_is_number(value))
		table_cell(t, PLAIN, "-");
	else if (f->form == SHARE)
		add_share(t, number);
	else if (f->form == SPAN)
		add_span(t, number);
	else
		table_cell(t, PLAIN, "%.0f", number);
}

static void add_row(struct table *t, const json_t *job, const json_t *window)
{
	size_t i;

	table_cell(t, PLAIN, "%s", text_of(job, "job"));
	table_cell(t, PLAIN, "%s", text_of(window, "window"));
	for (i = 0; i < ARRAY_SIZE(fields); i++)
		if (fields[i].head)
			add_field(t, &fields[i], window);
}

/* What a job was down by in all its life. */
static void print_causes(const json_t *job)
{
	json_t *list = json_object_get(job, "windows");
	json_t *life = json_array_get(list, json_array_size(list) - 1), *value;
	const char *cause;
	bool first = true;

	json_object_foreach(json_object_get(life, "down_by"), cause, value) {
		say("%s%s %s", first ? text_of(job, "job") : "", first ? ": down by" : ",", cause);
		say(" %s", span_of(json_number_value(value)).text);
		first = false;
	}
	if (!first)
		say("\n");
}

static struct table *new_table(void)
{
	const char *heads[ARRAY_SIZE(fields) + 3] = { "JOB", "WINDOW" };
	size_t i, n = 2;

	for (i = 0; i < ARRAY_SIZE(fields); i++)
		if (fields[i].head)
			heads[n++] = fields[i].head;
	return table_new(heads);
}

static int print_text(const json_t *jobs, bool named)
{
	struct table *t = new_table();
	const json_t *job, *window;
	size_t i, j;
	bool ok;

	json_array_foreach((json_t *)jobs, i, job)
		json_array_foreach(json_object_get(job, "windows"), j, window)
			if (named || !strcmp(text_of(window, "window"), one_window))
				add_row(t, job, window);
	ok = table_print(t);
	table_free(t);
	json_array_foreach((json_t *)jobs, i, job)
		if (named)
			print_causes(job);
	if (ok)
		return CTL_OK;
	complain("out of memory");
	return CTL_FAILED;
}

static void print_csv_row(const json_t *job, const json_t *window)
{
	size_t i;

	say("%s,%s", text_of(job, "job"), text_of(window, "window"));
	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		const json_t *value = part_of(window, fields[i].group, fields[i].key);

		if (json_is_number(value))
			say(",%.9g", json_number_value(value));
		else
			say(",");
	}
	say("\n");
}

static void print_csv(const json_t *jobs)
{
	const json_t *job, *window;
	size_t i, j;

	say("job,window");
	for (i = 0; i < ARRAY_SIZE(fields); i++)
		say(",%s", fields[i].csv);
	say("\n");
	json_array_foreach((json_t *)jobs, i, job)
		json_array_foreach(json_object_get(job, "windows"), j, window)
			print_csv_row(job, window);
}

/* One job for each request: so that vigild never has to look through those of all at once. */
static int ask(const struct ctl_args *args, const char *name, json_t *jobs)
{
	json_t *answer;
	int status = daemon_ask(args, "stats", name, DAEMON_SOON, &answer);

	if (status != CTL_OK)
		return status;
	json_object_del(answer, "ok");
	json_array_append_new(jobs, answer);
	return CTL_OK;
}

static int ask_all(const struct ctl_args *args, json_t *jobs)
{
	json_t *answer;
	const json_t *job;
	int status = daemon_ask(args, "status", NULL, DAEMON_SOON, &answer);
	size_t i;

	if (status != CTL_OK)
		return status;
	json_array_foreach(json_object_get(answer, "jobs"), i, job) {
		status = ask(args, text_of(job, "name"), jobs);
		/* It may have been removed meanwhile. */
		if (status != CTL_OK && status != CTL_NOT_FOUND)
			break;
		status = CTL_OK;
	}
	json_decref(answer);
	return status;
}

static int run(const struct ctl_args *args)
{
	json_t *jobs = json_array();
	int status = CTL_OK;
	size_t i;

	for (i = 0; status == CTL_OK && i < args->n; i++)
		status = ask(args, args->operands[i], jobs);
	if (!args->n)
		status = ask_all(args, jobs);
	if (status == CTL_OK && args->json)
		print_json(json_pack("{s:O}", "jobs", jobs));
	else if (status == CTL_OK && args->csv)
		print_csv(jobs);
	else if (status == CTL_OK)
		status = print_text(jobs, args->n > 0);
	json_decref(jobs);
	return status;
}

const struct ctl_command cmd_stats = {
	.name = "stats",
	.operands = "[JOB...]",
	.summary = "Show how available jobs were",
	.help = "For the last hour, 24 hours, 7 and 30 days and all its life: availability, time up and\n"
		"down, starts, restarts, outages, mean times between failures and to restoration, and how long it\n"
		"took to detect a death (with vigil.ko) and to restart. Without JOB all jobs with their last 24 hours;\n"
		"json and csv have every window. The counters of vigil.ko are shown by \"vigil kernel\".\n",
	.options = CTL_OUTPUT | CTL_CSV | CTL_SOCKET,
	.max = CTL_JOBS_MAX,
	.run = run,
};
