// SPDX-License-Identifier: GPL-2.0
/* The life of a lease: expiry, renewal, epochs. */
#include "selftests/kernel/lease_fixture.h"

enum {
	BOUND = 5,
	MANY = 200,
};

TEST_F(vigil, what_is_bound_dies_at_the_deadline_and_nothing_else)
{
	struct victim bound[BOUND], unbound, other;
	struct watch w[BOUND], unbound_w, other_w;
	struct lease l;
	struct told t;
	int i;

	hold(_metadata, self, "other");
	start_bound(_metadata, self, &other, "other", &other_w);
	start_ready(_metadata, self, &unbound, life_pause, NULL, &unbound_w);
	hold_for(_metadata, self, LEASE, 7, SOON_MS * patience());
	for (i = 0; i < BOUND; i++)
		start_bound(_metadata, self, &bound[i], LEASE, &w[i]);
	state_of(_metadata, self, LEASE, &l);
	EXPECT_EQ(VIGIL_LEASE_STATE_HELD, l.state);
	EXPECT_EQ(7, l.epoch);
	EXPECT_EQ(BOUND, l.living);
	EXPECT_EQ(0, l.dead);
	EXPECT_EQ(BOUND, fencing(_metadata, self, LEASE, 7, VIGIL_LEASE_STAGE_EXPIRED, &t));
	EXPECT_LE(l.deadline_ns + t.begun.lease.kill_late_ns, t.begun.boottime_ns);
	EXPECT_LE(t.begun.lease.timer_late_ns, t.begun.lease.kill_late_ns);
	EXPECT_LE(t.begun.boottime_ns, clock_ns(CLOCK_BOOTTIME));
	EXPECT_LE(t.begun.realtime_ns, clock_ns(CLOCK_REALTIME));
	expect_alive(_metadata, self, &unbound_w);
	expect_alive(_metadata, self, &other_w);
	state_of(_metadata, self, LEASE, &l);
	EXPECT_EQ(VIGIL_LEASE_STATE_FENCED, l.state);
	EXPECT_EQ(0, l.living);
	EXPECT_EQ(BOUND, l.dead);
	give_back(_metadata, self, LEASE);
	EXPECT_EQ(1, recall(_metadata, self, "other", 1));
	for (i = 0; i < BOUND; i++)
		victim_end(&bound[i]);
	victim_end(&other);
	ASSERT_EQ(0, client_release(&self->c, unbound_w.id));
	victim_end(&unbound);
}

TEST_F(vigil, no_bound_process_dies_before_the_deadline)
{
	struct victim v;
	struct lease l;
	struct watch w;
	struct told t;

	hold_shortly(_metadata, self, LEASE);
	start_bound(_metadata, self, &v, LEASE, &w);
	state_of(_metadata, self, LEASE, &l);
	ASSERT_EQ(1, fencing(_metadata, self, LEASE, 1, VIGIL_LEASE_STAGE_EXPIRED, &t));
	EXPECT_EQ(w.id, t.death.id);
	EXPECT_LE(l.deadline_ns, t.death.exit.boottime_ns);
	expect_kept(_metadata, self, &t.death);
	give_back(_metadata, self, LEASE);
	victim_end(&v);
}

/* Told by a later lease, which was there when the first deadline would have come. */
TEST_F(vigil, a_renewal_in_time_keeps_alive)
{
	struct lease first, renewed;
	struct victim v;
	struct watch w;

	hold_shortly(_metadata, self, LEASE);
	state_of(_metadata, self, LEASE, &first);
	start_bound(_metadata, self, &v, LEASE, &w);
	ASSERT_EQ(0, lease_renew(&self->c, LEASE, 1, LONG_MS, &renewed));
	EXPECT_LT(first.deadline_ns, renewed.deadline_ns);
	hold_shortly(_metadata, self, "later");
	EXPECT_EQ(0, expiry(_metadata, self, "later", 1));
	EXPECT_LT(first.deadline_ns, clock_ns(CLOCK_BOOTTIME));
	expect_alive(_metadata, self, &w);
	state_of(_metadata, self, LEASE, &renewed);
	EXPECT_EQ(VIGIL_LEASE_STATE_HELD, renewed.state);
	EXPECT_EQ(1, renewed.living);
	give_back(_metadata, self, "later");
	EXPECT_EQ(1, recall(_metadata, self, LEASE, 1));
	victim_end(&v);
}

TEST_F(vigil, a_lease_never_shrinks)
{
	struct lease first, l;

	hold(_metadata, self, LEASE);
	state_of(_metadata, self, LEASE, &first);
	ASSERT_EQ(0, lease_renew(&self->c, LEASE, 1, 1000, &l));
	EXPECT_EQ(first.deadline_ns, l.deadline_ns);
	ASSERT_EQ(0, lease_renew(&self->c, LEASE, 2, 1000, &l));
	EXPECT_EQ(first.deadline_ns, l.deadline_ns);
	EXPECT_EQ(2, l.epoch);
	give_back(_metadata, self, LEASE);
}

TEST_F(vigil, an_absolute_deadline_goes_before_a_duration)
{
	struct lease_request req = { .name = LEASE, .epoch = 3, .duration_ms = 1000 };
	struct lease l;

	req.deadline_ns = clock_ns(CLOCK_BOOTTIME) + 500 * 1000000000ull;
	ASSERT_EQ(0, lease_call(&self->c, VIGIL_CMD_LEASE_NEW, &req, &l));
	EXPECT_EQ(req.deadline_ns, l.deadline_ns);
	req.deadline_ns += 1;
	ASSERT_EQ(0, lease_call(&self->c, VIGIL_CMD_LEASE_RENEW, &req, &l));
	EXPECT_EQ(req.deadline_ns, l.deadline_ns);
	give_back(_metadata, self, LEASE);
}

