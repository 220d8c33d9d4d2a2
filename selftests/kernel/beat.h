/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of beats share: slots, watches that demand a beat, and what is told of them. */
/*
 * The guest, or one of its processors, may stand still for seconds. So no test takes for granted
 * that somebody beats in time: who beats notes how long it was between two beats, and HUNG must
 * not come unless that was too long. And no test waits for nothing to happen: it waits for the
 * HUNG of another watch, whose deadline is longer. Tests end with a process that hangs, of which no
 * more is told.
 */
#ifndef SELFTESTS_KERNEL_BEAT_H
#define SELFTESTS_KERNEL_BEAT_H

#include <sys/mman.h>

#include "selftests/kernel/fixture.h"

enum {
	SHORT_MS = 400,
	LONG_MS = 3 * SHORT_MS,		/* two misses of the short one fit in */
	NS_PER_MS = 1000000,
};

typedef volatile uint64_t slot_t;

static inline size_t page_bytes(void)
{
	return sysconf(_SC_PAGESIZE);
}

static inline slot_t *map_memfd(int prot, int flags, int *memfd)
{
	int fd = memfd_create("beat", MFD_CLOEXEC);
	void *at;

	if (fd < 0 || ftruncate(fd, page_bytes()))
		return NULL;
	at = mmap(NULL, page_bytes(), prot, flags, fd, 0);
	if (memfd)
		*memfd = fd;
	else
		close(fd);
	return at == MAP_FAILED ? NULL : at;
}

static inline slot_t *shared_page(void)
{
	return map_memfd(PROT_READ | PROT_WRITE, MAP_SHARED, NULL);
}

static inline void watch_beat(struct __test_metadata *_metadata, vigil_t *self,
			      const struct victim *v, const char *owner,
			      const struct beat_request *beat, struct watch *w)
{
	struct request req = { .pidfd = v->pidfd, .owner = owner, .beat = beat };

	ASSERT_EQ(0, client_watch(&self->c, &req, w)) {
		TH_LOG("refused: %s", self->c.refusal.sentence);
	}
	ASSERT_TRUE(w->beat.present);
	EXPECT_EQ(beat->deadline_ms, w->beat.deadline_ms);
	EXPECT_EQ(VIGIL_BEAT_STATE_BEATING, w->beat.state);
}

static inline void next_event(struct __test_metadata *_metadata, vigil_t *self, uint32_t type,
			      const struct watch *w, struct watch *event)
{
	ASSERT_EQ(1, listener_next(&self->l, event, DEADLINE_MS));
	EXPECT_EQ(++self->seq, event->seq);
	ASSERT_EQ(type, event->type);
	ASSERT_EQ(w->id, event->id);
	EXPECT_EQ(w->pid, event->pid);
	EXPECT_STREQ(w->owner, event->owner);
	EXPECT_EQ(w->start_ns, event->start_ns);
}

/* The miss of this watch, and what must hold for each. */
static inline void next_hung(struct __test_metadata *_metadata, vigil_t *self,
			     const struct watch *w, struct watch *event)
{
	next_event(_metadata, self, VIGIL_EVENT_TYPE_HUNG, w, event);
	EXPECT_EQ(VIGIL_WATCH_STATE_ALIVE, event->state);
	EXPECT_EQ(event->beat.deadline_ms, event->hang.deadline_ms);
	EXPECT_EQ(event->beat.action, event->hang.action);
	EXPECT_EQ(event->beat.signal, event->hang.signal);
	EXPECT_LE(event->hang.last_beat_ns + (uint64_t)event->hang.deadline_ms * NS_PER_MS,
		  event->boottime_ns);
	EXPECT_LE(event->boottime_ns, clock_ns(CLOCK_BOOTTIME));
	EXPECT_LE(event->realtime_ns, clock_ns(CLOCK_REALTIME));
}

static inline void next_recovered(struct __test_metadata *_metadata, vigil_t *self,
				  const struct watch *w)
{
	struct watch event;

	next_event(_metadata, self, VIGIL_EVENT_TYPE_RECOVERED, w, &event);
	EXPECT_EQ(VIGIL_WATCH_STATE_ALIVE, event.state);
}

/* A victim of this life, which tells when it is ready, and of which a beat is demanded from then on. */
static inline void start_beat(struct __test_metadata *_metadata, vigil_t *self, struct victim *v,
			      life_fn life, const struct beat_request *beat, struct watch *w)
{
	start(_metadata, v, life, NULL);
	ASSERT_EQ(0, victim_told(v));
	watch_beat(_metadata, self, v, OWNER, beat, w);
}

/* A victim that never beats, with a slot where others can beat for it; it is hung when this returns. */
static inline slot_t *start_hung(struct __test_metadata *_metadata, vigil_t *self, struct victim *v,
				 struct beat_request *beat, struct watch *w, struct watch *event)
{
	slot_t *slot = shared_page();

	ASSERT_NE(NULL, slot);
	beat->address = slot;
	start_beat(_metadata, self, v, life_pause, beat, w);
	next_hung(_metadata, self, w, event);
	return slot;
}

/* A time in which two short deadlines would have been missed passes, and nothing is told. */
static inline void nothing_for_long(struct __test_metadata *_metadata, vigil_t *self)
{
	struct beat_request beat = { .deadline_ms = LONG_MS };
	struct watch w, event;
	struct victim v;

	start(_metadata, &v, life_pause, NULL);
	watch_beat(_metadata, self, &v, "clock", &beat, &w);
	next_hung(_metadata, self, &w, &event);
	ASSERT_EQ(0, client_release(&self->c, w.id));
	victim_end(&v);
}

static inline void expect_beat(struct __test_metadata *_metadata, vigil_t *self,
			       const struct watch *w, uint32_t state, uint32_t missed)
{
	struct watch got;

	ASSERT_EQ(0, client_get(&self->c, w->id, &got));
	ASSERT_TRUE(got.beat.present);
	EXPECT_EQ(state, got.beat.state);
	EXPECT_EQ(missed, got.beat.missed);
}

/* Who may or may not have missed a beat has died: that is told last. */
static inline void death_at_last(struct __test_metadata *_metadata, vigil_t *self,
				 const struct watch *w)
{
	struct watch event;

	do {
		ASSERT_EQ(1, listener_next(&self->l, &event, DEADLINE_MS));
		EXPECT_EQ(++self->seq, event.seq);
		EXPECT_EQ(w->id, event.id);
	} while (event.type != VIGIL_EVENT_TYPE_DEAD);
}

#endif /* SELFTESTS_KERNEL_BEAT_H */
