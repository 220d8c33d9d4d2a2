/* SPDX-License-Identifier: GPL-2.0 */
/* vigil reload */
#include "user/ctl/jobs.h"
#include "user/ctl/plan.h"
#include "user/ctl/say.h"

static int reload_files(const struct ctl_args *args)
{
	json_t *answer;
	int status = daemon_reload(args, args->plan, &answer);

	return status == CTL_OK ? plan_show(args, answer) : status;
}

static int run(const struct ctl_args *args)
{
	if (args->n && (args->dry_run || args->plan || args->json)) {
		complain("vigil reload JOB takes no --dry-run, --plan or --output: they are for files");
		return CTL_USAGE;
	}
	if (args->n)
		return jobs_ask(args, "reload", DAEMON_WHEN_DONE);
	return args->dry_run ? plan_ask(args) : reload_files(args);
}

const struct ctl_command cmd_reload = {
	.name = "reload",
	.operands = "[JOB...]",
	.summary = "Let vigild read its job files again, or jobs their own configuration",
	.help = "With JOB that job is reloaded as its file says: by a signal or a command.\n\n"
		"Without it vigild does what \"vigil plan\" shows, and that is shown: new jobs are started, removed\n"
		"ones are stopped, changed ones are changed in place or restarted. All files must be good, else\n"
		"nothing is done; each error is printed as FILE:LINE:COLUMN, and the exit status is 1.\n",
	.options = CTL_SOCKET | CTL_OUTPUT | CTL_DRY_RUN | CTL_PLAN,
	.max = CTL_JOBS_MAX,
	.run = run,
};
