/* SPDX-License-Identifier: GPL-2.0 */
/* What the programs that test leases share. */
#ifndef SELFTESTS_KERNEL_LEASE_FIXTURE_H
#define SELFTESTS_KERNEL_LEASE_FIXTURE_H

#include "selftests/kernel/fixture.h"
#include "selftests/kernel/lease_client.h"

#define LEASE "selftest"

enum {
	SOON_MS = 3000,		/* many times what a test needs to bind what shall die then */
	LONG_MS = 1000 * 1000,	/* longer than any test */
};

static inline void hold_for(struct __test_metadata *_metadata, vigil_t *self, const char *name,
			    uint64_t epoch, uint32_t ms)
{
	ASSERT_EQ(0, lease_new(&self->c, name, epoch, ms)) {
		TH_LOG("%s: %s", name, self->c.refusal.sentence);
	}
}

static inline void hold(struct __test_metadata *_metadata, vigil_t *self, const char *name)
{
	hold_for(_metadata, self, name, 1, LONG_MS);
}

static inline void hold_shortly(struct __test_metadata *_metadata, vigil_t *self, const char *name)
{
	hold_for(_metadata, self, name, 1, SOON_MS * patience());
}

static inline void bind_to(struct __test_metadata *_metadata, vigil_t *self, const char *name,
			   const struct watch *w)
{
	struct bond b;

	ASSERT_EQ(0, lease_bind(&self->c, name, w->id, 0, &b)) {
		TH_LOG("%s: %s", name, self->c.refusal.sentence);
	}
	EXPECT_STREQ(name, b.name);
	EXPECT_EQ(w->id, b.watch_id);
	EXPECT_EQ(w->pid, b.pid);
	EXPECT_EQ(VIGIL_BOND_REACH_PROCESS, b.reach);
}

/* A victim that is watched, and bound to a lease. */
static inline void start_bound(struct __test_metadata *_metadata, vigil_t *self, struct victim *v,
			       const char *name, struct watch *w)
{
	start_ready(_metadata, self, v, life_pause, NULL, w);
	bind_to(_metadata, self, name, w);
}

static inline void give_back(struct __test_metadata *_metadata, vigil_t *self, const char *name)
{
	ASSERT_EQ(0, lease_del(&self->c, name)) {
		TH_LOG("%s: %s", name, self->c.refusal.sentence);
	}
}

static inline void expect_stage(struct __test_metadata *_metadata, const struct watch *event,
				const char *name, uint64_t epoch, uint32_t stage)
{
	ASSERT_EQ(VIGIL_EVENT_TYPE_LEASE, event->type);
	EXPECT_STREQ(name, event->lease.name);
	EXPECT_EQ(epoch, event->lease.epoch);
	ASSERT_EQ(stage, event->lease.stage);
}

/* What was told while one lease was fenced. */
struct told {
	struct watch begun;		/* EXPIRED or RECALLED */
	struct watch death;		/* the first */
	uint64_t last_death_ns;
};

/*
 * The fencing of one lease, from the first event to the last: all the deaths that belong to it
 * come before FENCED, all of the cause "fenced". Returns how many.
 */
static inline int fencing(struct __test_metadata *_metadata, vigil_t *self, const char *name,
			  uint64_t epoch, uint32_t stage, struct told *seen)
{
	struct told unused, *at = seen ? seen : &unused;
	struct watch event;
	bool told = false;
	int dead = 0;

	for (;;) {
		ASSERT_EQ(1, listener_next(&self->l, &event, DEADLINE_MS));
		ASSERT_EQ(++self->seq, event.seq);
		if (event.type == VIGIL_EVENT_TYPE_DEAD) {
			EXPECT_EQ(VIGIL_CAUSE_FENCED, event.exit.cause);
			EXPECT_EQ(SIGKILL, event.exit.signal);
			if (!dead++)
				at->death = event;
			at->last_death_ns = event.exit.boottime_ns;
			continue;
		}
		if (told)
			break;
		expect_stage(_metadata, &event, name, epoch, stage);
		told = true;
		at->begun = event;
	}
	expect_stage(_metadata, &event, name, epoch, VIGIL_LEASE_STAGE_FENCED);
	return dead;
}

static inline int expiry(struct __test_metadata *_metadata, vigil_t *self, const char *name,
			 uint64_t epoch)
{
	return fencing(_metadata, self, name, epoch, VIGIL_LEASE_STAGE_EXPIRED, NULL);
}

static inline void state_of(struct __test_metadata *_metadata, vigil_t *self, const char *name,
			    struct lease *l)
{
	ASSERT_EQ(0, lease_get(&self->c, name, l)) {
		TH_LOG("%s: %s", name, self->c.refusal.sentence);
	}
	EXPECT_STREQ(name, l->name);
}

/* For lease_dump(): adds up the epochs. */
static inline int tally(const struct lease *l, void *arg)
{
	uint64_t *epochs = arg;

	*epochs += l->epoch;
	return 0;
}

/* Fences at once, lets the dead be, and gives the lease back. */
static inline int recall(struct __test_metadata *_metadata, vigil_t *self, const char *name,
			 uint64_t epoch)
{
	int dead;

	ASSERT_EQ(0, lease_fence(&self->c, name, epoch));
	dead = fencing(_metadata, self, name, epoch, VIGIL_LEASE_STAGE_RECALLED, NULL);
	give_back(_metadata, self, name);
	return dead;
}

#endif /* SELFTESTS_KERNEL_LEASE_FIXTURE_H */
