// SPDX-License-Identifier: GPL-2.0
/* The keeper: dead, hung or never there, it is brought back, as often as it may be and no more. */
#include "selftests/kernel/keeper_fixture.h"

enum { SHORT_MS = 3000 };	/* enough for an exec on the slowest guest; times patience */

TEST_F(vigil, a_dead_keeper_is_respawned_and_registers_again)
{
	struct keeper_request r = request_of("keep");
	struct victim v;
	struct watch w;
	struct keeper k;
	pid_t pid;

	r.env[0] = "REBORN_TAG=as given";
	start_keeper_as(_metadata, self, &v, life_pause, &w, &r);
	k = expect_state(_metadata, self, VIGIL_KEEPER_STATE_KEPT);
	EXPECT_EQ(w.id, k.id);
	EXPECT_EQ(v.pid, k.pid);
	EXPECT_EQ(2, k.argc);
	EXPECT_EQ(1, k.envc);
	EXPECT_STREQ("keep", k.argv[1]);
	EXPECT_STREQ("REBORN_TAG=as given", k.env[0]);
	lose(_metadata, self, &v);
	pid = expect_reborn(_metadata, self);
	k = expect_state(_metadata, self, VIGIL_KEEPER_STATE_KEPT);
	EXPECT_EQ(pid, k.pid);
	EXPECT_EQ(1, k.respawns);
	ASSERT_EQ(0, client_get(&self->c, k.id, &w));
	EXPECT_EQ(pid, w.pid);
	EXPECT_STREQ("as given", w.tag);
	end_reborn(_metadata, self, pid);
}

static int life_parent(const struct ends *ends, void *arg)
{
	pid_t pid = fork();

	(void)arg;
	if (pid) {
		life_tell(ends, 0);
		life_tell(ends, pid);
	}
	for (;;)
		pause();
	return 0;
}

TEST_F(vigil, the_children_of_a_dead_keeper_live_on)
{
	struct keeper_request r = request_of("keep");
	struct victim v;
	struct watch w;
	pid_t child, pid;

	start_keeper_as(_metadata, self, &v, life_parent, &w, &r);
	child = victim_told(&v);
	lose(_metadata, self, &v);
	pid = expect_reborn(_metadata, self);
	EXPECT_EQ(0, kill(child, SIGKILL));
	end_reborn(_metadata, self, pid);
}

TEST_F_TIMEOUT(vigil, a_keeper_dies_many_times_in_a_row, 300)
{
	struct keeper_request r = request_of("keep");
	struct victim v;
	struct watch w;
	pid_t pid;
	int i;

	r.respawn_max = ROUNDS;
	start_keeper_as(_metadata, self, &v, life_pause, &w, &r);
	lose(_metadata, self, &v);
	for (i = 1;; i++) {
		pid = expect_reborn(_metadata, self);
		EXPECT_EQ(i, expect_state(_metadata, self, VIGIL_KEEPER_STATE_KEPT).respawns);
		if (i == ROUNDS)
			break;
		lose_pid(_metadata, self, pid);
	}
	end_reborn(_metadata, self, pid);
}

TEST_F(vigil, no_more_respawns_than_the_limit_and_then_another_may_be_the_keeper)
{
	struct victim v, other;
	struct keeper_news n;
	struct watch w, w2;
	struct keeper k;
	int i;

	start_keeper(_metadata, self, &v, &w, "keep");
	lose(_metadata, self, &v);
	for (i = 0; i < 3; i++)
		lose_pid(_metadata, self, expect_reborn(_metadata, self));
	n = next_news(_metadata, self, VIGIL_KEEPER_STAGE_EXHAUSTED, VIGIL_KEEPER_WHY_LIMIT);
	EXPECT_EQ(3, n.respawns);
	EXPECT_EQ(VIGIL_KEEPER_LAST_RESORT_REPORT, n.last_resort);
	expect_state(_metadata, self, VIGIL_KEEPER_STATE_EXHAUSTED);
	start_keeper(_metadata, self, &other, &w2, "keep");
	k = expect_state(_metadata, self, VIGIL_KEEPER_STATE_KEPT);
	EXPECT_EQ(0, k.respawns);
	end_keeper(_metadata, self, &other);
}

/* Any two respawns are further apart than this window is long. */
TEST_F(vigil, respawns_that_left_the_window_do_not_count)
{
	struct keeper_request r = request_of("keep");
	struct victim v;
	struct watch w;
	pid_t pid;
	int i;

	r.respawn_max = 1;
	r.window_ms = 1;
	start_keeper_as(_metadata, self, &v, life_pause, &w, &r);
	lose(_metadata, self, &v);
	for (i = 0;; i++) {
		pid = expect_reborn(_metadata, self);
		if (i == 3)
			break;
		lose_pid(_metadata, self, pid);
	}
	end_reborn(_metadata, self, pid);
}

