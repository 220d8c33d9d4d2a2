// SPDX-License-Identifier: GPL-2.0
/* The job files of the node: the newest good version of each, and every error. */
#include "user/agent/jobset.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/agent/agent.h"
#include "user/agent/cgroup_limits.h"
#include "user/agent/life.h"
#include "user/agent/merge.h"
#include "user/base/clock.h"
#include "user/base/log.h"

/* A directory that cannot be read tells nothing: all last good versions stay. */
static void add_last(struct merge *m, struct jobsrc *src, bool dir_bad)
{
	struct merge_slot *slot = merge_find(m, src->path);

	/* Added in the order of paths, so that the slots stay sorted. */
	if (!slot && dir_bad && merge_add_slot(m, src->path) == 0)
		slot = merge_find(m, src->path);
	if (!slot)
		return;
	jobsrc_get(src);
	slot->last = src;
}

struct saved_files {
	struct jobsrc **list;
	size_t n;
	const char *dir;
};

static void keep_saved(void *arg, const char *path, const char *text, size_t len)
{
	struct saved_files *files = arg;
	size_t dir_len = strlen(files->dir);
	struct jobsrc *src;

	/* Of another directory: this vigild was not told to run those. */
	if (strncmp(path, files->dir, dir_len) != 0 || path[dir_len] != '/' ||
	    strchr(path + dir_len + 1, '/') || files->n >= AGENT_FILES_MAX)
		return;
	src = jobsrc_copy(path, text, len);
	if (src)
		files->list[files->n++] = src;
}

static int src_cmp(const void *a, const void *b)
{
	return strcmp((*(struct jobsrc *const *)a)->path, (*(struct jobsrc *const *)b)->path);
}

/* The set as the last vigild knew it. */
static int load_saved(struct agent *a)
{
	struct jobset *set = &a->set;
	struct saved_files files = { .dir = a->opt.jobs_dir };

	if (!a->persist.store)
		return 0;
	files.list = calloc(AGENT_FILES_MAX, sizeof(*files.list));
	if (!files.list)
		return -ENOMEM;
	if (store_each_file(a->persist.store, keep_saved, &files))
		log_error("cannot read the job files' last good versions: %s",
			  store_error(a->persist.store));
	if (files.n)
		qsort(files.list, files.n, sizeof(*files.list), src_cmp);
	set->current = files.list;
	set->n = files.n;
	return 0;
}

