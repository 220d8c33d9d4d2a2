// SPDX-License-Identifier: GPL-2.0
/* Who is the keeper, and until when: it registers anew, resigns, is replaced, and dies meanwhile. */
#include "selftests/kernel/keeper_fixture.h"

enum { RACES = 30 };

static void await_gone(struct __test_metadata *_metadata, pid_t pid)
{
	EXPECT_TRUE(AWAIT(is_gone(pid)));
}

/* A later event proves that none came between. */
TEST_F(vigil, a_keeper_that_resigned_may_die)
{
	struct victim v, next;
	struct watch w, w2;

	start_keeper(_metadata, self, &v, &w, "keep");
	EXPECT_EQ(-ESRCH, client_keeper_resign(&self->c, getpid()));
	EXPECT_STRNE("", self->c.refusal.sentence);
	ASSERT_EQ(0, client_keeper_resign(&self->c, v.pid));
	next_news(_metadata, self, VIGIL_KEEPER_STAGE_RESIGNED, VIGIL_KEEPER_WHY_NONE);
	EXPECT_EQ(-ENOENT, client_keeper_resign(&self->c, 0));
	EXPECT_STRNE("", self->c.refusal.sentence);
	victim_end(&v);
	next_death_of(_metadata, self, w.pid);
	start_keeper(_metadata, self, &next, &w2, "keep");
	EXPECT_EQ(0, expect_state(_metadata, self, VIGIL_KEEPER_STATE_KEPT).respawns);
	end_keeper(_metadata, self, &next);
}

TEST_F(vigil, a_keeper_registers_again_in_place)
{
	struct keeper_request r;
	struct watch w, second;
	struct victim v;
	struct keeper k;
	pid_t pid;

	start_keeper(_metadata, self, &v, &w, "fail");
	r = request_of("fail");
	r.id = w.id;
	r.respawn_max = 7;
	become_keeper(_metadata, self, v.pid, &r);
	/* On another watch of the same process, too; then the first one means nothing any more. */
	ASSERT_EQ(0, client_watch_pidfd(&self->c, v.pidfd, "another", &second));
	r = request_of("keep");
	r.id = second.id;
	r.respawn_max = 0;
	become_keeper(_metadata, self, v.pid, &r);
	ASSERT_EQ(0, client_release(&self->c, w.id));
	k = expect_state(_metadata, self, VIGIL_KEEPER_STATE_KEPT);
	EXPECT_EQ(second.id, k.id);
	EXPECT_EQ(7, k.respawn_max);
	EXPECT_STREQ("keep", k.argv[1]);
	lose(_metadata, self, &v);
	pid = expect_reborn(_metadata, self);
	end_reborn(_metadata, self, pid);
}

TEST_F(vigil, another_process_takes_over_only_by_name)
{
	struct keeper_request r = request_of("keep");
	struct victim v, other;
	struct watch w, w2;
	char pid[16];

	start_keeper(_metadata, self, &v, &w, "keep");
	start_ready(_metadata, self, &other, life_pause, NULL, &w2);
	r.id = w2.id;
	EXPECT_EQ(-EBUSY, client_keeper_set(&self->c, &r));
	snprintf(pid, sizeof(pid), "%d", v.pid);
	EXPECT_NE(NULL, strstr(self->c.refusal.sentence, pid)) {
		TH_LOG("%s", self->c.refusal.sentence);
	}
	r.replace = other.pid;
	EXPECT_EQ(-EBUSY, client_keeper_set(&self->c, &r));
	EXPECT_EQ(v.pid, expect_state(_metadata, self, VIGIL_KEEPER_STATE_KEPT).pid);
	r.replace = v.pid;
	become_keeper(_metadata, self, other.pid, &r);
	/* The one that was replaced stops, and whatever it says or does is no concern any more. */
	EXPECT_EQ(-ESRCH, client_keeper_resign(&self->c, v.pid));
	victim_end(&v);
	next_death_of(_metadata, self, w.pid);
	ASSERT_EQ(0, client_release(&self->c, w.id));
	EXPECT_EQ(other.pid, expect_state(_metadata, self, VIGIL_KEEPER_STATE_KEPT).pid);
	end_keeper(_metadata, self, &other);
}

TEST_F(vigil, another_may_be_the_keeper_before_the_respawned_one_is)
{
	struct victim v, other;
	struct watch w, w2;
	pid_t pid;

	start_keeper(_metadata, self, &v, &w, "idle");
	lose(_metadata, self, &v);
	pid = expect_respawned(_metadata, self);
	EXPECT_EQ(pid, expect_state(_metadata, self, VIGIL_KEEPER_STATE_RESPAWNING).pid);
	start_keeper(_metadata, self, &other, &w2, "keep");
	ASSERT_EQ(0, kill(pid, SIGKILL));
	await_gone(_metadata, pid);
	end_keeper(_metadata, self, &other);
}

