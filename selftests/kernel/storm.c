// SPDX-License-Identifier: GPL-2.0
/* Thousands of deaths at once: none is lost, none told twice, and what the ring lost is said. */
#include <sys/wait.h>

#include "selftests/kernel/fixture.h"
#include "selftests/kernel/mob.h"

enum {
	STORM = 20000,
	LESS = 5000,
	ROOMY = 32768,
	TIGHT = 1024,
	PIDS = 1 << 22,
	WIDE_RCVBUF = 64 << 20,
	NARROW_RCVBUF = 4096,
	STORM_TIMEOUT_S = 300,
};

/* Who has been accounted for. */
struct account {
	const struct mob *mob;
	int *number_of;			/* by process ID */
	unsigned char *times;		/* by number */
	unsigned char *seq_times;	/* by sequence number */
	uint64_t next;			/* sequence number due */
	uint64_t gap_first;
	uint64_t gap_last;
	int deaths;
	int wrong;
	int repeated;
};

static int status_of(const struct record *r)
{
	return r->cause == VIGIL_CAUSE_EXITED ? r->code << 8 : r->signal;
}

static void account_open(struct account *a, const struct mob *mob)
{
	int i;

	*a = (struct account){ .mob = mob, .next = 1 };
	a->number_of = calloc(PIDS, sizeof(*a->number_of));
	a->times = calloc(mob->count, 1);
	a->seq_times = calloc(mob->count + 1, 1);
	if (!a->number_of || !a->times || !a->seq_times)
		abort();
	for (i = 0; i < mob->count; i++)
		a->number_of[mob->pid[i]] = i + 1;
}

static void account_close(struct account *a)
{
	free(a->seq_times);
	free(a->times);
	free(a->number_of);
}

/* Whose death it is, how it died, and its number are each right and not seen before. */
static void account_for(struct account *a, const struct watch *w)
{
	int i = a->number_of[w->pid] - 1;

	if (i < 0 || w->state != VIGIL_WATCH_STATE_DEAD || w->exit.seq < 1 ||
	    w->exit.seq > (uint64_t)a->mob->count || status_of(&w->exit) != mob_fate(i) ||
	    w->start_ticks != a->mob->start_ticks[i]) {
		a->wrong++;
		return;
	}
	a->deaths++;
	a->repeated += a->times[i]++ > 0;
	a->repeated += a->seq_times[w->exit.seq]++ > 0;
}

static int account_dumped(const struct watch *w, void *arg)
{
	account_for(arg, w);
	return 0;
}

/* Events in order; one that is not due is left to the replay. */
static void account_heard(struct account *a, const struct watch *event)
{
	if (event->seq != a->next)
		return;
	a->next++;
	account_for(a, event);
}

static int account_replayed(const struct watch *event, void *arg)
{
	struct account *a = arg;

	if (event->seq != a->next)
		return -EBADMSG;
	if (event->type == VIGIL_EVENT_TYPE_GAP) {
		if (a->gap_first)
			return -EEXIST;
		a->gap_first = event->seq;
		a->gap_last = event->gap_last;
		a->next = event->gap_last + 1;
		return 0;
	}
	a->next++;
	account_for(a, event);
	return 0;
}

FIXTURE(storm) {
	struct client c;
	struct mob mob;
	struct account a;
};

FIXTURE_VARIANT(storm) {
	const char *params;
	unsigned int ring_size;
};

FIXTURE_VARIANT_ADD(storm, roomy) {
	.params = "ring_size=32768",
	.ring_size = ROOMY,
};

FIXTURE_VARIANT_ADD(storm, tight) {
	.params = "ring_size=1024",
	.ring_size = TIGHT,
};

FIXTURE_SETUP(storm)
{
	ASSERT_EQ(0, module_reload(variant->params));
	ASSERT_EQ(0, client_open(&self->c));
}

FIXTURE_TEARDOWN(storm)
{
	EXPECT_EQ(0, taint() & TAINT_DIE_OR_WARN);
	client_close(&self->c);
	EXPECT_EQ(0, module_reload(""));
}

typedef FIXTURE_DATA(storm) storm_t;

static void gather(struct __test_metadata *_metadata, storm_t *self, int count)
{
	struct request req = { .pidfd = -1, .owner = OWNER };
	int i;

	ASSERT_EQ(0, mob_gather(&self->mob, count));
	for (i = 0; i < count; i++) {
		req.pid = self->mob.pid[i];
		req.start_ticks = self->mob.start_ticks[i];
		ASSERT_EQ(0, client_watch(&self->c, &req, NULL)) {
			TH_LOG("%d: %s", i, self->c.refusal.sentence);
		}
	}
	account_open(&self->a, &self->mob);
}

