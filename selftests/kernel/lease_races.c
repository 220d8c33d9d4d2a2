// SPDX-License-Identifier: GPL-2.0
/* Leases beside each other: renewal against expiry, and everything at once. */
#include <fcntl.h>
#include <sys/wait.h>

#include "selftests/kernel/lease_fixture.h"

enum {
	RACES = 300,
	AHEAD_NS = 20 * 1000 * 1000,
	HEAD_START_NS = 500 * 1000,
	STRESSERS = 4,
	STRESS_ROUNDS = 400,
	STRESS_LEASES = 3,
	STRESS_OWNERS = 6,
};

/*
 * Renews around the deadline: so long before it as half of the requests need. Whoever was told of a renewal
 * finds nothing killed: the fencing that then follows is the one by request. Whoever was
 * refused finds all killed, by the deadline.
 */
static bool race_once(struct __test_metadata *_metadata, vigil_t *self, uint64_t head_start_ns)
{
	struct lease_request req = { .name = LEASE, .epoch = 1 };
	struct victim v;
	struct watch w;
	struct lease l;
	uint64_t when;
	int ret;

	start_ready(_metadata, self, &v, life_pause, NULL, &w);
	do {
		req.deadline_ns = clock_ns(CLOCK_BOOTTIME) + AHEAD_NS * patience() +
				  4 * head_start_ns;
		ret = lease_call(&self->c, VIGIL_CMD_LEASE_NEW, &req, NULL);
	} while (ret == -ERANGE);
	ASSERT_EQ(0, ret);
	ret = lease_bind(&self->c, LEASE, w.id, 0, NULL);
	ASSERT_TRUE(!ret || ret == -ETIME);
	when = req.deadline_ns - head_start_ns;
	while (!ret && clock_ns(CLOCK_BOOTTIME) < when)
		continue;
	if (ret) {
		EXPECT_EQ(0, expiry(_metadata, self, LEASE, 1));
		ASSERT_EQ(0, client_release(&self->c, w.id));
	} else if (!lease_renew(&self->c, LEASE, 1, LONG_MS, &l)) {
		EXPECT_EQ(VIGIL_LEASE_STATE_HELD, l.state);
		EXPECT_EQ(1, l.living);
		ASSERT_EQ(0, lease_fence(&self->c, LEASE, 1));
		EXPECT_EQ(1, fencing(_metadata, self, LEASE, 1, VIGIL_LEASE_STAGE_RECALLED, NULL));
		ret = 1;
	} else {
		EXPECT_EQ(1, expiry(_metadata, self, LEASE, 1));
	}
	give_back(_metadata, self, LEASE);
	victim_end(&v);
	return ret == 1;
}

TEST_F_TIMEOUT(vigil, of_renewal_and_expiry_exactly_one_wins, 300)
{
	int i, renewed = 0, races = crowd(RACES);
	uint64_t head_start_ns = HEAD_START_NS;

	for (i = 0; i < races; i++) {
		if (race_once(_metadata, self, head_start_ns)) {
			head_start_ns -= head_start_ns / 4;
			renewed++;
		} else {
			head_start_ns += head_start_ns / 3;
		}
	}
	TH_LOG("renewed %d of %d", renewed, races);
	EXPECT_LT(0, renewed);
	EXPECT_GT(races, renewed);
}

struct stress {
	int number;
	int pidfd;
};

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1103515245 + 12345;
	return *state >> 16;
}

/* Any outcome will do, but one that no request of this kind may have. */
static bool absurd(int ret)
{
	switch (-ret) {
	case 0:
	case ENOENT:
	case EEXIST:
	case EBUSY:
	case ETIME:
	case ESTALE:
		return false;
	}
	return ret != -ERANGE;
}

static int watch_somebody(struct client *c, struct stress *s, struct watch *w, uint32_t random)
{
	struct request req = { .pidfd = s->pidfd };
	char owner[32];

	snprintf(owner, sizeof(owner), "stress-%d-%d", s->number, random % STRESS_OWNERS);
	req.owner = owner;
	return client_watch(c, &req, w);
}

static int count(const struct lease *l, void *arg)
{
	(void)l;
	++*(int *)arg;
	return 0;
}

static int count_bond(const struct bond *b, void *arg)
{
	(void)b;
	++*(int *)arg;
	return 0;
}

