/* SPDX-License-Identifier: GPL-2.0 */
/* vigil help */
#include "user/ctl/command.h"
#include "user/ctl/options.h"
#include "user/ctl/say.h"

static int run(const struct ctl_args *args)
{
	const struct ctl_command *c;

	if (!args->n) {
		options_help_all();
		return CTL_OK;
	}
	c = ctl_command_find(args->operands[0]);
	if (c) {
		options_help(c);
		return CTL_OK;
	}
	complain("there is no command \"%s\"; see \"vigil help\"", args->operands[0]);
	return CTL_USAGE;
}

const struct ctl_command cmd_help = {
	.name = "help",
	.operands = "[COMMAND]",
	.summary = "Tell more of a command",
	.help = "Without COMMAND all are listed.\n",
	.max = 1,
	.run = run,
};
