/* SPDX-License-Identifier: GPL-2.0 */
/* vigil upgrade */
#include "user/ctl/daemon.h"
#include "user/ctl/say.h"

static int run(const struct ctl_args *args)
{
	const char *version = "?";
	int pid = 0, status;
	json_t *answer;

	status = daemon_ask(args, "upgrade", NULL, DAEMON_WHEN_DONE, &answer);
	if (status != CTL_OK)
		return status;
	json_unpack(answer, "{s:{s:s, s:i}}", "agent", "version", &version, "pid", &pid);
	say("vigild %s, pid %d, has taken over\n", version, pid);
	json_decref(answer);
	return CTL_OK;
}

const struct ctl_command cmd_upgrade = {
	.name = "upgrade",
	.operands = "",
	.summary = "Let vigild become the program that is installed now",
	.help = "The jobs run on. The new program is tried first, with the command line of the running\n"
		"vigild, its job files and its store; one that does not get through that is refused, and\n"
		"nothing changes. Returns when the new vigild has taken over the jobs.\n",
	.options = CTL_SOCKET,
	.run = run,
};
