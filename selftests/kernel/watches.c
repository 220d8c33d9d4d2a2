// SPDX-License-Identifier: GPL-2.0
/* The watches themselves: identity, owners, dumps, release, and how many there may be. */
#include <fcntl.h>
#include <sys/wait.h>

#include "selftests/kernel/fixture.h"
#include "selftests/kernel/mob.h"

enum {
	CROWD = 1000,			/* processes */
	OWNERS_EACH = 100,		/* so many watches on each of them */
	DUMP_EACH = 12,
	REAL = 5000,
	WATCH_BYTES_MAX = 256,
	SLACK_KIB = 1024,		/* per-CPU and partly filled slabs */
	LEAK_ROUNDS = 4,
	LEAK_OWNERS = 5,
};

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

static struct mob *gather(struct __test_metadata *_metadata, int count)
{
	struct mob *mob = calloc(1, sizeof(*mob));

	ASSERT_NE(NULL, mob);
	ASSERT_EQ(0, mob_gather(mob, count));
	return mob;
}

static void disperse(struct mob *mob)
{
	mob_end(mob);
	free(mob);
}

static int watch_member(struct client *c, const struct mob *mob, int i, const char *owner,
			struct watch *w)
{
	struct request req = { .pidfd = -1, .owner = owner };

	req.pid = mob->pid[i];
	req.start_ticks = mob->start_ticks[i];
	return client_watch(c, &req, w);
}

static void watch_each(struct __test_metadata *_metadata, vigil_t *self, const struct mob *mob,
		       int owners)
{
	char owner[VIGIL_OWNER_LEN_MAX + 1];
	int i, o;

	for (o = 0; o < owners; o++) {
		snprintf(owner, sizeof(owner), "owner-%d", o);
		for (i = 0; i < mob->count; i++)
			ASSERT_EQ(0, watch_member(&self->c, mob, i, owner, NULL)) {
				TH_LOG("%d/%d: %s", o, i, self->c.refusal.sentence);
			}
	}
}

static void release_each(struct __test_metadata *_metadata, vigil_t *self, int owners, int each)
{
	char owner[VIGIL_OWNER_LEN_MAX + 1];
	int o;

	for (o = 0; o < owners; o++) {
		snprintf(owner, sizeof(owner), "owner-%d", o);
		ASSERT_EQ(each, client_release_owner(&self->c, owner));
	}
}

/* Memory that the kernel cannot reclaim, in KiB: slabs, page tables of vmalloc and the like. */
static long kernel_kib(void)
{
	long slab = -1, vmalloc = -1;
	char line[128];
	FILE *f = fopen("/proc/meminfo", "re");

	while (f && fgets(line, sizeof(line), f)) {
		sscanf(line, "SUnreclaim: %ld", &slab);
		sscanf(line, "VmallocUsed: %ld", &vmalloc);
	}
	if (f)
		fclose(f);
	return slab + vmalloc;
}

TEST_F_TIMEOUT(vigil, a_hundred_thousand_watches, 300)
{
	long before, held;
	struct watch first;
	struct victim v;
	struct stats s;
	struct mob *mob;

	if (patience() > 1)
		SKIP(return, "the memory of a kernel with checkers is not the product's");
	mob = gather(_metadata, CROWD);
	/* The ring is allocated with the first watch, and stays. */
	ASSERT_EQ(0, watch_member(&self->c, mob, 0, OWNER, &first));
	ASSERT_EQ(0, client_release(&self->c, first.id));
	before = kernel_kib();
	watch_each(_metadata, self, mob, OWNERS_EACH);
	held = kernel_kib();
	TH_LOG("%ld bytes a watch", (held - before) * 1024 / (CROWD * OWNERS_EACH));
	EXPECT_LE(held - before, CROWD * OWNERS_EACH * WATCH_BYTES_MAX / 1024 + SLACK_KIB);
	ASSERT_EQ(0, client_stats(&self->c, &s));
	EXPECT_EQ(CROWD * OWNERS_EACH, s.watches);
	start(_metadata, &v, life_pause, NULL);
	EXPECT_EQ(-ENOSPC, client_watch_pidfd(&self->c, v.pidfd, OWNER, NULL));
	EXPECT_STRNE("", self->c.refusal.sentence);
	victim_end(&v);
	release_each(_metadata, self, OWNERS_EACH, CROWD);
	ASSERT_EQ(0, client_stats(&self->c, &s));
	EXPECT_EQ(0, s.watches);
	disperse(mob);
}

