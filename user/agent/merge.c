// SPDX-License-Identifier: GPL-2.0
/* Job files merged to one set of jobs with unique names. */
#include "user/agent/merge.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/agent/bounds.h"
#include "user/base/path.h"
#include "user/jobfile/ties.h"

static bool is_job_file(const char *name)
{
	size_t len = strlen(name);

	return name[0] != '.' && len > 5 && strcmp(name + len - 5, ".yaml") == 0;
}

int merge_add_slot(struct merge *m, const char *path)
{
	struct merge_slot *slot;

	if (m->nslots >= AGENT_FILES_MAX) {
		complaints_add(&m->errors, "%s: there are more than %d job files", path,
			       AGENT_FILES_MAX);
		return 0;
	}
	if (!m->slots)
		m->slots = calloc(AGENT_FILES_MAX, sizeof(*m->slots));
	if (!m->slots)
		return -ENOMEM;
	slot = &m->slots[m->nslots];
	slot->path = strdup(path);
	if (!slot->path)
		return -ENOMEM;
	m->nslots++;
	return 0;
}

static int slot_cmp(const void *a, const void *b)
{
	return strcmp(((const struct merge_slot *)a)->path, ((const struct merge_slot *)b)->path);
}

struct merge_slot *merge_find(struct merge *m, const char *path)
{
	struct merge_slot key = { .path = (char *)path };

	return m->nslots ? bsearch(&key, m->slots, m->nslots, sizeof(key), slot_cmp) : NULL;
}

static int list_dir(struct merge *m, DIR *d, const char *dir)
{
	char path[PATH_MAX];
	struct dirent *e;
	int err = 0;

	while (!err && (errno = 0, e = readdir(d))) {
		if (!is_job_file(e->d_name))
			continue;
		err = path_join(path, sizeof(path), dir, e->d_name, "");
		if (!err)
			err = merge_add_slot(m, path);
	}
	return err ? err : -errno;
}

static int known_cmp(const void *path, const void *src)
{
	return strcmp(path, (*(struct jobsrc *const *)src)->path);
}

static struct jobsrc *find_known(const struct merge *m, const char *path)
{
	struct jobsrc *const *found = NULL;

	if (m->nknown)
		found = bsearch(path, m->known, m->nknown, sizeof(*m->known), known_cmp);
	return found ? *found : NULL;
}

int merge_dir(struct merge *m, const char *dir)
{
	DIR *d = opendir(dir);
	size_t i;
	int err;

	if (!d) {
		err = -errno;
		complaints_add(&m->errors, "%s: cannot read it: %s", dir, strerror(-err));
		return err;
	}
	err = list_dir(m, d, dir);
	closedir(d);
	if (err) {
		complaints_add(&m->errors, "%s: cannot read it: %s", dir, strerror(-err));
		return err;
	}
	if (m->nslots)
		qsort(m->slots, m->nslots, sizeof(*m->slots), slot_cmp);
	for (i = 0; i < m->nslots; i++)
		m->slots[i].good = jobsrc_read_again(m->slots[i].path,
						     find_known(m, m->slots[i].path), &m->errors);
	return 0;
}

