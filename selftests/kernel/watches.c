// SPDX-License-Identifier: GPL-2.0
/* The watches themselves: identity, owners, dumps, release. */
#include <fcntl.h>

#include "selftests/kernel/fixture.h"

TEST_F(vigil, an_owner_watches_a_process_once)
{
	struct watch w, event;
	struct victim v;
	int code = 0;

	start_watched(_metadata, self, &v, life_exit, &code, &w);
	EXPECT_EQ(-EEXIST, client_watch_pidfd(&self->c, v.pidfd, OWNER, NULL));
	EXPECT_STRNE("", self->c.refusal.sentence);
	victim_go(&v);
	next_death(_metadata, self, &w, &event);
	EXPECT_EQ(-EEXIST, client_watch_pidfd(&self->c, v.pidfd, OWNER, NULL));
	ASSERT_EQ(0, client_release(&self->c, w.id));
	ASSERT_EQ(0, client_watch_pidfd(&self->c, v.pidfd, OWNER, &w));
	EXPECT_NE(event.id, w.id);
	next_death(_metadata, self, &w, &event);
	victim_end(&v);
}

TEST_F(vigil, two_owners_get_an_event_each)
{
	struct watch first, second, one, other;
	struct victim v;
	int code = 1;

	start_watched(_metadata, self, &v, life_exit, &code, &first);
	ASSERT_EQ(0, client_watch_pidfd(&self->c, v.pidfd, "another", &second));
	EXPECT_NE(first.id, second.id);
	victim_go(&v);
	ASSERT_EQ(1, listener_next(&self->l, &one, DEADLINE_MS));
	ASSERT_EQ(1, listener_next(&self->l, &other, DEADLINE_MS));
	self->seq += 2;
	EXPECT_EQ(one.seq + 1, other.seq);
	EXPECT_EQ(self->seq, other.seq);
	EXPECT_EQ(first.id + second.id, one.id + other.id);
	EXPECT_NE(one.id, other.id);
	expect_kept(_metadata, self, &one);
	expect_kept(_metadata, self, &other);
	victim_end(&v);
}

TEST_F(vigil, everything_given_is_given_back)
{
	char owner[VIGIL_OWNER_LEN_MAX + 1], tag[VIGIL_TAG_LEN_MAX + 1];
	struct request req = { .owner = owner, .tag = tag, .flags = VIGIL_WATCH_FLAGS_TRANSIENT };
	struct watch w, got, event;
	struct victim v;
	int code = 2;

	memset(owner, 'o', sizeof(owner) - 1);
	memset(tag, 't', sizeof(tag) - 1);
	owner[sizeof(owner) - 1] = '\0';
	tag[sizeof(tag) - 1] = '\0';
	start(_metadata, &v, life_exit, &code);
	req.pidfd = -1;
	req.pid = v.pid;
	req.start_ticks = v.start_ticks;
	ASSERT_EQ(0, client_watch(&self->c, &req, &w));
	EXPECT_STREQ(owner, w.owner);
	EXPECT_STREQ(tag, w.tag);
	EXPECT_EQ(VIGIL_WATCH_FLAGS_TRANSIENT, w.flags);
	ASSERT_EQ(0, client_get(&self->c, w.id, &got));
	EXPECT_EQ(0, memcmp(&w, &got, sizeof(w)));
	let_die(_metadata, self, &v, &w, &event);
	EXPECT_EQ(VIGIL_WATCH_FLAGS_TRANSIENT, event.flags);
}

TEST_F(vigil, a_process_can_watch_itself)
{
	int pidfd = pidfd_open_raw(getpid(), 0);
	struct watch w;

	ASSERT_LE(0, pidfd);
	watch_pidfd(_metadata, self, pidfd, &w);
	EXPECT_EQ(getpid(), w.pid);
	expect_alive(_metadata, self, &w);
	close(pidfd);
}

static int life_watch_itself(const struct ends *ends, void *arg)
{
	struct watch w;
	struct client c;

	(void)arg;
	if (client_open(&c) || client_watch_pidfd(&c, pidfd_open_raw(getpid(), 0), OWNER, &w))
		return 1;
	life_tell(ends, w.id);
	life_await_go(ends);
	return 33;
}

TEST_F(vigil, a_process_that_watched_itself_is_told)
{
	struct watch w, event;
	struct victim v;
	int id;

	start(_metadata, &v, life_watch_itself, NULL);
	id = victim_told(&v);
	ASSERT_LT(0, id);
	ASSERT_EQ(0, client_get(&self->c, id, &w));
	let_die(_metadata, self, &v, &w, &event);
	EXPECT_EQ(33, event.exit.code);
}

