// SPDX-License-Identifier: GPL-2.0
/* Elements join and leave while jobs run. */
#include "selftests/lib/harness.h"
#include "selftests/core/pair.h"

FIXTURE(scope)
{
	struct pair p;
	struct core_member list[PAIR_ELEMENTS];
	uint32_t version;
};

FIXTURE_SETUP(scope)
{
	uint32_t i;

	pair_begin(&self->p, 4);
	self->p.members[3].nhomes = 0;
	pair_new_monitor(&self->p);
	for (i = 0; i < PAIR_ELEMENTS; i++)
		self->list[i] = i < 4 ? self->p.members[i] : (struct core_member){ 0 };
	self->version = 1;
	for (i = 0; i < 12; i++)
		pair_job(&self->p);
	pair_tell_jobs(&self->p);
	pair_run(&self->p, 1000);
}

FIXTURE_TEARDOWN(scope)
{
	pair_end(&self->p);
}

/* Accepted? */
static bool change(struct _test_data_scope *t, uint32_t version)
{
	struct core_event e = { .type = CORE_MEMBERS, .members = { .list = t->list, .version = version } };
	uint64_t before = t->p.told[CORE_T_MEMBERS];

	pair_to_monitor(&t->p, &e);
	return t->p.told[CORE_T_MEMBERS] > before;
}

TEST_F(scope, a_new_element_joins_and_gets_jobs)
{
	struct pair *p = &self->p;
	uint32_t i;

	EXPECT_EQ(0, pair_count(p, 3));
	self->list[3].nhomes = 1;
	self->list[3].homes[0] = 3;
	ASSERT_TRUE(change(self, 2));
	EXPECT_EQ(2, monitor_members(p->m));
	pair_run(p, 1000);
	EXPECT_TRUE(p->effective);
	for (i = 0; i < 3; i++)
		EXPECT_EQ(4, p->elements[i].started) TH_LOG("what ran was left alone");
	for (i = 0; i < 4; i++)
		pair_job(p);
	pair_tell_jobs(p);
	pair_run(p, 1000);
	EXPECT_EQ(4, pair_count(p, 3));
}

TEST_F(scope, an_element_leaves_when_it_is_empty)
{
	struct pair *p = &self->p;
	struct core_member there = self->list[1];

	self->list[1].nhomes = 0;
	EXPECT_FALSE(change(self, 2)) TH_LOG("not without having been leaving");
	self->list[1] = there;
	self->list[1].leaving = true;
	ASSERT_TRUE(change(self, 2));
	EXPECT_FALSE(monitor_may_leave(p->m, 1, p->now));
	while (!p->effective)
		pair_run(p, 1);
	self->list[1] = (struct core_member){ 0 };
	EXPECT_FALSE(change(self, 3)) TH_LOG("not with jobs on it");
	pair_run(p, 2000);
	EXPECT_EQ(0, pair_count(p, 1));
	EXPECT_EQ(12, pair_count(p, 0) + pair_count(p, 2));
	EXPECT_TRUE(monitor_may_leave(p->m, 1, p->now));
	EXPECT_FALSE(monitor_may_leave(p->m, 0, p->now));
	ASSERT_TRUE(change(self, 3));
	pair_run(p, 1000);
	EXPECT_TRUE(p->effective);
	EXPECT_EQ(12, pair_count(p, 0) + pair_count(p, 2));
}

TEST_F(scope, nothing_is_wished_onto_an_element_that_is_gone)
{
	struct pair *p = &self->p;
	struct core_event move = { .type = CORE_MOVE, .move = { .job = 1, .element = 1 } };

	pair_to_monitor(p, &move);
	pair_run(p, 500);
	self->list[1].leaving = true;
	ASSERT_TRUE(change(self, 2));
	pair_run(p, 2000);
	self->list[1] = (struct core_member){ 0 };
	ASSERT_TRUE(change(self, 3));
	while (!p->effective)
		pair_run(p, 1);
	/* It ends, and is to be started again. */
	p->elements[0].jobs[1] = p->elements[0].jobs[1] ? 2 : 0;
	p->elements[2].jobs[1] = p->elements[2].jobs[1] ? 2 : 0;
	pair_run(p, 1000);
	EXPECT_EQ(1, pair_runs(p, 1));
	EXPECT_EQ(0, p->elements[1].jobs[1]);
}

TEST_F(scope, two_changes_at_once_are_refused)
{
	self->list[1].leaving = true;
	self->list[2].leaving = true;
	EXPECT_FALSE(change(self, 2));
	self->list[2].leaving = false;
	EXPECT_FALSE(change(self, 3)) TH_LOG("a list is missing");
	EXPECT_FALSE(change(self, 1));
	EXPECT_TRUE(change(self, 2));
	EXPECT_EQ(3, self->p.told[CORE_T_MEMBERS_REFUSED]);
}

TEST_HARNESS_MAIN
