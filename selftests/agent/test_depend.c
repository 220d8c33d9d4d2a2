// SPDX-License-Identifier: GPL-2.0
/* Dependencies: the rules by tables, and random worlds that must come to rest in order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "selftests/lib/harness.h"
#include "user/agent/depend.h"

enum { JOBS_MAX = 24, REFS_MAX = 6, WORLDS = 400, STEPS_MAX = 4000 };

/* A world of jobs, whose views the test writes itself. */
struct world {
	size_t n;
	struct job_spec specs[JOBS_MAX];
	const struct job_spec *sorted[JOBS_MAX];
	char names[JOBS_MAX][8];
	struct job_ref refs[JOBS_MAX][3][REFS_MAX];
	size_t nrefs[JOBS_MAX][3];
	struct depend_view views[JOBS_MAX];
	struct depend d;
};

static struct depend_view look(const void *arg, uint32_t job)
{
	return ((const struct world *)arg)->views[job];
}

/* Named so that they sort by number. */
static void world_init(struct world *w, size_t n)
{
	size_t i;

	memset(w, 0, sizeof(*w));
	w->n = n;
	for (i = 0; i < n; i++) {
		snprintf(w->names[i], sizeof(w->names[i]), "j%03zu", i);
		w->specs[i].name = w->names[i];
		w->sorted[i] = &w->specs[i];
	}
}

static void world_tie(struct world *w, size_t from, enum tie_kind kind, size_t to)
{
	struct job_refs *lists[] = { &w->specs[from].after, &w->specs[from].requires,
				     &w->specs[from].binds_to };
	struct job_ref *refs = w->refs[from][kind];
	size_t *n = &w->nrefs[from][kind];

	if (*n == REFS_MAX)
		return;
	refs[(*n)++].name = w->names[to];
	*lists[kind] = (struct job_refs){ .list = refs, .n = *n };
}

static int world_seal(struct world *w)
{
	return depend_init(&w->d, w->sorted, w->n, look, w);
}

#define READY(since) { .stand = DEPEND_READY, .wanted = true, .alive = true, .since_us = (since) }
#define COMING { .stand = DEPEND_COMING, .wanted = true }
#define ENDING { .stand = DEPEND_LEAVING, .alive = true, .since_us = 1 }
#define CYCLING { .stand = DEPEND_LEAVING, .wanted = true, .alive = true, .since_us = 1 }
#define STOPPED { .stand = DEPEND_GONE }
#define FAILED { .stand = DEPEND_GONE, .wanted = true }

struct start_case {
	const char *name;
	enum tie_kind kind;
	struct depend_view needed;
	enum depend_start want;
};

static const struct start_case starts[] = {
	{ "after one that runs", TIE_AFTER, READY(1), DEPEND_START },
	{ "after one on its way", TIE_AFTER, COMING, DEPEND_WAIT },
	{ "after one that ends to come back", TIE_AFTER, CYCLING, DEPEND_WAIT },
	{ "after one that ends", TIE_AFTER, ENDING, DEPEND_START },
	{ "after one that is down", TIE_AFTER, STOPPED, DEPEND_START },
	{ "after one that has failed", TIE_AFTER, FAILED, DEPEND_START },
	{ "requires one that runs", TIE_REQUIRES, READY(1), DEPEND_START },
	{ "requires one on its way", TIE_REQUIRES, COMING, DEPEND_WAIT },
	{ "requires one that ends to come back", TIE_REQUIRES, CYCLING, DEPEND_WAIT },
	{ "requires one that ends", TIE_REQUIRES, ENDING, DEPEND_STUCK },
	{ "requires one that is down", TIE_REQUIRES, STOPPED, DEPEND_STUCK },
	{ "requires one that has failed", TIE_REQUIRES, FAILED, DEPEND_STUCK },
	{ "bound to one that runs", TIE_BINDS, READY(1), DEPEND_START },
	{ "bound to one on its way", TIE_BINDS, COMING, DEPEND_WAIT },
	{ "bound to one that has failed", TIE_BINDS, FAILED, DEPEND_STUCK },
};

