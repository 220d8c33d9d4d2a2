/* SPDX-License-Identifier: GPL-2.0 */
/* What a subcommand is, and what it is given. */
#ifndef CTL_COMMAND_H
#define CTL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit statuses of every subcommand; vigil(1) tells them. */
enum ctl_exit {
	CTL_OK,
	CTL_FAILED,		/* or a negative answer */
	CTL_USAGE,
	CTL_NO_DAEMON,
	CTL_DENIED,
	CTL_NO_MODULE,
	CTL_NOT_FOUND,		/* no such job, process or file */
	CTL_INTERRUPTED = 130,	/* as a shell says of SIGINT */
};

/* Options that a subcommand may take besides --help. */
enum ctl_option {
	CTL_SOCKET = 1 << 0,
	CTL_OUTPUT = 1 << 1,
	CTL_FOLLOW = 1 << 2,
	CTL_SINCE = 1 << 3,
};

struct ctl_args {
	const char *socket;
	bool json;
	bool follow;
	bool since_now;
	uint64_t since;		/* 0: all */
	char **operands;	/* NULL-terminated */
	size_t n;
};

struct ctl_command {
	const char *name;
	const char *operands;	/* as in a usage line */
	const char *summary;	/* one line */
	const char *help;	/* paragraphs below the usage line */
	unsigned int options;	/* enum ctl_option */
	size_t min, max;	/* operands */
	int (*run)(const struct ctl_args *args);
};

extern const struct ctl_command cmd_status, cmd_start, cmd_stop, cmd_restart, cmd_reload, cmd_events,
	cmd_watch, cmd_check, cmd_stats, cmd_help;

/* Every subcommand, in the order of the help; ends with NULL. */
extern const struct ctl_command *const ctl_commands[];

const struct ctl_command *ctl_command_find(const char *name);

#endif /* CTL_COMMAND_H */
