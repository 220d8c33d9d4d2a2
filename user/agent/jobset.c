// SPDX-License-Identifier: GPL-2.0
/* The job files of the node: the newest good version of each, and every error. */
#include "user/agent/jobset.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/agent/agent.h"
#include "user/agent/cgroup_limits.h"
#include "user/agent/merge.h"
#include "user/agent/proposal.h"
#include "user/agent/standby.h"
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

	if (!persist_source(a))
		return 0;
	files.list = calloc(AGENT_FILES_MAX, sizeof(*files.list));
	if (!files.list)
		return -ENOMEM;
	if (store_each_file(persist_source(a), keep_saved, &files))
		log_error("cannot read the job files' last good versions: %s",
			  store_error(persist_source(a)));
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

static const struct job_spec *spec_of(const struct jobsrc *src, const char *name)
{
	size_t i;

	for (i = 0; i < src->file.nspecs; i++)
		if (strcmp(src->file.specs[i].name, name) == 0)
			return &src->file.specs[i];
	return NULL;
}

/* What runs of it was started by what the store has, if nothing else is known: version_rows_load(). */
static void note_saved(struct job *job, const struct merge *m, const struct merge_entry *e)
{
	struct jobsrc *saved = m->slots[e->order].last;
	const struct job_spec *spec = NULL;

	if (saved == e->src)
		spec = e->spec;
	else if (saved)
		spec = spec_of(saved, job->name);
	if (spec)
		version_set_run(job, saved, spec);
	else
		version_set_run(job, e->src, e->spec);
}

static void define(struct agent *a, const struct merge *m, const struct merge_entry *e)
{
	struct job *job = jobs_add(&a->jobs, a, e->spec->name), *slot = NULL;

	if (!job || job_define(job, e->src, e->spec)) {
		log_error("%s: out of memory", e->spec->name);
		if (job) {
			jobs_take(&a->jobs, job);
			job_free(job);
		}
		return;
	}
	note_saved(job, m, e);
	view_touch(job);
	cgroups_want(&a->cgroups, cgroup_limits_controllers(job->spec));
	persist_job(job);
	standby_define(job);
	while ((slot = standby_each(job, slot ? slot->slot : 0)))
		if (job->ver.run.src)
			version_set_run(slot, job->ver.run.src, job->ver.run.spec);
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

void jobset_replace(struct jobset *set, struct merge *m, struct jobsrc **current)
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

void jobset_take_errors(struct jobset *set, struct merge *m)
{
	size_t i;

	complaints_free(&set->errors);
	set->errors = m->errors;
	set->loads++;
	m->errors = (struct complaints){ 0 };
	for (i = 0; i < set->errors.n; i++)
		log_error("%s", set->errors.list[i]);
}

int jobset_read(struct agent *a, struct merge *m)
{
	struct jobset *set = &a->set;
	bool dir_bad;
	size_t i;
	int err;

	*m = (struct merge){ .known = set->current, .nknown = set->n };
	err = merge_dir(m, a->opt.jobs_dir);
	dir_bad = err && err != -ENOMEM;
	for (i = 0; i < set->n; i++)
		add_last(m, set->current[i], dir_bad);
	return err == -ENOMEM ? err : merge_run(m);
}

int jobset_load(struct agent *a)
{
	struct merge m = { 0 };
	struct jobsrc **current;
	size_t i;
	int err = load_saved(a);

	if (!err)
		err = jobset_read(a, &m);
	current = err ? NULL : calloc(m.nslots + 1, sizeof(*current));
	if (current) {
		for (i = 0; i < m.n; i++)
			define(a, &m, &m.entries[i]);
		order_rebuild(a);
		jobset_replace(&a->set, &m, current);
		jobset_take_errors(&a->set, &m);
	} else {
		err = -ENOMEM;
	}
	merge_free(&m);
	return err;
}

int jobset_reload(struct agent *a)
{
	char why[AGENT_REASON_MAX] = "out of memory";
	struct proposal p;
	int err = proposal_make(a, &p);

	if (!err && p.planned)
		err = proposal_apply(a, &p, why, sizeof(why));
	else if (!err)
		jobset_take_errors(&a->set, &p.files);
	if (err)
		log_error("the jobs are as before: %s", why);
	proposal_free(&p);
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
