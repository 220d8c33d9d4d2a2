// SPDX-License-Identifier: GPL-2.0
/* libvigil under stress: full buffers, a ring that turns over, many threads, a module that goes. */
#include <errno.h>
#include <linux/sock_diag.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftests/lib/guest.h"
#include "selftests/lib/harness.h"

#define OWNER "storms"
#define RING_SMALL "ring_size=64"

enum { DEATHS = 600, RING = 64, RCVBUF_SMALL = 2048, THREADS = 8, DEATHS_PER_THREAD = 40,
	TIMEOUT_S = 240 };

FIXTURE(storm) {
	struct vigil *v;
	struct vigil_events *ev;
	uint64_t seq;		/* of the last event that was checked */
};

FIXTURE_SETUP(storm)
{
	struct vigil_stats s;

	ASSERT_EQ(0, vigil_open(&self->v));
	ASSERT_EQ(0, release_all(self->v, OWNER));
	ASSERT_EQ(0, vigil_stats_get(self->v, &s));
	self->seq = s.seq;
	ASSERT_EQ(0, vigil_events_open(0, &self->ev));
}

FIXTURE_TEARDOWN(storm)
{
	EXPECT_EQ(0, release_all(self->v, OWNER));
	vigil_events_close(self->ev);
	vigil_close(self->v);
}

