/* SPDX-License-Identifier: GPL-2.0 */
/* Keys of a job's process: who it is, what it sees, how it is scheduled. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/jobfile/command.h"
#include "user/jobfile/jobfile.h"
#include "user/jobfile/list.h"
#include "user/jobfile/process_keys.h"
#include "user/jobfile/replicas.h"
#include "user/jobfile/value.h"

enum {
	NICE_MIN = -20,
	NICE_MAX = 19,
	OOM_MAX = 1000,
	OCTAL_DIGITS_MAX = 4,
	PRIORITY_MAX = 99,
	IO_LEVEL_MAX = 7,
	IO_LEVEL_DEFAULT = 4,
};

void set_groups(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	struct list list;
	char **groups;
	size_t i;

	if (!list_of(p, node, "a list of groups", JOB_GROUPS_MAX, &list))
		return;
	groups = list_new(p, list.n);
	for (i = 0; groups && i < list.n; i++) {
		yaml_node_t *item = list_item(p, &list, i);
		const char *text = word_of(p, item, "a name or a number");

		if (text && value_is_account(text))
			groups[i] = text_keep(p, text);
		else if (text)
			refuse(p, item, "\"%s\" is no group: write its name, or its number up to %u",
			       show(text, strlen(text)).text, UINT32_MAX - 1);
	}
	*(char *const **)key_member(k, out) = groups;
}

void set_env_files(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	struct list list;
	char **paths;
	size_t i;

	if (!list_of(p, node, "a list of paths", JOB_ENV_FILES_MAX, &list))
		return;
	paths = list_new(p, list.n);
	for (i = 0; paths && i < list.n; i++) {
		yaml_node_t *item = list_item(p, &list, i);
		const char *text = filled_word_of(p, item, "an absolute path");

		if (text && is_path(p, item, text + (text[0] == '-'), k->name))
			paths[i] = text_keep(p, text);
	}
	*(char *const **)key_member(k, out) = paths;
}

void set_mode(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	const char *text = word_of(p, node, "permission bits in octal, as in 0022,");

	if (!text)
		return;
	if (*text && strlen(text) <= OCTAL_DIGITS_MAX && strspn(text, "01234567") == strlen(text) &&
	    strtoul(text, NULL, 8) <= k->max)
		*(unsigned int *)key_member(k, out) = strtoul(text, NULL, 8);
	else
		refuse(p, node, "permission bits in octal, 0 to %#o, are wanted here, not \"%s\"",
		       (unsigned int)k->max, show(text, strlen(text)).text);
}

/* False, with the error told, unless it is a number from @min to @max. */
static bool signed_number(struct parse *p, yaml_node_t *node, const char *what, int min, int max,
			  int *out)
{
	const char *text = word_of(p, node, "a whole number");
	bool negative = text && text[0] == '-';
	uint64_t n;
	int64_t value;

	if (!text)
		return false;
	if (value_number(text + negative, &n) != VALUE_OK || n > INT32_MAX) {
		refuse(p, node, "a whole number is wanted here, not \"%s\"",
		       show(text, strlen(text)).text);
		return false;
	}
	value = negative ? -(int64_t)n : (int64_t)n;
	*out = (int)value;
	if (value >= min && value <= max)
		return true;
	refuse(p, node, "\"%s\" is out of bounds: %s is %d to %d", show(text, strlen(text)).text, what,
	       min, max);
	return false;
}

void set_nice(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	struct job_process *proc = key_member(k, out);

	proc->nice_set = signed_number(p, node, k->name, NICE_MIN, NICE_MAX, &proc->nice);
}

void set_oom_score(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	struct job_process *proc = key_member(k, out);

	proc->oom_score_set = signed_number(p, node, k->name, -OOM_MAX, OOM_MAX, &proc->oom_score);
}

