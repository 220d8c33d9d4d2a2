// SPDX-License-Identifier: GPL-2.0
/* Leases by libvigil.so. */
#include <time.h>

#include "selftests/lib/symbols.h"

#define LEASE "libtest"

enum { LEASE_LONG_MS = 1000 * 1000 };

static int lease_new(lib_t *self)
{
	return vigil_lease_new(self->v, LEASE, 5, 0, LEASE_LONG_MS, NULL);
}

static int lease_bound(lib_t *self)
{
	int r = lease_new(self) ?: watch(self);

	return r ?: vigil_lease_bind(self->v, LEASE, self->w.id, -1, NULL);
}

/* The next event of a lease; deaths before it are passed over. */
static int await_stage(lib_t *self)
{
	do {
		if (await_event(self->ev, &self->e) != 1)
			return -1;
	} while (self->e.type != VIGIL_EVENT_TYPE_LEASE);
	return (int)self->e.lease.stage;
}

TEST_F(lib, vigil_lease_new_makes_a_lease)
{
	char name[VIGIL_LEASE_NAME_LEN_MAX + 2] = { 0 };
	struct timespec now;
	struct vigil_lease l;
	uint64_t deadline;

	clock_gettime(CLOCK_BOOTTIME, &now);
	deadline = (uint64_t)(now.tv_sec + 1000) * 1000000000;
	ASSERT_EQ(0, vigil_lease_new(self->v, LEASE, 5, deadline, 1, &l));
	EXPECT_STREQ(LEASE, l.name);
	EXPECT_EQ(5, l.epoch);
	EXPECT_EQ(deadline, l.deadline_ns);
	EXPECT_EQ(VIGIL_LEASE_STATE_HELD, l.state);
	EXPECT_EQ(0, l.living + l.dead + l.cgroups);
	EXPECT_EQ(-EEXIST, lease_new(self));
	EXPECT_STRNE("", vigil_error(self->v));
	memset(name, 'n', VIGIL_LEASE_NAME_LEN_MAX + 1);
	EXPECT_EQ(-EINVAL, vigil_lease_new(self->v, name, 1, 0, 1, NULL));
	EXPECT_EQ(-EINVAL, vigil_lease_new(self->v, "", 1, 0, 1, NULL));
	EXPECT_EQ(-EINVAL, vigil_lease_new(self->v, "n", 1, 0, 0, NULL));
	EXPECT_EQ(-ERANGE, vigil_lease_new(self->v, "n", 1, 1, 0, NULL));
	EXPECT_EQ(0, vigil_lease_del(self->v, LEASE));
}

TEST_F(lib, vigil_lease_renew_moves_the_deadline_and_refuses_older_epochs)
{
	struct vigil_lease before, after;

	ASSERT_EQ(0, lease_new(self));
	ASSERT_EQ(0, vigil_lease_get(self->v, LEASE, &before));
	ASSERT_EQ(0, vigil_lease_renew(self->v, LEASE, 6, 0, 2 * LEASE_LONG_MS, &after));
	EXPECT_EQ(6, after.epoch);
	EXPECT_LT(before.deadline_ns, after.deadline_ns);
	EXPECT_EQ(-ESTALE, vigil_lease_renew(self->v, LEASE, 5, 0, 3 * LEASE_LONG_MS, NULL));
	EXPECT_STRNE("", vigil_error(self->v));
	EXPECT_EQ(-ENOENT, vigil_lease_renew(self->v, "none", 5, 0, 1000, NULL));
	EXPECT_EQ(0, vigil_lease_del(self->v, LEASE));
}

TEST_F(lib, vigil_lease_bind_binds_a_watch)
{
	struct vigil_bond b;

	ASSERT_EQ(0, lease_new(self));
	ASSERT_EQ(0, watch(self));
	ASSERT_EQ(0, vigil_lease_bind(self->v, LEASE, self->w.id, -1, &b));
	EXPECT_STREQ(LEASE, b.lease);
	EXPECT_EQ(self->w.id, b.watch_id);
	EXPECT_EQ(self->c.pid, b.pid);
	EXPECT_EQ(VIGIL_BOND_REACH_PROCESS, b.reach);
	EXPECT_EQ(VIGIL_BOND_STATE_ALIVE, b.state);
	EXPECT_EQ(-EEXIST, vigil_lease_bind(self->v, LEASE, self->w.id, -1, NULL));
	EXPECT_EQ(-EBADF, vigil_lease_bind(self->v, LEASE, self->w.id, self->c.go, NULL));
	ASSERT_EQ(0, vigil_lease_unbind(self->v, LEASE, self->w.id));
	EXPECT_EQ(0, vigil_lease_del(self->v, LEASE));
}