static void shrink(struct vigil_events *ev)
{
	int bytes = RCVBUF_SMALL;

	setsockopt(vigil_events_fd(ev), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

static uint32_t drops(struct vigil_events *ev)
{
	uint32_t info[SK_MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof(info);

	getsockopt(vigil_events_fd(ev), SOL_SOCKET, SO_MEMINFO, info, &len);
	return info[SK_MEMINFO_DROPS];
}

/* Watches a new child under the number @i, and lets it exit with it. */
static int one_death(struct vigil *v, unsigned int i)
{
	char tag[16];
	struct child c;
	int r;

	r = child_start(&c);
	if (r)
		return r;
	snprintf(tag, sizeof(tag), "%u", i);
	r = vigil_watch_pidfd(v, c.pidfd, OWNER, tag, 0, NULL);
	child_exit(&c, (unsigned char)i);
	child_end(&c);
	return r;
}

/* The next event must be the death of number @i. */
static void want_death(struct __test_metadata *_metadata, FIXTURE_DATA(storm) *self,
		       unsigned int i)
{
	struct vigil_event e;

	ASSERT_EQ(1, await_event(self->ev, &e)) {
		TH_LOG("instead of death %u: %s", i, vigil_events_error(self->ev));
	}
	ASSERT_EQ(VIGIL_EVENT_TYPE_DEAD, e.type);
	ASSERT_EQ(self->seq + 1, e.seq);
	ASSERT_EQ(i, strtoul(e.watch.tag, NULL, 10));
	ASSERT_EQ(i % 256, (unsigned int)e.watch.exit.code);
	self->seq = e.seq;
}

TEST_F_TIMEOUT(storm, a_stalled_readers_buffer_overflows_and_every_event_comes_once, TIMEOUT_S)
{
	struct vigil_event e;

	shrink(self->ev);
	for (unsigned int i = 0; i < DEATHS; i++)
		ASSERT_EQ(0, one_death(self->v, i));
	ASSERT_LT(0, drops(self->ev));
	for (unsigned int i = 0; i < DEATHS; i++)
		want_death(_metadata, self, i);
	EXPECT_EQ(0, vigil_events_next(self->ev, &e));
}

/* The reader takes a few now and then, so that holes open in the middle of what it reads. */
TEST_F_TIMEOUT(storm, a_slow_readers_buffer_overflows_and_every_event_comes_once, TIMEOUT_S)
{
	enum { PER_READ = 50, READ = 20 };
	struct vigil_event e;
	unsigned int got = 0;

	shrink(self->ev);
	for (unsigned int i = 0; i < DEATHS; i++) {
		ASSERT_EQ(0, one_death(self->v, i));
		if (i % PER_READ == PER_READ - 1)
			for (unsigned int n = 0; n < READ; n++)
				want_death(_metadata, self, got++);
	}
	ASSERT_LT(0, drops(self->ev));
	while (got < DEATHS)
		want_death(_metadata, self, got++);
	EXPECT_EQ(0, vigil_events_next(self->ev, &e));
}

struct worker {
	pthread_t thread;
	unsigned int first;
	unsigned int deaths;
	int error;
};

static int ignore(const struct vigil_watch *w, void *arg)
{
	(void)w;
	(void)arg;
	return 0;
}

/* A handle of its own, its own children, and reads of all kinds in between. */
static void *work(void *arg)
{
	struct worker *k = arg;
	struct vigil_stats s;
	struct vigil *v;

	k->error = vigil_open(&v);
	if (k->error)
		return NULL;
	for (unsigned int i = 0; !k->error && i < k->deaths; i++) {
		k->error = one_death(v, k->first + i);
		if (!k->error)
			k->error = vigil_stats_get(v, &s);
		if (!k->error)
			k->error = vigil_list(v, OWNER, ignore, NULL);
	}
	vigil_close(v);
	return NULL;
}

TEST_F_TIMEOUT(storm, threads_with_a_handle_each_and_a_reader_lose_nothing, TIMEOUT_S)
{
	unsigned int each = crowd(DEATHS_PER_THREAD), all = THREADS * each;
	unsigned int seen[THREADS * DEATHS_PER_THREAD] = { 0 };
	struct worker workers[THREADS];
	struct vigil_event e;
	unsigned long i;

	shrink(self->ev);
	for (int t = 0; t < THREADS; t++) {
		workers[t] = (struct worker) { .first = t * each, .deaths = each };
		ASSERT_EQ(0, pthread_create(&workers[t].thread, NULL, work, &workers[t]));
	}
	for (unsigned int n = 0; n < all; n++) {
		ASSERT_EQ(1, await_event(self->ev, &e));
		ASSERT_EQ(VIGIL_EVENT_TYPE_DEAD, e.type);
		ASSERT_EQ(++self->seq, e.seq);
		i = strtoul(e.watch.tag, NULL, 10);
		ASSERT_GT(all, i);
		ASSERT_EQ(1, ++seen[i]);
	}
	for (int t = 0; t < THREADS; t++) {
		pthread_join(workers[t].thread, NULL);
		EXPECT_EQ(0, workers[t].error);
	}
	EXPECT_EQ(0, vigil_events_next(self->ev, &e));
}

/* The only test here that changes what the others meet; it puts it back. */
FIXTURE(reload) { int unused; };

FIXTURE_SETUP(reload)
{
	self->unused = 0;
	ASSERT_EQ(0, module_unload());
	ASSERT_EQ(0, module_load(RING_SMALL));
}

FIXTURE_TEARDOWN(reload)
{
	self->unused = 0;
	EXPECT_EQ(0, module_unload());
	EXPECT_EQ(0, module_load(""));
}

TEST_F_TIMEOUT(reload, a_ring_that_turned_over_is_told_as_one_gap, TIMEOUT_S)
{
	struct vigil_events *ev, *all;
	struct vigil_event e;
	struct vigil *v;
	uint64_t seq = 0;
	int gaps = 0;

	ASSERT_EQ(0, vigil_open(&v));
	ASSERT_EQ(0, vigil_events_open(1, &ev));
	ASSERT_EQ(0, vigil_events_open(1, &all));
	shrink(ev);
	for (unsigned int i = 1; i <= DEATHS; i++) {
		ASSERT_EQ(0, one_death(v, i));
		ASSERT_EQ(1, await_event(all, &e));
		ASSERT_EQ(i, e.seq);
	}
	vigil_events_close(all);
	while (vigil_events_next(ev, &e) == 1) {
		ASSERT_EQ(seq + 1, e.seq);
		seq = e.seq;
		if (e.type == VIGIL_EVENT_TYPE_GAP) {
			gaps++;
			seq = e.gap_last;
			EXPECT_EQ(DEATHS - RING, seq);
		} else {
			EXPECT_EQ(seq, strtoul(e.watch.tag, NULL, 10));
		}
	}
	EXPECT_EQ(1, gaps);
	EXPECT_EQ(DEATHS, seq);
	EXPECT_EQ(DEATHS, vigil_events_seq(ev));
	vigil_events_close(ev);
	vigil_close(v);
}

/* A handle goes on with the new module; a reader ends, as its numbers mean nothing any more. */
TEST_F(reload, an_unload_ends_the_reader_but_not_the_handle)
{
	struct vigil_events *ev;
	struct vigil_stats s;
	struct vigil_event e;
	struct pollfd p;
	struct vigil *v;

	ASSERT_EQ(0, vigil_open(&v));
	ASSERT_EQ(0, vigil_events_open(0, &ev));
	ASSERT_EQ(0, one_death(v, 1));
	ASSERT_EQ(1, await_event(ev, &e));
	ASSERT_EQ(0, vigil_events_next(ev, &e));
	ASSERT_EQ(0, module_unload());
	p = (struct pollfd) { .fd = vigil_events_fd(ev), .events = POLLIN };
	EXPECT_EQ(1, poll(&p, 1, DEADLINE_MS));
	EXPECT_EQ(-ENOENT, vigil_events_next(ev, &e));
	EXPECT_STRNE("", vigil_events_error(ev));
	EXPECT_EQ(-ENOENT, vigil_stats_get(v, &s));
	EXPECT_STRNE("", vigil_error(v));
	EXPECT_EQ(-ENOENT, vigil_list(v, NULL, ignore, NULL));
	ASSERT_EQ(0, module_load(RING_SMALL));
	EXPECT_EQ(-ENOENT, vigil_events_next(ev, &e));
	vigil_events_close(ev);
	EXPECT_EQ(0, vigil_list(v, NULL, ignore, NULL));
	EXPECT_EQ(0, vigil_stats_get(v, &s));
	EXPECT_EQ(0, s.seq);
	EXPECT_EQ(RING, s.ring_size);
	ASSERT_EQ(0, vigil_events_open(1, &ev));
	ASSERT_EQ(0, one_death(v, 1));
	ASSERT_EQ(1, await_event(ev, &e));
	EXPECT_EQ(1, e.seq);
	vigil_events_close(ev);
	vigil_close(v);
}

TEST_F(reload, opening_without_the_module_is_refused)
{
	struct vigil_events *ev;
	struct vigil *v;

	ASSERT_EQ(0, module_unload());
	EXPECT_EQ(-ENOENT, vigil_open(&v));
	EXPECT_EQ(-ENOENT, vigil_events_open(0, &ev));
	ASSERT_EQ(0, module_load(RING_SMALL));
}

TEST_HARNESS_MAIN