TEST_F(vigil, a_released_watch_is_gone)
{
	struct watch w;
	struct victim v;
	int code = 0;

	start_watched(_metadata, self, &v, life_exit, &code, &w);
	ASSERT_EQ(0, client_release(&self->c, w.id));
	EXPECT_EQ(-ENOENT, client_release(&self->c, w.id));
	EXPECT_STRNE("", self->c.refusal.sentence);
	EXPECT_EQ(-ENOENT, client_get(&self->c, w.id, &w));
	EXPECT_STRNE("", self->c.refusal.sentence);
	victim_go(&v);
	EXPECT_EQ(0, victim_reap(&v, NULL));
	victim_end(&v);
}

TEST_F(vigil, a_transient_watch_goes_with_its_socket)
{
	struct request req = { .owner = OWNER, .flags = VIGIL_WATCH_FLAGS_TRANSIENT };
	struct watch transient, lasting;
	struct client other;
	struct victim v;
	struct stats s;

	start(_metadata, &v, life_pause, NULL);
	ASSERT_EQ(0, client_open(&other));
	req.pidfd = v.pidfd;
	ASSERT_EQ(0, client_watch(&other, &req, &transient));
	ASSERT_EQ(0, client_watch_pidfd(&other, v.pidfd, "lasting", &lasting));
	client_close(&other);
	EXPECT_EQ(-ENOENT, client_get(&self->c, transient.id, &transient));
	ASSERT_EQ(0, client_get(&self->c, lasting.id, &lasting));
	ASSERT_EQ(0, client_stats(&self->c, &s));
	EXPECT_EQ(1, s.watches);
	ASSERT_EQ(0, client_release(&self->c, lasting.id));
	victim_end(&v);
}

TEST_F(vigil, a_duplicated_socket_keeps_its_transient_watches)
{
	struct request req = { .owner = OWNER, .flags = VIGIL_WATCH_FLAGS_TRANSIENT };
	struct client other;
	struct victim v, holder;
	struct watch w;

	start(_metadata, &v, life_pause, NULL);
	ASSERT_EQ(0, client_open(&other));
	req.pidfd = v.pidfd;
	ASSERT_EQ(0, client_watch(&other, &req, &w));
	start(_metadata, &holder, life_pause, NULL);
	client_close(&other);
	expect_alive(_metadata, self, &w);
	victim_end(&holder);
	EXPECT_EQ(-ENOENT, client_get(&self->c, w.id, &w));
	victim_end(&v);
}

struct tally {
	const char *owner;
	int count;
};

static int count_owner(const struct watch *w, void *arg)
{
	struct tally *tally = arg;

	tally->count++;
	return strcmp(w->owner, tally->owner) ? -EINVAL : 0;
}

static int count_of(struct client *c, const char *owner)
{
	struct tally tally = { .owner = owner };

	return client_dump(c, owner, count_owner, &tally) ?: tally.count;
}

TEST_F(vigil, a_dump_is_filtered_by_owner)
{
	struct victim v[3];
	int i;

	for (i = 0; i < 3; i++) {
		start(_metadata, &v[i], life_pause, NULL);
		ASSERT_EQ(0, client_watch_pidfd(&self->c, v[i].pidfd, OWNER, NULL));
		ASSERT_EQ(0, client_watch_pidfd(&self->c, v[i].pidfd, "filter", NULL));
	}
	ASSERT_EQ(0, client_watch_pidfd(&self->c, v[0].pidfd, "filtered", NULL));
	ASSERT_EQ(0, client_watch_pidfd(&self->c, v[2].pidfd, "filtered", NULL));
	EXPECT_EQ(2, count_of(&self->c, "filtered"));
	EXPECT_EQ(3, count_of(&self->c, "filter"));
	EXPECT_EQ(0, count_of(&self->c, "nobody"));
	ASSERT_EQ(8, client_release_owner(&self->c, NULL));
	for (i = 0; i < 3; i++)
		victim_end(&v[i]);
}

TEST_F(vigil, counters_count)
{
	struct stats before, now;
	struct watch w, event;
	struct victim v;
	int code = 0;

	ASSERT_EQ(0, client_stats(&self->c, &before));
	EXPECT_EQ(16384, before.ring_size);
	EXPECT_EQ(100000, before.watches_max);
	start_watched(_metadata, self, &v, life_exit, &code, &w);
	ASSERT_EQ(0, client_stats(&self->c, &now));
	EXPECT_EQ(1, now.watches);
	EXPECT_EQ(0, now.dead);
	let_die(_metadata, self, &v, &w, &event);
	ASSERT_EQ(0, client_stats(&self->c, &now));
	EXPECT_EQ(1, now.watches);
	EXPECT_EQ(1, now.dead);
	EXPECT_EQ(before.seq + 1, now.seq);
	EXPECT_LT(0, now.oldest_seq);
	EXPECT_LE(now.oldest_seq, now.seq);
	EXPECT_EQ(0, now.send_failures);
}

TEST_HARNESS_MAIN
