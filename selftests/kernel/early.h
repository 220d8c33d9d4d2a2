/* SPDX-License-Identifier: GPL-2.0 */
/* Watches that tell more than a death: early, and of descendants. */
#ifndef SELFTESTS_KERNEL_EARLY_H
#define SELFTESTS_KERNEL_EARLY_H

#include <sys/ptrace.h>
#include <sys/wait.h>

#include "selftests/kernel/fixture.h"

enum {
	DYING = VIGIL_WATCH_FLAGS_DYING,
	TREE = VIGIL_WATCH_FLAGS_TREE,
};

static inline void watch_flags(struct __test_metadata *_metadata, vigil_t *self, int pidfd,
			       uint32_t flags, int eventfd, struct watch *w)
{
	struct request req = { .pidfd = pidfd, .owner = OWNER, .tag = "early", .flags = flags,
			       .eventfd = eventfd };

	ASSERT_EQ(0, client_watch(&self->c, &req, w)) {
		TH_LOG("refused: %s", self->c.refusal.sentence);
	}
	EXPECT_EQ(flags, w->flags);
}

/* A victim of this life that is watched with these flags from its start. */
static inline void start_flags(struct __test_metadata *_metadata, vigil_t *self, struct victim *v,
			       life_fn life, void *arg, uint32_t flags, struct watch *w)
{
	start(_metadata, v, life, arg);
	watch_flags(_metadata, self, v->pidfd, flags, 0, w);
}

/* The next event is of this type, numbered in turn, and tells all that the watch is known by. */
static inline void next_of(struct __test_metadata *_metadata, vigil_t *self, uint32_t type,
			   const struct watch *w, struct watch *event)
{
	ASSERT_EQ(1, listener_next(&self->l, event, DEADLINE_MS * patience()));
	ASSERT_EQ(type, event->type);
	EXPECT_EQ(++self->seq, event->seq);
	EXPECT_EQ(w->id, event->id);
	EXPECT_EQ(w->pid, event->pid);
	EXPECT_EQ(w->tgid, event->tgid);
	EXPECT_EQ(w->start_ticks, event->start_ticks);
	EXPECT_EQ(w->start_ns, event->start_ns);
	EXPECT_EQ(w->flags, event->flags);
	EXPECT_STREQ(w->owner, event->owner);
	EXPECT_STREQ(w->tag, event->tag);
}

static inline void next_dying(struct __test_metadata *_metadata, vigil_t *self,
			      const struct watch *w, struct watch *dying)
{
	next_of(_metadata, self, VIGIL_EVENT_TYPE_DYING, w, dying);
	EXPECT_EQ(VIGIL_WATCH_STATE_DYING, dying->state);
	EXPECT_NE(0, dying->boottime_ns);
}

/* The death tells the number of the event before it, 0 if there was none. */
static inline void next_dead(struct __test_metadata *_metadata, vigil_t *self,
			     const struct watch *w, const struct watch *dying,
			     struct watch *dead)
{
	next_of(_metadata, self, VIGIL_EVENT_TYPE_DEAD, w, dead);
	EXPECT_EQ(dying ? dying->seq : 0, dead->exit.dying_seq);
	if (dying) {
		EXPECT_LE(dying->boottime_ns, dead->exit.boottime_ns);
		EXPECT_LE(dying->realtime_ns, dead->exit.realtime_ns);
	}
}

static inline void expect_state(struct __test_metadata *_metadata, vigil_t *self,
				const struct watch *w, uint32_t state)
{
	struct watch now;

	ASSERT_EQ(0, client_get(&self->c, w->id, &now));
	EXPECT_EQ(state, now.state);
}

/* A process that is let go stands still on its way out, all of its memory in place. */
static inline void hold_at_exit(struct __test_metadata *_metadata, struct victim *v)
{
	int status;

	ASSERT_EQ(0, ptrace(PTRACE_SEIZE, v->pid, NULL, PTRACE_O_TRACEEXIT));
	victim_go(v);
	ASSERT_EQ(v->pid, waitpid(v->pid, &status, __WALL));
	ASSERT_EQ(SIGTRAP | PTRACE_EVENT_EXIT << 8, status >> 8);
}

static inline void let_pass(struct __test_metadata *_metadata, struct victim *v)
{
	ASSERT_EQ(0, ptrace(PTRACE_DETACH, v->pid, NULL, NULL));
}

#endif /* SELFTESTS_KERNEL_EARLY_H */
