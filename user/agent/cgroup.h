/* SPDX-License-Identifier: GPL-2.0 */
/* One cgroup per job: its limits, the end of its leftovers. */
#ifndef VIGIL_AGENT_CGROUP_H
#define VIGIL_AGENT_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cgroup_controller {
	CGROUP_MEMORY,
	CGROUP_PIDS,
	CGROUP_CPU,
	CGROUP_IO,
	CGROUP_CONTROLLERS,
};

/** struct cgroups - the directory above the jobs'. @fd is -1 where none can be used. */
struct cgroups {
	int fd;
	const char *path;
	unsigned int wanted;		/* bit n: enum cgroup_controller n was asked for */
	unsigned int controllers;	/* ... and is there for the jobs' cgroups */
	char why[200];		/* why there is none */
};

/**
 * struct job_cgroup - no descriptor is kept for it: every one held makes every fork slower.
 */
struct job_cgroup {
	int base_fd;		/* of the cgroups; -1: the job has none */
	char dir[80];		/* name in there */
	bool fresh;		/* just made: no limit was ever set in it */
	bool limits_set;
	unsigned int failed;	/* bit n: limit n of cgroup_limits.c is wanted and could not be set */
	bool killed;		/* cgroup.kill was used on it */
};

/** cgroups_open - @path NULL: none is wanted; it must stay. Never fails: @cs->why tells what is missing. */
void cgroups_open(struct cgroups *cs, const char *path);
void cgroups_close(struct cgroups *cs);

/**
 * cgroups_want - hand these controllers down to the jobs' cgroups, if they are there.
 * @mask: bit n: enum cgroup_controller n
 *
 * Done for those that a job needs only: each makes every cgroup, and some make every switch of
 * processes, a little dearer.
 */
void cgroups_want(struct cgroups *cs, unsigned int mask);
const char *cgroup_controller_name(enum cgroup_controller controller);

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

/**
 * cgroup_job_open_file - open one of its files with @flags of open(2).
 *
 * Return: a descriptor, to be closed, or a negative errno.
 */
int cgroup_job_open_file(const struct job_cgroup *c, const char *name, int flags);

/** cgroup_job_write - @text to one of its files. 0 or a negative errno. */
int cgroup_job_write(const struct job_cgroup *c, const char *name, const char *text);

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
