// SPDX-License-Identifier: GPL-2.0
/* Which jobs a request names: one, all instances of a template, or all that match a pattern. */
#include "user/agent/select.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

static size_t index_after(const struct jobs *js, const char *name)
{
	size_t i = jobs_place(js, name);

	return i < js->n && strcmp(js->list[i]->name, name) == 0 ? i + 1 : i;
}

static struct job *next_match(const struct jobs *js, const char *pattern, const char *after)
{
	size_t i = after ? index_after(js, after) : 0;

	for (; i < js->n; i++)
		if (!js->list[i]->removed && !js->list[i]->slot &&
		    fnmatch(pattern, js->list[i]->name, 0) == 0)
			return js->list[i];
	return NULL;
}

/* They stand side by side in the table. */
static struct job *next_instance(const struct jobs *js, const char *template, const char *after)
{
	char prefix[JOB_NAME_LEN_MAX + 2];
	size_t len, i;

	len = (size_t)snprintf(prefix, sizeof(prefix), "%s@", template);
	if (len >= sizeof(prefix))
		return NULL;
	i = after ? index_after(js, after) : jobs_place(js, prefix);
	for (; i < js->n && strncmp(js->list[i]->name, prefix, len) == 0; i++)
		if (!js->list[i]->removed && !js->list[i]->slot)
			return js->list[i];
	return NULL;
}

bool select_one(const struct jobs *js, const char *what)
{
	const struct job *job = jobs_find(js, what);

	return job && !job->removed;
}

struct job *select_next(const struct jobs *js, const char *what, const char *after)
{
	if (select_one(js, what))
		return after ? NULL : jobs_find(js, what);
	if (strpbrk(what, "*?["))
		return next_match(js, what, after);
	return next_instance(js, what, after);
}
