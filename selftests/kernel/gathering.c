// SPDX-License-Identifier: GPL-2.0
/*
 * In a storm deaths gather, so that a listener wakes once for many. How many do depends on how fast they
 * follow each other: this is for a guest whose clock counts instructions (selftests/vm/run --icount).
 */
#include <sys/socket.h>
#include <sys/wait.h>

#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "selftests/kernel/fixture.h"
#include "selftests/kernel/mob.h"

enum {
	STORM = 600,
	GATHERED_AT_LEAST = 4,	/* on average */
	WIDE_RCVBUF = 16 << 20,
};

static void watch_all(struct __test_metadata *_metadata, vigil_t *self, struct mob *mob)
{
	struct request req = { .pidfd = -1, .owner = OWNER };
	int i;

	for (i = 0; i < mob->count; i++) {
		req.pid = mob->pid[i];
		req.start_ticks = mob->start_ticks[i];
		ASSERT_EQ(0, client_watch(&self->c, &req, NULL));
	}
}

static void await_numbers(struct __test_metadata *_metadata, vigil_t *self, uint64_t seq)
{
	struct stats s;

	ASSERT_TRUE(AWAIT(!client_stats(&self->c, &s) && s.seq >= seq));
	ASSERT_EQ(seq, s.seq);
}

/* Counts the datagrams that wait at a listener, and the messages in them. */
static void count(struct listener *l, int *datagrams, int *messages)
{
	struct nlmsghdr *hdr;
	int left;

	while ((left = recv(nl_socket_get_fd(l->sk), l->buf, sizeof(l->buf), MSG_DONTWAIT)) > 0) {
		++*datagrams;
		for (hdr = (void *)l->buf; nlmsg_ok(hdr, left); hdr = nlmsg_next(hdr, &left))
			++*messages;
	}
}

TEST_F(vigil, a_storm_comes_in_few_datagrams_to_a_listener_that_is_behind)
{
	struct listener *behind = calloc(1, sizeof(*behind));
	int datagrams = 0, messages = 0, i;
	struct watch w;
	struct mob mob;

	ASSERT_NE(NULL, behind);
	ASSERT_EQ(0, listener_open(behind, WIDE_RCVBUF));
	ASSERT_EQ(0, mob_gather(&mob, STORM));
	watch_all(_metadata, self, &mob);
	mob_release(&mob);
	for (i = 0; i < mob.count; i++) {
		ASSERT_EQ(mob.pid[i], waitpid(mob.pid[i], NULL, 0));
		mob.pid[i] = 0;
	}
	self->seq += STORM;
	await_numbers(_metadata, self, self->seq);
	count(behind, &datagrams, &messages);
	TH_LOG("%d deaths in %d datagrams", messages, datagrams);
	EXPECT_EQ(STORM, messages);
	EXPECT_LE(datagrams * GATHERED_AT_LEAST, STORM);
	while (listener_next(&self->l, &w, 0))
		continue;
	listener_close(behind);
	free(behind);
	mob_end(&mob);
}

TEST_HARNESS_MAIN
