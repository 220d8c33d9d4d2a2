/* SPDX-License-Identifier: GPL-2.0 */
/* The schema of one job. */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "user/jobfile/job.h"
#include "user/jobfile/value.h"

#define MS 1000ull
#define SEC (1000 * MS)
#define HOUR (3600 * SEC)
#define KIB 1024ull
#define MIB (1024 * KIB)
#define TIB (1024 * 1024 * MIB)

#define AT(member) .offset = offsetof(struct job_spec, member)

enum {
	STRING_LEN_MAX = 128 * 1024 - 1,	/* the kernel's MAX_ARG_STRLEN, less the NUL */
};

static const struct job_spec defaults = {
	.directory = "/",
	.restart = JOB_RESTART_ALWAYS,
	.backoff_initial_us = 100 * MS,
	.backoff_max_us = 30 * SEC,
	.healthy_after_us = 10 * SEC,
	.restarts_max = 10,
	.restarts_window_us = 60 * SEC,
	.stop_signal = SIGTERM,
	.stop_timeout_us = 10 * SEC,
	.autostart = true,
};

static void *member(const struct key *k, void *spec)
{
	return (char *)spec + k->offset;
}

static char *keep(struct parse *p, const char *text)
{
	char *copy = arena_copy(p->arena, text, strlen(text));

	if (!copy)
		p->errors.nomem = true;
	return copy;
}

static void set_string(struct parse *p, const struct key *k, const char *text, void *spec)
{
	*(const char **)member(k, spec) = keep(p, text);
}

/* A count is narrower than set_number()'s target. */
static void set_count(struct parse *p, const struct key *k, yaml_node_t *node, void *spec)
{
	unsigned int *count = member(k, spec);
	struct key wide = *k;
	uint64_t value = *count;

	wide.offset = 0;
	set_number(p, &wide, node, &value);
	*count = value;
}

static void set_bool(struct parse *p, const struct key *k, yaml_node_t *node, void *spec)
{
	bool *flag = member(k, spec);
	struct key wide = *k;
	int value = *flag;

	wide.offset = 0;
	set_word(p, &wide, node, &value);
	*flag = value;
}

static void set_account(struct parse *p, const struct key *k, yaml_node_t *node, void *spec)
{
	const char *text = word_of(p, node, "a name or a number");

	if (!text)
		return;
	if (value_is_account(text))
		set_string(p, k, text, spec);
	else
		refuse(p, node, "\"%s\" is no %s: write its name, or its number up to %u",
		       show(text, strlen(text)).text, k->name, UINT32_MAX - 1);
}

static bool is_path(struct parse *p, yaml_node_t *node, const char *text, const char *what)
{
	if (text[0] != '/')
		refuse(p, node, "%s \"%s\" is not an absolute path: begin it with /", what,
		       show(text, strlen(text)).text);
	else if (strlen(text) >= PATH_MAX)
		refuse(p, node, "%s is longer than %d bytes", what, PATH_MAX - 1);
	else
		return true;
	return false;
}

static void set_path(struct parse *p, const struct key *k, yaml_node_t *node, void *spec)
{
	const char *text = word_of(p, node, "an absolute path");

	if (text && is_path(p, node, text, k->name))
		set_string(p, k, text, spec);
}

static void set_signal(struct parse *p, const struct key *k, yaml_node_t *node, void *spec)
{
	const char *text = word_of(p, node, "a signal, as in TERM,");
	struct suggestion meant = {};
	int sig = text ? value_signal(text, &meant) : 0;

	if (sig)
		*(int *)member(k, spec) = sig;
	else if (text && meant.word)
		refuse(p, node, "unknown signal \"%s\", did you mean \"%s\"?",
		       show(text, strlen(text)).text, meant.word);
	else if (text)
		refuse(p, node, "unknown signal \"%s\": write a name, as in TERM, or 1 to %d",
		       show(text, strlen(text)).text, SIGRTMAX);
}

static char **strings(struct parse *p, size_t n)
{
	char **list = arena_alloc(p->arena, (n + 1) * sizeof(*list));

	if (!list)
		p->errors.nomem = true;
	return list;
}