TEST(a_start_waits_as_its_tie_says)
{
	struct world w;
	uint32_t culprit;
	size_t i;

	for (i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		world_init(&w, 2);
		world_tie(&w, 1, starts[i].kind, 0);
		ASSERT_EQ(0, world_seal(&w));
		w.views[0] = starts[i].needed;
		EXPECT_EQ(starts[i].want, depend_may_start(&w.d, 1, &culprit))
			TH_LOG("%s", starts[i].name);
		EXPECT_EQ(starts[i].want == DEPEND_START ? DEPEND_NOBODY : 0, culprit);
		EXPECT_EQ(DEPEND_START, depend_may_start(&w.d, 0, &culprit));
		depend_free(&w.d);
	}
}

struct deed_case {
	const char *name;
	enum tie_kind kind;
	enum job_on_dependency on;
	struct depend_view needed;
	enum depend_deed want;
};

#define ON(what) JOB_DEPENDENCY_##what

/* Of a job that has run since 10 and knows what came up to 20. */
static const struct deed_case deeds[] = {
	{ "after: whatever happens", TIE_AFTER, ON(RESTART), STOPPED, DEPEND_GO_ON },
	{ "requires: it runs", TIE_REQUIRES, ON(DEFAULT), READY(5), DEPEND_GO_ON },
	{ "requires: it died and comes back", TIE_REQUIRES, ON(DEFAULT), COMING, DEPEND_GO_ON },
	{ "requires: it is back", TIE_REQUIRES, ON(DEFAULT), READY(30), DEPEND_GO_ON },
	{ "requires: it is told to stop", TIE_REQUIRES, ON(DEFAULT), ENDING, DEPEND_RESTART },
	{ "requires: it is restarted", TIE_REQUIRES, ON(DEFAULT), CYCLING, DEPEND_RESTART },
	{ "requires: it has failed", TIE_REQUIRES, ON(DEFAULT), FAILED, DEPEND_RESTART },
	{ "binds: it runs", TIE_BINDS, ON(DEFAULT), READY(5), DEPEND_GO_ON },
	{ "binds: old news", TIE_BINDS, ON(DEFAULT), READY(15), DEPEND_GO_ON },
	{ "binds: it died and comes back", TIE_BINDS, ON(DEFAULT), COMING, DEPEND_RESTART },
	{ "binds: it is back already", TIE_BINDS, ON(DEFAULT), READY(30), DEPEND_RESTART },
	{ "binds: it has failed", TIE_BINDS, ON(DEFAULT), FAILED, DEPEND_RESTART },
	{ "restart: it died", TIE_REQUIRES, ON(RESTART), COMING, DEPEND_RESTART },
	{ "restart: it is back already", TIE_REQUIRES, ON(RESTART), READY(30), DEPEND_RESTART },
	{ "stop: it died", TIE_BINDS, ON(STOP), COMING, DEPEND_STOP },
	{ "stop: it is back already", TIE_REQUIRES, ON(STOP), READY(30), DEPEND_STOP },
	{ "stop: it runs", TIE_REQUIRES, ON(STOP), READY(5), DEPEND_GO_ON },
	{ "signal: it died", TIE_BINDS, ON(SIGNAL), COMING, DEPEND_GO_ON },
	{ "signal: it is restarted", TIE_BINDS, ON(SIGNAL), CYCLING, DEPEND_GO_ON },
	{ "signal: it is back", TIE_BINDS, ON(SIGNAL), READY(30), DEPEND_SIGNAL },
	{ "signal: it is told to stop", TIE_BINDS, ON(SIGNAL), ENDING, DEPEND_RESTART },
	{ "signal: it has failed", TIE_REQUIRES, ON(SIGNAL), FAILED, DEPEND_RESTART },
	{ "ignore: it died", TIE_BINDS, ON(IGNORE), COMING, DEPEND_GO_ON },
	{ "ignore: it has failed", TIE_BINDS, ON(IGNORE), FAILED, DEPEND_GO_ON },
};

