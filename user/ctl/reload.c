/* SPDX-License-Identifier: GPL-2.0 */
/* vigil reload */
#include "user/ctl/jobs.h"
#include "user/ctl/say.h"

static int reload_files(const struct ctl_args *args)
{
	const json_t *error;
	json_t *answer;
	size_t i, n;
	int status = daemon_ask(args, "reload", NULL, DAEMON_SOON, &answer);

	if (status != CTL_OK)
		return status;
	json_array_foreach(json_object_get(answer, "errors"), i, error)
		complain("%s", json_string_value(error) ? json_string_value(error) : "");
	n = json_array_size(json_object_get(answer, "errors"));
	json_decref(answer);
	if (!n)
		return CTL_OK;
	complain("files with errors keep their running version; mend them and reload again");
	return CTL_FAILED;
}

static int run(const struct ctl_args *args)
{
	return args->n ? jobs_ask(args, "reload", DAEMON_WHEN_DONE) : reload_files(args);
}

const struct ctl_command cmd_reload = {
	.name = "reload",
	.operands = "[JOB...]",
	.summary = "Let vigild read its job files again, or jobs their own configuration",
	.help = "With JOB that job is reloaded as its file says: by a signal or a command.\n\n"
		"New jobs are started, removed ones are stopped. A file with errors keeps its running\n"
		"version; each error is printed as FILE:LINE:COLUMN, and the exit status is 1.\n",
	.options = CTL_SOCKET,
	.max = CTL_JOBS_MAX,
	.run = run,
};
