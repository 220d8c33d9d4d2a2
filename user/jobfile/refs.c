/* SPDX-License-Identifier: GPL-2.0 */
/* Keys by which jobs name other jobs. */
#include <string.h>

#include "user/jobfile/command.h"
#include "user/jobfile/jobfile.h"
#include "user/jobfile/list.h"
#include "user/jobfile/refs.h"
#include "user/jobfile/value.h"

#define SIGNAL_PREFIX "signal "

static void set_ref(struct parse *p, yaml_node_t *node, struct job_ref *ref)
{
	const char *text = word_of(p, node, "a job's name");

	ref->line = node->start_mark.line + 1;
	ref->column = node->start_mark.column + 1;
	if (!text)
		return;
	if (value_is_job_name(text))
		ref->name = text_keep(p, text);
	else
		refuse(p, node, "\"%s\" is no job's name", show(text, strlen(text)).text);
}

static void refuse_same(struct parse *p, yaml_node_t *node, const struct job_ref *list, size_t i)
{
	size_t j;

	for (j = 0; j < i; j++) {
		if (!list[i].name || !list[j].name || strcmp(list[i].name, list[j].name) != 0)
			continue;
		refuse(p, node, "\"%s\" is named twice: keep one",
		       show(list[i].name, strlen(list[i].name)).text);
		return;
	}
}

void set_refs(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	struct job_refs *refs = key_member(k, out);
	struct list items;
	struct job_ref *list = list_members(p, k, node, "a list of jobs' names, as in [a, b],",
					    "jobs", JOB_REFS_MAX, sizeof(*list), &items);
	size_t i;

	if (!list)
		return;
	for (i = 0; i < items.n; i++) {
		set_ref(p, list_item(p, &items, i), &list[i]);
		refuse_same(p, list_item(p, &items, i), list, i);
	}
	*refs = (struct job_refs){ .list = list, .n = items.n };
}

static void set_dependency_signal(struct parse *p, yaml_node_t *node, const char *name,
				  struct job_spec *spec)
{
	struct suggestion meant = {};
	int sig = value_signal(name, &meant);

	spec->on_dependency = JOB_DEPENDENCY_SIGNAL;
	spec->dependency_signal = sig;
	if (!sig)
		refuse(p, node, "unknown signal \"%s\": write a name, as in signal HUP",
		       show(name, strlen(name)).text);
}

void set_on_dependency(struct parse *p, const struct key *k, yaml_node_t *node, void *out)
{
	static const struct word words[] = {
		{ "restart", JOB_DEPENDENCY_RESTART },
		{ "stop", JOB_DEPENDENCY_STOP },
		{ "ignore", JOB_DEPENDENCY_IGNORE },
		{}
	};
	const char *what = "restart, stop, ignore or signal NAME";
	const char *text = word_of(p, node, what);
	struct job_spec *spec = out;
	const struct word *w;

	(void)k;
	if (!text)
		return;
	if (!strncmp(text, SIGNAL_PREFIX, strlen(SIGNAL_PREFIX))) {
		set_dependency_signal(p, node, text + strlen(SIGNAL_PREFIX), spec);
		return;
	}
	for (w = words; w->name && strcmp(w->name, text) != 0; w++)
		;
	if (w->name)
		spec->on_dependency = (enum job_on_dependency)w->value;
	else
		refuse(p, node, "%s is wanted here, not \"%s\"", what,
		       show(text, strlen(text)).text);
}
