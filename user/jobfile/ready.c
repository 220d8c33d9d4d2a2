/* SPDX-License-Identifier: GPL-2.0 */
/* Keys that say when a job is ready, and when it hangs. */
#include "user/jobfile/ready.h"

#include "user/jobfile/command.h"
#include "user/jobfile/job.h"
#include "user/jobfile/jobfile.h"

#define MS 1000ull
#define SEC (1000 * MS)
#define HOUR (3600 * SEC)

#define AT(member) .offset = offsetof(struct job_ready, member)

const struct job_ready ready_defaults = {
	.how = JOB_READY_EXEC,
	.start_timeout_us = 90 * SEC,
	.access = JOB_ACCESS_MAIN,
	.on_hang = JOB_HANG_CORE,
};

const struct word ready_words[] = {
	{ "exec", JOB_READY_EXEC },
	{ "notify", JOB_READY_NOTIFY },
	{ "probe", JOB_READY_PROBE },
	{ "forks", JOB_READY_FORKS },
	{}
};

const struct word ready_access_words[] = {
	{ "main", JOB_ACCESS_MAIN },
	{ "all", JOB_ACCESS_ALL },
	{}
};

const struct word ready_hang_words[] = {
	{ "core", JOB_HANG_CORE },
	{ "kill", JOB_HANG_KILL },
	{ "restart", JOB_HANG_RESTART },
	{}
};

static const struct word beat_words[] = {
	{ "notify", JOB_BEAT_NOTIFY },
	{ "beat", JOB_BEAT_MODULE },
	{}
};

static const struct key watchdog_keys[] = {
	{ "time", set_duration, AT(watchdog_us), .min = 100 * MS, .max = HOUR, .required = true },
	{ "by", set_word, AT(beat), .words = beat_words },
	{}
};

static const struct key reload_keys[] = {
	{ "signal", set_signal, AT(reload_signal) },
	{ "exec", set_exec, AT(reload_argv) },
	{}
};

void set_reload(struct parse *p, const struct key *k, yaml_node_t *node, void *spec)
{
	struct job_ready *ready = key_member(k, spec);
	size_t errors = p->errors.n;

	walk_mapping(p, node, node, "a mapping, as in {signal: HUP},", reload_keys, ready);
	if (p->errors.n == errors && !ready->reload_signal == !ready->reload_argv)
		refuse(p, node, "reload takes one of signal and exec");
}

void ready_check(struct parse *p, yaml_node_t *at, const struct job_ready *ready)
{
	bool forks = ready->how == JOB_READY_FORKS;

	if (forks && !ready->pid_file)
		refuse(p, at, "ready: forks needs the key \"pid-file\"");
	if (!forks && ready->pid_file)
		refuse(p, at, "pid-file serves nothing: write ready: forks beside it");
}

/* One word is the time. */
void set_watchdog(struct parse *p, const struct key *k, yaml_node_t *node, void *spec)
{
	struct key time = watchdog_keys[0];

	if (node->type == YAML_SCALAR_NODE) {
		time.name = k->name;
		set_duration(p, &time, node, key_member(k, spec));
	} else {
		walk_mapping(p, node, node, "a time, as in 10s, or a mapping", watchdog_keys,
			     key_member(k, spec));
	}
}