static char *argument(struct parse *p, yaml_node_t *node, bool program)
{
	const char *text = word_of(p, node, program ? "a program" : "an argument");

	if (!text || (program && !is_path(p, node, text, "program")))
		return NULL;
	if (strlen(text) > STRING_LEN_MAX) {
		refuse(p, node, "an argument is longer than %d bytes", STRING_LEN_MAX);
		return NULL;
	}
	return keep(p, text);
}

/* A program without arguments may stand alone, but is not split: no shell is at work here. */
static void exec_word(struct parse *p, yaml_node_t *node, char *const **argv)
{
	const char *text = word_of(p, node, "a program");
	char **list;

	if (text && strpbrk(text, " \t\n")) {
		refuse(p, node, "exec with arguments is a list: write [%s, ...]",
		       show(text, strcspn(text, " \t\n")).text);
		return;
	}
	list = text ? strings(p, 1) : NULL;
	if (!list)
		return;
	list[0] = argument(p, node, true);
	*argv = list;
}

static void exec_list(struct parse *p, yaml_node_t *node, char *const **argv)
{
	yaml_node_item_t *items = node->data.sequence.items.start;
	size_t n = node->data.sequence.items.top - items, i;
	char **list;

	if (!n || n > JOB_ARGS_MAX) {
		refuse(p, node, n ? "exec has %zu words: %d is the limit" :
		       "exec is empty: its first word is the program's path", n, JOB_ARGS_MAX);
		return;
	}
	list = strings(p, n);
	for (i = 0; list && i < n; i++)
		list[i] = argument(p, node_of(p, items[i]), !i);
	*argv = list;
}

static void set_exec(struct parse *p, const struct key *k, yaml_node_t *node, void *spec)
{
	char *const **argv = member(k, spec);

	if (node->type == YAML_SCALAR_NODE)
		exec_word(p, node, argv);
	else if (enter_list(p, node, "a list, as in [/usr/bin/prog, --flag],"))
		exec_list(p, node, argv);
}

static char *variable(struct parse *p, yaml_node_t *name_node, yaml_node_t *value_node)
{
	const char *name = word_of(p, name_node, "a variable's name");
	const char *value = word_of(p, value_node, "a variable's value");
	size_t size;
	char *text;

	if (!name || !value)
		return NULL;
	size = strlen(name) + strlen(value) + 2;
	if (!value_is_variable(name))
		refuse(p, name_node, "\"%s\" is no variable's name: "
		       "letters, digits and _, no digit first",
		       show(name, strlen(name)).text);
	if (size > STRING_LEN_MAX)
		refuse(p, value_node, "a variable is longer than %d bytes", STRING_LEN_MAX);
	text = arena_alloc(p->arena, size);
	if (text)
		snprintf(text, size, "%s=%s", name, value);
	else
		p->errors.nomem = true;
	return text;
}

static bool same_variable(const char *a, const char *b)
{
	size_t n = strcspn(a, "=") + 1;

	return !strncmp(a, b, n);
}

static void env_pair(struct parse *p, yaml_node_pair_t *pair, char **list, size_t i)
{
	yaml_node_t *name = node_of(p, pair->key);
	size_t j;

	list[i] = variable(p, name, node_of(p, pair->value));
	for (j = 0; list[i] && j < i; j++)
		if (list[j] && same_variable(list[i], list[j])) {
			refuse(p, name, "variable \"%s\" is given twice: keep one",
			       show(list[i], strcspn(list[i], "=")).text);
			return;
		}
}

static void set_env(struct parse *p, const struct key *k, yaml_node_t *node, void *spec)
{
	yaml_node_pair_t *pairs;
	char **list;
	size_t n, i;

	if (!enter_mapping(p, node, "a mapping, as in {NAME: value},"))
		return;
	pairs = node->data.mapping.pairs.start;
	n = node->data.mapping.pairs.top - pairs;
	if (n > JOB_ENV_MAX) {
		refuse(p, node, "env has %zu variables: %d is the limit", n, JOB_ENV_MAX);
		return;
	}
	list = strings(p, n);
	for (i = 0; list && i < n; i++)
		env_pair(p, &pairs[i], list, i);
	*(char *const **)member(k, spec) = list;
}

