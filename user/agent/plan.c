// SPDX-License-Identifier: GPL-2.0
/*
 * What a reload does to each job.
 *
 * Rules:
 *  1. A job that no file names any more is stopped and forgotten; one that is new is started, unless
 *     it is not to be started by itself.
 *  2. Of a job that is in both, the definition in force and the new one are compared, and so is the one
 *     that its process was started by. It is restarted if that process lacks a key that only a
 *     restart can bring it, unless it says on-change: keep. Else what can change at once does.
 *  3. A job that is down against what is wanted (failed, or waiting for its next attempt) is started if
 *     what its start depends on has changed: the change may be the cure.
 *  4. A job that needs one that stops or is restarted follows it as on-dependency says.
 */
#include "user/agent/plan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/agent/digest.h"
#include "user/jobfile/compare.h"
#include "user/jobfile/ties.h"

static const char *const action_names[PLAN_ACTIONS] = {
	[PLAN_NOTHING] = "nothing",
	[PLAN_START] = "start",
	[PLAN_STOP] = "stop",
	[PLAN_RESTART] = "restart",
	[PLAN_CHANGE] = "change",
	[PLAN_ADD] = "add",
	[PLAN_REMOVE] = "remove",
};

const char *plan_action_name(enum plan_action action)
{
	return action_names[action];
}

/* Rule 2 and 3. */
static void compare(struct plan_item *item, const struct plan_old *old, const struct job_spec *spec)
{
	uint64_t at_start = compare_mask(COMPARE_NEXT_START) | compare_mask(COMPARE_RESTART);
	uint64_t changed = old->spec ? compare_specs(old->spec, spec) : ~0ull;
	uint64_t lacks = old->run ? compare_specs(old->run, spec) : 0;
	bool up = old->stand == PLAN_UP;

	item->keep = spec->on_change == JOB_CHANGE_KEEP;
	item->now = changed & compare_mask(COMPARE_AT_ONCE);
	item->next = (up ? lacks : changed) & at_start;
	item->again = old->rolled_back && changed;
	if (up && !item->keep)
		item->restart = lacks & compare_mask(COMPARE_RESTART);
	if (item->restart)
		item->action = PLAN_RESTART;
	else if (old->stand == PLAN_BROKEN && !item->keep && changed & at_start)
		item->action = PLAN_START;
	else if (changed)
		item->action = PLAN_CHANGE;
}

static int take_fresh(struct plan_item *item, const struct plan_new *fresh, size_t i)
{
	item->fresh = i;
	item->path = strdup(fresh[i].path);
	item->line = fresh[i].spec->line;
	return item->path ? 0 : -ENOMEM;
}

static void add(struct plan *p, const char *name, size_t old, size_t fresh)
{
	struct plan_item *item = &p->items[p->n++];

	*item = (struct plan_item){ .old = old, .fresh = fresh };
	snprintf(item->name, sizeof(item->name), "%s", name);
}

static int add_next(struct plan *p, const struct plan_old *old, size_t nold, size_t *i,
		    const struct plan_new *fresh, size_t nfresh, size_t *j)
{
	int cmp = *i == nold ? 1 : *j == nfresh ? -1 : strcmp(old[*i].name, fresh[*j].spec->name);
	struct plan_item *item = &p->items[p->n];

	if (cmp < 0) {
		add(p, old[*i].name, *i, PLAN_NOBODY);
		item->action = old[*i].stand == PLAN_UP ? PLAN_STOP : PLAN_REMOVE;
		(*i)++;
		return 0;
	}
	add(p, fresh[*j].spec->name, cmp ? PLAN_NOBODY : *i, *j);
	if (cmp)
		item->action = fresh[*j].spec->autostart ? PLAN_START : PLAN_ADD;
	else
		compare(item, &old[(*i)++], fresh[*j].spec);
	(*j)++;
	return take_fresh(item, fresh, *j - 1);
}