static bool same_text(const struct jobsrc *a, const struct jobsrc *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* A reload has looked at it: the first time, or again. */
static void note_definition(struct job *job, bool fresh, bool changed)
{
	if (fresh)
		history_note(job, HISTORY_DEFINED, job->spec->autostart ? NULL :
			     "autostart is false: it is started when somebody asks for it");
	else if (changed)
		history_note(job, HISTORY_REDEFINED, job->src->path);
}

static void define(struct agent *a, const struct merge_entry *e, bool first)
{
	struct job *job = jobs_find(&a->jobs, e->spec->name);
	bool fresh = !job || job->removed;
	bool changed = job && job->src && !same_text(job->src, e->src);

	if (!job)
		job = jobs_add(&a->jobs, a, e->spec->name);
	if (!job || job_define(job, e->src, e->spec)) {
		log_error("%s: out of memory", e->spec->name);
		if (job && !job->spec) {
			jobs_take(&a->jobs, job);
			job_free(job);
		}
		return;
	}
	job->removed = false;
	view_touch(job);
	if (!fresh)
		life_redefined(job);
	cgroups_want(&a->cgroups, cgroup_limits_controllers(job->spec));
	/* What its new definition needs may have been restarted since it started: that is no news. */
	if (job->inst.pid && (e->spec->requires.n || e->spec->binds_to.n)) {
		job->progress.told_us = clock_us();
		persist_job(job);
	}
	if (!first)
		note_definition(job, fresh, changed);
	if (fresh && !first && job->spec->autostart)
		life_start(job);
	else if (fresh)
		persist_job(job);
}

static bool has_entry(const struct merge *m, const char *name)
{
	size_t lo = 0, hi = m->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int cmp = strcmp(m->entries[mid].spec->name, name);

		if (cmp == 0)
			return true;
		if (cmp < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

/* Backwards: a job that is down leaves the table at once. */
static void remove_unnamed(struct agent *a, const struct merge *m)
{
	size_t i = a->jobs.n;

	while (i-- > 0) {
		struct job *job = a->jobs.list[i];

		if (!job->removed && !has_entry(m, job->name)) {
			log_notice("%s: removed", job->name);
			life_remove(job);
		}
	}
}

static void forget_path(struct jobset *set, const char *path)
{
	char **list = reallocarray(set->deleted, set->ndeleted + 1, sizeof(*list));
	char *copy = strdup(path);

	if (list)
		set->deleted = list;
	if (list && copy)
		set->deleted[set->ndeleted++] = copy;
	else
		free(copy);
}

/* Allocated before anything changes. */
static void replace_current(struct jobset *set, struct merge *m, struct jobsrc **current)
{
	size_t n = 0, i;

	for (i = 0; i < set->n; i++)
		if (!merge_find(m, set->current[i]->path))
			forget_path(set, set->current[i]->path);
	for (i = 0; i < m->nslots; i++) {
		struct merge_slot *slot = &m->slots[i];

		if (!slot->used)
			continue;
		if (slot->last && slot->last->saved && same_text(slot->last, slot->used))
			slot->used->saved = true;
		jobsrc_get(slot->used);
		current[n++] = slot->used;
		set->unsaved |= !slot->used->saved;
	}
	for (i = 0; i < set->n; i++)
		jobsrc_put(set->current[i]);
	free(set->current);
	set->current = current;
	set->n = n;
	set->unsaved |= set->ndeleted > 0;
}

static void apply(struct agent *a, struct merge *m, struct jobsrc **current, bool first)
{
	struct jobset *set = &a->set;
	size_t i;

	remove_unnamed(a, m);
	for (i = 0; i < m->n; i++)
		define(a, &m->entries[i], first);
	order_rebuild(a);
	replace_current(set, m, current);
	complaints_free(&set->errors);
	set->errors = m->errors;
	set->loads++;
	m->errors = (struct complaints){ 0 };
	for (i = 0; i < set->errors.n; i++)
		log_error("%s", set->errors.list[i]);
}

int jobset_load(struct agent *a, bool first)
{
	struct jobset *set = &a->set;
	struct merge m = { 0 };
	struct jobsrc **current;
	size_t i;
	int err = first ? load_saved(a) : 0;
	bool dir_bad;

	if (err)
		return err;
	err = merge_dir(&m, a->opt.jobs_dir);
	dir_bad = err && err != -ENOMEM;
	for (i = 0; i < set->n; i++)
		add_last(&m, set->current[i], dir_bad);
	if (err != -ENOMEM)
		err = merge_run(&m);
	current = err ? NULL : calloc(m.nslots + 1, sizeof(*current));
	if (current)
		apply(a, &m, current, first);
	else
		err = -ENOMEM;
	merge_free(&m);
	return err;
}

int jobset_check(const char *dir)
{
	struct merge m = { 0 };
	size_t i;
	int n;

	if (merge_dir(&m, dir) == 0 && merge_run(&m))
		complaints_add(&m.errors, "%s: out of memory", dir);
	for (i = 0; i < m.errors.n; i++)
		fprintf(stderr, "%s\n", m.errors.list[i]);
	n = (int)m.errors.n;
	merge_free(&m);
	return n;
}

bool jobset_is_unsaved(const struct jobset *set)
{
	return set->unsaved;
}

int jobset_save(struct jobset *set, struct store *store)
{
	size_t i;
	int err = 0;

	if (!set->unsaved)
		return 0;
	for (i = 0; !err && i < set->ndeleted; i++)
		err = store_del_file(store, set->deleted[i]);
	for (i = 0; !err && i < set->n; i++) {
		const struct jobsrc *src = set->current[i];

		if (!src->saved)
			err = store_put_file(store, src->path, src->text, src->len);
	}
	return err;
}

static void drop_deleted(struct jobset *set)
{
	size_t i;

	for (i = 0; i < set->ndeleted; i++)
		free(set->deleted[i]);
	free(set->deleted);
	set->deleted = NULL;
	set->ndeleted = 0;
}

void jobset_saved(struct jobset *set)
{
	size_t i;

	for (i = 0; i < set->n; i++)
		set->current[i]->saved = true;
	drop_deleted(set);
	set->unsaved = false;
}

void jobset_unsaved(struct jobset *set)
{
	size_t i;

	for (i = 0; i < set->n; i++)
		set->current[i]->saved = false;
	set->unsaved = true;
}

void jobset_free(struct jobset *set)
{
	size_t i;

	for (i = 0; i < set->n; i++)
		jobsrc_put(set->current[i]);
	free(set->current);
	drop_deleted(set);
	complaints_free(&set->errors);
}
