// SPDX-License-Identifier: GPL-2.0
/* What differs between two definitions of one job, key by key. */
#include "user/jobfile/compare.h"

#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

typedef bool (*same_fn)(const struct job_spec *a, const struct job_spec *b);

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_words(char *const *a, char *const *b)
{
	if (!a || !b)
		return a == b;
	for (; *a && *b; a++, b++)
		if (strcmp(*a, *b) != 0)
			return false;
	return *a == *b;
}

static bool same_refs(const struct job_refs *a, const struct job_refs *b)
{
	size_t i;

	if (a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++)
		if (strcmp(a->list[i].name, b->list[i].name) != 0)
			return false;
	return true;
}

static bool same_commands(const struct job_commands *a, const struct job_commands *b)
{
	size_t i;

	if (a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++)
		if (a->list[i].ignore_failure != b->list[i].ignore_failure ||
		    !same_words(a->list[i].argv, b->list[i].argv))
			return false;
	return true;
}

static bool same_ends(const struct job_ends *a, const struct job_ends *b)
{
	return a->signals == b->signals && memcmp(a->codes, b->codes, sizeof(a->codes)) == 0;
}

static bool same_flow(const struct job_spec *a, const struct job_spec *b)
{
	return a->log.rate_max == b->log.rate_max && a->log.rate_within_us == b->log.rate_within_us &&
	       a->log.journald == b->log.journald && a->log.syslog == b->log.syslog;
}

/* Of a key that is one member of the spec. */
#define SAME(name, test) \
	static bool same_##name(const struct job_spec *a, const struct job_spec *b) \
	{ \
		return test; \
	}
#define VALUE(member) (a->member == b->member)
#define TEXT(member) same_text(a->member, b->member)
#define WORDS(member) same_words(a->member, b->member)

SAME(exec, WORDS(argv))
SAME(user, TEXT(user))
SAME(group, TEXT(group))
SAME(groups, WORDS(process.groups))
SAME(directory, TEXT(directory))
SAME(output, TEXT(output))
SAME(captured, VALUE(log.out) && VALUE(log.err))
SAME(log, VALUE(log.max_size) && VALUE(log.max_files) && same_flow(a, b))
SAME(env, WORDS(env))
SAME(env_file, WORDS(process.env_files))
SAME(restart, VALUE(restart))
SAME(backoff, VALUE(backoff_initial_us) && VALUE(backoff_max_us))
SAME(healthy_after, VALUE(healthy_after_us))
SAME(restart_limit, VALUE(restarts_max) && VALUE(restarts_window_us))
SAME(stop, VALUE(stop_signal) && VALUE(stop_timeout_us))
SAME(autostart, VALUE(autostart))
SAME(memory, VALUE(memory_max))
SAME(memory_high, VALUE(limits.memory_high))
SAME(memory_swap, VALUE(limits.memory_swap_set) && VALUE(limits.memory_swap))
SAME(tasks, VALUE(limits.tasks))
SAME(cpu, VALUE(limits.cpu))
SAME(cpu_weight, VALUE(limits.cpu_weight))
SAME(io_weight, VALUE(limits.io_weight))
SAME(nofile, VALUE(nofile_max))
SAME(core, VALUE(core_set) && VALUE(core_max))
SAME(ready, VALUE(ready.how))
SAME(pid_file, TEXT(ready.pid_file))
SAME(start_timeout, VALUE(ready.start_timeout_us))
SAME(access, VALUE(ready.access))
SAME(watchdog, VALUE(ready.watchdog_us) && VALUE(ready.beat))
SAME(on_hang, VALUE(ready.on_hang))
SAME(reload, VALUE(ready.reload_signal) && WORDS(ready.reload_argv))
SAME(fd_store, VALUE(ready.fd_store_max))
SAME(umask, VALUE(process.umask))
SAME(nice, VALUE(process.nice_set) && VALUE(process.nice))
SAME(oom_score, VALUE(process.oom_score_set) && VALUE(process.oom_score))
SAME(scheduler, VALUE(process.scheduler_set) && VALUE(process.scheduler) && VALUE(process.priority))
SAME(io_priority, VALUE(process.io_class) && VALUE(process.io_level))
SAME(capabilities, VALUE(process.capabilities_set) && VALUE(process.capabilities))
SAME(no_new_privileges, VALUE(process.no_new_privileges))
SAME(success_exit, same_ends(&a->success_exit, &b->success_exit))
SAME(restart_prevent, same_ends(&a->restart_prevent, &b->restart_prevent))
SAME(restart_force, same_ends(&a->restart_force, &b->restart_force))
SAME(on_limit, VALUE(on_limit))
SAME(after, same_refs(&a->after, &b->after))
SAME(requires, same_refs(&a->requires, &b->requires))
SAME(binds_to, same_refs(&a->binds_to, &b->binds_to))
SAME(on_dependency, VALUE(on_dependency) && VALUE(dependency_signal))
SAME(pre_start, same_commands(&a->pre_start, &b->pre_start))
SAME(post_stop, same_commands(&a->post_stop, &b->post_stop))
SAME(command_timeout, VALUE(command_timeout_us))
SAME(on_change, VALUE(on_change))
SAME(rollback, VALUE(rollback))
SAME(standby, VALUE(standby))
SAME(singleton, VALUE(singleton))
SAME(takeover, VALUE(takeover_signal))