TEST(what_follows_is_as_the_tie_and_the_job_say)
{
	struct world w;
	size_t i;

	for (i = 0; i < sizeof(deeds) / sizeof(*deeds); i++) {
		world_init(&w, 2);
		world_tie(&w, 1, deeds[i].kind, 0);
		ASSERT_EQ(0, world_seal(&w));
		w.views[0] = deeds[i].needed;
		w.views[1] = (struct depend_view)READY(10);
		w.views[1].told_us = 20;
		w.views[1].on_dependency = deeds[i].on;
		EXPECT_EQ(deeds[i].want, depend_deed(&w.d, 1))
			TH_LOG("%s", deeds[i].name);
		depend_free(&w.d);
	}
}

TEST(a_stop_comes_after_those_that_it_ends)
{
	struct world w;

	world_init(&w, 2);
	world_tie(&w, 1, TIE_REQUIRES, 0);
	ASSERT_EQ(0, world_seal(&w));
	w.views[0] = (struct depend_view)ENDING;
	w.views[1] = (struct depend_view)READY(10);
	EXPECT_FALSE(depend_may_stop(&w.d, 0));
	w.views[1] = (struct depend_view)CYCLING;
	EXPECT_FALSE(depend_may_stop(&w.d, 0));
	w.views[1] = (struct depend_view)COMING;
	EXPECT_TRUE(depend_may_stop(&w.d, 0));
	w.views[1] = (struct depend_view)READY(10);
	w.views[1].on_dependency = JOB_DEPENDENCY_IGNORE;
	EXPECT_TRUE(depend_may_stop(&w.d, 0));
	depend_free(&w.d);
}

TEST(order_alone_holds_a_stop_only_while_both_stop)
{
	struct world w;

	world_init(&w, 2);
	world_tie(&w, 1, TIE_AFTER, 0);
	ASSERT_EQ(0, world_seal(&w));
	w.views[0] = (struct depend_view)ENDING;
	w.views[1] = (struct depend_view)READY(10);
	EXPECT_TRUE(depend_may_stop(&w.d, 0));
	w.views[1] = (struct depend_view)ENDING;
	EXPECT_FALSE(depend_may_stop(&w.d, 0));
	depend_free(&w.d);
}

TEST(a_needed_job_that_does_not_exist_holds_the_start)
{
	struct world w;
	uint32_t culprit = 0;

	world_init(&w, 3);
	world_tie(&w, 0, TIE_REQUIRES, 2);
	world_tie(&w, 1, TIE_AFTER, 2);
	w.n = 2;
	ASSERT_EQ(0, world_seal(&w));
	EXPECT_EQ(DEPEND_STUCK, depend_may_start(&w.d, 0, &culprit));
	EXPECT_EQ(DEPEND_NOBODY, culprit);
	EXPECT_EQ(DEPEND_START, depend_may_start(&w.d, 1, &culprit));
	depend_free(&w.d);
}

TEST(a_name_means_its_replicas)
{
	static const char *const names[] = { "web-a", "web.b", "web2", "web@1", "web@2", "webx" };
	struct job_spec specs[6];
	const struct job_spec *sorted[6];
	size_t first, i;

	for (i = 0; i < 6; i++) {
		specs[i] = (struct job_spec){ .name = names[i] };
		sorted[i] = &specs[i];
	}
	EXPECT_EQ(2, depend_targets(sorted, 6, "web", &first));
	EXPECT_EQ(3, first);
	EXPECT_EQ(1, depend_targets(sorted, 6, "web2", &first));
	EXPECT_EQ(1, depend_targets(sorted, 6, "web@2", &first));
	EXPECT_EQ(0, depend_targets(sorted, 6, "we", &first));
	EXPECT_EQ(0, depend_targets(sorted, 6, "zz", &first));
	EXPECT_EQ(0, depend_targets(sorted, 0, "web", &first));
}

