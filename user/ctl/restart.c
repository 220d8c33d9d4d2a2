/* SPDX-License-Identifier: GPL-2.0 */
/* vigil restart */
#include "user/ctl/jobs.h"

static int run(const struct ctl_args *args)
{
	return jobs_ask(args, "restart", DAEMON_WHEN_DONE);
}

const struct ctl_command cmd_restart = {
	.name = "restart",
	.operands = "JOB...",
	.summary = "Stop jobs and start them",
	.help = "Returns when the new instance of each runs.\n",
	.options = CTL_SOCKET,
	.min = 1,
	.max = CTL_JOBS_MAX,
	.run = run,
};
