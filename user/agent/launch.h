/* SPDX-License-Identifier: GPL-2.0 */
/* What the child needs to become a job, worked out before it is needed. */
#ifndef VIGIL_AGENT_LAUNCH_H
#define VIGIL_AGENT_LAUNCH_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "user/agent/passfd.h"
#include "user/jobfile/jobfile.h"

enum {
	LAUNCH_PID_ENV_MAX = 2,
	LAUNCH_PID_ROOM = 12,		/* with the NUL */
};

enum { OUTLETS = 2 };	/* standard output, standard error */

/** struct launch - plain data: the child uses it after a fork and allocates nothing. */
struct launch {
	char *const *argv;	/* the spec's */
	const char *directory;	/* the spec's */
	char **envp;
	char *pid_env[LAUNCH_PID_ENV_MAX];	/* values in @envp: the child writes its process ID there */
	const struct passed_fds *passed;	/* NULL: none; set for each start */
	char *output;		/* file for both, or NULL */
	int pipes[OUTLETS];	/* else of the next instance; -1: it is lost */
	bool set_groups;
	bool set_gid;
	bool set_uid;
	uid_t uid;
	gid_t gid;
	gid_t *groups;
	int ngroups;
	unsigned int rlimits_set;	/* bit n: rlimits[n] */
	struct rlimit rlimits[RLIM_NLIMITS];
	mode_t umask;
	bool set_nice;
	int nice;
	bool set_scheduler;
	int scheduler;
	int priority;
	int io_priority;	/* as ioprio_set(2) takes it; 0: inherited */
	const cpu_set_t *cpus;	/* the spec's; NULL: inherited */
	char oom_score[8];	/* empty: inherited */
	bool set_capabilities;
	uint64_t capabilities;
	bool no_new_privileges;
};

/**
 * launch_build - work everything out.
 * @nofile: limit that a job gets which names none
 * @why: filled with a sentence on failure
 *
 * Return: 0; -ENOENT if there is no such user or group; -ENOMEM; what is wrong with an environment file.
 */
int launch_build(struct launch *l, const struct job_spec *spec, const struct rlimit *nofile,
		 char *why, size_t size);

/** launch_set_env - set a variable, or with a @value of NULL remove it; one that the spec has stays. 0 or -ENOMEM. */
int launch_set_env(struct launch *l, const struct job_spec *spec, const char *name, const char *value);

/** launch_set_pid_env - set a variable to the child's process ID, which only the child knows. */
int launch_set_pid_env(struct launch *l, const struct job_spec *spec, const char *name);

/**
 * launch_command_env - the environment of a command of the job that is not its program.
 * @out: gets up to @max variables of @l, without what is for the program alone
 *
 * Return: how many they are.
 */
size_t launch_command_env(const struct launch *l, const struct job_spec *spec, char **out, size_t max);

/** launch_fits - may what was built be used again, or may the files it was made of have changed? */
static inline bool launch_fits(const struct job_spec *spec)
{
	return !spec->process.env_files;
}

void launch_free(struct launch *l);

#endif /* VIGIL_AGENT_LAUNCH_H */
