/* SPDX-License-Identifier: GPL-2.0 */
/* vigil plan, and how plans are shown. */
#include <string.h>

#include "user/ctl/daemon.h"
#include "user/ctl/death.h"
#include "user/ctl/plan.h"
#include "user/ctl/say.h"
#include "user/ctl/table.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum { KEYS_MAX = 400, NOTE_MAX = 1000 };

static const struct action {
	const char *name;
	enum colour colour;
	const char *will;	/* of a plan: "N to start" */
	const char *did;	/* of a reload */
} actions[] = {
	{ "start", GREEN, "to start", "started" },
	{ "stop", RED, "to stop", "stopped" },
	{ "restart", YELLOW, "to restart", "being restarted" },
	{ "change", YELLOW, "to change in place", "changed in place" },
	{ "add", GREEN, "to add", "added" },
	{ "remove", RED, "to remove", "removed" },
};

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static enum colour colour_of(const char *action)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(actions); i++)
		if (!strcmp(actions[i].name, action))
			return actions[i].colour;
	return PLAIN;
}

static bool lists(const json_t *list, const char *key)
{
	const json_t *other;
	size_t i;

	json_array_foreach((json_t *)list, i, other)
		if (!strcmp(json_string_value(other) ? json_string_value(other) : "", key))
			return true;
	return false;
}

/* "exec, env"; those of @but are left out. */
static void write_keys(const json_t *list, const json_t *but, char *buf, size_t size)
{
	const json_t *key;
	size_t len = 0, i;

	buf[0] = '\0';
	json_array_foreach((json_t *)list, i, key) {
		const char *text = json_string_value(key);

		if (text && len < size && !lists(but, text))
			len += snprintf(buf + len, size - len, "%s%s", len ? ", " : "", text);
	}
}

static void add_part(char *note, const char *fmt, const char *text)
{
	size_t len = strlen(note);

	if (!*text)
		return;
	if (len)
		len += snprintf(note + len, NOTE_MAX - len, "; ");
	if (len < NOTE_MAX)
		snprintf(note + len, NOTE_MAX - len, fmt, text);
}

/* Why, and what of it takes effect when. */
static void write_note(const json_t *item, char *note)
{
	const json_t *next = json_object_get(item, "next_start");
	const json_t *cause = json_object_get(item, "restart_for");
	const char *action = text_of(item, "action");
	char keys[KEYS_MAX];

	note[0] = '\0';
	add_part(note, "with %s", text_of(item, "with"));
	write_keys(cause, NULL, keys, sizeof(keys));
	add_part(note, "%s", keys);
	write_keys(json_object_get(item, "now"), NULL, keys, sizeof(keys));
	add_part(note, "at once: %s", keys);
	write_keys(next, cause, keys, sizeof(keys));
	if (!strcmp(action, "restart") || !strcmp(action, "start"))
		add_part(note, "with the new start: %s", keys);
	else
		add_part(note, "at its next start: %s", keys);
	if (json_is_true(json_object_get(item, "keeps")))
		add_part(note, "%s", "on-change: keep");
	if (json_is_true(json_object_get(item, "again")))
		add_part(note, "%s", "was rolled back, is tried again");
	if (!json_is_string(json_object_get(item, "file")))
		add_part(note, "%s", "no job file names it any more");
}

static void add_row(struct table *t, const json_t *item)
{
	const char *action = text_of(item, "action");
	char note[NOTE_MAX];

	write_note(item, note);
	table_cell(t, colour_of(action), "%s", action);
	table_cell(t, PLAIN, "%s", text_of(item, "name"));
	if (json_is_string(json_object_get(item, "file")))
		table_cell(t, PLAIN, "%s:%lld", text_of(item, "file"),
			   json_integer_value(json_object_get(item, "line")));
	else
		table_cell(t, PLAIN, "-");
	table_cell(t, PLAIN, "%s", *note ? note : "-");
}

static size_t count(const json_t *jobs, const char *action)
{
	const json_t *item;
	size_t n = 0, i;

	json_array_foreach((json_t *)jobs, i, item)
		n += !strcmp(text_of(item, "action"), action);
	return n;
}

static void print_sum(const json_t *plan, bool applied)
{
	const json_t *jobs = json_object_get(plan, "jobs");
	size_t i, n;

	say("plan %s: ", text_of(plan, "id"));
	for (i = 0; i < ARRAY_SIZE(actions); i++) {
		n = count(jobs, actions[i].name);
		if (n)
			say("%zu %s, ", n, applied ? actions[i].did : actions[i].will);
	}
	say("%lld unchanged\n", json_integer_value(json_object_get(plan, "unchanged")) +
	    (long long)count(jobs, "nothing"));
}

static int print_plan(const json_t *plan, bool applied)
{
	static const char *const heads[] = { "ACTION", "JOB", "FILE", "WHAT", NULL };
	const json_t *jobs = json_object_get(plan, "jobs"), *item;
	struct table *t = table_new(heads);
	bool ok = true;
	size_t i;

	json_array_foreach((json_t *)jobs, i, item)
		add_row(t, item);
	if (json_array_size(jobs))
		ok = table_print(t);
	table_free(t);
	print_sum(plan, applied);
	if (ok)
		return CTL_OK;
	complain("out of memory");
	return CTL_FAILED;
}

static size_t tell_errors(const json_t *errors)
{
	const json_t *error;
	size_t i;

	json_array_foreach((json_t *)errors, i, error)
		complain("%s", json_string_value(error) ? json_string_value(error) : "");
	return json_array_size(errors);
}

int plan_show(const struct ctl_args *args, json_t *answer)
{
	const json_t *plan = json_object_get(answer, "plan");
	bool applied = json_is_true(json_object_get(answer, "applied"));
	size_t errors = tell_errors(json_object_get(answer, "errors"));
	bool idle = json_is_true(json_object_get(plan, "idle"));
	int status = CTL_OK;

	if (!errors && !json_is_object(plan)) {
		complain("vigild gave an answer of an unknown form: is it another version?");
		json_decref(answer);
		return CTL_FAILED;
	}
	if (errors)
		complain("all jobs keep their running version: mend the files and reload again");
	if (args->json) {
		json_object_del(answer, "ok");
		print_json(answer);
		answer = NULL;
	} else if (json_is_object(plan)) {
		status = print_plan(plan, applied);
	}
	json_decref(answer);
	if (errors)
		return CTL_FAILED;
	return status == CTL_OK && !applied && !idle ? CTL_CHANGES : status;
}

int plan_ask(const struct ctl_args *args)
{
	json_t *answer;
	int status = daemon_ask(args, "plan", NULL, DAEMON_SOON, &answer);

	return status == CTL_OK ? plan_show(args, answer) : status;
}

const struct ctl_command cmd_plan = {
	.name = "plan",
	.operands = "",
	.summary = "Show what a reload of the job files would do now",
	.help = "Each job that would be started, stopped, restarted or changed in place is shown, with the\n"
		"keys that differ; nothing is changed. The exit status is 0 if there is nothing to do, 8 if\n"
		"there is, and 1 if job files have errors: each is printed as FILE:LINE:COLUMN.\n",
	.options = CTL_OUTPUT | CTL_SOCKET,
	.run = plan_ask,
};
