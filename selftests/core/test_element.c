// SPDX-License-Identifier: GPL-2.0
/* One element: to whom it promises, what it obeys, and in which order things are done. */
#include <string.h>

#include "selftests/lib/harness.h"
#include "user/core/element.h"

#define MS 1000000ull

enum { ACTIONS = 64 };

FIXTURE(element)
{
	struct element *e;
	uint64_t now;
	struct core_action actions[ACTIONS];
	uint32_t n;
	struct wire_msg answer;
	uint64_t told[CORE_T_END];
};

static const struct wire_id self = { .rank = 1, .boot = 11, .node = 1, .incarnation = 2, .pid = 3 };
static const struct wire_id one = { .rank = 7, .boot = 21, .node = 7, .incarnation = 1, .pid = 5 };
static const struct wire_id two = { .rank = 8, .boot = 22, .node = 8, .incarnation = 1, .pid = 6 };

static void act(void *ctx, const struct core_action *a)
{
	struct _test_data_element *t = ctx;

	if (a->type == CORE_TELL)
		t->told[a->tell]++;
	else if (t->n < ACTIONS)
		t->actions[t->n++] = *a;
	if (a->type == CORE_SEND && a->msg->head.type == WIRE_ANSWER)
		t->answer = *a->msg;
}

static void begin(struct _test_data_element *t, const struct element_memory *past)
{
	static const uint32_t candidates[] = { 7, 8 };
	const struct element_config config = {
		.self = self, .scope = 9, .number = 4, .level = 2, .timing = core_timing_lan, .rules = &core_rules_all,
		.candidates = candidates, .ncandidates = 2,
	};

	free(t->e);
	t->e = malloc(element_size());
	element_init(t->e, &config, past, t->now);
}

FIXTURE_SETUP(element)
{
	const struct element_memory past = { .known = true };

	memset(self, 0, sizeof(*self));
	self->now = 1000 * MS;
	begin(self, &past);
}

FIXTURE_TEARDOWN(element)
{
	free(self->e);
}

static void hand(struct _test_data_element *t, const struct wire_msg *m)
{
	const struct core_out out = { .act = act, .ctx = t };
	struct core_event event = { .type = CORE_MESSAGE, .msg = m, .now_ns = t->now };

	t->n = 0;
	element_step(t->e, &event, &out);
}

static struct wire_msg poll_of(const struct wire_id *from, uint64_t epoch)
{
	struct wire_msg m = { .head = {
		.type = WIRE_POLL, .level = 2, .scope = 9, .element = 4, .from = *from, .epoch = epoch,
	} };

	m.poll = (struct wire_poll){
		.asked_ns = 5, .promise_ns = core_timing_lan.promise_ns, .standing = WIRE_ESTABLISHED, .members = 1,
		.flags = WIRE_POLL_WANT, .bid = { .lease_ns = core_timing_lan.lease_ns },
	};
	return m;
}

static bool promises(struct _test_data_element *t, const struct wire_msg *m)
{
	hand(t, m);
	return t->answer.answer.flags & WIRE_ANSWER_PROMISED && t->answer.head.epoch == m->head.epoch;
}

static bool asks(struct _test_data_element *t, const struct wire_id *from, uint64_t epoch)
{
	struct wire_msg m = poll_of(from, epoch);

	return promises(t, &m);
}

/* A poll that answers the last answer, with what only the holder may say. */
static struct wire_msg next_poll(struct _test_data_element *t, uint64_t epoch)
{
	struct wire_msg m = poll_of(&one, epoch);

	m.poll.flags |= WIRE_POLL_GRANT;
	m.poll.bid.boot = self.boot;
	m.poll.bid.incarnation = self.incarnation;
	m.poll.bid.stamp_ns = t->answer.answer.stamp_ns;
	return m;
}

static const struct core_action *find(const struct _test_data_element *t, enum core_action_type type)
{
	uint32_t i;

	for (i = 0; i < t->n; i++)
		if (t->actions[i].type == type)
			return &t->actions[i];
	return NULL;
}

TEST_F(element, promises_to_one_at_a_time)
{
	EXPECT_TRUE(asks(self, &one, 1));
	self->now += core_timing_lan.promise_ns - 1;
	EXPECT_FALSE(asks(self, &two, 2));
	EXPECT_EQ(1, self->told[CORE_T_REFUSED_PROMISE]);
	self->now += 1;
	EXPECT_TRUE(asks(self, &two, 2));
	EXPECT_FALSE(asks(self, &one, 3));
}

TEST_F(element, renews_its_promise_with_each_poll)
{
	unsigned int i;

	for (i = 0; i < 20; i++) {
		EXPECT_TRUE(asks(self, &one, 1));
		EXPECT_FALSE(asks(self, &two, 2));
		self->now += core_timing_lan.promise_ns - 1;
	}
}