/* "3" or "0-3". */
static bool cpu_range(const char *text, uint64_t *first, uint64_t *last)
{
	char copy[24];
	char *dash;

	if (strlen(text) >= sizeof(copy))
		return false;
	strcpy(copy, text);
	dash = strchr(copy, '-');
	if (dash)
		*dash = '\0';
	if (value_number(copy, first) != VALUE_OK)
		return false;
	*last = *first;
	if (dash && value_number(dash + 1, last) != VALUE_OK)
		return false;
	return *first <= *last && *last < JOB_CPUS_MAX;
}

void set_cpus(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	struct job_process *proc = key_member(k, out);
	cpu_set_t *cpus = arena_alloc(p->arena, sizeof(*cpus));
	uint64_t first, last;
	struct list list;
	size_t i;

	if (!cpus)
		p->errors.nomem = true;
	if (!cpus || !list_of(p, node, "a list of CPUs", JOB_CPUS_MAX, &list))
		return;
	if (!list.n)
		refuse(p, node, "%s is empty: a process needs a CPU to run on", k->name);
	for (i = 0; i < list.n; i++) {
		yaml_node_t *item = list_item(p, &list, i);
		const char *text = word_of(p, item, "a CPU's number, or a range as in 0-3,");

		if (text && !cpu_range(text, &first, &last))
			refuse(p, item, "a CPU's number up to %d, or a range as in 0-3, is wanted here, "
			       "not \"%s\"", JOB_CPUS_MAX - 1, show(text, strlen(text)).text);
		else if (text)
			for (; first <= last; first++)
				CPU_SET(first, cpus);
	}
	proc->cpus = cpus;
}

#define AT(member) .offset = offsetof(struct job_process, member)

/* A number that is narrower than set_number()'s target. */
static void set_int(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	int *member = key_member(k, out);
	struct key wide = *k;
	uint64_t value = (uint64_t)*member;

	wide.offset = 0;
	set_number(p, &wide, node, &value);
	*member = (int)value;
}

static const struct word policies[] = {
	{ "other", SCHED_OTHER },
	{ "batch", SCHED_BATCH },
	{ "idle", SCHED_IDLE },
	{ "fifo", SCHED_FIFO },
	{ "rr", SCHED_RR },
	{}
};

static const struct key scheduler_keys[] = {
	{ "policy", set_word, AT(scheduler), .words = policies, .required = true },
	{ "priority", set_int, AT(priority), .min = 1, .max = PRIORITY_MAX },
	{}
};

void set_scheduler(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	struct job_process *proc = key_member(k, out);
	size_t errors = p->errors.n;
	bool realtime;

	walk_mapping(p, node, node, "a mapping, as in {policy: rr, priority: 10},", scheduler_keys, proc);
	if (p->errors.n != errors)
		return;
	proc->scheduler_set = true;
	realtime = proc->scheduler == SCHED_FIFO || proc->scheduler == SCHED_RR;
	if (realtime && !proc->priority)
		refuse(p, node, "priority is missing: the policies fifo and rr need one, 1 to %d",
		       PRIORITY_MAX);
	else if (!realtime && proc->priority)
		refuse(p, node, "priority belongs to the policies fifo and rr: use nice");
}

static const struct word io_classes[] = {
	{ "realtime", JOB_IO_REALTIME },
	{ "best-effort", JOB_IO_BEST_EFFORT },
	{ "idle", JOB_IO_IDLE },
	{}
};

static const struct key io_keys[] = {
	{ "class", set_word, AT(io_class), .words = io_classes, .required = true },
	{ "level", set_int, AT(io_level), .min = 0, .max = IO_LEVEL_MAX },
	{}
};

void set_io_priority(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	struct job_process *proc = key_member(k, out);

	proc->io_level = IO_LEVEL_DEFAULT;
	walk_mapping(p, node, node, "a mapping, as in {class: idle},", io_keys, proc);
	if (proc->io_class == JOB_IO_IDLE)
		proc->io_level = 0;
}
