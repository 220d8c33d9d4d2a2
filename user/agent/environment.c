// SPDX-License-Identifier: GPL-2.0
/* The environment of a job's process. */
#include "user/agent/environment.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/jobfile/envfile.h"

#define JOB_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

enum { FILE_MAX = 256 * 1024 };

struct environment {
	char **list;
	size_t n;
};

static bool names_same(const char *text, const char *name, size_t len)
{
	return strncmp(text, name, len) == 0 && text[len] == '=';
}

/* Takes over @text; one that is there goes. */
static int put_text(struct environment *env, char *text)
{
	size_t len, i;

	if (!text)
		return -ENOMEM;
	len = strcspn(text, "=");
	for (i = 0; i < env->n; i++) {
		if (names_same(env->list[i], text, len)) {
			free(env->list[i]);
			env->list[i] = text;
			return 0;
		}
	}
	if (env->n == ENVIRONMENT_MAX) {
		free(text);
		return -E2BIG;
	}
	env->list[env->n++] = text;
	return 0;
}

static int put(void *arg, const char *name, const char *value)
{
	char *text;

	if (asprintf(&text, "%s=%s", name, value) < 0)
		return -ENOMEM;
	return put_text(arg, text);
}

static int put_account(struct environment *env, const struct passwd *pw)
{
	int err = put(env, "HOME", pw ? pw->pw_dir : "/");

	if (err || !pw)
		return err;
	err = put(env, "USER", pw->pw_name);
	if (!err)
		err = put(env, "LOGNAME", pw->pw_name);
	if (!err)
		err = put(env, "SHELL", pw->pw_shell);
	return err;
}

/* vigild's own, for which the job's stand in where both are given. */
static int put_own(struct environment *env, const struct job_spec *spec, const struct passwd *pw)
{
	int err = put(env, "PATH", JOB_PATH);

	if (!err)
		err = put_account(env, pw);
	if (!err)
		err = put(env, "VIGIL_JOB", spec->name);
	return err;
}

static int put_file(struct environment *env, const char *path, char *why, size_t size)
{
	bool optional = path[0] == '-';
	struct env_error wrong = { 0 };
	char *text;
	size_t len;
	int err;

	path += optional;
	err = job_file_read(path, &text, &len);
	if (err == -ENOENT && optional)
		return 0;
	if (!err && len > FILE_MAX)
		err = -EFBIG;
	if (!err)
		err = env_file_parse(text, len, put, env, &wrong);
	free(text);
	if (wrong.text)
		snprintf(why, size, "%s:%u: %s", path, wrong.line, wrong.text);
	else if (err)
		snprintf(why, size, "cannot take the environment of %s: %s", path, strerror(-err));
	return err;
}

int environment_build(char ***envp, const struct job_spec *spec, const struct passwd *pw, char *why,
		      size_t size)
{
	struct environment env = { .list = calloc(ENVIRONMENT_MAX + 1, sizeof(*env.list)) };
	char **shrunk;
	size_t i;
	int err;

	*envp = env.list;
	if (!env.list)
		return -ENOMEM;
	err = put_own(&env, spec, pw);
	for (i = 0; !err && spec->env && spec->env[i]; i++)
		err = put_text(&env, strdup(spec->env[i]));
	for (i = 0; !err && spec->process.env_files && spec->process.env_files[i]; i++)
		err = put_file(&env, spec->process.env_files[i], why, size);
	shrunk = reallocarray(env.list, env.n + 1, sizeof(*env.list));
	if (shrunk)
		*envp = shrunk;
	return err;
}

void environment_free(char **envp)
{
	size_t i;

	for (i = 0; envp && envp[i]; i++)
		free(envp[i]);
	free(envp);
}