TEST(members_of_a_group_wait_for_each_other)
{
	struct job_ref refs[3];
	struct job_group team = { .jobs = { .list = refs, .n = 3 } };
	struct world w;
	uint32_t culprit;
	unsigned int i;

	world_init(&w, 3);
	for (i = 0; i < 3; i++) {
		refs[i] = (struct job_ref){ .name = w.names[i] };
		w.specs[i].team = &team;
		w.specs[i].team_place = i;
		w.views[i] = (struct depend_view)READY(10);
	}
	ASSERT_EQ(0, world_seal(&w));
	/* The second has died, and the third is to go. */
	w.views[1] = (struct depend_view)COMING;
	w.views[2].stale = true;
	EXPECT_EQ(DEPEND_GO_ON, depend_deed(&w.d, 0));
	EXPECT_EQ(DEPEND_RESTART, depend_deed(&w.d, 2));
	EXPECT_EQ(DEPEND_WAIT, depend_may_start(&w.d, 1, &culprit));
	EXPECT_EQ(2, culprit);
	w.views[2] = (struct depend_view)COMING;
	EXPECT_EQ(DEPEND_START, depend_may_start(&w.d, 1, &culprit));
	EXPECT_EQ(DEPEND_WAIT, depend_may_start(&w.d, 2, &culprit));
	EXPECT_EQ(1, culprit);
	/* All are to go: the last one first. */
	for (i = 0; i < 3; i++) {
		w.views[i] = (struct depend_view)CYCLING;
		w.views[i].stale = true;
	}
	EXPECT_FALSE(depend_may_stop(&w.d, 0));
	EXPECT_FALSE(depend_may_stop(&w.d, 1));
	EXPECT_TRUE(depend_may_stop(&w.d, 2));
	depend_free(&w.d);
}

/* By definition: some job reaches itself. The model is the closure of all ties. */
static bool closure_has_cycle(const struct ties *t, size_t n)
{
	static bool reach[JOBS_MAX][JOBS_MAX];
	size_t i, j, k;

	memset(reach, 0, sizeof(reach));
	for (i = 0; i < t->n; i++)
		reach[t->list[i].from][t->list[i].to] = true;
	for (k = 0; k < n; k++)
		for (i = 0; i < n; i++)
			for (j = 0; j < n; j++)
				reach[i][j] |= reach[i][k] && reach[k][j];
	for (i = 0; i < n; i++)
		if (reach[i][i])
			return true;
	return false;
}

TEST(cycles_are_found_and_are_cycles)
{
	struct world w;
	struct ties t;
	uint32_t path[JOBS_MAX + 1];
	size_t len, i, round, found = 0;

	srandom(1);
	for (round = 0; round < WORLDS; round++) {
		size_t n = 1 + (size_t)random() % JOBS_MAX;

		world_init(&w, n);
		for (i = 0; i < n; i++)
			world_tie(&w, (size_t)random() % n, (enum tie_kind)(random() % 3),
				  (size_t)random() % n);
		ASSERT_EQ(0, ties_make(&t, w.sorted, n, NULL, NULL));
		ASSERT_EQ(0, ties_cycle(&t, n, path, &len));
		ASSERT_EQ(closure_has_cycle(&t, n), len > 0);
		for (i = 0; i < len; i++)
			ASSERT_EQ(t.list[path[i]].to, t.list[path[(i + 1) % len]].from);
		found += len > 0;
		ties_free(&t);
	}
	EXPECT_LT(0, found);
	EXPECT_LT(found, WORLDS);
}

TEST(a_cycle_is_written_as_its_path)
{
	struct world w;
	struct ties t;
	uint32_t path[4];
	char text[64];
	size_t len;

	world_init(&w, 3);
	world_tie(&w, 0, TIE_REQUIRES, 1);
	world_tie(&w, 1, TIE_AFTER, 2);
	world_tie(&w, 2, TIE_BINDS, 0);
	ASSERT_EQ(0, ties_make(&t, w.sorted, 3, NULL, NULL));
	ASSERT_EQ(0, ties_cycle(&t, 3, path, &len));
	ties_write_cycle(&t, w.sorted, path, len, text, sizeof(text));
	EXPECT_STREQ("j000 -> j001 -> j002 -> j000", text);
	ties_write_cycle(&t, w.sorted, path, len, text, 8);
	EXPECT_STREQ("j000 ->", text);
	ties_free(&t);
}

/* What must hold of each live job that is not ending, by the meaning of the keys. */
static bool in_order(const struct world *w, size_t job)
{
	const struct depend *d = &w->d;
	size_t i;

	for (i = 0; i < d->ties.n; i++) {
		const struct tie *t = &d->ties.list[i];
		const struct depend_view *needed = &w->views[t->to];

		if (t->from != job || t->kind == TIE_AFTER)
			continue;
		if (needed->stand == DEPEND_GONE || needed->stand == DEPEND_LEAVING)
			return false;
		if (t->kind == TIE_BINDS && (needed->stand != DEPEND_READY ||
					     needed->since_us > w->views[job].since_us))
			return false;
	}
	return true;
}

