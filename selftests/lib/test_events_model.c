// SPDX-License-Identifier: GPL-2.0
/* The event reader against a model of the kernel's ring and socket buffer, on random schedules. */
#include <errno.h>
#include <linux/netlink.h>
#include <stdbool.h>

#include "selftests/lib/fake.h"
#include "user/lib/events.h"

#include "selftests/lib/harness.h"

enum {
	FD_LIVE = FAKE_FD_FIRST,
	FD_ASK,
	RUNS = 300,
	ROUNDS = 60,
	BATCH_MAX = 4,		/* events in one datagram */
	CHUNK_MAX = 5,		/* events in one datagram of a dump */
};

/* The kernel: a ring, a socket buffer that is set aside once full, a dump that may be slow. */
static struct {
	uint32_t random;
	uint64_t newest;
	uint64_t ring;		/* events it holds */
	unsigned int room;	/* datagrams the socket buffer holds */
	bool congested;
	bool error;		/* ENOBUFS is to be told */
	uint64_t lost_max;	/* newest number that the ring has dropped */
	bool dumping;
	uint64_t dump_next;
	struct envelope dump_to;
	bool busy;		/* events happen while the reader receives */
} k;

static uint32_t draw(uint32_t n)
{
	k.random = k.random * 1664525 + 1013904223;
	return (k.random >> 8) % n;
}

static uint64_t oldest(void)
{
	return k.newest > k.ring ? k.newest - k.ring + 1 : 1;
}

/* As netlink_overrun() does: told once, then silence until the queue is empty. */
static void overrun(void)
{
	if (!k.congested)
		k.error = true;
	k.congested = true;
}

/* Deaths: numbered, written to the ring, sent if there is room and memory. */
static void happen(unsigned int n)
{
	const struct envelope to = { .type = FAKE_FAMILY };
	struct dgram d = { .len = 0 };

	for (unsigned int i = 0; i < n; i++)
		dgram_dead(&d, to, VIGIL_CMD_EVENT_NTF, ++k.newest);
	if (k.newest > k.ring)
		k.lost_max = k.newest - k.ring;
	if (draw(40) == 0)
		k.error = true;		/* no memory for the datagram: told, not set aside */
	else if (k.congested || fake_pending(FD_LIVE) >= k.room)
		overrun();
	else
		fake_push(FD_LIVE, &d);
}

static void dump_more(void)
{
	struct dgram d = { .len = 0 };
	unsigned int n = 1 + draw(CHUNK_MAX);

	for (; n && k.dump_next <= k.newest; n--) {
		if (k.dump_next < oldest()) {
			dgram_gap(&d, k.dump_to, VIGIL_CMD_EVENT_GET, k.dump_next, oldest() - 1);
			k.dump_next = oldest();
		} else {
			dgram_dead(&d, k.dump_to, VIGIL_CMD_EVENT_GET, k.dump_next++);
		}
	}
	if (k.dump_next > k.newest) {
		if (draw(10) == 0)
			k.dump_to.flags |= NLM_F_DUMP_INTR;
		dgram_done(&d, k.dump_to, 0);
		k.dumping = false;
	}
	fake_push(FD_ASK, &d);
}

static void serve(int fd, const struct nlmsghdr *req, struct envelope back)
{
	(void)fd;
	k.dumping = true;
	k.dump_to = back;
	k.dump_to.flags = NLM_F_MULTI;
	k.dump_next = fake_request_u64(req, VIGIL_A_WATCH_SEQ);
	dump_more();
}

/* As netlink_recvmsg() does: the error first, then the queue; it is used again once it is empty. */
static void before_recv(int fd)
{
	if (k.busy && draw(3) == 0)
		happen(1 + draw(BATCH_MAX));
	if (fd == FD_ASK) {
		if (!fake_pending(fd) && k.dumping)
			dump_more();
		return;
	}
	if (k.error) {
		k.error = false;
		fake_push_error_first(fd, -ENOBUFS);
		return;
	}
	if (fake_pending(fd) <= 1)
		k.congested = false;
}

static void check(struct __test_metadata *_metadata, const struct vigil_event *e, uint64_t *given)
{
	ASSERT_EQ(*given + 1, e->seq);
	if (e->type == VIGIL_EVENT_TYPE_GAP) {
		ASSERT_LE(e->gap_last, k.lost_max);
		*given = e->gap_last;
		return;
	}
	ASSERT_EQ(e->seq, e->watch.id);
	*given = e->seq;
}

/* Returns how many it got before there was none. */
static void read_some(struct __test_metadata *_metadata, struct vigil_events *ev, uint64_t *given,
		      unsigned int most)
{
	struct vigil_event e;
	int r = 1;

	while (most-- && r > 0) {
		r = vigil_events_next(ev, &e);
		ASSERT_LE(0, r) {
			TH_LOG("after event %llu: %s", (unsigned long long)*given,
			       vigil_events_error(ev));
		}
		if (r > 0)
			check(_metadata, &e, given);
	}
}

static void run(struct __test_metadata *_metadata, uint32_t seed, uint64_t *lost)
{
	struct vigil_events *ev;
	uint64_t given = 0;

	fake_reset();
	memset(&k, 0, sizeof(k));
	k.random = seed * 2654435761u;
	k.ring = 8 + draw(100);
	k.room = 1 + draw(12);
	fake.serve = serve;
	fake.before_recv = before_recv;
	ASSERT_EQ(0, vnl_events_open(&fake_socket_ops, 1, &ev));
	for (int i = 0; i < ROUNDS; i++) {
		for (uint32_t n = draw(12); n; n--)
			happen(1 + draw(BATCH_MAX));
		k.busy = draw(2);
		read_some(_metadata, ev, &given, draw(40));
	}
	k.busy = false;
	read_some(_metadata, ev, &given, UINT32_MAX);
	ASSERT_EQ(k.newest, given) {
		TH_LOG("seed %u", seed);
	}
	*lost += k.lost_max;
	vigil_events_close(ev);
}

/* Whatever the schedule: every event once, in order, and a gap only where the ring turned over. */
TEST(every_event_comes_once_or_in_a_gap)
{
	uint64_t lost = 0;

	for (uint32_t seed = 1; seed <= RUNS; seed++)
		run(_metadata, seed, &lost);
	EXPECT_LT(0, lost);
}

TEST_HARNESS_MAIN
