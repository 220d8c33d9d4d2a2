/* SPDX-License-Identifier: GPL-2.0 */
/* vigil why */
#include <stdlib.h>
#include <string.h>

#include "user/ctl/daemon.h"
#include "user/ctl/death.h"

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "-";
}

static void print_omitted(const json_t *answer)
{
	long long n = json_integer_value(json_object_get(answer, "omitted"));

	if (n > 0)
		say("%-23s  ... %lld more, see --all\n", "", n);
}

/* What led to the state: the first is what was wanted, and only behind it some may be left out. */
static void print_events(const json_t *answer, bool all)
{
	const json_t *event;
	bool first = true;
	size_t i;

	json_array_foreach(json_object_get(answer, "events"), i, event) {
		const char *ns = text_of(event, "realtime_ns");

		if (!all && !json_is_true(json_object_get(event, "led")))
			continue;
		say("%s  %s\n", moment_of(strtoull(ns, NULL, 10)).text, text_of(event, "text"));
		if (first && !all)
			print_omitted(answer);
		first = false;
	}
}

static int run(const struct ctl_args *args)
{
	json_t *answer;
	int status = daemon_ask(args, "why", args->operands[0], DAEMON_SOON, &answer);

	if (status != CTL_OK)
		return status;
	json_object_del(answer, "ok");
	if (args->json) {
		print_json(answer);
		return CTL_OK;
	}
	print_events(answer, args->all);
	say("%s%-23s%s  %s\n", colour_on(BOLD), "now", colour_off(BOLD), text_of(answer, "now"));
	json_decref(answer);
	return CTL_OK;
}

const struct ctl_command cmd_why = {
	.name = "why",
	.operands = "JOB",
	.summary = "Tell what led to a job's state",
	.help = "What was last wanted of the job and by whom, and each end, decision and start since then,\n"
		"the newest last; then its state now. They outlive vigild and the node's reboots.\n",
	.options = CTL_OUTPUT | CTL_SOCKET | CTL_ALL,
	.min = 1,
	.max = 1,
	.run = run,
};