/* One thing that life.c would do for a job. False: there is nothing to do. */
static bool act(struct world *w, uint32_t job, uint64_t now)
{
	struct depend_view *v = &w->views[job];
	uint32_t culprit;
	enum depend_start start;

	if (v->stand == DEPEND_LEAVING) {
		if (!depend_may_stop(&w->d, job))
			return false;
		v->alive = false;
		v->stand = v->wanted ? DEPEND_COMING : DEPEND_GONE;
		return true;
	}
	if (v->alive) {
		if (depend_deed(&w->d, job) != DEPEND_RESTART)
			return false;
		v->stand = DEPEND_LEAVING;
		return true;
	}
	if (!v->wanted)
		return false;
	start = depend_may_start(&w->d, job, &culprit);
	if (start == DEPEND_START) {
		*v = (struct depend_view)READY(now);
		v->told_us = now;
		return true;
	}
	if ((start == DEPEND_STUCK) == (v->stand == DEPEND_GONE))
		return false;
	v->stand = start == DEPEND_STUCK ? DEPEND_GONE : DEPEND_COMING;
	return true;
}

/* An operator, or death. */
static void disturb(struct world *w, uint32_t job)
{
	struct depend_view *v = &w->views[job];

	switch (random() % 3) {
	case 0:
		v->wanted = false;
		v->stand = v->alive ? DEPEND_LEAVING : DEPEND_GONE;
		break;
	case 1:
		if (!v->wanted && !v->alive)
			*v = (struct depend_view)COMING;
		break;
	default:
		v->alive = false;
		v->stand = v->wanted ? DEPEND_COMING : DEPEND_GONE;
		break;
	}
}

/* Actions in any order must come to rest; then all that may run does, and nothing else. */
static bool comes_to_rest(struct world *w, uint64_t *now)
{
	size_t step, idle = 0;

	for (step = 0; step < STEPS_MAX && idle < 20 * w->n; step++)
		idle = act(w, (uint32_t)((size_t)random() % w->n), ++*now) ? 0 : idle + 1;
	return step < STEPS_MAX;
}

static bool may_run(const struct world *w, size_t job)
{
	const struct depend *d = &w->d;
	size_t i;

	for (i = 0; i < d->ties.n; i++) {
		const struct tie *t = &d->ties.list[i];

		if (t->from == job && t->kind != TIE_AFTER && !(w->views[t->to].wanted &&
								 may_run(w, t->to)))
			return false;
	}
	return true;
}

TEST(random_worlds_come_to_rest_in_order)
{
	struct world w;
	uint64_t now = 1;
	size_t round, i, j;

	srandom(2);
	for (round = 0; round < WORLDS; round++) {
		world_init(&w, 2 + (size_t)random() % 10);
		/* Ties lead to lower numbers only: no cycles. */
		for (i = 0; i < 2 * w.n; i++) {
			size_t from = 1 + (size_t)random() % (w.n - 1);

			world_tie(&w, from, (enum tie_kind)(random() % 3),
				  (size_t)random() % from);
		}
		ASSERT_EQ(0, world_seal(&w));
		for (i = 0; i < w.n; i++)
			w.views[i] = (struct depend_view)COMING;
		for (j = 0; j < 10; j++) {
			ASSERT_TRUE(comes_to_rest(&w, &now));
			for (i = 0; i < w.n; i++) {
				ASSERT_EQ(w.views[i].wanted && may_run(&w, i), w.views[i].alive)
					TH_LOG("world %zu, job %zu", round, i);
				if (w.views[i].alive)
					ASSERT_TRUE(in_order(&w, i));
			}
			disturb(&w, (uint32_t)((size_t)random() % w.n));
			act(&w, (uint32_t)((size_t)random() % w.n), ++now);
			disturb(&w, (uint32_t)((size_t)random() % w.n));
		}
		depend_free(&w.d);
	}
}

TEST_HARNESS_MAIN
