/* SPDX-License-Identifier: GPL-2.0 */
/* The groups of a file, and what ties its jobs to each other. */
#include <stdlib.h>
#include <string.h>

#include "user/jobfile/command.h"
#include "user/jobfile/refs.h"
#include "user/jobfile/supervision.h"
#include "user/jobfile/ties.h"
#include "user/jobfile/value.h"

#define SEC 1000000ull
#define AT(member) .offset = offsetof(struct job_group, member)

static const struct word strategies[] = {
	{ "one-for-one", JOB_ONE_FOR_ONE },
	{ "rest-for-one", JOB_REST_FOR_ONE },
	{ "one-for-all", JOB_ONE_FOR_ALL },
	{}
};

static void set_max(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	struct job_group *group = out;
	struct key wide = *k;
	uint64_t value = group->restarts_max;

	wide.offset = 0;
	set_number(p, &wide, node, &value);
	group->restarts_max = (unsigned int)value;
}

static const struct key limit_keys[] = {
	{ "max", set_max, .min = 0, .max = 1000 },
	{ "within", set_duration, AT(restarts_window_us), .min = SEC, .max = 24 * 3600 * SEC },
	{}
};

static const struct key group_keys[] = {
	{ "strategy", set_word, AT(strategy), .words = strategies },
	{ "jobs", set_refs, AT(jobs), .required = true },
	{ "restart-limit", set_mapping, .keys = limit_keys },
	{}
};

static void walk_group(struct parse *p, yaml_node_t *name, yaml_node_t *node,
		       struct job_group *group)
{
	const char *text = word_of(p, name, "a group's name");

	group->strategy = JOB_ONE_FOR_ONE;
	group->restarts_max = 10;
	group->restarts_window_us = 60 * SEC;
	group->line = name->start_mark.line + 1;
	group->column = name->start_mark.column + 1;
	if (text && !value_is_job_name(text))
		refuse(p, name, "bad group name \"%s\": it is formed like a job's",
		       show(text, strlen(text)).text);
	else if (text)
		group->name = text_keep(p, text);
	walk_mapping(p, name, node, "a group's mapping, as in {jobs: [a, b]},", group_keys, group);
}

void set_supervision(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	struct groups *groups = key_member(k, out);
	yaml_node_pair_t *pairs;
	size_t n, i;

	if (!enter_mapping(p, node, "a mapping of group names to groups"))
		return;
	pairs = node->data.mapping.pairs.start;
	n = (size_t)(node->data.mapping.pairs.top - pairs);
	if (n > JOB_TEAMS_MAX) {
		refuse(p, node, "%zu groups: %d is the limit of one file", n, JOB_TEAMS_MAX);
		return;
	}
	groups->list = arena_alloc(p->arena, (n + 1) * sizeof(*groups->list));
	if (!groups->list) {
		p->errors.nomem = true;
		return;
	}
	for (i = 0; i < n && !errors_full(&p->errors); i++)
		walk_group(p, node_of(p, pairs[i].key), node_of(p, pairs[i].value),
			   &groups->list[i]);
	groups->n = n;
}

static void join(struct parse *p, struct job_spec *spec, const struct job_group *group,
		 unsigned int place)
{
	const struct job_ref *ref = &group->jobs.list[place];

	if (spec->team) {
		errors_add(&p->errors, ref->line, ref->column,
			   "job \"%s\" is in group \"%s\", too: a job is in one group at most",
			   show(spec->name, strlen(spec->name)).text,
			   show(spec->team->name, strlen(spec->team->name)).text);
		return;
	}
	spec->team = group;
	spec->team_place = place;
}

/* @sorted shows the same specs as @specs. */
static void fill_group(struct parse *p, const struct job_spec *const *sorted, size_t n,
		       const struct job_group *group)
{
	unsigned int place;
	size_t first, found, i;

	for (place = 0; place < group->jobs.n; place++) {
		const struct job_ref *ref = &group->jobs.list[place];

		found = depend_targets(sorted, n, ref->name, &first);
		if (!found)
			errors_add(&p->errors, ref->line, ref->column,
				   "there is no job \"%s\" in this file: a group is of one file",
				   show(ref->name, strlen(ref->name)).text);
		for (i = 0; i < found; i++)
			join(p, (struct job_spec *)sorted[first + i], group, place);
	}
}

static void refuse_groupless(struct parse *p, const struct job_spec *specs, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (specs[i].on_limit == JOB_LIMIT_RESTART_GROUP && !specs[i].team)
			errors_add(&p->errors, specs[i].line, specs[i].column,
				   "on-limit: restart-group, but \"%s\" is in no group",
				   show(specs[i].name, strlen(specs[i].name)).text);
}

/* The tie to blame: a key of a job rather than a place in a group. */
static const struct job_ref *blame(const struct ties *t, const uint32_t *path, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (t->list[path[i]].kind != TIE_MEMBER)
			return t->list[path[i]].ref;
	return t->list[path[0]].ref;
}

static void refuse_cycle(struct parse *p, const struct job_spec *const *sorted, size_t n)
{
	uint32_t *path = calloc(n + 1, sizeof(*path));
	const struct job_ref *ref;
	struct ties t = {};
	char text[150];
	size_t len;

	if (!path || ties_make(&t, sorted, n, NULL, NULL) || ties_cycle(&t, n, path, &len)) {
		p->errors.nomem = true;
	} else if (len) {
		ref = blame(&t, path, len);
		ties_write_cycle(&t, sorted, path, len, text, sizeof(text));
		errors_add(&p->errors, ref->line, ref->column, "jobs wait for each other: %s", text);
	}
	ties_free(&t);
	free(path);
}

static int by_name(const void *a, const void *b)
{
	return strcmp((*(const struct job_spec *const *)a)->name,
		      (*(const struct job_spec *const *)b)->name);
}

void supervision_link(struct parse *p, struct job_spec *specs, size_t n, struct groups *groups)
{
	const struct job_spec **sorted = calloc(n + 1, sizeof(*sorted));
	size_t i;

	if (!sorted) {
		p->errors.nomem = true;
		return;
	}
	for (i = 0; i < n; i++)
		sorted[i] = &specs[i];
	qsort(sorted, n, sizeof(*sorted), by_name);
	for (i = 0; i < groups->n; i++)
		fill_group(p, sorted, n, &groups->list[i]);
	refuse_groupless(p, specs, n);
	if (!p->errors.n)
		refuse_cycle(p, sorted, n);
	free(sorted);
}
