/* SPDX-License-Identifier: GPL-2.0 */
/* What the programs that test the keeper share: who is made the keeper, and what is told of it. */
#ifndef SELFTESTS_KERNEL_KEEPER_FIXTURE_H
#define SELFTESTS_KERNEL_KEEPER_FIXTURE_H

#include "selftests/kernel/fixture.h"
#include "selftests/kernel/keeper_calls.h"

enum {
	LONG_MS = 600000,
	ROUNDS = 12,
};

/* The program that is respawned stands beside this one. */
static inline const char *reborn(void)
{
	static char path[4096];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);

	path[len < 0 ? 0 : len] = '\0';
	snprintf(strrchr(path, '/'), sizeof("/reborn"), "/reborn");
	return path;
}

/* A keeper as the tests want it unless they say otherwise; of which watch is for later. */
static inline struct keeper_request request_of(const char *what)
{
	struct keeper_request r = {
		.argv = { reborn(), what },
		.respawn_max = 3,
		.window_ms = LONG_MS,
		.register_ms = LONG_MS,
		.last_resort = VIGIL_KEEPER_LAST_RESORT_REPORT,
	};

	return r;
}

static inline void set_as(struct __test_metadata *_metadata, vigil_t *self,
			  const struct keeper_request *r)
{
	ASSERT_EQ(0, client_keeper_set(&self->c, r)) {
		TH_LOG("refused: %s", self->c.refusal.sentence);
	}
}

static inline void next_event(struct __test_metadata *_metadata, vigil_t *self, struct watch *event)
{
	ASSERT_EQ(1, listener_next(&self->l, event, DEADLINE_MS * patience()));
	EXPECT_EQ(++self->seq, event->seq);
}

static inline struct keeper_news next_news(struct __test_metadata *_metadata, vigil_t *self,
					   uint32_t stage, uint32_t why)
{
	struct watch event;

	next_event(_metadata, self, &event);
	ASSERT_EQ(VIGIL_EVENT_TYPE_KEEPER, event.type);
	ASSERT_EQ(stage, event.keeper.stage) {
		TH_LOG("why %u", event.keeper.why);
	}
	EXPECT_EQ(why, event.keeper.why);
	return event.keeper;
}

static inline void next_death_of(struct __test_metadata *_metadata, vigil_t *self, pid_t pid)
{
	struct watch event;

	next_event(_metadata, self, &event);
	ASSERT_EQ(VIGIL_EVENT_TYPE_DEAD, event.type);
	EXPECT_EQ(pid, event.pid);
}

static inline void expect_registered(struct __test_metadata *_metadata, vigil_t *self, pid_t pid)
{
	struct keeper_news n = next_news(_metadata, self, VIGIL_KEEPER_STAGE_REGISTERED,
					 VIGIL_KEEPER_WHY_NONE);

	EXPECT_EQ(pid, n.pid);
}

static inline pid_t expect_respawned(struct __test_metadata *_metadata, vigil_t *self)
{
	return next_news(_metadata, self, VIGIL_KEEPER_STAGE_RESPAWNED, VIGIL_KEEPER_WHY_NONE).pid;
}

/* The respawned one, once it has registered. */
static inline pid_t expect_reborn(struct __test_metadata *_metadata, vigil_t *self)
{
	pid_t pid = expect_respawned(_metadata, self);

	expect_registered(_metadata, self, pid);
	return pid;
}

static inline struct keeper expect_state(struct __test_metadata *_metadata, vigil_t *self,
					 uint32_t state)
{
	struct keeper k;

	ASSERT_EQ(0, client_keeper_get(&self->c, &k));
	EXPECT_EQ(state, k.state);
	return k;
}

/* This process is the keeper from now on, or is it in another way. */
static inline void become_keeper(struct __test_metadata *_metadata, vigil_t *self,
				 pid_t pid, const struct keeper_request *r)
{
	set_as(_metadata, self, r);
	expect_registered(_metadata, self, pid);
}

/* A victim that is the keeper, as requested but for the watch. */
static inline void start_keeper_as(struct __test_metadata *_metadata, vigil_t *self, struct victim *v,
				   life_fn life, struct watch *w, struct keeper_request *r)
{
	start_ready(_metadata, self, v, life, NULL, w);
	r->id = w->id;
	become_keeper(_metadata, self, v->pid, r);
}

static inline void start_keeper(struct __test_metadata *_metadata, vigil_t *self, struct victim *v,
				struct watch *w, const char *what)
{
	struct keeper_request r = request_of(what);

	start_keeper_as(_metadata, self, v, life_pause, w, &r);
}

static inline void resign(struct __test_metadata *_metadata, vigil_t *self)
{
	ASSERT_EQ(0, client_keeper_resign(&self->c, 0));
	next_news(_metadata, self, VIGIL_KEEPER_STAGE_RESIGNED, VIGIL_KEEPER_WHY_NONE);
	expect_state(_metadata, self, VIGIL_KEEPER_STATE_NONE);
}

/* The keeper no more, it dies as any other. */
static inline void end_keeper(struct __test_metadata *_metadata, vigil_t *self, struct victim *v)
{
	pid_t pid = v->pid;

	resign(_metadata, self);
	victim_end(v);
	next_death_of(_metadata, self, pid);
}

/* Kills the keeper, which is dead when it is told lost. */
static inline void lose_pid(struct __test_metadata *_metadata, vigil_t *self, pid_t pid)
{
	struct keeper_news n;

	ASSERT_EQ(0, kill(pid, SIGKILL));
	next_death_of(_metadata, self, pid);
	n = next_news(_metadata, self, VIGIL_KEEPER_STAGE_LOST, VIGIL_KEEPER_WHY_DEAD);
	EXPECT_EQ(pid, n.pid);
}

static inline void lose(struct __test_metadata *_metadata, vigil_t *self, struct victim *v)
{
	lose_pid(_metadata, self, v->pid);
	victim_end(v);
}

static inline bool is_gone(pid_t pid)
{
	return kill(pid, 0) && errno == ESRCH;
}

/* A respawned keeper that has registered: resign, and its death tells no more than itself. */
static inline void end_reborn(struct __test_metadata *_metadata, vigil_t *self, pid_t pid)
{
	resign(_metadata, self);
	ASSERT_EQ(0, kill(pid, SIGKILL));
	next_death_of(_metadata, self, pid);
}

static inline int life_die_at_resign(const struct ends *ends, void *arg)
{
	(void)arg;
	life_tell(ends, 0);
	life_await_go(ends);
	return 0;
}

#endif /* SELFTESTS_KERNEL_KEEPER_FIXTURE_H */
