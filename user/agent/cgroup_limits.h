/* SPDX-License-Identifier: GPL-2.0 */
/* What all processes of a job together may use, written to its cgroup. */
#ifndef VIGIL_AGENT_CGROUP_LIMITS_H
#define VIGIL_AGENT_CGROUP_LIMITS_H

#include <stdbool.h>
#include <stddef.h>

#include "user/agent/cgroup.h"
#include "user/jobfile/jobfile.h"

enum { CGROUP_LIMITS = 7 };

/** cgroup_limits_controllers - bit n: enum cgroup_controller n is needed for them. */
unsigned int cgroup_limits_controllers(const struct job_spec *spec);

/**
 * cgroup_limits_set - set those that the job wants, and take back what an earlier definition set.
 *
 * Each is tried. Those that cannot be set are told by @c->failed, too.
 * Return: 0, or the negative errno of the first that failed, with *key its name.
 */
int cgroup_limits_set(struct job_cgroup *c, const struct job_spec *spec, const char **key);

/** cgroup_limit_wanted - does the job want limit number @i, below CGROUP_LIMITS? */
bool cgroup_limit_wanted(const struct job_spec *spec, size_t i);
const char *cgroup_limit_key(size_t i);
enum cgroup_controller cgroup_limit_controller(size_t i);

#endif /* VIGIL_AGENT_CGROUP_LIMITS_H */