/* The parser fills in the rest with zeros. */
static bool same_tcp(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static bool same_probe(const struct job_spec *x, const struct job_spec *y)
{
	const struct job_probe *a = &x->probe, *b = &y->probe;

	return VALUE(given) && WORDS(argv) && same_tcp(&a->tcp, &b->tcp) && TEXT(http.url) &&
	       VALUE(http.status) && WORDS(http.headers) && TEXT(unix_path) && VALUE(interval_us) &&
	       VALUE(timeout_us) && VALUE(failures) && VALUE(successes) && VALUE(delay_us) &&
	       VALUE(liveness);
}

static bool same_condition(const struct job_condition *a, const struct job_condition *b)
{
	return VALUE(given) && VALUE(full) && VALUE(percent) && VALUE(bytes) && TEXT(path) &&
	       VALUE(for_us) && VALUE(action) && VALUE(window_us) && VALUE(horizon_us);
}

static bool same_foretell(const struct job_spec *x, const struct job_spec *y)
{
	const struct job_foretell *a = x->foretell, *b = y->foretell;
	size_t i;

	if (!a || !b)
		return a == b;
	for (i = 0; i < JOB_CONDITIONS; i++)
		if (!same_condition(&a->conditions[i], &b->conditions[i]))
			return false;
	return VALUE(interval_us) && VALUE(spacing_us) && VALUE(at_once);
}

static bool same_cpus(const struct job_spec *x, const struct job_spec *y)
{
	const cpu_set_t *a = x->process.cpus, *b = y->process.cpus;

	return a == b || (a && b && CPU_EQUAL(a, b));
}

static bool same_rlimits(const struct job_spec *x, const struct job_spec *y)
{
	const struct job_rlimit *a = x->process.rlimits, *b = y->process.rlimits;
	static const struct job_rlimit none[RLIM_NLIMITS];
	int i;

	a = a ? a : none;
	b = b ? b : none;
	for (i = 0; i < RLIM_NLIMITS; i++)
		if (a[i].set != b[i].set || a[i].soft != b[i].soft || a[i].hard != b[i].hard)
			return false;
	return true;
}

static bool same_socket(const struct job_socket *a, const struct job_socket *b)
{
	return TEXT(name) && VALUE(type) && VALUE(address_len) &&
	       memcmp(&a->address, &b->address, a->address_len) == 0 && VALUE(both) &&
	       VALUE(reuse_port);
}

static bool same_sockets(const struct job_spec *a, const struct job_spec *b)
{
	size_t i;

	if (a->nsockets != b->nsockets)
		return false;
	for (i = 0; i < a->nsockets; i++)
		if (!same_socket(&a->sockets[i], &b->sockets[i]))
			return false;
	return true;
}

/* Who may connect, how many may wait, and what a connection does; of those that are there in both. */
static bool same_attributes(const struct job_spec *x, const struct job_spec *y)
{
	size_t n = x->nsockets < y->nsockets ? x->nsockets : y->nsockets, i;

	for (i = 0; i < n; i++) {
		const struct job_socket *a = &x->sockets[i], *b = &y->sockets[i];

		if (!VALUE(backlog) || !VALUE(mode) || !TEXT(user) || !TEXT(group) ||
		    !VALUE(on_demand))
			return false;
	}
	return true;
}

/* The group for supervision: its name, its rules, and who is in it. */
static bool same_team(const struct job_spec *x, const struct job_spec *y)
{
	const struct job_group *a = x->team, *b = y->team;

	if (a == b)
		return x->team_place == y->team_place;
	return a && b && x->team_place == y->team_place && TEXT(name) && VALUE(strategy) &&
	       VALUE(restarts_max) && VALUE(restarts_window_us) && same_refs(&a->jobs, &b->jobs);
}

/* More than one fact of a key has more than one line; each is named for itself. */
static const struct compared {
	const char *key;
	same_fn same;
	enum compare_effect effect;
} keys[] = {
	{ "exec", same_exec, COMPARE_RESTART },
	{ "user", same_user, COMPARE_RESTART },
	{ "group", same_group, COMPARE_RESTART },
	{ "groups", same_groups, COMPARE_RESTART },
	{ "directory", same_directory, COMPARE_RESTART },
	{ "output", same_output, COMPARE_RESTART },
	{ "log.stdout, log.stderr", same_captured, COMPARE_RESTART },
	{ "log", same_log, COMPARE_NEXT_START },
	{ "env", same_env, COMPARE_RESTART },
	{ "env-file", same_env_file, COMPARE_RESTART },
	{ "restart", same_restart, COMPARE_AT_ONCE },
	{ "backoff", same_backoff, COMPARE_AT_ONCE },
	{ "healthy-after", same_healthy_after, COMPARE_AT_ONCE },
	{ "restart-limit", same_restart_limit, COMPARE_AT_ONCE },
	{ "stop", same_stop, COMPARE_AT_ONCE },
	{ "autostart", same_autostart, COMPARE_AT_ONCE },
	{ "limits.memory", same_memory, COMPARE_AT_ONCE },
	{ "limits.memory-high", same_memory_high, COMPARE_AT_ONCE },
	{ "limits.memory-swap", same_memory_swap, COMPARE_AT_ONCE },
	{ "limits.tasks", same_tasks, COMPARE_AT_ONCE },
	{ "limits.cpu", same_cpu, COMPARE_AT_ONCE },
	{ "limits.cpu-weight", same_cpu_weight, COMPARE_AT_ONCE },
	{ "limits.io-weight", same_io_weight, COMPARE_AT_ONCE },
	{ "limits.nofile", same_nofile, COMPARE_RESTART },
	{ "limits.core", same_core, COMPARE_RESTART },
	{ "ready", same_ready, COMPARE_NEXT_START },
	{ "pid-file", same_pid_file, COMPARE_NEXT_START },
	{ "start-timeout", same_start_timeout, COMPARE_NEXT_START },
	{ "notify-access", same_access, COMPARE_AT_ONCE },
	{ "watchdog", same_watchdog, COMPARE_NEXT_START },
	{ "on-hang", same_on_hang, COMPARE_AT_ONCE },
	{ "probe", same_probe, COMPARE_NEXT_START },
	{ "reload", same_reload, COMPARE_AT_ONCE },
	{ "fd-store", same_fd_store, COMPARE_NEXT_START },
	{ "rlimits", same_rlimits, COMPARE_RESTART },
	{ "sockets", same_sockets, COMPARE_RESTART },
	{ "sockets.attributes", same_attributes, COMPARE_AT_ONCE },
	{ "umask", same_umask, COMPARE_RESTART },
	{ "nice", same_nice, COMPARE_RESTART },
	{ "oom-score-adj", same_oom_score, COMPARE_RESTART },
	{ "cpu-affinity", same_cpus, COMPARE_RESTART },
	{ "scheduler", same_scheduler, COMPARE_RESTART },
	{ "io-priority", same_io_priority, COMPARE_RESTART },
	{ "capabilities", same_capabilities, COMPARE_RESTART },
	{ "no-new-privileges", same_no_new_privileges, COMPARE_RESTART },
	{ "success-exit", same_success_exit, COMPARE_AT_ONCE },
	{ "restart-prevent", same_restart_prevent, COMPARE_AT_ONCE },
	{ "restart-force", same_restart_force, COMPARE_AT_ONCE },
	{ "on-limit", same_on_limit, COMPARE_AT_ONCE },
	{ "after", same_after, COMPARE_AT_ONCE },
	{ "requires", same_requires, COMPARE_AT_ONCE },
	{ "binds-to", same_binds_to, COMPARE_AT_ONCE },
	{ "on-dependency", same_on_dependency, COMPARE_AT_ONCE },
	{ "pre-start", same_pre_start, COMPARE_NEXT_START },
	{ "post-stop", same_post_stop, COMPARE_AT_ONCE },
	{ "command-timeout", same_command_timeout, COMPARE_AT_ONCE },
	{ "on-change", same_on_change, COMPARE_AT_ONCE },
	{ "rollback", same_rollback, COMPARE_AT_ONCE },
	{ "foretell", same_foretell, COMPARE_AT_ONCE },
	{ "standby", same_standby, COMPARE_AT_ONCE },
	{ "singleton", same_singleton, COMPARE_RESTART },
	{ "takeover-signal", same_takeover, COMPARE_RESTART },
	{ "supervision", same_team, COMPARE_AT_ONCE },
};

_Static_assert(ARRAY_SIZE(keys) <= 64, "a bit for each");

uint64_t compare_specs(const struct job_spec *a, const struct job_spec *b)
{
	uint64_t mask = 0;
	size_t i;

	if (a == b)
		return 0;
	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (!keys[i].same(a, b))
			mask |= 1ull << i;
	return mask;
}

uint64_t compare_mask(enum compare_effect effect)
{
	uint64_t mask = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].effect == effect)
			mask |= 1ull << i;
	return mask;
}

const char *compare_key(size_t bit)
{
	return bit < ARRAY_SIZE(keys) ? keys[bit].key : NULL;
}

static uint64_t named(const char *prefix, enum compare_effect effect)
{
	uint64_t mask = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].effect == effect && strncmp(keys[i].key, prefix, strlen(prefix)) == 0)
			mask |= 1ull << i;
	return mask;
}

uint64_t compare_socket_attributes(void)
{
	return named("sockets.", COMPARE_AT_ONCE);
}

uint64_t compare_cgroup_limits(void)
{
	return named("limits.", COMPARE_AT_ONCE);
}
