// SPDX-License-Identifier: GPL-2.0
/* Beats in crowds: in one page, of many deadlines, while others come and go, while the module goes. */
#include "selftests/kernel/beat.h"

enum {
	SLOTS = 512,			/* in one page */
	MANY = 1000,
	KINDS = 40,			/* deadlines that differ */
	FAR_MS = 1000 * 1000,
	STALLS = 10,
	RELOADS = 5,
	WIDE_RCVBUF = 16 << 20,
};

static void listen_widely(struct __test_metadata *_metadata, vigil_t *self)
{
	listener_close(&self->l);
	ASSERT_EQ(0, listener_open(&self->l, WIDE_RCVBUF));
}

/* Each of the watches that have this slot, or of all, tells so many events of these types, in order. */
static void each_tells(struct __test_metadata *_metadata, vigil_t *self, const struct watch *w,
		       int count, int slot, const uint32_t *types, int each)
{
	unsigned char told[MANY] = { 0 };
	struct watch event;
	int i, left = 0;

	for (i = 0; i < count; i++)
		left += slot < 0 || i % SLOTS == slot ? each : 0;
	for (; left; left--) {
		ASSERT_EQ(1, listener_next(&self->l, &event, DEADLINE_MS));
		EXPECT_EQ(++self->seq, event.seq);
		for (i = 0; i < count && w[i].id != event.id; i++)
			;
		ASSERT_LT(i, count);
		EXPECT_TRUE(slot < 0 || i % SLOTS == slot);
		ASSERT_LT(told[i], each);
		EXPECT_EQ(types[told[i]++], event.type);
	}
}

TEST_F(vigil, a_thousand_watches_beat_in_one_page)
{
	static const uint32_t back[] = { VIGIL_EVENT_TYPE_RECOVERED, VIGIL_EVENT_TYPE_HUNG };
	static struct watch w[MANY];
	struct beat_request beat = { .deadline_ms = SHORT_MS };
	slot_t *page = shared_page();
	int i, many = crowd(MANY);
	char owner[VIGIL_OWNER_LEN_MAX + 1];
	struct victim v;

	ASSERT_NE(NULL, page);
	listen_widely(_metadata, self);
	start(_metadata, &v, life_pause, NULL);
	for (i = 0; i < many; i++) {
		beat.address = page + i % SLOTS;
		snprintf(owner, sizeof(owner), "owner-%d", i);
		watch_beat(_metadata, self, &v, owner, &beat, &w[i]);
	}
	each_tells(_metadata, self, w, many, -1, &back[1], 1);
	page[SLOTS / 3] += 1;
	each_tells(_metadata, self, w, many, SLOTS / 3, back, ARRAY_SIZE(back));
	ASSERT_EQ(many, client_release_owner(&self->c, NULL));
	victim_end(&v);
}

/* Rounds come and go in every order. */
TEST_F(vigil, beats_of_many_deadlines_come_and_go)
{
	struct beat_request beat = { 0 }, none = { 0 };
	struct watch w[3 * KINDS];
	char owner[VIGIL_OWNER_LEN_MAX + 1];
	slot_t *page = shared_page();
	struct victim v;
	int i, turn;

	ASSERT_NE(NULL, page);
	start(_metadata, &v, life_pause, NULL);
	for (i = 0; i < 3 * KINDS; i++) {
		beat.deadline_ms = FAR_MS + (i % KINDS) * (FAR_MS / KINDS);
		beat.address = page + i;
		snprintf(owner, sizeof(owner), "owner-%d", i);
		watch_beat(_metadata, self, &v, owner, &beat, &w[i]);
	}
	for (turn = 0; turn < 3; turn++) {
		for (i = turn; i < 3 * KINDS; i += 3)
			ASSERT_EQ(0, client_beat_set(&self->c, w[i].id, &none));
		for (i = turn; i < 3 * KINDS; i += 2)
			ASSERT_EQ(0, client_beat_set(&self->c, w[i].id, &beat));
	}
	beat.deadline_ms = SHORT_MS;
	beat.address = page + 1;
	ASSERT_EQ(0, client_beat_set(&self->c, w[1].id, &beat));
	next_hung(_metadata, self, &w[1], &w[0]);
	ASSERT_EQ(3 * KINDS, client_release_owner(&self->c, NULL));
	victim_end(&v);
}

