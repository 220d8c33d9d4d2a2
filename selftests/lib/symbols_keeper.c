// SPDX-License-Identifier: GPL-2.0
/* The keeper by libvigil.so. */
#include "selftests/lib/symbols.h"

static const char *const again[] = { "/bin/false", "--again", NULL };
static const struct vigil_keeper_plan keeper_plan = {
	.argv = again, .respawn_max = 2, .window_ms = 5000, .register_ms = 4000,
	.last_resort = VIGIL_KEEPER_LAST_RESORT_REPORT,
};

TEST_F(lib, vigil_keeper_set_makes_the_process_the_keeper_and_it_is_brought_back)
{
	struct vigil_keeper_news *n = &self->e.keeper;

	ASSERT_EQ(0, watch(self));
	ASSERT_EQ(0, vigil_keeper_set(self->v, self->w.id, &keeper_plan));
	ASSERT_EQ(1, await_event(self->ev, &self->e));
	ASSERT_EQ(VIGIL_EVENT_TYPE_KEEPER, self->e.type);
	EXPECT_EQ(VIGIL_KEEPER_STAGE_REGISTERED, n->stage);
	EXPECT_EQ(self->c.pid, n->pid);
	EXPECT_LT(self->w.start_ns, self->e.boottime_ns);
	EXPECT_LT(0, self->e.realtime_ns);
	child_kill(&self->c, SIGKILL);
	ASSERT_EQ(1, await_event(self->ev, &self->e));
	EXPECT_EQ(VIGIL_EVENT_TYPE_DEAD, self->e.type);
	ASSERT_EQ(1, await_event(self->ev, &self->e));
	EXPECT_EQ(VIGIL_KEEPER_STAGE_LOST, n->stage);
	EXPECT_EQ(VIGIL_KEEPER_WHY_DEAD, n->why);
	ASSERT_EQ(1, await_event(self->ev, &self->e));
	EXPECT_EQ(VIGIL_KEEPER_STAGE_RESPAWNED, n->stage);
	EXPECT_NE(self->c.pid, n->pid);
	EXPECT_EQ(1, n->respawns);
	EXPECT_EQ(0, vigil_keeper_resign(self->v, 0));
}

TEST_F(lib, vigil_keeper_set_refuses_with_a_sentence)
{
	const char *long_one[VIGIL_KEEPER_WORDS_MAX + 2] = { "/bin/true" };
	struct vigil_keeper_plan plan = keeper_plan;
	int i;

	ASSERT_EQ(0, watch(self));
	plan.argv = NULL;
	EXPECT_EQ(-EINVAL, vigil_keeper_set(self->v, self->w.id, &plan));
	EXPECT_STRNE("", vigil_error(self->v));
	for (i = 1; i <= VIGIL_KEEPER_WORDS_MAX; i++)
		long_one[i] = "w";
	plan.argv = long_one;
	EXPECT_EQ(-EINVAL, vigil_keeper_set(self->v, self->w.id, &plan));
	EXPECT_STRNE("", vigil_error(self->v));
	EXPECT_EQ(-ENOENT, vigil_keeper_set(self->v, UINT64_MAX, &keeper_plan));
	EXPECT_STREQ("there is no watch with this id", vigil_error(self->v));
}

TEST_F(lib, vigil_keeper_resign_ends_the_keeping_of_whom_it_names)
{
	ASSERT_EQ(0, watch(self));
	EXPECT_EQ(-ENOENT, vigil_keeper_resign(self->v, 0));
	EXPECT_STREQ("there is no keeper", vigil_error(self->v));
	ASSERT_EQ(0, vigil_keeper_set(self->v, self->w.id, &keeper_plan));
	EXPECT_EQ(-ESRCH, vigil_keeper_resign(self->v, getpid()));
	EXPECT_STRNE("", vigil_error(self->v));
	EXPECT_EQ(0, vigil_keeper_resign(self->v, self->c.pid));
}

TEST_F(lib, vigil_keeper_get_tells_what_was_set)
{
	struct vigil_keeper k;

	ASSERT_EQ(0, watch(self));
	ASSERT_EQ(0, vigil_keeper_set(self->v, self->w.id, &keeper_plan));
	ASSERT_EQ(0, vigil_keeper_get(self->v, &k));
	EXPECT_EQ(VIGIL_KEEPER_STATE_KEPT, k.state);
	EXPECT_EQ(self->w.id, k.id);
	EXPECT_EQ(self->c.pid, k.pid);
	EXPECT_EQ(2, k.respawn_max);
	EXPECT_EQ(5000, k.window_ms);
	EXPECT_EQ(4000, k.register_ms);
	EXPECT_EQ(VIGIL_KEEPER_LAST_RESORT_REPORT, k.last_resort);
	ASSERT_EQ(2, k.argc);
	EXPECT_EQ(0, memcmp("/bin/false\0--again", k.argv, sizeof("/bin/false\0--again")));
	ASSERT_EQ(0, vigil_keeper_resign(self->v, 0));
	ASSERT_EQ(0, vigil_keeper_get(self->v, &k));
	EXPECT_EQ(VIGIL_KEEPER_STATE_NONE, k.state);
	EXPECT_EQ(0, k.argc);
}

TEST(vigil_keeper_state_name_names_each)
{
	EXPECT_STREQ("none", vigil_keeper_state_name(VIGIL_KEEPER_STATE_NONE));
	EXPECT_STREQ("exhausted", vigil_keeper_state_name(VIGIL_KEEPER_STATE_EXHAUSTED));
	EXPECT_STREQ("unknown", vigil_keeper_state_name((enum vigil_keeper_state)-1));
}

TEST(vigil_keeper_last_resort_name_names_each)
{
	EXPECT_STREQ("report", vigil_keeper_last_resort_name(VIGIL_KEEPER_LAST_RESORT_REPORT));
	EXPECT_STREQ("reboot", vigil_keeper_last_resort_name(VIGIL_KEEPER_LAST_RESORT_REBOOT));
	EXPECT_STREQ("unknown", vigil_keeper_last_resort_name((enum vigil_keeper_last_resort)99));
}

TEST(vigil_keeper_stage_name_names_each)
{
	EXPECT_STREQ("registered", vigil_keeper_stage_name(VIGIL_KEEPER_STAGE_REGISTERED));
	EXPECT_STREQ("exhausted", vigil_keeper_stage_name(VIGIL_KEEPER_STAGE_EXHAUSTED));
	EXPECT_STREQ("unknown", vigil_keeper_stage_name((enum vigil_keeper_stage)99));
}

TEST(vigil_keeper_why_name_names_each)
{
	EXPECT_STREQ("none", vigil_keeper_why_name(VIGIL_KEEPER_WHY_NONE));
	EXPECT_STREQ("stuck", vigil_keeper_why_name(VIGIL_KEEPER_WHY_STUCK));
	EXPECT_STREQ("unknown", vigil_keeper_why_name((enum vigil_keeper_why)99));
}

TEST_HARNESS_MAIN
