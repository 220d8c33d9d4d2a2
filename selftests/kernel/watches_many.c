// SPDX-License-Identifier: GPL-2.0
/* Many watches: how many there may be, what they cost, and dumps of them. */
#include <linux/membarrier.h>
#include <sys/syscall.h>

#include "selftests/kernel/fixture.h"
#include "selftests/kernel/mob.h"

enum {
	CROWD = 1000,			/* processes */
	OWNERS_EACH = 100,		/* so many watches on each of them */
	DUMP_EACH = 12,
	REAL = 5000,
	WATCH_BYTES_MAX = 256,
	GRACE_PERIODS_MAX = 100,
	SLACK_KIB = 1024,		/* per-CPU and partly filled slabs */
	LEAK_ROUNDS = 4,
	LEAK_OWNERS = 5,
};

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

/*
 * A table that grew gives its old memory back some RCU grace periods later, and each membarrier() of this kind
 * takes one.
 */
static long settled_kib(long enough)
{
	long kib = kernel_kib();
	int i;

	for (i = 0; kib > enough && i < GRACE_PERIODS_MAX; i++) {
		syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
		kib = kernel_kib();
	}
	return kib;
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
	held = settled_kib(before + CROWD * OWNERS_EACH * WATCH_BYTES_MAX / 1024 + SLACK_KIB);
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
