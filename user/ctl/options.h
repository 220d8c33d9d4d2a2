/* SPDX-License-Identifier: GPL-2.0 */
/* The command line: options, and the help that is made of their table. */
#ifndef CTL_OPTIONS_H
#define CTL_OPTIONS_H

#include "user/ctl/command.h"

#define CTL_SOCKET_DEFAULT "/run/vigil/vigild.sock"
#define CTL_DEVICE_DEFAULT "/dev/watchdog0"

/* Returns -1 if @command is to run with @args, else the exit status. */
int options_parse(int argc, char **argv, const struct ctl_command **command, struct ctl_args *args);

/* The help of one subcommand, or of all. */
void options_help(const struct ctl_command *command);
void options_help_all(void);

#endif /* CTL_OPTIONS_H */
