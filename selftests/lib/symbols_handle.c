// SPDX-License-Identifier: GPL-2.0
/* Handles of libvigil.so: opened, closed, explained, counted, and refused to whoever may not. */
#include <sys/syscall.h>

#include "selftests/lib/symbols.h"

TEST_F(lib, vigil_open_gives_handles_that_share_nothing)
{
	struct vigil *other;

	ASSERT_EQ(0, vigil_open(&other));
	EXPECT_NE(self->v, other);
	EXPECT_EQ(-ENOENT, vigil_release(other, UINT64_MAX));
	EXPECT_STRNE("", vigil_error(other));
	EXPECT_STREQ("", vigil_error(self->v));
	vigil_close(other);
}

TEST_F(lib, vigil_close_releases_transient_watches)
{
	struct vigil *other;

	vigil_close(NULL);
	ASSERT_EQ(0, vigil_open(&other));
	ASSERT_EQ(0, vigil_watch_pidfd(other, self->c.pidfd, OWNER, NULL,
				       VIGIL_WATCH_FLAGS_TRANSIENT, &self->w));
	EXPECT_EQ(VIGIL_WATCH_FLAGS_TRANSIENT, self->w.flags);
	EXPECT_EQ(0, vigil_get(self->v, self->w.id, &self->w));
	vigil_close(other);
	EXPECT_EQ(-ENOENT, vigil_get(self->v, self->w.id, &self->w));
}

TEST_F(lib, vigil_error_is_the_kernels_sentence)
{
	ASSERT_EQ(0, watch(self));
	EXPECT_STREQ("", vigil_error(self->v));
	EXPECT_EQ(-EEXIST, watch(self));
	EXPECT_STREQ("this owner watches the process already", vigil_error(self->v));
	EXPECT_EQ(0, vigil_release(self->v, self->w.id));
	EXPECT_STREQ("", vigil_error(self->v));
}

TEST_F(lib, vigil_stats_get_counts)
{
	struct vigil_stats before, after;

	ASSERT_EQ(0, vigil_stats_get(self->v, &before));
	ASSERT_EQ(1, watch_exit(self, 0));
	ASSERT_EQ(0, vigil_stats_get(self->v, &after));
	EXPECT_EQ(before.watches + 1, after.watches);
	EXPECT_EQ(before.dead + 1, after.dead);
	EXPECT_EQ(before.seq + 1, after.seq);
	EXPECT_EQ(after.seq, self->e.seq);
	EXPECT_LT(0, after.watches_max);
	EXPECT_LT(0, after.ring_size);
	EXPECT_LE(after.oldest_seq, after.seq);
}

#define EXPECT_REFUSED(v, call) do {		\
	EXPECT_EQ(-EPERM, call);		\
	EXPECT_STRNE("", vigil_error(v));	\
} while (0)

static int go_on(const struct vigil_watch *w, void *arg)
{
	(void)w;
	(void)arg;
	return 0;
}

/* Without capabilities: the handle opens, all else is refused. */
TEST(every_call_is_refused_without_CAP_NET_ADMIN)
{
	struct vigil_stats stats;
	struct vigil_events *ev;
	struct vigil_watch w;
	struct vigil *v;
	int pidfd = syscall(SYS_pidfd_open, getpid(), 0);

	ASSERT_LE(0, pidfd);
	ASSERT_EQ(0, setresuid(65534, 65534, 65534));
	ASSERT_EQ(0, vigil_open(&v));
	EXPECT_REFUSED(v, vigil_stats_get(v, &stats));
	EXPECT_REFUSED(v, vigil_watch_pid(v, getpid(), 0, OWNER, NULL, 0, NULL));
	EXPECT_REFUSED(v, vigil_watch_pidfd(v, pidfd, OWNER, NULL, 0, NULL));
	EXPECT_REFUSED(v, vigil_list(v, NULL, go_on, NULL));
	EXPECT_REFUSED(v, vigil_release(v, 1));
	EXPECT_REFUSED(v, vigil_get(v, 1, &w));
	EXPECT_REFUSED(v, vigil_beat_send(v, 1));
	EXPECT_REFUSED(v, vigil_beat_set(v, 1, &(struct vigil_deadline) { .ms = 1000 }, NULL));
	EXPECT_REFUSED(v, vigil_lease_new(v, "lease", 1, 0, 1, NULL));
	EXPECT_REFUSED(v, vigil_lease_renew(v, "lease", 1, 0, 1, NULL));
	EXPECT_REFUSED(v, vigil_lease_fence(v, "lease", 1, NULL));
	EXPECT_REFUSED(v, vigil_lease_del(v, "lease"));
	EXPECT_REFUSED(v, vigil_lease_bind(v, "lease", 1, -1, NULL));
	EXPECT_REFUSED(v, vigil_lease_unbind(v, "lease", 1));
	EXPECT_EQ(-EPERM, vigil_events_open(0, &ev));
	vigil_close(v);
	close(pidfd);
}

TEST_HARNESS_MAIN
