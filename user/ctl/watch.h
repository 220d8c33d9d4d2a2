/* SPDX-License-Identifier: GPL-2.0 */
/* vigil watch: the processes, and the two ways of seeing them die. */
#ifndef CTL_WATCH_H
#define CTL_WATCH_H

#include <vigil/vigil.h>

#include "user/ctl/command.h"

enum { WATCH_PIDS_MAX = 1024 };

struct target {
	pid_t pid;
	char comm[16];
	uint64_t id;	/* of its watch; 0 if it is not watched, or nothing more comes of it */
	bool told;	/* its own death was */
	int pidfd;	/* -1 likewise */
};

struct targets {
	struct target *list;
	size_t n;
	size_t alive;
	bool json;
	uint32_t flags;	/* enum vigil_watch_flags, of each watch */
	int status;	/* what the command will exit with */
};

/* Reads the operands. Returns CTL_OK or CTL_USAGE. */
int targets_parse(struct targets *t, const struct ctl_args *args);

/* Tells of one death. @ev is NULL if nobody can know more than that it died. */
void targets_died(struct targets *t, struct target *target, const struct vigil_event *ev);

/* Tells of one event that is no death of a target. */
void targets_event(const struct targets *t, const struct vigil_event *ev);
/* Starts a command that is to beat, and tells how it does. Returns the exit status. */
int watch_command(const struct ctl_args *args);

/* Each returns the exit status. */
int watch_by_kernel(struct targets *t, struct vigil *v);
int watch_by_pidfd(struct targets *t);

#endif /* CTL_WATCH_H */