TEST_F_TIMEOUT(vigil, released_watches_leave_no_memory_behind, 300)
{
	long first = 0, now;
	struct mob *mob;
	int round;

	if (patience() > 1)
		SKIP(return, "KASAN keeps what is freed, and kmemleak tells of what is not");
	mob = gather(_metadata, CROWD);
	for (round = 0; round < LEAK_ROUNDS; round++) {
		watch_each(_metadata, self, mob, LEAK_OWNERS);
		release_each(_metadata, self, LEAK_OWNERS, CROWD);
		now = kernel_kib();
		if (!round)
			first = now;
	}
	TH_LOG("grew by %ld KiB", now - first);
	EXPECT_LE(now - first, SLACK_KIB);
	disperse(mob);
}

struct seen {
	uint64_t *id;		/* of the watches that stay, sorted */
	unsigned char *times;
	int count;
	int repeated;
};

static int by_id(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static int note_id(const struct watch *w, void *arg)
{
	struct seen *seen = arg;

	seen->id[seen->count++] = w->id;
	return 0;
}

static int note_seen(const struct watch *w, void *arg)
{
	struct seen *seen = arg;
	uint64_t *at = bsearch(&w->id, seen->id, seen->count, sizeof(*seen->id), by_id);

	if (at && seen->times[at - seen->id]++)
		seen->repeated++;
	return 0;
}

/* Makes and releases watches for as long as the dump goes on. */
static int life_churn(const struct ends *ends, void *arg)
{
	struct mob *mob = arg;
	struct watch w;
	struct client c;
	int i;

	if (client_open(&c))
		return 1;
	life_tell(ends, 0);
	for (i = 0;; i = (i + 1) % mob->count)
		if (watch_member(&c, mob, i, "churn", &w) ||
		    client_release(&c, w.id))
			return 2;
}

TEST_F_TIMEOUT(vigil, a_dump_beside_others_is_complete, 300)
{
	struct mob *mob = gather(_metadata, crowd(CROWD));
	int i, missed = 0, all = mob->count * DUMP_EACH;
	struct seen seen = { 0 };
	struct victim churner;

	watch_each(_metadata, self, mob, DUMP_EACH);
	seen.id = calloc(all, sizeof(*seen.id));
	seen.times = calloc(all, 1);
	ASSERT_TRUE(seen.id && seen.times);
	ASSERT_EQ(0, client_dump(&self->c, NULL, note_id, &seen));
	ASSERT_EQ(all, seen.count);
	qsort(seen.id, all, sizeof(*seen.id), by_id);
	start(_metadata, &churner, life_churn, mob);
	ASSERT_EQ(0, victim_told(&churner));
	ASSERT_EQ(0, client_dump(&self->c, NULL, note_seen, &seen));
	ASSERT_EQ(0, kill(churner.pid, 0));
	victim_end(&churner);
	for (i = 0; i < all; i++)
		missed += !seen.times[i];
	EXPECT_EQ(0, missed);
	EXPECT_EQ(0, seen.repeated);
	free(seen.times);
	free(seen.id);
	ASSERT_LE(0, client_release_owner(&self->c, "churn"));
	release_each(_metadata, self, DUMP_EACH, mob->count);
	disperse(mob);
}

TEST_F_TIMEOUT(vigil, five_thousand_processes, 300)
{
	struct mob *mob = gather(_metadata, crowd(REAL));
	struct stats s;

	watch_each(_metadata, self, mob, 1);
	ASSERT_EQ(0, client_stats(&self->c, &s));
	EXPECT_EQ(mob->count, s.watches);
	EXPECT_EQ(0, s.dead);
	release_each(_metadata, self, 1, mob->count);
	disperse(mob);
}

TEST_HARNESS_MAIN