TEST_F(vigil, an_exec_that_fails_is_told_with_its_error)
{
	struct keeper_request r = request_of("keep");
	struct keeper_news n;
	struct victim v;
	struct watch w;
	int i;

	r.argv[0] = "/nowhere/to/be/found";
	start_keeper_as(_metadata, self, &v, life_pause, &w, &r);
	lose(_metadata, self, &v);
	for (i = 1; i <= 3; i++) {
		n = next_news(_metadata, self, VIGIL_KEEPER_STAGE_RESPAWN_FAILED,
			      VIGIL_KEEPER_WHY_EXEC);
		EXPECT_EQ(ENOENT, (int)n.error);
		EXPECT_EQ(i, (int)n.respawns);
	}
	next_news(_metadata, self, VIGIL_KEEPER_STAGE_EXHAUSTED, VIGIL_KEEPER_WHY_LIMIT);
	expect_state(_metadata, self, VIGIL_KEEPER_STATE_EXHAUSTED);
	resign(_metadata, self);
}

TEST_F(vigil, a_respawned_process_that_dies_before_it_registers_has_failed)
{
	struct victim v;
	struct watch w;
	pid_t pid;
	int i;

	start_keeper(_metadata, self, &v, &w, "fail");
	lose(_metadata, self, &v);
	for (i = 0; i < 3; i++) {
		pid = expect_respawned(_metadata, self);
		EXPECT_EQ(pid, next_news(_metadata, self, VIGIL_KEEPER_STAGE_RESPAWN_FAILED,
					 VIGIL_KEEPER_WHY_DEAD).pid);
	}
	next_news(_metadata, self, VIGIL_KEEPER_STAGE_EXHAUSTED, VIGIL_KEEPER_WHY_LIMIT);
	resign(_metadata, self);
}

TEST_F_TIMEOUT(vigil, a_respawned_process_that_never_registers_is_killed, 300)
{
	struct keeper_request r = request_of("idle");
	struct victim v;
	struct watch w;
	pid_t pid[2];
	int i;

	r.respawn_max = 2;
	r.register_ms = SHORT_MS * patience();
	start_keeper_as(_metadata, self, &v, life_pause, &w, &r);
	lose(_metadata, self, &v);
	for (i = 0; i < 2; i++) {
		pid[i] = expect_respawned(_metadata, self);
		EXPECT_EQ(pid[i], next_news(_metadata, self, VIGIL_KEEPER_STAGE_RESPAWN_FAILED,
					    VIGIL_KEEPER_WHY_LATE).pid);
	}
	next_news(_metadata, self, VIGIL_KEEPER_STAGE_EXHAUSTED, VIGIL_KEEPER_WHY_LIMIT);
	EXPECT_NE(pid[0], pid[1]);
	EXPECT_TRUE(is_gone(pid[0]));
	EXPECT_TRUE(is_gone(pid[1]));
	resign(_metadata, self);
}

/* Killed, dead, and only then respawned: never two. The new one's watch demands no beat. */
TEST_F(vigil, a_keeper_that_hangs_is_killed_and_respawned)
{
	struct beat_request beat = { .deadline_ms = 200 };
	struct keeper_news n;
	struct watch w, event;
	struct victim v;
	pid_t pid;

	start_keeper(_metadata, self, &v, &w, "keep");
	ASSERT_EQ(0, client_beat_set(&self->c, w.id, &beat));
	next_event(_metadata, self, &event);
	EXPECT_EQ(VIGIL_EVENT_TYPE_HUNG, event.type);
	/* The kill is sent where the miss is found: the death may be told before the loss. */
	next_event(_metadata, self, &event);
	if (event.type == VIGIL_EVENT_TYPE_DEAD) {
		EXPECT_EQ(VIGIL_CAUSE_HUNG, event.exit.cause);
		n = next_news(_metadata, self, VIGIL_KEEPER_STAGE_LOST, VIGIL_KEEPER_WHY_HUNG);
	} else {
		ASSERT_EQ(VIGIL_EVENT_TYPE_KEEPER, event.type);
		n = event.keeper;
		next_event(_metadata, self, &event);
		EXPECT_EQ(VIGIL_CAUSE_HUNG, event.exit.cause);
	}
	EXPECT_EQ(VIGIL_KEEPER_STAGE_LOST, n.stage);
	EXPECT_EQ(VIGIL_KEEPER_WHY_HUNG, n.why);
	EXPECT_EQ(v.pid, n.pid);
	pid = expect_reborn(_metadata, self);
	victim_end(&v);
	end_reborn(_metadata, self, pid);
}

TEST_HARNESS_MAIN