TEST_F(element, takes_its_promise_back_when_the_holder_resigns)
{
	struct wire_msg resign = poll_of(&two, 1);

	ASSERT_TRUE(asks(self, &one, 1));
	resign.head.type = WIRE_RESIGN;
	resign.resign.why = WIRE_TOLD;
	hand(self, &resign);
	EXPECT_FALSE(asks(self, &two, 2));
	resign.head.from = one;
	hand(self, &resign);
	EXPECT_TRUE(asks(self, &two, 2));
}

TEST_F(element, waits_one_promise_without_memory)
{
	const struct element_memory past = { .epoch = 3 };

	begin(self, &past);
	self->now += core_timing_lan.promise_ns;
	EXPECT_FALSE(asks(self, &one, 9));
	EXPECT_TRUE(self->answer.answer.flags & WIRE_ANSWER_WAITING);
	self->now += core_at_most(&core_timing_lan, core_timing_lan.promise_ns) - core_timing_lan.promise_ns;
	EXPECT_TRUE(asks(self, &one, 9));
}

TEST_F(element, keeps_its_promise_over_a_restart_with_memory)
{
	const struct element_memory past = {
		.epoch = 3, .known = true, .holder = one, .until_ns = self->now + 100 * MS,
	};

	begin(self, &past);
	EXPECT_FALSE(asks(self, &two, 4));
	EXPECT_TRUE(asks(self, &one, 3));
}

TEST_F(element, refuses_older_epochs_and_the_same_of_another)
{
	ASSERT_TRUE(asks(self, &one, 5));
	self->now += core_timing_lan.promise_ns;
	EXPECT_FALSE(asks(self, &two, 5));
	EXPECT_FALSE(asks(self, &two, 4));
	EXPECT_FALSE(asks(self, &one, 4));
	EXPECT_TRUE(asks(self, &one, 5));
	EXPECT_EQ(3, self->told[CORE_T_REFUSED_EPOCH]);
}

TEST_F(element, refuses_other_times)
{
	struct wire_msg m = poll_of(&one, 1);

	m.poll.promise_ns++;
	EXPECT_FALSE(promises(self, &m));
	m = poll_of(&one, 1);
	m.poll.bid.lease_ns--;
	EXPECT_FALSE(promises(self, &m));
	EXPECT_EQ(2, self->told[CORE_T_REFUSED_TIMING]);
}

TEST_F(element, refuses_who_knows_an_older_list)
{
	struct wire_msg m = poll_of(&one, 1);

	m.poll.members = 3;
	ASSERT_TRUE(promises(self, &m));
	EXPECT_EQ(3, find(self, CORE_PERSIST)->members);
	m.poll.members = 2;
	EXPECT_FALSE(promises(self, &m));
	EXPECT_EQ(1, self->told[CORE_T_REFUSED_MEMBERS]);
}

TEST_F(element, persists_before_it_answers)
{
	ASSERT_TRUE(asks(self, &one, 6));
	ASSERT_EQ(3, self->n);
	EXPECT_EQ(CORE_PERSIST, self->actions[0].type);
	EXPECT_EQ(6, self->actions[0].epoch);
	EXPECT_EQ(CORE_PROMISE, self->actions[1].type);
	EXPECT_EQ(CORE_SEND, self->actions[2].type);
	ASSERT_TRUE(asks(self, &one, 6));
	EXPECT_EQ(NULL, find(self, CORE_PERSIST)) TH_LOG("nothing new is written");
}

TEST_F(element, reckons_the_lease_from_its_own_stamp)
{
	struct wire_msg m;
	uint64_t stamped;

	ASSERT_TRUE(asks(self, &one, 1));
	stamped = self->now;
	m = next_poll(self, 1);
	self->now += 150 * MS;
	hand(self, &m);
	ASSERT_NE(NULL, find(self, CORE_LEASE));
	EXPECT_EQ(stamped + core_timing_lan.lease_ns, find(self, CORE_LEASE)->until_ns);
	/* The same again grants nothing more. */
	hand(self, &m);
	EXPECT_EQ(NULL, find(self, CORE_LEASE));
}