static yaml_node_t *value_of(struct parse *p, yaml_node_t *mapping, const char *name)
{
	yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;

	for (; pair < mapping->data.mapping.pairs.top; pair++)
		if (!strcmp((char *)node_of(p, pair->key)->data.scalar.value, name))
			return node_of(p, pair->value);
	return NULL;
}

static void set_backoff(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	struct job_spec *spec = out;
	size_t errors = p->errors.n;
	yaml_node_t *max;

	set_mapping(p, k, node, out);
	if (p->errors.n != errors || spec->backoff_initial_us <= spec->backoff_max_us)
		return;
	max = value_of(p, node, "max");
	refuse(p, max ? max : value_of(p, node, "initial"), "initial, %s, is longer than max, %s%s",
	       write_duration(spec->backoff_initial_us).text,
	       write_duration(spec->backoff_max_us).text, max ? "" : " by default");
}

static void set_core(struct parse *p, const struct key *k, yaml_node_t *node, void *spec)
{
	set_size(p, k, node, spec);
	((struct job_spec *)spec)->core_set = true;
}

static const struct word truth[] = { { "true", true }, { "false", false }, {} };

static const struct word restarts[] = {
	{ "always", JOB_RESTART_ALWAYS },
	{ "on-failure", JOB_RESTART_ON_FAILURE },
	{ "never", JOB_RESTART_NEVER },
	{}
};

static const struct word no_memory_limit[] = { { "unlimited", 0 }, {} };
static const struct word no_core_limit[] = { { "unlimited", UINT64_MAX }, {} };

static const struct key backoff_keys[] = {
	{ "initial", set_duration, AT(backoff_initial_us), .min = MS, .max = HOUR },
	{ "max", set_duration, AT(backoff_max_us), .min = MS, .max = 24 * HOUR },
	{}
};

static const struct key restart_limit_keys[] = {
	{ "max", set_count, AT(restarts_max), .min = 0, .max = 1000 },
	{ "within", set_duration, AT(restarts_window_us), .min = SEC, .max = 24 * HOUR },
	{}
};

static const struct key stop_keys[] = {
	{ "signal", set_signal, AT(stop_signal) },
	{ "timeout", set_duration, AT(stop_timeout_us), .min = MS, .max = 24 * HOUR },
	{}
};

static const struct key limits_keys[] = {
	{ "memory", set_size, AT(memory_max), .min = MIB, .max = 1024 * TIB,
	  .words = no_memory_limit },
	{ "nofile", set_number, AT(nofile_max), .min = 16, .max = 1 << 30 },
	{ "core", set_core, AT(core_max), .min = 0, .max = 1024 * TIB, .words = no_core_limit },
	{}
};

static const struct key job_keys[] = {
	{ "exec", set_exec, AT(argv), .required = true },
	{ "user", set_account, AT(user) },
	{ "group", set_account, AT(group) },
	{ "directory", set_path, AT(directory) },
	{ "output", set_path, AT(output) },
	{ "env", set_env, AT(env) },
	{ "restart", set_word, AT(restart), .words = restarts },
	{ "backoff", set_backoff, .keys = backoff_keys },
	{ "healthy-after", set_duration, AT(healthy_after_us), .min = 0, .max = 24 * HOUR },
	{ "restart-limit", set_mapping, .keys = restart_limit_keys },
	{ "stop", set_mapping, .keys = stop_keys },
	{ "autostart", set_bool, AT(autostart), .words = truth },
	{ "limits", set_mapping, .keys = limits_keys },
	{}
};

_Static_assert(sizeof(job_keys) / sizeof(job_keys[0]) <= KEYS_MAX, "walk_mapping() marks each");

void job_walk(struct parse *p, yaml_node_t *name, yaml_node_t *node, struct job_spec *spec)
{
	const char *text = word_of(p, name, "a job's name");

	*spec = defaults;
	spec->env = strings(p, 0);
	if (text && !value_is_job_name(text))
		refuse(p, name, "bad job name \"%s\": up to %d letters, digits, \".\", \"_\" "
		       "or \"-\", the first a letter or digit", show(text, strlen(text)).text,
		       JOB_NAME_LEN_MAX);
	else if (text)
		spec->name = keep(p, text);
	walk_mapping(p, name, node, "a job's mapping, as in {exec: [/usr/bin/prog]},", job_keys,
		     spec);
}
