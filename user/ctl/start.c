/* SPDX-License-Identifier: GPL-2.0 */
/* vigil start */
#include "user/ctl/jobs.h"

static int run(const struct ctl_args *args)
{
	return jobs_ask(args, "start", DAEMON_SOON);
}

const struct ctl_command cmd_start = {
	.name = "start",
	.operands = "JOB...",
	.summary = "Want jobs up",
	.help = "This also ends a back-off and forgives a failed job. It does not wait until the job runs.\n",
	.options = CTL_SOCKET,
	.min = 1,
	.max = CTL_JOBS_MAX,
	.run = run,
};
