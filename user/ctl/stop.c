/* SPDX-License-Identifier: GPL-2.0 */
/* vigil stop */
#include "user/ctl/jobs.h"

static int run(const struct ctl_args *args)
{
	return jobs_ask(args, "stop", DAEMON_WHEN_DONE);
}

const struct ctl_command cmd_stop = {
	.name = "stop",
	.operands = "JOB...",
	.summary = "Want jobs down",
	.help = "Each gets its stop signal and, after its stop timeout, SIGKILL. Returns when they are\n"
		"down.\n",
	.options = CTL_SOCKET,
	.min = 1,
	.max = CTL_JOBS_MAX,
	.run = run,
};
