/* SPDX-License-Identifier: GPL-2.0 */
/* Job files: YAML text in, validated job definitions or every error of the file out. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/jobfile/job.h"
#include "user/jobfile/replicas.h"
#include "user/jobfile/scan.h"
#include "user/jobfile/supervision.h"

/* The jobs of one file, while it is walked. */
struct jobs {
	struct job_spec *specs;
	size_t n;
	size_t room;
	struct groups groups;
};

static void set_jobs(struct parse *p, const struct key *k, yaml_node_t *node, void *out);

static const struct key file_keys[] = {
	{ "jobs", set_jobs, .required = true },
	{ "supervision", set_supervision, .offset = offsetof(struct jobs, groups) },
	{}
};

static int by_name(const void *a, const void *b, void *doc)
{
	const yaml_node_pair_t *x = a, *y = b;
	const char *s = (char *)yaml_document_get_node(doc, x->key)->data.scalar.value;
	const char *t = (char *)yaml_document_get_node(doc, y->key)->data.scalar.value;
	int r = strcmp(s, t);

	/* Nodes are numbered in the order of the file: of equal names the first one stays. */
	return r ? r : x->key - y->key;
}

static void refuse_same_names(struct parse *p, yaml_node_t *mapping)
{
	yaml_node_pair_t *pairs = mapping->data.mapping.pairs.start;
	size_t n = mapping->data.mapping.pairs.top - pairs, i;
	yaml_node_t *a, *b;

	qsort_r(pairs, n, sizeof(*pairs), by_name, &p->doc);
	for (i = 1; i < n; i++) {
		a = node_of(p, pairs[i - 1].key);
		b = node_of(p, pairs[i].key);
		if (!strcmp((char *)a->data.scalar.value, (char *)b->data.scalar.value))
			refuse(p, b, "job \"%s\" is given twice, first in line %zu",
			       show((char *)b->data.scalar.value, b->data.scalar.length).text,
			       a->start_mark.line + 1);
	}
}

static bool make_room(struct parse *p, struct jobs *jobs, size_t more)
{
	struct job_spec *specs;
	size_t room = jobs->room;

	while (room < jobs->n + more)
		room = room ? 2 * room : 16;
	specs = room == jobs->room ? jobs->specs : reallocarray(jobs->specs, room, sizeof(*specs));
	if (!specs) {
		p->errors.nomem = true;
		return false;
	}
	jobs->specs = specs;
	jobs->room = room;
	return true;
}

static void walk_one(struct parse *p, yaml_node_pair_t *pair, struct jobs *jobs, const char *instance)
{
	p->walk++;
	p->instance = instance;
	job_walk(p, node_of(p, pair->key), node_of(p, pair->value), &jobs->specs[jobs->n]);
	p->instance = NULL;
}

/* What is wrong with one instance is mostly wrong with all: it is told once. */
static void add_jobs(struct parse *p, yaml_node_pair_t *pair, struct jobs *jobs)
{
	yaml_node_t *name = node_of(p, pair->key);
	size_t errors, i;
	struct replicas r;

	if (!replicas_of(p, name, node_of(p, pair->value), &r))
		r = (struct replicas){ 0 };
	if (jobs->n + r.n > JOBS_PER_FILE_MAX) {
		refuse(p, name, "%zu jobs with these: %d is the limit of one file", jobs->n + r.n,
		       JOBS_PER_FILE_MAX);
		return;
	}
	if (!make_room(p, jobs, r.n ? r.n : 1))
		return;
	errors = p->errors.n;
	for (i = 0; i < r.n && p->errors.n == errors; i++, jobs->n++)
		walk_one(p, pair, jobs, r.names[i]);
	if (r.n)
		return;
	/* No instance is wanted; the definition is looked at all the same. */
	walk_one(p, pair, jobs, r.templated ? "1" : NULL);
	jobs->n += !r.templated;
}

