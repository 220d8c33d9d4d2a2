// SPDX-License-Identifier: GPL-2.0
/* What the child needs to become a job, worked out before it is needed. */
#include "user/agent/launch.h"

#include <errno.h>
#include <grp.h>
#include <linux/ioprio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/agent/account.h"
#include "user/agent/environment.h"

enum { GROUPS_GUESS = 64 };

static int find_groups(struct launch *l, const char *user)
{
	int n = GROUPS_GUESS, tries;

	for (tries = 0; tries < 2; tries++) {
		gid_t *groups = reallocarray(l->groups, (size_t)n, sizeof(*groups));

		if (!groups)
			return -ENOMEM;
		l->groups = groups;
		if (getgrouplist(user, l->gid, groups, &n) >= 0) {
			l->ngroups = n;
			return 0;
		}
	}
	return -ENOMEM;
}

static int find_gid(const char *group, gid_t *gid, char *why, size_t size)
{
	int err = account_gid(group, gid);

	if (err)
		snprintf(why, size, "there is no group \"%s\"", group);
	return err;
}

/* The supplementary groups that the job names, besides those of its user. */
static int add_groups(struct launch *l, char *const *names, char *why, size_t size)
{
	gid_t *groups = reallocarray(l->groups, (size_t)l->ngroups + JOB_GROUPS_MAX, sizeof(*groups));
	int err = 0;

	if (!groups)
		return -ENOMEM;
	l->groups = groups;
	for (; !err && *names; names++)
		err = find_gid(*names, &groups[l->ngroups++], why, size);
	return err;
}

/* A number without an account is a user with no name and no groups. */
static int find_ids(struct launch *l, const struct job_spec *spec, const struct passwd *pw,
		    char *why, size_t size)
{
	int err = 0;

	l->uid = geteuid();
	l->gid = getegid();
	if (spec->user) {
		if (!pw && !account_is_number(spec->user)) {
			snprintf(why, size, "there is no user \"%s\"", spec->user);
			return -ENOENT;
		}
		l->uid = pw ? pw->pw_uid : (uid_t)strtoul(spec->user, NULL, 10);
		l->gid = pw ? pw->pw_gid : (gid_t)l->uid;
	}
	if (spec->group)
		err = find_gid(spec->group, &l->gid, why, size);
	l->set_uid = l->uid != geteuid();
	l->set_gid = l->gid != getegid();
	/* Only root may, and only a change of user or group needs it. */
	l->set_groups = spec->process.groups || (geteuid() == 0 && (l->set_uid || l->set_gid));
	if (!err && l->set_groups && pw)
		err = find_groups(l, pw->pw_name);
	if (!err && spec->process.groups)
		err = add_groups(l, spec->process.groups, why, size);
	return err;
}

static int build_output(struct launch *l, const struct job_spec *spec)
{
	l->pipes[0] = -1;
	l->pipes[1] = -1;
	if (!spec->output)
		return 0;
	l->output = strdup(spec->output);
	return l->output ? 0 : -ENOMEM;
}

static struct rlimit rlimit_of(uint64_t soft, uint64_t hard)
{
	return (struct rlimit){
		.rlim_cur = soft == UINT64_MAX ? RLIM_INFINITY : soft,
		.rlim_max = hard == UINT64_MAX ? RLIM_INFINITY : hard,
	};
}

static void set_rlimit(struct launch *l, int resource, struct rlimit limit)
{
	l->rlimits_set |= 1u << resource;
	l->rlimits[resource] = limit;
}

static void build_limits(struct launch *l, const struct job_spec *spec, const struct rlimit *nofile)
{
	const struct job_rlimit *limits = spec->process.rlimits;
	int i;

	set_rlimit(l, RLIMIT_NOFILE, *nofile);
	if (spec->nofile_max)
		set_rlimit(l, RLIMIT_NOFILE, rlimit_of(spec->nofile_max, spec->nofile_max));
	if (spec->core_set)
		set_rlimit(l, RLIMIT_CORE, rlimit_of(spec->core_max, spec->core_max));
	for (i = 0; limits && i < RLIM_NLIMITS; i++)
		if (limits[i].set)
			set_rlimit(l, i, rlimit_of(limits[i].soft, limits[i].hard));
}

static void build_process(struct launch *l, const struct job_process *proc)
{
	l->umask = proc->umask;
	l->set_nice = proc->nice_set;
	l->nice = proc->nice;
	l->set_scheduler = proc->scheduler_set;
	l->scheduler = proc->scheduler;
	l->priority = proc->priority;
	l->cpus = proc->cpus;
	if (proc->io_class)
		l->io_priority = IOPRIO_PRIO_VALUE(proc->io_class, proc->io_level);
	if (proc->oom_score_set)
		snprintf(l->oom_score, sizeof(l->oom_score), "%d", proc->oom_score);
	l->set_capabilities = proc->capabilities_set;
	l->capabilities = proc->capabilities;
	l->no_new_privileges = proc->no_new_privileges;
}

int launch_build(struct launch *l, const struct job_spec *spec, const struct rlimit *nofile,
		 char *why, size_t size)
{
	const struct passwd *pw = spec->user ? account_find(spec->user) : getpwuid(geteuid());
	int err;

	memset(l, 0, sizeof(*l));
	l->argv = spec->argv;
	l->directory = spec->directory;
	build_limits(l, spec, nofile);
	build_process(l, &spec->process);
	snprintf(why, size, "out of memory");
	err = environment_build(&l->envp, spec, pw, why, size);
	if (!err)
		err = build_output(l, spec);
	/* Last: it may overwrite what @pw points at. */
	if (!err)
		err = find_ids(l, spec, pw, why, size);
	if (err)
		launch_free(l);
	return err;
}

void launch_free(struct launch *l)
{
	environment_free(l->envp);
	free(l->output);
	free(l->groups);
	memset(l, 0, sizeof(*l));
}