/* Beats are attached and released as fast as can be, while looks at them are made. */
static int life_release(const struct ends *ends, void *arg)
{
	struct beat_request beat = { .deadline_ms = 100, .address = arg }, none = { 0 };
	struct request req = { .owner = "churn", .beat = &beat };
	struct watch w;
	struct client c;

	req.pidfd = pidfd_open_raw(getpid(), 0);
	if (client_open(&c))
		return 1;
	life_tell(ends, 0);
	for (;;) {
		if (client_watch(&c, &req, &w) || client_beat_set(&c, w.id, &beat) ||
		    client_beat(&c, w.id) || client_beat_set(&c, w.id, &none) ||
		    client_beat_set(&c, w.id, &beat) || client_release(&c, w.id))
			return 2;
	}
}

/* What was noted before a death that is seen now has its number. */
static void drain(struct __test_metadata *_metadata, vigil_t *self)
{
	struct watch w, event;
	struct victim v;

	start(_metadata, &v, life_pause, NULL);
	ASSERT_EQ(0, client_watch_pidfd(&self->c, v.pidfd, "last", &w));
	victim_end(&v);
	do {
		ASSERT_EQ(1, listener_next(&self->l, &event, DEADLINE_MS));
		self->seq++;
	} while (event.id != w.id);
}

TEST_F(vigil, beats_are_released_while_others_are_looked_at)
{
	struct beat_request beat = { .deadline_ms = 100 };
	slot_t *page = shared_page();
	struct watch w, event;
	struct victim v, churner;
	int i;

	ASSERT_NE(NULL, page);
	listen_widely(_metadata, self);
	beat.address = page;
	start(_metadata, &v, life_pause, NULL);
	watch_beat(_metadata, self, &v, OWNER, &beat, &w);
	start(_metadata, &churner, life_release, (void *)(page + 1));
	ASSERT_EQ(0, victim_told(&churner));
	for (i = 0; i < 2 * STALLS;) {
		ASSERT_EQ(1, listener_next(&self->l, &event, DEADLINE_MS));
		self->seq++;
		if (event.id != w.id)
			continue;
		ASSERT_EQ(i % 2 ? VIGIL_EVENT_TYPE_RECOVERED : VIGIL_EVENT_TYPE_HUNG, event.type);
		*page += ++i % 2;
	}
	ASSERT_EQ(0, kill(churner.pid, 0));
	victim_end(&churner);
	ASSERT_LE(0, client_release_owner(&self->c, NULL));
	drain(_metadata, self);
	victim_end(&v);
}

FIXTURE(unload) {
	struct client c;
};

FIXTURE_SETUP(unload)
{
	ASSERT_EQ(0, client_open(&self->c));
}

/* In the parent, so that the module is back however the test ended. */
FIXTURE_TEARDOWN_PARENT(unload)
{
	EXPECT_EQ(0, taint() & TAINT_DIE_OR_WARN);
	if (!module_loaded())
		EXPECT_EQ(0, module_load(""));
}

TEST_F(unload, the_module_goes_while_it_looks_at_beats)
{
	struct beat_request beat = { .deadline_ms = 100 };
	struct request req = { .owner = OWNER, .beat = &beat };
	slot_t *page = shared_page();
	struct victim v;
	int i, turn;
	char owner[VIGIL_OWNER_LEN_MAX + 1];

	ASSERT_NE(NULL, page);
	start(_metadata, &v, life_pause, NULL);
	req.pidfd = v.pidfd;
	req.owner = owner;
	for (turn = 0; turn < RELOADS; turn++) {
		for (i = 0; i < 2 * KINDS; i++) {
			beat.address = page + i;
			beat.deadline_ms = 100 + i % 3;
			snprintf(owner, sizeof(owner), "owner-%d", i);
			ASSERT_EQ(0, client_watch(&self->c, &req, NULL));
		}
		client_close(&self->c);
		ASSERT_EQ(0, module_reload(""));
		ASSERT_EQ(0, client_open(&self->c));
	}
	victim_end(&v);
}

TEST_HARNESS_MAIN