static void set_jobs(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	struct jobs *jobs = out;
	yaml_node_pair_t *pairs;
	size_t n, i;
	bool named = true;

	(void)k;
	if (!enter_mapping(p, node, "a mapping of job names to jobs"))
		return;
	pairs = node->data.mapping.pairs.start;
	n = node->data.mapping.pairs.top - pairs;
	if (n > JOBS_PER_FILE_MAX) {
		refuse(p, node, "%zu jobs: %d is the limit of one file", n, JOBS_PER_FILE_MAX);
		return;
	}
	if (!make_room(p, jobs, n + 1))
		return;
	for (i = 0; i < n && !errors_full(&p->errors) && !p->errors.nomem; i++) {
		add_jobs(p, &pairs[i], jobs);
		named &= node_of(p, pairs[i].key)->type == YAML_SCALAR_NODE;
	}
	if (named && i == n)
		refuse_same_names(p, node);
}

static void walk_document(struct parse *p, struct jobs *jobs)
{
	yaml_node_t *root = yaml_document_get_root_node(&p->doc);

	if (!root) {
		errors_add(&p->errors, 0, 0, "the file is empty: it begins with \"jobs:\"");
		return;
	}
	p->walked = calloc(p->doc.nodes.top - p->doc.nodes.start, sizeof(*p->walked));
	p->walk = 1;
	if (p->walked)
		walk_mapping(p, root, root, "a mapping that begins with \"jobs:\"", file_keys,
			     jobs);
	else
		p->errors.nomem = true;
	free(p->walked);
	if (!p->errors.n && !p->errors.nomem)
		supervision_link(p, jobs->specs, jobs->n, &jobs->groups);
}

/* The tree is refused only for what scan() has told, or for want of memory. */
static void load(struct parse *p, const char *text, size_t len, struct jobs *jobs)
{
	yaml_parser_t parser;

	if (!yaml_parser_initialize(&parser)) {
		p->errors.nomem = true;
		return;
	}
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	if (yaml_parser_load(&parser, &p->doc)) {
		walk_document(p, jobs);
		yaml_document_delete(&p->doc);
	} else if (!p->errors.n) {
		p->errors.nomem = true;
	}
	yaml_parser_delete(&parser);
}

/* Either specs or errors: what belongs to neither is freed. */
static int finish(struct parse *p, struct jobs *jobs, struct job_file *out)
{
	size_t i;

	if (p->errors.nomem || p->errors.n) {
		free(jobs->specs);
		arena_free(p->arena);
		if (p->errors.nomem) {
			free(p->errors.list);
			return -ENOMEM;
		}
		errors_finish(&p->errors);
		out->errors = p->errors.list;
		out->nerrors = p->errors.n;
		return -EINVAL;
	}
	for (i = 0; i < jobs->n; i++)
		assert(jobs->specs[i].name && jobs->specs[i].argv && jobs->specs[i].argv[0]);
	out->specs = jobs->specs;
	out->nspecs = jobs->n;
	out->arena = p->arena;
	return 0;
}

int job_file_parse(const char *text, size_t len, struct job_file *out)
{
	static const char bom[] = "\xef\xbb\xbf";
	struct parse p = { .arena = arena_new() };
	struct jobs jobs = {};

	memset(out, 0, sizeof(*out));
	if (!p.arena)
		return -ENOMEM;
	/* libyaml would count it as a column. */
	if (len >= strlen(bom) && !memcmp(text, bom, strlen(bom))) {
		text += strlen(bom);
		len -= strlen(bom);
	}
	if (len > JOB_FILE_SIZE_MAX)
		errors_add(&p.errors, 0, 0, "larger than %d bytes: split it", JOB_FILE_SIZE_MAX);
	else if (scan(text, len, &p.errors))
		load(&p, text, len, &jobs);
	return finish(&p, &jobs, out);
}

void job_file_free(struct job_file *f)
{
	free(f->specs);
	free(f->errors);
	arena_free(f->arena);
	memset(f, 0, sizeof(*f));
}
