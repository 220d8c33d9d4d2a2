// SPDX-License-Identifier: GPL-2.0
/* Variables that differ from one start to the next, in an environment that is built already. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/agent/launch.h"

static bool names_same(const char *a, const char *b)
{
	size_t len = strcspn(a, "=");

	return strncmp(a, b, len) == 0 && b[len] == '=';
}

static size_t count(char *const *list)
{
	size_t n = 0;

	while (list[n])
		n++;
	return n;
}

static char **find_env(struct launch *l, const char *text)
{
	char **at = l->envp;

	while (*at && !names_same(text, *at))
		at++;
	return at;
}

/* What the child was to write into is about to go. */
static void forget_pid_env(struct launch *l, const char *text)
{
	const char *value = strchr(text, '=') + 1;
	size_t i, n = 0;

	for (i = 0; i < LAUNCH_PID_ENV_MAX; i++)
		if (l->pid_env[i] && l->pid_env[i] != value)
			l->pid_env[n++] = l->pid_env[i];
	for (; n < LAUNCH_PID_ENV_MAX; n++)
		l->pid_env[n] = NULL;
}

static void remove_env(struct launch *l, char **at)
{
	forget_pid_env(l, *at);
	free(*at);
	for (; *at; at++)
		at[0] = at[1];
}

static char *put_env(struct launch *l, char *text)
{
	size_t n = count(l->envp);
	char **envp;
	char **at;

	if (!text)
		return NULL;
	at = find_env(l, text);
	if (*at) {
		forget_pid_env(l, *at);
		free(*at);
		return *at = text;
	}
	envp = reallocarray(l->envp, n + 2, sizeof(*envp));
	if (!envp) {
		free(text);
		return NULL;
	}
	l->envp = envp;
	envp[n] = text;
	envp[n + 1] = NULL;
	return text;
}

static bool is_own(const struct job_spec *spec, const char *text)
{
	size_t i;

	for (i = 0; spec->env && spec->env[i]; i++)
		if (names_same(text, spec->env[i]))
			return true;
	return false;
}

int launch_set_env(struct launch *l, const struct job_spec *spec, const char *name, const char *value)
{
	char *text;

	if (asprintf(&text, "%s=%s", name, value ? value : "") < 0)
		return -ENOMEM;
	if (value && !is_own(spec, text))
		return put_env(l, text) ? 0 : -ENOMEM;
	if (!value && !is_own(spec, text) && *find_env(l, text))
		remove_env(l, find_env(l, text));
	free(text);
	return 0;
}

int launch_set_pid_env(struct launch *l, const struct job_spec *spec, const char *name)
{
	size_t i = 0;
	char *text;

	if (asprintf(&text, "%s=%*s", name, LAUNCH_PID_ROOM - 1, "") < 0)
		return -ENOMEM;
	if (is_own(spec, text)) {
		free(text);
		return 0;
	}
	text = put_env(l, text);
	while (i < LAUNCH_PID_ENV_MAX && l->pid_env[i])
		i++;
	if (text && i < LAUNCH_PID_ENV_MAX)
		l->pid_env[i] = strchr(text, '=') + 1;
	return text ? 0 : -ENOMEM;
}

/* Descriptors are passed to the program alone, and it alone is to beat. */
static bool is_programs(const struct job_spec *spec, const char *text)
{
	static const char *const names[] = {
		"LISTEN_FDS=", "LISTEN_FDNAMES=", "LISTEN_PID=", "WATCHDOG_USEC=", "WATCHDOG_PID=",
		"VIGIL_BEAT_FD=",
	};
	size_t i;

	if (is_own(spec, text))
		return false;
	if (names_same(text, "NOTIFY_SOCKET="))
		return spec->ready.access != JOB_ACCESS_ALL;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names_same(text, names[i]))
			return true;
	return false;
}

size_t launch_command_env(const struct launch *l, const struct job_spec *spec, char **out, size_t max)
{
	size_t n = 0;
	char **at;

	for (at = l->envp; *at && n < max; at++)
		if (!is_programs(spec, *at))
			out[n++] = *at;
	return n;
}
