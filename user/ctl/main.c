/* SPDX-License-Identifier: GPL-2.0 */
/* vigil: the command. The subcommands stand in one table; each has a file of its own. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "user/ctl/command.h"
#include "user/ctl/options.h"
#include "user/ctl/say.h"

const struct ctl_command *const ctl_commands[] = {
	&cmd_status, &cmd_start, &cmd_stop, &cmd_restart, &cmd_plan, &cmd_reload, &cmd_upgrade, &cmd_logs,
	&cmd_events, &cmd_watch, &cmd_check, &cmd_why, &cmd_stats, &cmd_kernel,
	&cmd_keeper, &cmd_watchdog, &cmd_lease, &cmd_blackbox, &cmd_help, NULL
};

const struct ctl_command *ctl_command_find(const char *name)
{
	const struct ctl_command *const *c;

	for (c = ctl_commands; *c; c++)
		if (!strcmp((*c)->name, name))
			return *c;
	return NULL;
}

/* A closed standard descriptor must not become a socket: writing to it has to fail. */
static void hold_standard_fds(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", O_RDONLY);
}

int main(int argc, char **argv)
{
	const struct ctl_command *command;
	struct ctl_args args;
	int status;

	hold_standard_fds();
	status = options_parse(argc, argv, &command, &args);
	if (status < 0)
		status = command->run(&args);
	return say_end(status);
}