TEST_F(lib, vigil_lease_fence_kills_what_is_bound)
{
	struct vigil_lease l;

	ASSERT_EQ(0, lease_bound(self));
	EXPECT_EQ(-ESTALE, vigil_lease_fence(self->v, LEASE, 4, NULL));
	ASSERT_EQ(0, vigil_lease_fence(self->v, LEASE, 5, &l));
	EXPECT_EQ(5, l.epoch);
	EXPECT_EQ(VIGIL_LEASE_STAGE_RECALLED, await_stage(self));
	EXPECT_STREQ(LEASE, self->e.lease.name);
	EXPECT_EQ(5, self->e.lease.epoch);
	EXPECT_LT(0, self->e.lease.kill_late_ns);
	EXPECT_LT(0, self->e.boottime_ns);
	EXPECT_LT(0, self->e.realtime_ns);
	EXPECT_EQ(VIGIL_LEASE_STAGE_FENCED, await_stage(self));
	ASSERT_EQ(0, vigil_get(self->v, self->w.id, &self->w));
	EXPECT_EQ(VIGIL_WATCH_STATE_DEAD, self->w.state);
	EXPECT_EQ(VIGIL_CAUSE_FENCED, self->w.exit.cause);
	EXPECT_LT(self->w.exit.seq, self->e.seq);
	EXPECT_EQ(-ETIME, vigil_lease_renew(self->v, LEASE, 5, 0, 1000, NULL));
	EXPECT_EQ(0, vigil_lease_del(self->v, LEASE));
}

TEST_F(lib, vigil_lease_unbind_lets_live)
{
	struct vigil_lease l;

	ASSERT_EQ(0, lease_bound(self));
	ASSERT_EQ(0, vigil_lease_get(self->v, LEASE, &l));
	EXPECT_EQ(1, l.living);
	ASSERT_EQ(0, vigil_lease_unbind(self->v, LEASE, self->w.id));
	EXPECT_EQ(-ENOENT, vigil_lease_unbind(self->v, LEASE, self->w.id));
	EXPECT_STRNE("", vigil_error(self->v));
	ASSERT_EQ(0, vigil_lease_get(self->v, LEASE, &l));
	EXPECT_EQ(0, l.living);
	EXPECT_EQ(0, vigil_lease_del(self->v, LEASE));
}

TEST_F(lib, vigil_lease_del_is_refused_while_something_bound_lives)
{
	ASSERT_EQ(0, lease_bound(self));
	EXPECT_EQ(-EBUSY, vigil_lease_del(self->v, LEASE));
	EXPECT_STRNE("", vigil_error(self->v));
	ASSERT_EQ(0, vigil_release(self->v, self->w.id));
	EXPECT_EQ(0, vigil_lease_del(self->v, LEASE));
	EXPECT_EQ(-ENOENT, vigil_lease_del(self->v, LEASE));
}

TEST_F(lib, vigil_lease_get_reads_what_another_handle_promised)
{
	struct vigil_lease l;
	struct vigil *other;

	ASSERT_EQ(0, vigil_open(&other));
	ASSERT_EQ(0, vigil_lease_new(other, LEASE, 7, 0, LEASE_LONG_MS, NULL));
	vigil_close(other);
	ASSERT_EQ(0, vigil_lease_get(self->v, LEASE, &l));
	EXPECT_EQ(7, l.epoch);
	EXPECT_EQ(-ENOENT, vigil_lease_get(self->v, "none", &l));
	EXPECT_EQ(0, vigil_lease_del(self->v, LEASE));
}

static int sum_epochs(const struct vigil_lease *l, void *arg)
{
	*(uint64_t *)arg += l->epoch;
	return l->epoch == 8 ? 88 : 0;
}

TEST_F(lib, vigil_lease_list_tells_each_until_told_to_stop)
{
	uint64_t sum = 0;

	ASSERT_EQ(0, lease_new(self));
	ASSERT_EQ(0, vigil_lease_list(self->v, sum_epochs, &sum));
	EXPECT_EQ(5, sum);
	ASSERT_EQ(0, vigil_lease_new(self->v, "eight", 8, 0, LEASE_LONG_MS, NULL));
	EXPECT_EQ(88, vigil_lease_list(self->v, sum_epochs, &sum));
	EXPECT_EQ(0, vigil_lease_del(self->v, LEASE));
	EXPECT_EQ(0, vigil_lease_del(self->v, "eight"));
}

static int keep_bond(const struct vigil_bond *b, void *arg)
{
	*(struct vigil_bond *)arg = *b;
	return 1;
}

TEST_F(lib, vigil_bond_list_tells_who_is_bound_to_what)
{
	struct vigil_bond b;

	ASSERT_EQ(0, lease_new(self));
	EXPECT_EQ(0, vigil_bond_list(self->v, NULL, keep_bond, &b));
	ASSERT_EQ(0, watch(self));
	ASSERT_EQ(0, vigil_lease_bind(self->v, LEASE, self->w.id, -1, NULL));
	EXPECT_EQ(1, vigil_bond_list(self->v, NULL, keep_bond, &b));
	EXPECT_EQ(self->w.id, b.watch_id);
	EXPECT_EQ(1, vigil_bond_list(self->v, LEASE, keep_bond, &b));
	EXPECT_EQ(0, vigil_bond_list(self->v, "none", keep_bond, &b));
	EXPECT_EQ(-EINVAL, vigil_bond_list(self->v, "", keep_bond, &b));
	ASSERT_EQ(0, vigil_release(self->v, self->w.id));
	EXPECT_EQ(0, vigil_lease_del(self->v, LEASE));
}

TEST_HARNESS_MAIN
