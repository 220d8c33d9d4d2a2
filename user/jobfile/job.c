/* SPDX-License-Identifier: GPL-2.0 */
/* The schema of one job. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "user/jobfile/command.h"
#include "user/jobfile/foretell.h"
#include "user/jobfile/hooks.h"
#include "user/jobfile/job.h"
#include "user/jobfile/log.h"
#include "user/jobfile/policy.h"
#include "user/jobfile/probe.h"
#include "user/jobfile/ready.h"
#include "user/jobfile/process_keys.h"
#include "user/jobfile/refs.h"
#include "user/jobfile/replicas.h"
#include "user/jobfile/sockets.h"
#include "user/jobfile/standby.h"
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
	.command_timeout_us = 90 * SEC,
	.autostart = true,
	.rollback = true,
	.process = { .umask = 022 },
};

static void set_string(struct parse *p, const struct key *k, const char *text, void *spec)
{
	*(const char **)key_member(k, spec) = text_keep(p, text);
}

/* A count is narrower than set_number()'s target. */
void set_count(struct parse *p, const struct key *k, yaml_node_t *node, void *spec)
{
	unsigned int *count = key_member(k, spec);
	struct key wide = *k;
	uint64_t value = *count;

	wide.offset = 0;
	set_number(p, &wide, node, &value);
	*count = value;
}

void set_bool(struct parse *p, const struct key *k, yaml_node_t *node, void *spec)
{
	bool *flag = key_member(k, spec);
	struct key wide = *k;
	int value = *flag;

	wide.offset = 0;
	set_word(p, &wide, node, &value);
	*flag = value;
}

void set_account(struct parse *p, const struct key *k, yaml_node_t *node, void *spec)
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

void set_signal(struct parse *p, const struct key *k, yaml_node_t *node, void *spec)
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

static const struct word no_limit[] = { { "unlimited", 0 }, {} };
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
	  .words = no_limit },
	{ "nofile", set_number, AT(nofile_max), .min = 16, .max = 1 << 30 },
	{ "core", set_core, AT(core_max), .min = 0, .max = 1024 * TIB, .words = no_core_limit },
	{ "memory-high", set_size, AT(limits.memory_high), .min = MIB, .max = 1024 * TIB,
	  .words = no_limit },
	{ "memory-swap", set_memory_swap, AT(limits), .min = 0, .max = 1024 * TIB },
	{ "tasks", set_number, AT(limits.tasks), .min = 1, .max = 1 << 22, .words = no_limit },
	{ "cpu", set_cpu, AT(limits) },
	{ "cpu-weight", set_number, AT(limits.cpu_weight), .min = 1, .max = 10000 },
	{ "io-weight", set_number, AT(limits.io_weight), .min = 1, .max = 10000 },
	{}
};