/* Reaping all of them waits for the last death; its number is given shortly after. */
static void await_all_numbered(struct __test_metadata *_metadata, storm_t *self)
{
	struct stats s;
	int i, status;

	for (i = 0; i < self->mob.count; i++) {
		ASSERT_EQ(self->mob.pid[i], waitpid(self->mob.pid[i], &status, 0));
		EXPECT_EQ(mob_fate(i), status);
		self->mob.pid[i] = 0;
	}
	EXPECT_TRUE(AWAIT(!client_stats(&self->c, &s) && s.seq == (uint64_t)self->mob.count));
	EXPECT_EQ((uint64_t)self->mob.count, s.dead);
	EXPECT_EQ(0, s.send_failures);
}

/* Reads until the queue is empty; returns how often it heard of an overrun. */
static int drain(struct __test_metadata *_metadata, struct listener *l, struct account *a)
{
	struct watch event;
	int ret, overruns = 0;

	while ((ret = listener_next(l, &event, 0))) {
		ASSERT_TRUE(ret == 1 || ret == -ENOBUFS);
		if (ret == 1)
			account_heard(a, &event);
		else
			overruns++;
	}
	return overruns;
}

/* Nothing but gaps may be missing. */
static void expect_all(struct __test_metadata *_metadata, const struct account *a, int missing)
{
	EXPECT_EQ(0, a->wrong);
	EXPECT_EQ(0, a->repeated);
	EXPECT_EQ(a->mob->count - missing, a->deaths);
}

TEST_F_TIMEOUT(storm, while_the_listener_sleeps, STORM_TIMEOUT_S)
{
	struct listener *l = calloc(1, sizeof(*l));
	struct account dumped;
	unsigned int count = crowd(STORM);
	uint64_t heard;
	int missing;

	ASSERT_NE(NULL, l);
	gather(_metadata, self, count);
	account_open(&dumped, &self->mob);
	ASSERT_EQ(0, listener_open(l, 0));
	mob_release(&self->mob);
	await_all_numbered(_metadata, self);
	EXPECT_EQ(1, drain(_metadata, l, &self->a));
	heard = self->a.next;
	TH_LOG("heard %d, then overrun", (int)heard - 1);
	EXPECT_LT(heard, count);
	ASSERT_EQ(0, client_replay(&self->c, heard, account_replayed, &self->a));
	EXPECT_EQ(count + 1, self->a.next);
	if (variant->ring_size < count) {
		EXPECT_EQ(heard, self->a.gap_first);
		EXPECT_EQ(count - variant->ring_size, self->a.gap_last);
	} else {
		EXPECT_EQ(0, self->a.gap_first);
	}
	missing = self->a.gap_first ? self->a.gap_last - self->a.gap_first + 1 : 0;
	expect_all(_metadata, &self->a, missing);
	ASSERT_EQ(0, client_dump(&self->c, OWNER, account_dumped, &dumped));
	expect_all(_metadata, &dumped, 0);
	account_close(&dumped);
	account_close(&self->a);
	listener_close(l);
	free(l);
	mob_end(&self->mob);
}

/* The listener that reads hears everything, whatever the other one does. */
TEST_F_TIMEOUT(storm, beside_a_stalled_listener, STORM_TIMEOUT_S)
{
	struct listener *l = calloc(2, sizeof(*l));
	unsigned int count = crowd(LESS);
	struct account stalled;
	struct watch event;

	ASSERT_NE(NULL, l);
	gather(_metadata, self, count);
	account_open(&stalled, &self->mob);
	ASSERT_EQ(0, listener_open(&l[0], WIDE_RCVBUF));
	ASSERT_EQ(0, listener_open(&l[1], NARROW_RCVBUF));
	mob_release(&self->mob);
	while (self->a.next <= count) {
		ASSERT_EQ(1, listener_next(&l[0], &event, DEADLINE_MS));
		ASSERT_EQ(self->a.next, event.seq);
		account_heard(&self->a, &event);
	}
	expect_all(_metadata, &self->a, 0);
	await_all_numbered(_metadata, self);
	EXPECT_LE(1, drain(_metadata, &l[1], &stalled));
	ASSERT_EQ(0, client_replay(&self->c, stalled.next, account_replayed, &stalled));
	EXPECT_EQ(count + 1, stalled.next);
	expect_all(_metadata, &stalled,
		   stalled.gap_first ? stalled.gap_last - stalled.gap_first + 1 : 0);
	account_close(&stalled);
	account_close(&self->a);
	listener_close(&l[1]);
	listener_close(&l[0]);
	free(l);
	mob_end(&self->mob);
}

TEST_HARNESS_MAIN