TEST_F(vigil, an_older_epoch_is_refused_and_a_newer_one_takes_over)
{
	struct lease before, l;
	struct victim v;
	struct watch w;

	hold_for(_metadata, self, LEASE, 5, LONG_MS);
	start_bound(_metadata, self, &v, LEASE, &w);
	state_of(_metadata, self, LEASE, &before);
	EXPECT_EQ(-ESTALE, lease_renew(&self->c, LEASE, 4, 2 * LONG_MS, NULL));
	EXPECT_STRNE("", self->c.refusal.sentence);
	EXPECT_EQ(VIGIL_A_LEASE_EPOCH, self->c.refusal.attr);
	EXPECT_EQ(-ESTALE, lease_fence(&self->c, LEASE, 4));
	state_of(_metadata, self, LEASE, &l);
	EXPECT_EQ(0, memcmp(&before, &l, sizeof(l)));
	ASSERT_EQ(0, lease_renew(&self->c, LEASE, 6, 2 * LONG_MS, &l));
	EXPECT_EQ(6, l.epoch);
	EXPECT_EQ(1, l.living);
	EXPECT_EQ(-ESTALE, lease_renew(&self->c, LEASE, 5, 3 * LONG_MS, NULL));
	expect_alive(_metadata, self, &w);
	EXPECT_EQ(1, recall(_metadata, self, LEASE, 6));
	victim_end(&v);
}

TEST_F(vigil, a_fenced_lease_is_held_again_under_a_newer_epoch_only)
{
	struct victim first, second;
	struct watch w1, w2;
	struct lease l;

	hold_for(_metadata, self, LEASE, 3, LONG_MS);
	start_bound(_metadata, self, &first, LEASE, &w1);
	ASSERT_EQ(0, lease_fence(&self->c, LEASE, 3));
	EXPECT_EQ(1, fencing(_metadata, self, LEASE, 3, VIGIL_LEASE_STAGE_RECALLED, NULL));
	EXPECT_EQ(-ETIME, lease_renew(&self->c, LEASE, 3, LONG_MS, NULL));
	EXPECT_STRNE("", self->c.refusal.sentence);
	start_ready(_metadata, self, &second, life_pause, NULL, &w2);
	EXPECT_EQ(-ETIME, lease_bind(&self->c, LEASE, w2.id, 0, NULL));
	EXPECT_STRNE("", self->c.refusal.sentence);
	ASSERT_EQ(0, lease_renew(&self->c, LEASE, 4, LONG_MS, &l));
	EXPECT_EQ(VIGIL_LEASE_STATE_HELD, l.state);
	EXPECT_EQ(1, l.dead);
	bind_to(_metadata, self, LEASE, &w2);
	state_of(_metadata, self, LEASE, &l);
	EXPECT_EQ(1, l.living);
	EXPECT_EQ(1, recall(_metadata, self, LEASE, 4));
	victim_end(&first);
	victim_end(&second);
}

/* First contact after a stopped clock: what the older epoch left behind goes at once. */
TEST_F(vigil, a_newer_epoch_fences_what_the_older_one_held_and_may_hold_it_then)
{
	struct victim v;
	struct lease l;
	struct watch w;

	hold_for(_metadata, self, LEASE, 3, LONG_MS);
	start_bound(_metadata, self, &v, LEASE, &w);
	ASSERT_EQ(0, lease_fence(&self->c, LEASE, 9));
	EXPECT_EQ(1, fencing(_metadata, self, LEASE, 3, VIGIL_LEASE_STAGE_RECALLED, NULL));
	EXPECT_EQ(-ESTALE, lease_renew(&self->c, LEASE, 8, LONG_MS, NULL));
	ASSERT_EQ(0, lease_fence(&self->c, LEASE, 9));
	ASSERT_EQ(0, lease_renew(&self->c, LEASE, 9, LONG_MS, &l));
	EXPECT_EQ(VIGIL_LEASE_STATE_HELD, l.state);
	give_back(_metadata, self, LEASE);
	victim_end(&v);
}

TEST_F(vigil, a_lease_with_nothing_bound_expires_too)
{
	struct lease l;

	hold_for(_metadata, self, LEASE, 1, 1);
	EXPECT_EQ(0, expiry(_metadata, self, LEASE, 1));
	state_of(_metadata, self, LEASE, &l);
	EXPECT_EQ(VIGIL_LEASE_STATE_FENCED, l.state);
	give_back(_metadata, self, LEASE);
}

TEST_F(vigil, a_dump_tells_of_every_lease_once)
{
	uint64_t epochs = 0;
	char name[32];
	int i;

	for (i = 1; i <= MANY; i++) {
		snprintf(name, sizeof(name), "lease-%d", i);
		hold_for(_metadata, self, name, i, LONG_MS);
	}
	ASSERT_EQ(0, lease_dump(&self->c, tally, &epochs));
	EXPECT_EQ(MANY * (MANY + 1) / 2, epochs);
	for (i = 1; i <= MANY; i++) {
		snprintf(name, sizeof(name), "lease-%d", i);
		give_back(_metadata, self, name);
	}
}

TEST_HARNESS_MAIN