/* By name; of one name, the present version of the first file first. */
static int entry_cmp(const void *pa, const void *pb)
{
	const struct merge_entry *a = pa, *b = pb;
	int cmp = strcmp(a->spec->name, b->spec->name);

	if (cmp)
		return cmp;
	if (a->fallback != b->fallback)
		return a->fallback ? 1 : -1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static int collect(struct merge *m)
{
	size_t room = 1, i, j;

	for (i = 0; i < m->nslots; i++)
		room += m->slots[i].used ? m->slots[i].used->file.nspecs : 0;
	free(m->entries);
	m->entries = calloc(room, sizeof(*m->entries));
	m->n = 0;
	if (!m->entries)
		return -ENOMEM;
	for (i = 0; i < m->nslots; i++) {
		struct jobsrc *src = m->slots[i].used;

		for (j = 0; src && j < src->file.nspecs; j++)
			m->entries[m->n++] = (struct merge_entry){
				.spec = &src->file.specs[j],
				.src = src,
				.fallback = src != m->slots[i].good,
				.order = i,
			};
	}
	qsort(m->entries, m->n, sizeof(*m->entries), entry_cmp);
	return 0;
}

static void refuse(struct merge_slot *slot)
{
	slot->used = slot->last;
	jobsrc_put(slot->good);
	slot->good = NULL;
}

/* Entries of files that are refused stay until the next collect(): mark first, drop after. */
static void refuse_duplicates(struct merge *m, bool *bad)
{
	size_t i, first = 0;

	for (i = 1; i < m->n; i++) {
		const struct merge_entry *a = &m->entries[first], *b = &m->entries[i];

		if (strcmp(a->spec->name, b->spec->name) != 0) {
			first = i;
			continue;
		}
		if (a->fallback || b->fallback)
			continue;
		complaints_add(&m->errors, "%s:%u:%u: job \"%s\" is defined in %s:%u, too",
			       b->src->path, b->spec->line, b->spec->column, b->spec->name,
			       a->src->path, a->spec->line);
		bad[b->order] = true;
	}
	for (i = 0; i < m->nslots; i++)
		if (bad[i])
			refuse(&m->slots[i]);
}

static void refuse_excess(struct merge *m)
{
	size_t total = 0, i;

	for (i = 0; i < m->nslots; i++) {
		struct merge_slot *slot = &m->slots[i];

		total += slot->used ? slot->used->file.nspecs : 0;
		if (total <= AGENT_JOBS_MAX)
			continue;
		complaints_add(&m->errors, "%s: its %zu jobs make more than %d on this node",
			       slot->path, slot->used->file.nspecs, AGENT_JOBS_MAX);
		total -= slot->used->file.nspecs;
		if (slot->good)
			refuse(slot);
		else
			slot->used = NULL;
		total += slot->used ? slot->used->file.nspecs : 0;
	}
}

static void keep_first_of_name(struct merge *m)
{
	size_t i, n = 0;

	for (i = 0; i < m->n; i++)
		if (n == 0 || strcmp(m->entries[n - 1].spec->name, m->entries[i].spec->name) != 0)
			m->entries[n++] = m->entries[i];
	m->n = n;
}

/** struct naming - what the dependencies of the chosen versions are checked with. */
struct naming {
	struct merge *m;
	const struct job_spec **specs;
	bool *bad;
	bool refused;
};

static void blame(struct naming *c, const struct merge_entry *e, const struct job_ref *ref,
		  const char *text)
{
	complaints_add(&c->m->errors, "%s:%u:%u: %s", e->src->path, ref->line, ref->column, text);
	c->bad[e->order] = true;
	c->refused = true;
}

/* A last good version may name a job that is gone by now: its job waits in vain, and says so. */
static void blame_missing(void *arg, size_t from, enum tie_kind kind, const struct job_ref *ref)
{
	struct naming *c = arg;
	char text[JOB_NAME_LEN_MAX + 40];

	(void)kind;
	if (c->m->entries[from].fallback)
		return;
	snprintf(text, sizeof(text), "there is no job \"%s\"", ref->name);
	blame(c, &c->m->entries[from], ref, text);
}

/* How much this tie is to blame for a cycle; 0: its file is a last good version. */
static int guilt(const struct merge *m, const struct tie *tie)
{
	const struct merge_entry *e = &m->entries[tie->from];
	const struct merge_slot *slot = &m->slots[e->order];
	const struct jobsrc *last = slot->last;
	bool same = last && last->len == e->src->len &&
		    memcmp(last->text, e->src->text, last->len) == 0;

	if (e->fallback)
		return 0;
	/* To go back to the same text would mend nothing. A key says more than a place in a group. */
	return 1 + 2 * !same + (tie->kind != TIE_MEMBER);
}

/* The versions used so far have no cycle: a present version is part of it. */
static void blame_cycle(struct naming *c, const struct ties *t, const uint32_t *path, size_t len)
{
	const struct tie *tie = NULL;
	char text[512] = "jobs wait for each other: ";
	size_t n = strlen(text), i;

	for (i = 0; i < len; i++) {
		const struct tie *next = &t->list[path[i]];

		if (guilt(c->m, next) > (tie ? guilt(c->m, tie) : 0))
			tie = next;
	}
	if (!tie)
		return;
	ties_write_cycle(t, c->specs, path, len, text + n, sizeof(text) - n);
	blame(c, &c->m->entries[tie->from], tie->ref, text);
}

static int check_names(struct naming *c)
{
	struct merge *m = c->m;
	uint32_t *path = calloc(m->n + 1, sizeof(*path));
	struct ties t = { 0 };
	size_t len, i;
	int err;

	c->specs = calloc(m->n + 1, sizeof(*c->specs));
	err = path && c->specs ? 0 : -ENOMEM;
	for (i = 0; !err && i < m->n; i++)
		c->specs[i] = m->entries[i].spec;
	if (!err)
		err = ties_make(&t, c->specs, m->n, blame_missing, c);
	if (!err && !c->refused)
		err = ties_cycle(&t, m->n, path, &len);
	if (!err && !c->refused && len)
		blame_cycle(c, &t, path, len);
	ties_free(&t);
	free(c->specs);
	free(path);
	return err;
}

/* A file that is refused may leave others with names that no job has: until all are well. */
static int refuse_bad_names(struct merge *m, bool *bad)
{
	struct naming c;
	size_t i;
	int err;

	do {
		keep_first_of_name(m);
		c = (struct naming){ .m = m, .bad = bad };
		memset(bad, 0, m->nslots * sizeof(*bad));
		err = check_names(&c);
		for (i = 0; i < m->nslots; i++)
			if (bad[i])
				refuse(&m->slots[i]);
		if (!err)
			err = collect(m);
	} while (!err && c.refused);
	return err;
}

int merge_run(struct merge *m)
{
	bool *bad = calloc(m->nslots + 1, sizeof(*bad));
	size_t i;
	int err = bad ? 0 : -ENOMEM;

	for (i = 0; i < m->nslots; i++)
		m->slots[i].used = m->slots[i].good ? m->slots[i].good : m->slots[i].last;
	if (!err)
		err = collect(m);
	if (!err) {
		refuse_duplicates(m, bad);
		refuse_excess(m);
		err = collect(m);
	}
	if (!err)
		err = refuse_bad_names(m, bad);
	if (!err)
		keep_first_of_name(m);
	free(bad);
	return err;
}

void merge_free(struct merge *m)
{
	size_t i;

	for (i = 0; i < m->nslots; i++) {
		jobsrc_put(m->slots[i].good);
		jobsrc_put(m->slots[i].last);
		free(m->slots[i].path);
	}
	free(m->slots);
	free(m->entries);
	complaints_free(&m->errors);
	*m = (struct merge){ 0 };
}