static int do_something(struct client *c, struct stress *s, struct watch *w, uint32_t random,
			uint64_t epoch)
{
	char name[16];
	int seen = 0;

	snprintf(name, sizeof(name), "stress-%d", random % STRESS_LEASES);
	switch (random / STRESS_LEASES % 10) {
	case 0:
		return lease_new(c, name, epoch, 1 + random % 5);
	case 1:
	case 2:
		return lease_renew(c, name, epoch, 1 + random % 5, NULL);
	case 3:
		return lease_bind(c, name, w->id, 0, NULL);
	case 4:
		return lease_unbind(c, name, w->id);
	case 5:
		return lease_del(c, name);
	case 6:
		return random % 4 ? 0 : lease_fence(c, name, epoch);
	case 7:
		return lease_dump(c, count, &seen) ?: bond_dump(c, name, count_bond, &seen);
	case 8:
		return client_release(c, w->id) ?: watch_somebody(c, s, w, random);
	default:
		return lease_get(c, name, NULL);
	}
}

static int stress_round(struct client *c, struct stress *s, uint32_t *random, uint64_t epoch)
{
	struct victim v;
	struct watch w;
	int i, ret = 0;

	if (victim_start(&v, life_pause, NULL))
		return 2;
	s->pidfd = v.pidfd;
	ret = watch_somebody(c, s, &w, next_random(random));
	for (i = 0; !absurd(ret) && i < 20; i++)
		ret = do_something(c, s, &w, next_random(random), epoch + i);
	client_release(c, w.id);
	victim_end(&v);
	return absurd(ret) ? 100 - ret : 0;
}

static int life_stress(const struct ends *ends, void *arg)
{
	struct stress *s = arg;
	uint32_t random = s->number * 7919;
	static struct client c;
	int i, ret = 0;

	if (client_open(&c))
		return 1;
	life_await_go(ends);
	for (i = 0; !ret && i < crowd(STRESS_ROUNDS); i++)
		ret = stress_round(&c, s, &random, 1 + i * 10);
	return ret;
}

/* What is there is fenced, and then given back; the events are many and of no interest. */
static void sweep(struct __test_metadata *_metadata, vigil_t *self)
{
	struct stats s;
	char name[16];
	struct lease l;
	int i;

	for (i = 0; i < STRESS_LEASES; i++) {
		snprintf(name, sizeof(name), "stress-%d", i);
		if (lease_fence(&self->c, name, UINT32_MAX) == -ENOENT)
			continue;
		do
			state_of(_metadata, self, name, &l);
		while (l.state != VIGIL_LEASE_STATE_FENCED);
		EXPECT_EQ(0, l.living);
		give_back(_metadata, self, name);
	}
	ASSERT_LE(0, client_release_owner(&self->c, NULL));
	ASSERT_EQ(0, client_stats(&self->c, &s));
	self->seq = s.seq;
}

/* The checkers of the debug kernel are what looks here; and nothing may be left behind. */
TEST_F_TIMEOUT(vigil, everything_at_once_leaves_nothing_behind, 300)
{
	struct victim v[STRESSERS];
	struct stress s[STRESSERS];
	int i, status, leases = 0, bonds = 0;

	listener_close(&self->l);
	for (i = 0; i < STRESSERS; i++) {
		s[i] = (struct stress){ .number = i + 1 };
		start(_metadata, &v[i], life_stress, &s[i]);
	}
	for (i = 0; i < STRESSERS; i++)
		victim_go(&v[i]);
	for (i = 0; i < STRESSERS; i++) {
		status = victim_reap(&v[i], NULL);
		EXPECT_EQ(0, status) {
			TH_LOG("number %d: %#x", i, status);
		}
		victim_end(&v[i]);
	}
	sweep(_metadata, self);
	ASSERT_EQ(0, lease_dump(&self->c, count, &leases));
	ASSERT_EQ(0, bond_dump(&self->c, NULL, count_bond, &bonds));
	EXPECT_EQ(0, leases);
	EXPECT_EQ(0, bonds);
	ASSERT_EQ(0, module_unload());
	ASSERT_EQ(0, module_load(""));
	client_close(&self->c);
	ASSERT_EQ(0, client_open(&self->c));
	ASSERT_EQ(0, listener_open(&self->l, 0));
	self->seq = 0;
}

TEST_HARNESS_MAIN