TEST_F(vigil, to_release_the_watch_of_a_living_keeper_is_to_resign)
{
	struct victim v;
	struct watch w;

	start_keeper(_metadata, self, &v, &w, "keep");
	ASSERT_EQ(0, client_release(&self->c, w.id));
	next_news(_metadata, self, VIGIL_KEEPER_STAGE_RESIGNED, VIGIL_KEEPER_WHY_RELEASED);
	expect_state(_metadata, self, VIGIL_KEEPER_STATE_NONE);
	victim_end(&v);
}

TEST_F_TIMEOUT(vigil, to_release_the_watch_of_a_dead_keeper_changes_nothing, 300)
{
	struct victim v;
	struct watch w;
	pid_t pid;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		start_keeper(_metadata, self, &v, &w, "keep");
		ASSERT_EQ(0, kill(v.pid, SIGKILL));
		ASSERT_EQ(0, victim_await_zombie(&v));
		ASSERT_EQ(0, client_release(&self->c, w.id));
		next_death_of(_metadata, self, v.pid);
		victim_end(&v);
		next_news(_metadata, self, VIGIL_KEEPER_STAGE_LOST, VIGIL_KEEPER_WHY_DEAD);
		pid = expect_reborn(_metadata, self);
		end_reborn(_metadata, self, pid);
	}
}

/* Whichever comes first: the keeping has ended when the request has returned. */
TEST_F_TIMEOUT(vigil, a_keeper_dies_while_it_resigns, 300)
{
	struct keeper_request r = request_of("fail");
	struct watch w, event;
	struct victim v;
	bool resigned, dead;
	int i;

	for (i = 0; i < RACES; i++) {
		start_keeper_as(_metadata, self, &v, life_die_at_resign, &w, &r);
		victim_go(&v);
		ASSERT_EQ(0, client_keeper_resign(&self->c, 0));
		expect_state(_metadata, self, VIGIL_KEEPER_STATE_NONE);
		EXPECT_EQ(0, victim_reap(&v, NULL));
		victim_end(&v);
		/* One death and one end of the keeping are told, in either order; what lies between may be. */
		for (resigned = dead = false; !resigned || !dead;) {
			next_event(_metadata, self, &event);
			dead |= event.type == VIGIL_EVENT_TYPE_DEAD;
			resigned |= event.type == VIGIL_EVENT_TYPE_KEEPER &&
				    event.keeper.stage == VIGIL_KEEPER_STAGE_RESIGNED;
		}
		ASSERT_EQ(0, client_release(&self->c, w.id));
	}
}

/* The other is refused while the keeper lives, and taken once it is dead; there is never none in the end. */
TEST_F_TIMEOUT(vigil, another_registers_while_the_keeper_dies, 300)
{
	struct keeper_request r = request_of("idle");
	struct watch w, w2, event;
	struct victim v, other;
	int i, ret;

	for (i = 0; i < RACES; i++) {
		start_ready(_metadata, self, &v, life_die_at_resign, NULL, &w);
		start_ready(_metadata, self, &other, life_pause, NULL, &w2);
		r.id = w.id;
		set_as(_metadata, self, &r);
		r.id = w2.id;
		victim_go(&v);
		do {
			ret = client_keeper_set(&self->c, &r);
		} while (ret == -EBUSY);
		ASSERT_EQ(0, ret);
		EXPECT_EQ(other.pid, expect_state(_metadata, self, VIGIL_KEEPER_STATE_KEPT).pid);
		ASSERT_EQ(0, client_keeper_resign(&self->c, other.pid));
		victim_end(&v);
		victim_end(&other);
		/* Those that were respawned meanwhile are not needed. */
		do {
			next_event(_metadata, self, &event);
			if (event.type == VIGIL_EVENT_TYPE_KEEPER &&
			    event.keeper.stage == VIGIL_KEEPER_STAGE_RESPAWNED)
				ASSERT_EQ(0, kill(event.keeper.pid, SIGKILL));
		} while (event.type != VIGIL_EVENT_TYPE_DEAD || event.pid != w2.pid);
		ASSERT_EQ(0, client_release(&self->c, w.id));
		ASSERT_EQ(0, client_release(&self->c, w2.id));
	}
}

TEST_HARNESS_MAIN
