/* SPDX-License-Identifier: GPL-2.0 */
/* What the child needs to become a job, worked out before it is needed. */
#ifndef VIGIL_AGENT_LAUNCH_H
#define VIGIL_AGENT_LAUNCH_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "user/jobfile/jobfile.h"

/** struct launch - plain data: the child uses it after a fork and allocates nothing. */
struct launch {
	char *const *argv;	/* the spec's */
	const char *directory;	/* the spec's */
	char **envp;
	char *output;
	bool set_groups;
	bool set_gid;
	bool set_uid;
	uid_t uid;
	gid_t gid;
	gid_t *groups;
	int ngroups;
	struct rlimit nofile;
	bool set_core;
	struct rlimit core;
};

/**
 * launch_build - work everything out.
 * @nofile: limit that a job gets which names none
 * @why: filled with a sentence on failure
 *
 * Return: 0; -ENOENT if there is no such user or group; -ENOMEM.
 */
int launch_build(struct launch *l, const struct job_spec *spec, const char *logs_dir,
		 const struct rlimit *nofile, char *why, size_t size);
void launch_free(struct launch *l);

#endif /* VIGIL_AGENT_LAUNCH_H */
