/* SPDX-License-Identifier: GPL-2.0 */
/* Which job waits for which: the dependencies of a set of jobs, and the cycles among them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/jobfile/ties.h"

/* Index of the first whose name is not below @name. */
static size_t place_of(const struct job_spec *const *specs, size_t n, const char *name)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (strcmp(specs[mid]->name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

size_t depend_targets(const struct job_spec *const *specs, size_t n, const char *name,
		      size_t *first)
{
	char replica[JOB_NAME_LEN_MAX + 2];
	size_t i = place_of(specs, n, name), len;

	*first = i;
	if (i < n && strcmp(specs[i]->name, name) == 0)
		return 1;
	len = (size_t)snprintf(replica, sizeof(replica), "%s@", name);
	*first = place_of(specs, n, replica);
	for (i = *first; i < n && strncmp(specs[i]->name, replica, len) == 0; i++)
		;
	return i - *first;
}

static int add(struct ties *t, struct tie tie)
{
	if (t->n == t->room) {
		size_t room = t->room ? 2 * t->room : 64;
		struct tie *list = reallocarray(t->list, room, sizeof(*list));

		if (!list)
			return -ENOMEM;
		t->list = list;
		t->room = room;
	}
	t->list[t->n++] = tie;
	return 0;
}

/** struct making - what the ties of one job are made with. */
struct making {
	struct ties *t;
	const struct job_spec *const *specs;
	size_t n;
	ties_missing_fn missing;
	void *arg;
};

static int tie_to(struct making *m, size_t from, enum tie_kind kind, const struct job_ref *ref,
		  const struct job_ref *blame)
{
	size_t first, found = depend_targets(m->specs, m->n, ref->name, &first), i;
	int err = 0;

	if (!found && m->missing)
		m->missing(m->arg, from, kind, blame);
	for (i = 0; !err && i < found; i++)
		err = add(m->t, (struct tie){ (uint32_t)from, (uint32_t)(first + i), kind, blame });
	return err;
}

static int tie_all(struct making *m, size_t from, enum tie_kind kind, const struct job_refs *refs)
{
	size_t i;
	int err = 0;

	for (i = 0; !err && i < refs->n; i++)
		err = tie_to(m, from, kind, &refs->list[i], &refs->list[i]);
	return err;
}

/* A job of a group waits for those before it in the group's list. */
static int tie_members(struct making *m, size_t from)
{
	const struct job_group *group = m->specs[from]->team;
	size_t place = m->specs[from]->team_place, i;
	int err = 0;

	for (i = 0; group && !err && i < place; i++)
		err = tie_to(m, from, TIE_MEMBER, &group->jobs.list[i], &group->jobs.list[place]);
	return err;
}

int ties_make(struct ties *t, const struct job_spec *const *specs, size_t n,
	      ties_missing_fn missing, void *arg)
{
	struct making m = { .t = t, .specs = specs, .n = n, .missing = missing, .arg = arg };
	size_t i;
	int err = 0;

	*t = (struct ties){ 0 };
	for (i = 0; !err && i < n; i++) {
		err = tie_all(&m, i, TIE_AFTER, &specs[i]->after);
		if (!err)
			err = tie_all(&m, i, TIE_REQUIRES, &specs[i]->requires);
		if (!err)
			err = tie_all(&m, i, TIE_BINDS, &specs[i]->binds_to);
		if (!err)
			err = tie_members(&m, i);
	}
	return err;
}

void ties_free(struct ties *t)
{
	free(t->list);
	*t = (struct ties){ 0 };
}

/** struct walk - a depth-first walk: of each job the next tie to follow, and how far it is done. */
struct walk {
	const struct ties *t;
	uint32_t *next;
	unsigned char *colour;	/* 0: new, 1: on the path, 2: done */
	uint32_t *path;		/* the ties that led to the job that is looked at */
	size_t len;
};

/* The path's tail from @to on is the cycle. */
static void keep_cycle(struct walk *w, uint32_t to)
{
	size_t i = 0;

	while (w->t->list[w->path[i]].from != to)
		i++;
	w->len -= i;
	memmove(w->path, w->path + i, w->len * sizeof(*w->path));
}

/* From one job. True: the path is a cycle. */
static bool walk_from(struct walk *w, uint32_t job)
{
	const struct ties *t = w->t;

	w->colour[job] = 1;
	for (;;) {
		uint32_t at = w->next[job];

		if (at < t->n && t->list[at].from == job) {
			uint32_t to = t->list[at].to;

			w->next[job]++;
			if (w->colour[to] == 2)
				continue;
			w->path[w->len++] = at;
			if (w->colour[to] == 1) {
				keep_cycle(w, to);
				return true;
			}
			w->colour[to] = 1;
			job = to;
			continue;
		}
		w->colour[job] = 2;
		if (!w->len)
			return false;
		job = t->list[w->path[--w->len]].from;
	}
}

int ties_cycle(const struct ties *t, size_t n, uint32_t *path, size_t *len)
{
	struct walk w = { .t = t, .path = path };
	size_t i, at = 0;
	bool found = false;

	*len = 0;
	w.next = calloc(n + 1, sizeof(*w.next));
	w.colour = calloc(n + 1, sizeof(*w.colour));
	if (w.next && w.colour) {
		for (i = 0; i < n; i++) {
			while (at < t->n && t->list[at].from < i)
				at++;
			w.next[i] = (uint32_t)at;
		}
		for (i = 0; i < n && !found; i++)
			found = !w.colour[i] && walk_from(&w, (uint32_t)i);
		*len = w.len;
	}
	i = w.next && w.colour;
	free(w.next);
	free(w.colour);
	return i ? 0 : -ENOMEM;
}

void ties_write_cycle(const struct ties *t, const struct job_spec *const *specs,
		      const uint32_t *path, size_t len, char *buf, size_t size)
{
	size_t n = 0, i;

	buf[0] = '\0';
	for (i = 0; i < len && n < size; i++)
		n += (size_t)snprintf(buf + n, size - n, "%s -> ",
				      specs[t->list[path[i]].from]->name);
	if (n < size)
		snprintf(buf + n, size - n, "%s", specs[t->list[path[0]].from]->name);
}
