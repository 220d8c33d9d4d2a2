/* SPDX-License-Identifier: GPL-2.0 */
/* One cgroup per job: its limits, the end of its leftovers. */
#ifndef VIGIL_AGENT_CGROUP_H
#define VIGIL_AGENT_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** struct cgroups - the directory above the jobs'. @fd is -1 where none can be used. */
struct cgroups {
	int fd;
	bool memory;		/* memory.max can be set */
	char why[200];		/* why there is none */
};

/**
 * struct job_cgroup - no descriptor is kept for it: every one held makes every fork slower.
 */
struct job_cgroup {
	int base_fd;		/* of the cgroups; -1: the job has none */
	char dir[80];		/* name in there */
	bool limits_set;
	bool killed;		/* cgroup.kill was used on it */
};

/** cgroups_open - @path NULL: none is wanted. Never fails: @cs->why tells what is missing. */
void cgroups_open(struct cgroups *cs, const char *path);
void cgroups_close(struct cgroups *cs);

void cgroup_job_init(struct job_cgroup *c, const char *name);

static inline bool cgroup_job_has(const struct job_cgroup *c)
{
	return c->base_fd >= 0;
}

/** cgroup_job_make - make the job's cgroup. 0, -ENOENT if there are none, -errno. */
int cgroup_job_make(const struct cgroups *cs, struct job_cgroup *c);

/**
 * cgroup_job_renew - of an empty cgroup: make a new one in its place if it was killed before.
 *
 * Some kernels (6.18 is one) kill whatever is cloned into a cgroup whose cgroup.kill was ever used.
 * Return: as cgroup_job_make().
 */
int cgroup_job_renew(const struct cgroups *cs, struct job_cgroup *c);

/** cgroup_job_limit - @memory_max 0: none. 0 or a negative errno. */
int cgroup_job_limit(struct job_cgroup *c, uint64_t memory_max);

/** cgroup_job_remove - remove the empty cgroup of a job that is gone. */
void cgroup_job_remove(struct job_cgroup *c);

/** cgroup_job_open - a descriptor to clone into, to be closed; -1: there is none. */
int cgroup_job_open(const struct job_cgroup *c);

/** cgroup_populated - does any process live in it? False where there is no cgroup. */
bool cgroup_populated(const struct job_cgroup *c);

/**
 * cgroup_events_open - for the loop: polls EPOLLPRI when cgroup_events_populated() may change.
 *
 * Return: a descriptor, to be closed, or a negative errno.
 */
int cgroup_events_open(const struct job_cgroup *c);
bool cgroup_events_populated(int events_fd);

/** cgroup_kill - SIGKILL to all in it. */
void cgroup_kill(struct job_cgroup *c);

#endif /* VIGIL_AGENT_CGROUP_H */