/* Rule 4: what becomes of one that needs another which is ended. */
static enum plan_action follow(const struct tie *tie, const struct job_spec *spec)
{
	if (tie->kind != TIE_REQUIRES && tie->kind != TIE_BINDS)
		return PLAN_NOTHING;
	switch (spec->on_dependency) {
	case JOB_DEPENDENCY_STOP:
		return PLAN_STOP;
	case JOB_DEPENDENCY_SIGNAL:
	case JOB_DEPENDENCY_IGNORE:
		return PLAN_NOTHING;
	default:
		return PLAN_RESTART;
	}
}

static bool ends(const struct plan_item *item)
{
	return item->action == PLAN_RESTART || item->action == PLAN_STOP;
}

/* True: it follows, and others may have to follow it. */
static bool pull_along(struct plan_item *item, const struct plan_item *needed,
		       const struct tie *tie, const struct plan_old *old, const struct job_spec *spec)
{
	enum plan_action action = follow(tie, spec);

	if (action == PLAN_NOTHING || ends(item) || item->old == PLAN_NOBODY ||
	    old[item->old].stand != PLAN_UP || !ends(needed))
		return false;
	item->action = action;
	snprintf(item->with, sizeof(item->with), "%s", needed->name);
	return true;
}

/* Until nobody has to follow any more; each does once at most. */
static void follow_ties(const struct ties *t, struct plan_item **item_of,
			const struct job_spec *const *specs, const struct plan_old *old)
{
	bool more;
	size_t i;

	do {
		more = false;
		for (i = 0; i < t->n; i++)
			more |= pull_along(item_of[t->list[i].from], item_of[t->list[i].to],
					   &t->list[i], old, specs[t->list[i].from]);
	} while (more);
}

static bool any_ends(const struct plan *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (ends(&p->items[i]) && p->items[i].fresh != PLAN_NOBODY)
			return true;
	return false;
}

/* Of a job that goes none of the new definitions speaks. */
static int add_followers(struct plan *p, const struct plan_old *old, const struct plan_new *fresh,
			 size_t nfresh)
{
	const struct job_spec **specs = calloc(nfresh + 1, sizeof(*specs));
	struct plan_item **item_of = calloc(nfresh + 1, sizeof(*item_of));
	struct ties t = { 0 };
	int err = specs && item_of ? 0 : -ENOMEM;
	size_t i;

	for (i = 0; !err && i < nfresh; i++)
		specs[i] = fresh[i].spec;
	for (i = 0; !err && i < p->n; i++)
		if (p->items[i].fresh != PLAN_NOBODY)
			item_of[p->items[i].fresh] = &p->items[i];
	if (!err)
		err = ties_make(&t, specs, nfresh, NULL, NULL);
	if (!err)
		follow_ties(&t, item_of, specs, old);
	ties_free(&t);
	free(item_of);
	free(specs);
	return err;
}

static void sum_up(struct plan *p, uint64_t files)
{
	size_t i;

	p->id = files;
	for (i = 0; i < p->n; i++) {
		const struct plan_item *item = &p->items[i];

		p->count[item->action]++;
		p->id = digest_text(p->id, item->name);
		p->id = digest_number(p->id, (uint64_t)item->action);
		p->id = digest_number(p->id, item->now);
		p->id = digest_number(p->id, item->next);
	}
}

int plan_make(struct plan *p, const struct plan_old *old, size_t nold, const struct plan_new *fresh,
	      size_t nfresh, uint64_t files)
{
	size_t i = 0, j = 0;
	int err = 0;

	*p = (struct plan){ 0 };
	p->items = calloc(nold + nfresh + 1, sizeof(*p->items));
	if (!p->items)
		return -ENOMEM;
	while (!err && (i < nold || j < nfresh))
		err = add_next(p, old, nold, &i, fresh, nfresh, &j);
	if (!err && any_ends(p))
		err = add_followers(p, old, fresh, nfresh);
	if (!err)
		sum_up(p, files);
	return err;
}

void plan_free(struct plan *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		free(p->items[i].path);
	free(p->items);
	*p = (struct plan){ 0 };
}

bool plan_is_idle(const struct plan *p)
{
	return p->count[PLAN_NOTHING] == p->n;
}

void plan_id_write(const struct plan *p, char *text)
{
	snprintf(text, PLAN_ID_LEN + 1, "%016" PRIx64, p->id);
}