static const struct key job_keys[] = {
	{ .name = "replicas", .set = set_replicas },
	{ .name = "instances", .set = set_replicas },
	{ "exec", set_exec, AT(argv), .required = true },
	{ "user", set_account, AT(user) },
	{ "group", set_account, AT(group) },
	{ "groups", set_groups, AT(process.groups) },
	{ "directory", set_path, AT(directory) },
	{ "output", set_path, AT(output) },
	{ "log", set_log, AT(log) },
	{ "env", set_env, AT(env) },
	{ "env-file", set_env_files, AT(process.env_files) },
	{ "restart", set_word, AT(restart), .words = policy_restarts },
	{ "backoff", set_backoff, .keys = backoff_keys },
	{ "healthy-after", set_duration, AT(healthy_after_us), .min = 0, .max = 24 * HOUR },
	{ "restart-limit", set_mapping, .keys = restart_limit_keys },
	{ "stop", set_mapping, .keys = stop_keys },
	{ "autostart", set_bool, AT(autostart), .words = truth },
	{ "on-change", set_word, AT(on_change), .words = policy_changes },
	{ "rollback", set_bool, AT(rollback), .words = truth },
	{ "limits", set_mapping, .keys = limits_keys },
	{ "ready", set_word, AT(ready.how), .words = ready_words },
	{ "pid-file", set_path, AT(ready.pid_file) },
	{ "start-timeout", set_duration, AT(ready.start_timeout_us), .min = MS, .max = 24 * HOUR },
	{ "notify-access", set_word, AT(ready.access), .words = ready_access_words },
	{ "watchdog", set_watchdog, AT(ready) },
	{ "on-hang", set_word, AT(ready.on_hang), .words = ready_hang_words },
	{ "probe", set_probe, AT(probe) },
	{ "reload", set_reload, AT(ready) },
	{ "fd-store", set_number, AT(ready.fd_store_max), .min = 0, .max = JOB_FD_STORE_MAX },
	{ "rlimits", set_rlimits, AT(process) },
	{ .name = "sockets", .set = set_sockets },
	{ "umask", set_mode, AT(process.umask), .max = 0777 },
	{ "nice", set_nice, AT(process) },
	{ "oom-score-adj", set_oom_score, AT(process) },
	{ "cpu-affinity", set_cpus, AT(process) },
	{ "scheduler", set_scheduler, AT(process) },
	{ "io-priority", set_io_priority, AT(process) },
	{ "capabilities", set_capabilities, AT(process) },
	{ "no-new-privileges", set_bool, AT(process.no_new_privileges), .words = truth },
	{ "success-exit", set_ends, AT(success_exit) },
	{ "restart-prevent", set_ends, AT(restart_prevent) },
	{ "restart-force", set_ends, AT(restart_force) },
	{ "on-limit", set_word, AT(on_limit), .words = policy_limits },
	{ "after", set_refs, AT(after) },
	{ "requires", set_refs, AT(requires) },
	{ "binds-to", set_refs, AT(binds_to) },
	{ "on-dependency", set_on_dependency, .offset = 0 },
	{ "pre-start", set_commands, AT(pre_start) },
	{ "post-stop", set_commands, AT(post_stop) },
	{ "foretell", set_foretell, AT(foretell) },
	{ "command-timeout", set_duration, AT(command_timeout_us), .min = MS, .max = 24 * HOUR },
	{ "standby", set_number, AT(standby), .min = 0, .max = JOB_STANDBY_MAX },
	{ "singleton", set_bool, AT(singleton), .words = truth },
	{ "takeover-signal", set_signal, AT(takeover_signal) },
	{}
};

_Static_assert(ARRAY_SIZE(job_keys) <= KEYS_MAX, "walk_mapping() marks each");

/* Two of them may be given in limits, as well. */
static void refuse_two_limits(struct parse *p, yaml_node_t *name, const struct job_spec *spec)
{
	const struct job_rlimit *limits = spec->process.rlimits;

	if (limits && limits[RLIMIT_NOFILE].set && spec->nofile_max)
		refuse(p, name, "nofile is given in limits and in rlimits: keep one");
	if (limits && limits[RLIMIT_CORE].set && spec->core_set)
		refuse(p, name, "core is given in limits and in rlimits: keep one");
}

static void set_name(struct parse *p, yaml_node_t *node, const char *text, struct job_spec *spec)
{
	char full[2 * JOB_NAME_LEN_MAX + 2];

	if (!p->instance) {
		spec->name = text_keep(p, text);
		return;
	}
	snprintf(full, sizeof(full), "%s@%s", text, p->instance);
	if (strlen(full) > JOB_NAME_LEN_MAX)
		refuse(p, node, "the instance's name \"%s\" is longer than %d bytes",
		       show(full, strlen(full)).text, JOB_NAME_LEN_MAX);
	spec->name = text_keep(p, full);
	p->job = spec->name;
}

void job_walk(struct parse *p, yaml_node_t *name, yaml_node_t *node, struct job_spec *spec)
{
	const char *text = word_of(p, name, "a job's name");

	*spec = defaults;
	spec->log = log_defaults;
	spec->line = name->start_mark.line + 1;
	spec->column = name->start_mark.column + 1;
	spec->env = list_new(p, 0);
	spec->ready = ready_defaults;
	spec->probe = probe_defaults;
	p->job = NULL;
	if (text && !value_is_job_name(text))
		refuse(p, name, "bad job name \"%s\": up to %d letters, digits, \".\", \"_\" "
		       "or \"-\", the first a letter or digit", show(text, strlen(text)).text,
		       JOB_NAME_LEN_MAX);
	else if (text)
		set_name(p, name, text, spec);
	walk_mapping(p, name, node, "a job's mapping, as in {exec: [/usr/bin/prog]},", job_keys,
		     spec);
	probe_check(p, name, spec);
	foretell_check(p, name, spec);
	ready_check(p, name, &spec->ready);
	refuse_two_limits(p, name, spec);
	standby_check(p, name, spec);
	if (spec->output && spec->log.line)
		errors_add(&p->errors, spec->log.line, spec->log.column,
			   "log says how to keep output that goes to no file, but output names one");
}
