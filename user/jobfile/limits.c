/* SPDX-License-Identifier: GPL-2.0 */
/* Keys of what a job may use: of one process (setrlimit), of all together (cgroup). */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "user/jobfile/jobfile.h"
#include "user/jobfile/process_keys.h"
#include "user/jobfile/value.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum { CPU_MILLI_MIN = 10, CPU_MILLI_MAX = 1000 * 1000, CPU_MILLI = 1000, PERCENT_MILLI = 10 };

typedef void (*set_fn)(struct parse *p, const struct key *k, yaml_node_t *node, void *out);

static const struct word unlimited[] = { { "unlimited", UINT64_MAX }, {} };

/* One value for both, or a mapping of the two. */
static void set_rlimit(struct parse *p, const struct key *k, yaml_node_t *node, void *out, set_fn set)
{
	struct job_rlimit *limit = key_member(k, out);
	const struct key keys[] = {
		{ "soft", set, .offset = offsetof(struct job_rlimit, soft), .min = k->min,
		  .max = k->max, .words = unlimited, .required = true },
		{ "hard", set, .offset = offsetof(struct job_rlimit, hard), .min = k->min,
		  .max = k->max, .words = unlimited, .required = true },
		{}
	};
	struct key both = keys[0];
	size_t errors = p->errors.n;

	if (node->type == YAML_MAPPING_NODE) {
		walk_mapping(p, node, node, "a mapping", keys, limit);
	} else {
		both.name = k->name;
		set(p, &both, node, limit);
		limit->hard = limit->soft;
	}
	if (p->errors.n != errors)
		return;
	if (limit->soft > limit->hard)
		refuse(p, node, "the soft limit of %s is above the hard one", k->name);
	limit->set = true;
}

static void set_count_limit(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	set_rlimit(p, k, node, out, set_number);
}

static void set_size_limit(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	set_rlimit(p, k, node, out, set_size);
}

static void set_time_limit(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	set_rlimit(p, k, node, out, set_duration);
}

#define OF(resource) .offset = (resource) * sizeof(struct job_rlimit)
#define COUNT_MAX (1ull << 32)
#define SIZE_MAX_BYTES (1ull << 50)
#define TIME_MAX_US (24 * 3600 * 1000000ull)

static const struct key rlimit_keys[] = {
	{ "nofile", set_count_limit, OF(RLIMIT_NOFILE), .min = 16, .max = 1 << 30 },
	{ "nproc", set_count_limit, OF(RLIMIT_NPROC), .min = 0, .max = COUNT_MAX },
	{ "stack", set_size_limit, OF(RLIMIT_STACK), .min = 1 << 16, .max = SIZE_MAX_BYTES },
	{ "memlock", set_size_limit, OF(RLIMIT_MEMLOCK), .min = 0, .max = SIZE_MAX_BYTES },
	{ "core", set_size_limit, OF(RLIMIT_CORE), .min = 0, .max = SIZE_MAX_BYTES },
	{ "cpu", set_count_limit, OF(RLIMIT_CPU), .min = 1, .max = COUNT_MAX },
	{ "fsize", set_size_limit, OF(RLIMIT_FSIZE), .min = 0, .max = SIZE_MAX_BYTES },
	{ "as", set_size_limit, OF(RLIMIT_AS), .min = 1 << 20, .max = SIZE_MAX_BYTES },
	{ "data", set_size_limit, OF(RLIMIT_DATA), .min = 1 << 16, .max = SIZE_MAX_BYTES },
	{ "rtprio", set_count_limit, OF(RLIMIT_RTPRIO), .min = 0, .max = 99 },
	{ "rttime", set_time_limit, OF(RLIMIT_RTTIME), .min = 1, .max = TIME_MAX_US },
	{ "nice", set_count_limit, OF(RLIMIT_NICE), .min = 0, .max = 40 },
	{ "sigpending", set_count_limit, OF(RLIMIT_SIGPENDING), .min = 0, .max = COUNT_MAX },
	{ "msgqueue", set_size_limit, OF(RLIMIT_MSGQUEUE), .min = 0, .max = SIZE_MAX_BYTES },
	{ "locks", set_count_limit, OF(RLIMIT_LOCKS), .min = 0, .max = COUNT_MAX },
	{}
};

_Static_assert(ARRAY_SIZE(rlimit_keys) <= KEYS_MAX, "walk_mapping() marks each");

void set_rlimits(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	struct job_process *proc = key_member(k, out);
	struct job_rlimit *limits = arena_alloc(p->arena, RLIM_NLIMITS * sizeof(*limits));

	if (!limits) {
		p->errors.nomem = true;
		return;
	}
	walk_mapping(p, node, node, "a mapping, as in {nofile: 1024},", rlimit_keys, limits);
	proc->rlimits = limits;
}

const char *rlimit_name(int resource)
{
	const struct key *k;

	for (k = rlimit_keys; k->name; k++)
		if (k->offset == resource * sizeof(struct job_rlimit))
			return k->name;
	return "?";
}

void set_memory_swap(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	struct job_limits *limits = key_member(k, out);
	struct key inner = *k;

	inner.offset = offsetof(struct job_limits, memory_swap);
	inner.words = unlimited;
	set_size(p, &inner, node, limits);
	limits->memory_swap_set = true;
}

/* "1.5": up to three digits behind the point count. */
static bool read_cores(const char *text, uint64_t *milli)
{
	const char *point = strchr(text, '.');
	size_t len = point ? (size_t)(point - text) : strlen(text);
	char whole[12], part[4] = "000";
	uint64_t n, fraction;

	if (len >= sizeof(whole) || (point && (!point[1] || strlen(point + 1) > 3)))
		return false;
	memcpy(whole, text, len);
	whole[len] = '\0';
	if (point)
		memcpy(part, point + 1, strlen(point + 1));
	if (value_number(whole, &n) != VALUE_OK || value_number(part, &fraction) != VALUE_OK)
		return false;
	*milli = n * CPU_MILLI + fraction;
	return true;
}

/* "50%". */
static bool read_percent(const char *text, uint64_t *milli)
{
	size_t len = strlen(text);
	char number[12];
	uint64_t n;

	if (len > sizeof(number) || !len || text[len - 1] != '%')
		return false;
	memcpy(number, text, len - 1);
	number[len - 1] = '\0';
	if (value_number(number, &n) != VALUE_OK)
		return false;
	*milli = n * PERCENT_MILLI;
	return true;
}

void set_cpu(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	struct job_limits *limits = key_member(k, out);
	const char *text = word_of(p, node, "a share of the CPUs, as in 50% or 1.5,");
	uint64_t milli;

	if (!text)
		return;
	if (!strcmp(text, "unlimited"))
		limits->cpu = 0;
	else if (!read_percent(text, &milli) && !read_cores(text, &milli))
		refuse(p, node, "a share of the CPUs, as in 50%% or 1.5, is wanted here, not \"%s\"",
		       show(text, strlen(text)).text);
	else if (milli < CPU_MILLI_MIN || milli > CPU_MILLI_MAX)
		refuse(p, node, "\"%s\" is out of bounds: cpu is 1%% to 1000 CPUs, or unlimited",
		       show(text, strlen(text)).text);
	else
		limits->cpu = milli;
}
