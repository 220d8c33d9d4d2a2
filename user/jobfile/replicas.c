/* SPDX-License-Identifier: GPL-2.0 */
/* Jobs that are made several times of one definition, and what differs between them. */
#include <stdio.h>
#include <string.h>

#include "user/jobfile/command.h"
#include "user/jobfile/jobfile.h"
#include "user/jobfile/list.h"
#include "user/jobfile/replicas.h"
#include "user/jobfile/value.h"

/* Each instance has a copy of what its definition says: bounded as a file is, but for a factor. */
enum { GROWTH_MAX = 4 };

static yaml_node_t *value_of(struct parse *p, yaml_node_t *mapping, const char *name)
{
	yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;

	for (; pair < mapping->data.mapping.pairs.top; pair++) {
		yaml_node_t *key = node_of(p, pair->key);

		if (key->type == YAML_SCALAR_NODE && !strcmp((char *)key->data.scalar.value, name))
			return node_of(p, pair->value);
	}
	return NULL;
}

static bool count(struct parse *p, yaml_node_t *node, struct replicas *r)
{
	const struct key key = { .name = "replicas", .min = 0, .max = JOBS_PER_FILE_MAX };
	uint64_t n = UINT64_MAX;
	char name[24];
	size_t i;

	set_number(p, &key, node, &n);
	if (n == UINT64_MAX)
		return false;
	r->names = list_new(p, n);
	for (i = 0; r->names && i < n; i++) {
		snprintf(name, sizeof(name), "%zu", i + 1);
		r->names[i] = text_keep(p, name);
	}
	r->n = n;
	return r->names;
}

static bool is_new(struct parse *p, yaml_node_t *item, const struct replicas *r, const char *text)
{
	size_t i;

	for (i = 0; i < r->n; i++) {
		if (strcmp(r->names[i], text))
			continue;
		refuse(p, item, "instance \"%s\" is given twice: keep one", text);
		return false;
	}
	return true;
}

static bool names(struct parse *p, yaml_node_t *node, struct replicas *r)
{
	struct list list;
	bool good = true;
	size_t i;

	if (!list_of(p, node, "a list of names", JOB_INSTANCES_MAX, &list))
		return false;
	r->names = list_new(p, list.n);
	for (i = 0; r->names && i < list.n; i++) {
		yaml_node_t *item = list_item(p, &list, i);
		const char *text = word_of(p, item, "an instance's name");

		good &= text && value_is_job_name(text);
		if (text && !value_is_job_name(text))
			refuse(p, item, "bad instance name \"%s\": it is made as a job's name is",
			       show(text, strlen(text)).text);
		else if (text)
			good &= is_new(p, item, r, text);
		if (good)
			r->names[r->n++] = text_keep(p, text);
	}
	return good && r->names;
}

bool replicas_of(struct parse *p, yaml_node_t *name, yaml_node_t *job, struct replicas *r)
{
	yaml_node_t *n, *list;
	size_t size;
	bool good;

	*r = (struct replicas){ 0 };
	if (job->type != YAML_MAPPING_NODE)
		return true;
	n = value_of(p, job, "replicas");
	list = value_of(p, job, "instances");
	if (!n && !list)
		return true;
	if (n && list) {
		refuse(p, list, "replicas and instances exclude each other: keep one");
		return false;
	}
	r->templated = true;
	good = n ? count(p, n, r) : names(p, list, r);
	size = job->end_mark.index - job->start_mark.index;
	if (good && r->n && size > GROWTH_MAX * (size_t)JOB_FILE_SIZE_MAX / r->n) {
		refuse(p, name, "%zu instances of a definition of %zu bytes: write less of either",
		       r->n, size);
		return false;
	}
	return good;
}

void set_replicas(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	(void)p;
	(void)k;
	(void)node;
	(void)out;
}

/* What stands for the specifier, or NULL. */
static const char *value_for(const struct parse *p, char specifier)
{
	switch (specifier) {
	case 'i':
		return p->instance;
	case 'n':
		return p->job;
	case '%':
		return "%";
	default:
		return NULL;
	}
}

static size_t filled_size(const struct parse *p, const char *text)
{
	size_t size = 1;

	for (; *text; text++)
		size += *text == '%' && text[1] ? strlen(value_for(p, *++text)) : 1;
	return size;
}

static const char *filled(struct parse *p, const char *text)
{
	char *out = arena_alloc(p->arena, filled_size(p, text)), *at = out;

	if (!out) {
		p->errors.nomem = true;
		return NULL;
	}
	for (; *text; text++) {
		if (*text == '%')
			at = stpcpy(at, value_for(p, *++text));
		else
			*at++ = *text;
	}
	return out;
}

const char *filled_word_of(struct parse *p, yaml_node_t *node, const char *what)
{
	const char *text = word_of(p, node, what), *mark;

	if (!text || !p->instance || !strchr(text, '%'))
		return text;
	for (mark = strchr(text, '%'); mark; mark = strchr(mark + 2, '%')) {
		if (value_for(p, mark[1]))
			continue;
		refuse(p, node, "unknown specifier \"%s\": write %%i, %%n, or %%%% for %%",
		       show(mark, mark[1] ? 2 : 1).text);
		return NULL;
	}
	return filled(p, text);
}
