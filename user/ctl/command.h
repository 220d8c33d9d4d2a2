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
	CTL_UNFIT,		/* status: the node is unfit */
	CTL_CHANGES,		/* plan: there is something to do */
	CTL_INTERRUPTED = 130,	/* as a shell says of SIGINT */
};

/* Options that a subcommand may take besides --help. */
enum ctl_option {
	CTL_SOCKET = 1 << 0,
	CTL_OUTPUT = 1 << 1,
	CTL_FOLLOW = 1 << 2,
	CTL_SINCE = 1 << 3,
	CTL_DYING = 1 << 4,
	CTL_TREE = 1 << 5,
	CTL_NOW = 1 << 6,
	CTL_DEVICE = 1 << 7,
	CTL_TIMEOUT = 1 << 8,
	CTL_GRACE = 1 << 9,
	CTL_DEADLINE = 1 << 10,
	CTL_ON_HANG = 1 << 11,
	CTL_ALL = 1 << 12,
	CTL_CSV = 1 << 13,
	CTL_LINES = 1 << 14,
	CTL_SINCE_TIME = 1 << 15,
	CTL_DIR = 1 << 16,
	CTL_DRY_RUN = 1 << 17,
	CTL_PLAN = 1 << 18,
};

struct ctl_args {
	const char *socket;
	bool json;
	bool csv;
	bool all;
	bool follow;
	bool since_now;
	bool dying;
	bool tree;
	bool now;
	bool dry_run;
	const char *plan;	/* NULL: whatever it is */
	uint64_t since;		/* 0: all */
	const char *since_text;	/* as it was given */
	int lines;		/* -1: all */
	const char *dir;	/* NULL: where vigild says */
	const char *device;
	uint32_t timeout_s;	/* 0: not given */
	int grace_ms;		/* -1: not given */
	uint32_t deadline_ms;	/* 0: none */
	int on_hang;		/* enum vigil_beat_action */
	int signal;
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

extern const struct ctl_command cmd_status, cmd_start, cmd_stop, cmd_restart, cmd_plan, cmd_reload,
	cmd_upgrade,
	cmd_logs, cmd_events, cmd_watch, cmd_check, cmd_why, cmd_stats, cmd_kernel, cmd_keeper, cmd_watchdog,
	cmd_lease, cmd_blackbox, cmd_help;

/* Every subcommand, in the order of the help; ends with NULL. */
extern const struct ctl_command *const ctl_commands[];

const struct ctl_command *ctl_command_find(const char *name);

#endif /* CTL_COMMAND_H */