TEST_F(element, numbers_a_lease_anew_when_it_had_run_out)
{
	struct wire_msg m;
	uint64_t first;

	ASSERT_TRUE(asks(self, &one, 1));
	m = next_poll(self, 1);
	hand(self, &m);
	first = find(self, CORE_LEASE)->epoch;
	self->now += 50 * MS;
	m = next_poll(self, 1);
	hand(self, &m);
	EXPECT_EQ(first, find(self, CORE_LEASE)->epoch);
	self->now += 2 * core_timing_lan.lease_ns;
	ASSERT_TRUE(asks(self, &one, 1));
	m = next_poll(self, 1);
	hand(self, &m);
	EXPECT_EQ(first + 1, find(self, CORE_LEASE)->epoch);
	self->now += 50 * MS;
	ASSERT_TRUE(asks(self, &one, 2));
	m = next_poll(self, 2);
	hand(self, &m);
	EXPECT_EQ(2 * CORE_LAPSES, find(self, CORE_LEASE)->epoch);
}

static struct wire_msg order_poll(struct _test_data_element *t, uint64_t serial, uint8_t op)
{
	struct wire_msg m = next_poll(t, 1);

	m.poll.bid.norders = 1;
	m.poll.bid.orders[0] = (struct wire_order){ .serial = serial, .job = 42, .op = op };
	return m;
}

TEST_F(element, carries_an_order_out_once)
{
	struct wire_msg m;

	ASSERT_TRUE(asks(self, &one, 1));
	m = order_poll(self, 1, WIRE_START_SINGLETON);
	hand(self, &m);
	ASSERT_NE(NULL, find(self, CORE_START));
	EXPECT_EQ(CORE_LAPSES, find(self, CORE_START)->epoch);
	EXPECT_EQ(1, self->answer.answer.acked);
	hand(self, &m);
	EXPECT_EQ(NULL, find(self, CORE_START));
	EXPECT_EQ(1, self->told[CORE_T_REPEATED]);
	m = order_poll(self, 2, WIRE_STOP);
	hand(self, &m);
	ASSERT_NE(NULL, find(self, CORE_STOP));
	EXPECT_EQ(1, self->answer.answer.njobs);
	EXPECT_EQ(WIRE_JOB_STOPPING, self->answer.answer.jobs[0].state);
}

TEST_F(element, starts_no_singleton_without_a_lease)
{
	struct wire_msg m;

	ASSERT_TRUE(asks(self, &one, 1));
	m = order_poll(self, 1, WIRE_START_SINGLETON);
	m.poll.flags &= ~WIRE_POLL_GRANT;
	hand(self, &m);
	EXPECT_EQ(NULL, find(self, CORE_START));
	EXPECT_EQ(1, self->told[CORE_T_NO_LEASE]);
	m = order_poll(self, 2, WIRE_START);
	m.poll.flags &= ~WIRE_POLL_GRANT;
	hand(self, &m);
	ASSERT_NE(NULL, find(self, CORE_START));
	EXPECT_EQ(0, find(self, CORE_START)->epoch);
}

TEST_F(element, obeys_nobody_but_the_holder_now_and_in_this_life)
{
	struct wire_msg good, m;

	ASSERT_TRUE(asks(self, &one, 1));
	good = order_poll(self, 1, WIRE_START);
	good.head.type = WIRE_ORDER;
	good.order = order_poll(self, 1, WIRE_START).poll.bid;
	m = good;
	m.head.from = two;
	hand(self, &m);
	EXPECT_EQ(1, self->told[CORE_T_REFUSED_HOLDER]);
	m = good;
	m.head.epoch = 0;
	hand(self, &m);
	EXPECT_EQ(1, self->told[CORE_T_REFUSED_EPOCH]);
	m = good;
	m.order.incarnation--;
	hand(self, &m);
	m = good;
	m.order.boot++;
	hand(self, &m);
	EXPECT_EQ(2, self->told[CORE_T_REFUSED_LIFE]);
	m = good;
	m.order.stamp_ns = self->now - core_timing_lan.lease_ns;
	hand(self, &m);
	m = good;
	m.order.stamp_ns = self->now + 1;
	hand(self, &m);
	EXPECT_EQ(2, self->told[CORE_T_REFUSED_AGE]);
	EXPECT_EQ(NULL, find(self, CORE_START));
	self->now += core_timing_lan.promise_ns;
	hand(self, &good);
	EXPECT_EQ(2, self->told[CORE_T_REFUSED_HOLDER]);
	ASSERT_TRUE(asks(self, &one, 1));
	hand(self, &good);
	EXPECT_NE(NULL, find(self, CORE_START));
}

TEST_F(element, tells_the_best_value_and_forgets_it)
{
	struct wire_msg m = poll_of(&two, 1);

	m.poll.standing = WIRE_PASSIVE;
	hand(self, &m);
	asks(self, &one, 1);
	EXPECT_EQ(7, self->answer.answer.best.rank) TH_LOG("established before passive");
	self->now += core_timing_lan.silence_ns;
	hand(self, &m);
	EXPECT_EQ(8, self->answer.answer.best.rank);
}

TEST_HARNESS_MAIN
