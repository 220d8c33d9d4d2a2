// SPDX-License-Identifier: GPL-2.0
/* What all processes of a job together may use, written to its cgroup. */
#include "user/agent/cgroup_limits.h"

#include <inttypes.h>
#include <stdio.h>

enum { CPU_PERIOD_US = 100 * 1000, US_PER_MILLI = CPU_PERIOD_US / 1000, TEXT_MAX = 48 };

/* Each fills in @text, or tells that the job wants no such limit. */
static bool number(uint64_t value, char *text)
{
	snprintf(text, TEXT_MAX, "%" PRIu64, value);
	return value != 0;
}

static bool memory_max(const struct job_spec *spec, char *text)
{
	return number(spec->memory_max, text);
}

static bool memory_high(const struct job_spec *spec, char *text)
{
	return number(spec->limits.memory_high, text);
}

static bool memory_swap(const struct job_spec *spec, char *text)
{
	number(spec->limits.memory_swap, text);
	return spec->limits.memory_swap_set && spec->limits.memory_swap != UINT64_MAX;
}

static bool tasks(const struct job_spec *spec, char *text)
{
	return number(spec->limits.tasks, text);
}

static bool cpu(const struct job_spec *spec, char *text)
{
	snprintf(text, TEXT_MAX, "%" PRIu64 " %d", spec->limits.cpu * US_PER_MILLI, CPU_PERIOD_US);
	return spec->limits.cpu != 0;
}

static bool cpu_weight(const struct job_spec *spec, char *text)
{
	return number(spec->limits.cpu_weight, text);
}

static bool io_weight(const struct job_spec *spec, char *text)
{
	return number(spec->limits.io_weight, text);
}

static const struct limit {
	const char *key;	/* in the job file */
	const char *file;
	const char *otherwise;	/* its text if nothing is wanted */
	enum cgroup_controller controller;
	bool (*wanted)(const struct job_spec *spec, char *text);
} limits[CGROUP_LIMITS] = {
	{ "memory", "memory.max", "max", CGROUP_MEMORY, memory_max },
	{ "memory-high", "memory.high", "max", CGROUP_MEMORY, memory_high },
	{ "memory-swap", "memory.swap.max", "max", CGROUP_MEMORY, memory_swap },
	{ "tasks", "pids.max", "max", CGROUP_PIDS, tasks },
	{ "cpu", "cpu.max", "max", CGROUP_CPU, cpu },
	{ "cpu-weight", "cpu.weight", "100", CGROUP_CPU, cpu_weight },
	{ "io-weight", "io.weight", "100", CGROUP_IO, io_weight },
};

bool cgroup_limit_wanted(const struct job_spec *spec, size_t i)
{
	char text[TEXT_MAX];

	return limits[i].wanted(spec, text);
}

const char *cgroup_limit_key(size_t i)
{
	return limits[i].key;
}

enum cgroup_controller cgroup_limit_controller(size_t i)
{
	return limits[i].controller;
}

unsigned int cgroup_limits_controllers(const struct job_spec *spec)
{
	unsigned int mask = 0;
	size_t i;

	for (i = 0; i < CGROUP_LIMITS; i++)
		if (cgroup_limit_wanted(spec, i))
			mask |= 1u << limits[i].controller;
	return mask;
}

int cgroup_limits_set(struct job_cgroup *c, const struct job_spec *spec, const char **key)
{
	int first = 0, err;
	size_t i;

	c->failed = 0;
	for (i = 0; i < CGROUP_LIMITS; i++) {
		char text[TEXT_MAX];

		if (limits[i].wanted(spec, text)) {
			err = cgroup_job_write(c, limits[i].file, text);
			if (!err)
				continue;
			c->failed |= 1u << i;
			if (!first)
				*key = limits[i].key;
			first = first ? first : err;
		} else if (!c->fresh) {
			/* No such file: no controller, no limit, as wanted. */
			cgroup_job_write(c, limits[i].file, limits[i].otherwise);
		}
	}
	c->fresh = false;
	c->limits_set = !first;
	return first;
}
