// SPDX-License-Identifier: GPL-2.0
/* What the child needs to become a job, worked out before it is needed. */
#include "user/agent/launch.h"

#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define JOB_PATH "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

enum { ENV_OWN_MAX = 8, GROUPS_GUESS = 64 };

static bool is_number(const char *text)
{
	return isdigit((unsigned char)text[0]);
}

static const struct passwd *find_user(const char *user)
{
	if (!user)
		return getpwuid(geteuid());
	if (is_number(user))
		return getpwuid((uid_t)strtoul(user, NULL, 10));
	return getpwnam(user);
}

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

static int find_gid(struct launch *l, const char *group, char *why, size_t size)
{
	const struct group *gr;

	if (is_number(group)) {
		l->gid = (gid_t)strtoul(group, NULL, 10);
		return 0;
	}
	gr = getgrnam(group);
	if (!gr) {
		snprintf(why, size, "there is no group \"%s\"", group);
		return -ENOENT;
	}
	l->gid = gr->gr_gid;
	return 0;
}

/* A number without an account is a user with no name and no groups. */
static int find_ids(struct launch *l, const struct job_spec *spec, const struct passwd *pw,
		    char *why, size_t size)
{
	int err = 0;

	l->uid = geteuid();
	l->gid = getegid();
	if (spec->user) {
		if (!pw && !is_number(spec->user)) {
			snprintf(why, size, "there is no user \"%s\"", spec->user);
			return -ENOENT;
		}
		l->uid = pw ? pw->pw_uid : (uid_t)strtoul(spec->user, NULL, 10);
		l->gid = pw ? pw->pw_gid : (gid_t)l->uid;
	}
	if (spec->group)
		err = find_gid(l, spec->group, why, size);
	l->set_uid = l->uid != geteuid();
	l->set_gid = l->gid != getegid();
	/* Only root may, and only a change of user or group needs it. */
	l->set_groups = geteuid() == 0 && (l->set_uid || l->set_gid);
	if (!err && l->set_groups && pw)
		err = find_groups(l, pw->pw_name);
	return err;
}

static size_t count(char *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

static bool names_same(const char *a, const char *b)
{
	size_t len = strcspn(a, "=");

	return strncmp(a, b, len) == 0 && b[len] == '=';
}

/* The job's own variables win over the built-in ones. */
static int add_env(struct launch *l, size_t *n, const struct job_spec *spec, const char *name,
		   const char *value)
{
	char *text;
	size_t i;

	if (asprintf(&text, "%s=%s", name, value) < 0)
		return -ENOMEM;
	for (i = 0; spec->env && spec->env[i]; i++) {
		if (names_same(text, spec->env[i])) {
			free(text);
			return 0;
		}
	}
	l->envp[(*n)++] = text;
	return 0;
}

static int add_account_env(struct launch *l, size_t *n, const struct job_spec *spec,
			   const struct passwd *pw)
{
	int err = add_env(l, n, spec, "HOME", pw ? pw->pw_dir : "/");

	if (err || !pw)
		return err;
	err = add_env(l, n, spec, "USER", pw->pw_name);
	if (!err)
		err = add_env(l, n, spec, "LOGNAME", pw->pw_name);
	if (!err)
		err = add_env(l, n, spec, "SHELL", pw->pw_shell);
	return err;
}

static int build_env(struct launch *l, const struct job_spec *spec, const struct passwd *pw)
{
	size_t n = 0, i;
	int err;

	l->envp = calloc(count(spec->env) + ENV_OWN_MAX, sizeof(*l->envp));
	if (!l->envp)
		return -ENOMEM;
	err = add_env(l, &n, spec, "PATH", strchr(JOB_PATH, '=') + 1);
	if (!err)
		err = add_account_env(l, &n, spec, pw);
	if (!err)
		err = add_env(l, &n, spec, "VIGIL_JOB", spec->name);
	for (i = 0; !err && spec->env && spec->env[i]; i++) {
		l->envp[n] = strdup(spec->env[i]);
		err = l->envp[n++] ? 0 : -ENOMEM;
	}
	return err;
}

static int build_output(struct launch *l, const struct job_spec *spec, const char *logs_dir)
{
	if (spec->output) {
		l->output = strdup(spec->output);
		return l->output ? 0 : -ENOMEM;
	}
	if (asprintf(&l->output, "%s/%s.log", logs_dir, spec->name) >= 0)
		return 0;
	l->output = NULL;
	return -ENOMEM;
}

static void build_limits(struct launch *l, const struct job_spec *spec, const struct rlimit *nofile)
{
	l->nofile = *nofile;
	if (spec->nofile_max)
		l->nofile = (struct rlimit){ spec->nofile_max, spec->nofile_max };
	l->set_core = spec->core_set;
	l->core.rlim_cur = spec->core_max == UINT64_MAX ? RLIM_INFINITY : spec->core_max;
	l->core.rlim_max = l->core.rlim_cur;
}

int launch_build(struct launch *l, const struct job_spec *spec, const char *logs_dir,
		 const struct rlimit *nofile, char *why, size_t size)
{
	const struct passwd *pw = find_user(spec->user);
	int err;

	memset(l, 0, sizeof(*l));
	l->argv = spec->argv;
	l->directory = spec->directory;
	build_limits(l, spec, nofile);
	snprintf(why, size, "out of memory");
	err = build_env(l, spec, pw);
	if (!err)
		err = build_output(l, spec, logs_dir);
	/* Last: it may overwrite what @pw points at. */
	if (!err)
		err = find_ids(l, spec, pw, why, size);
	if (err)
		launch_free(l);
	return err;
}

void launch_free(struct launch *l)
{
	size_t i;

	for (i = 0; l->envp && l->envp[i]; i++)
		free(l->envp[i]);
	free(l->envp);
	free(l->output);
	free(l->groups);
	memset(l, 0, sizeof(*l));
}
