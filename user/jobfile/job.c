/* SPDX-License-Identifier: GPL-2.0 */
/* The schema of one job. */
#include <signal.h>
#include <string.h>

#include "user/jobfile/command.h"
#include "user/jobfile/job.h"
#include "user/jobfile/value.h"

#define MS 1000ull
#define SEC (1000 * MS)
#define HOUR (3600 * SEC)
#define KIB 1024ull
#define MIB (1024 * KIB)
#define TIB (1024 * 1024 * MIB)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define AT(member) .offset = offsetof(struct job_spec, member)

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

static void set_string(struct parse *p, const struct key *k, const char *text, void *spec)
{
	*(const char **)key_member(k, spec) = text_keep(p, text);
}

/* A count is narrower than set_number()'s target. */
static void set_count(struct parse *p, const struct key *k, yaml_node_t *node, void *spec)
{
	unsigned int *count = key_member(k, spec);
	struct key wide = *k;
	uint64_t value = *count;

	wide.offset = 0;
	set_number(p, &wide, node, &value);
	*count = value;
}

static void set_bool(struct parse *p, const struct key *k, yaml_node_t *node, void *spec)
{
	bool *flag = key_member(k, spec);
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

static void set_signal(struct parse *p, const struct key *k, yaml_node_t *node, void *spec)
{
	const char *text = word_of(p, node, "a signal, as in TERM,");
	struct suggestion meant = {};
	int sig = text ? value_signal(text, &meant) : 0;

	if (sig)
		*(int *)key_member(k, spec) = sig;
	else if (text && meant.word)
		refuse(p, node, "unknown signal \"%s\", did you mean \"%s\"?",
		       show(text, strlen(text)).text, meant.word);
	else if (text)
		refuse(p, node, "unknown signal \"%s\": write a name, as in TERM, or 1 to %d",
		       show(text, strlen(text)).text, SIGRTMAX);
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

_Static_assert(ARRAY_SIZE(job_keys) <= KEYS_MAX, "walk_mapping() marks each");

void job_walk(struct parse *p, yaml_node_t *name, yaml_node_t *node, struct job_spec *spec)
{
	const char *text = word_of(p, name, "a job's name");

	*spec = defaults;
	spec->line = name->start_mark.line + 1;
	spec->column = name->start_mark.column + 1;
	spec->env = list_new(p, 0);
	if (text && !value_is_job_name(text))
		refuse(p, name, "bad job name \"%s\": up to %d letters, digits, \".\", \"_\" "
		       "or \"-\", the first a letter or digit", show(text, strlen(text)).text,
		       JOB_NAME_LEN_MAX);
	else if (text)
		spec->name = text_keep(p, text);
	walk_mapping(p, name, node, "a job's mapping, as in {exec: [/usr/bin/prog]},", job_keys,
		     spec);
}
