// SPDX-License-Identifier: GPL-2.0
/* The module goes while there is a keeper, or one is to be brought back. */
#include "selftests/kernel/keeper_fixture.h"

enum { UNLOADS = 8 };

/* Between fork and exec the module is pinned, and only then. */
static void unload(struct __test_metadata *_metadata)
{
	ASSERT_TRUE(AWAIT(!module_unload()));
}

/* In the fixture's eyes the module is new. */
static void load_again(struct __test_metadata *_metadata, vigil_t *self)
{
	client_close(&self->c);
	listener_close(&self->l);
	ASSERT_EQ(0, module_load(""));
	ASSERT_EQ(0, client_open(&self->c));
	ASSERT_EQ(0, listener_open(&self->l, 0));
	self->seq = 0;
	expect_state(_metadata, self, VIGIL_KEEPER_STATE_NONE);
}

TEST_F(vigil, unloading_ends_the_keeping_of_a_living_one)
{
	struct victim v;
	struct watch w;

	start_keeper(_metadata, self, &v, &w, "keep");
	unload(_metadata);
	victim_end(&v);
	load_again(_metadata, self);
}

TEST_F(vigil, unloading_while_one_is_to_register)
{
	struct victim v;
	struct watch w;
	pid_t pid;

	start_keeper(_metadata, self, &v, &w, "idle");
	lose(_metadata, self, &v);
	pid = expect_respawned(_metadata, self);
	unload(_metadata);
	EXPECT_EQ(0, kill(pid, SIGKILL));
	load_again(_metadata, self);
}

TEST_F(vigil, unloading_during_the_pause_after_a_failure)
{
	struct keeper_request r = request_of("keep");
	struct victim v;
	struct watch w;
	int i;

	r.argv[0] = "/nowhere/to/be/found";
	r.respawn_max = 64;
	start_keeper_as(_metadata, self, &v, life_pause, &w, &r);
	lose(_metadata, self, &v);
	for (i = 0; i < 3; i++)
		next_news(_metadata, self, VIGIL_KEEPER_STAGE_RESPAWN_FAILED,
			  VIGIL_KEEPER_WHY_EXEC);
	unload(_metadata);
	load_again(_metadata, self);
}

TEST_F(vigil, unloading_once_it_is_exhausted)
{
	struct keeper_request r = request_of("fail");
	struct victim v;
	struct watch w;

	r.respawn_max = 1;
	start_keeper_as(_metadata, self, &v, life_pause, &w, &r);
	lose(_metadata, self, &v);
	expect_respawned(_metadata, self);
	next_news(_metadata, self, VIGIL_KEEPER_STAGE_RESPAWN_FAILED, VIGIL_KEEPER_WHY_DEAD);
	next_news(_metadata, self, VIGIL_KEEPER_STAGE_EXHAUSTED, VIGIL_KEEPER_WHY_LIMIT);
	unload(_metadata);
	load_again(_metadata, self);
}

/* Beside each other: the death, the respawn, and the unloading. */
TEST_F_TIMEOUT(vigil, unloading_while_the_keeper_dies, 300)
{
	struct keeper_request r = request_of("fail");
	struct victim v;
	struct watch w;
	int i;

	for (i = 0; i < UNLOADS; i++) {
		start_ready(_metadata, self, &v, life_die_at_resign, NULL, &w);
		r.id = w.id;
		set_as(_metadata, self, &r);
		victim_go(&v);
		unload(_metadata);
		victim_end(&v);
		load_again(_metadata, self);
	}
}

TEST_HARNESS_MAIN
