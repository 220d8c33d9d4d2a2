// SPDX-License-Identifier: GPL-2.0
/* Beats by libvigil.so: slots, deadlines, and what is told of a hang. */
#include <fcntl.h>
#include <sys/mman.h>

#include "selftests/lib/symbols.h"

static int hang(lib_t *self, const struct vigil_beat *b)
{
	const struct vigil_deadline d = { .ms = 300 };
	int r = watch(self);

	return r ?: vigil_beat_set(self->v, self->w.id, &d, b) ?: await_event(self->ev, &self->e);
}

TEST_F(lib, vigil_beat_counts)
{
	struct vigil_beat b = { .count = UINT64_MAX };

	vigil_beat(&b);
	EXPECT_EQ(0, b.count);
	vigil_beat(&b);
	EXPECT_EQ(1, b.count);
}

TEST_F(lib, vigil_beat_memfd_makes_room_that_cannot_be_cut)
{
	int fd = vigil_beat_memfd(1000);

	ASSERT_LE(0, fd);
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	EXPECT_EQ(1000 * sizeof(struct vigil_beat), lseek(fd, 0, SEEK_END));
	EXPECT_EQ(-1, ftruncate(fd, 0));
	EXPECT_EQ(EPERM, errno);
	close(fd);
	EXPECT_EQ(-EINVAL, vigil_beat_memfd(0));
	EXPECT_EQ(-EINVAL, vigil_beat_memfd(SIZE_MAX));
}

TEST_F(lib, vigil_beat_map_shares_a_slot)
{
	int fd = vigil_beat_memfd(600), other = memfd_create("other", MFD_CLOEXEC);
	struct vigil_beat *one, *same, *next;

	ASSERT_EQ(0, vigil_beat_map(fd, 599, &one));
	ASSERT_EQ(0, vigil_beat_map(fd, 599, &same));
	ASSERT_EQ(0, vigil_beat_map(fd, 598, &next));
	vigil_beat(one);
	EXPECT_EQ(1, same->count);
	EXPECT_EQ(0, next->count);
	vigil_beat_unmap(one);
	vigil_beat_unmap(next);
	EXPECT_EQ(-EINVAL, vigil_beat_map(fd, 600, &one));
	EXPECT_EQ(NULL, one);
	EXPECT_EQ(-EINVAL, vigil_beat_map(other, 0, &one));
	EXPECT_EQ(-EBADF, vigil_beat_map(-1, 0, &one));
	close(other);
	close(fd);
	EXPECT_EQ(-EBADF, vigil_beat_map(fd, 0, &one));
	vigil_beat(same);
	vigil_beat_unmap(same);
}

TEST_F(lib, vigil_beat_unmap_leaves_the_watch_its_slot)
{
	int fd = vigil_beat_memfd(2);
	struct vigil_beat *one, *same;

	vigil_beat_unmap(NULL);
	ASSERT_EQ(0, vigil_beat_map(fd, 1, &one));
	ASSERT_EQ(0, vigil_beat_map(fd, 1, &same));
	ASSERT_EQ(1, hang(self, one));
	vigil_beat_unmap(one);
	close(fd);
	vigil_beat(same);
	ASSERT_EQ(1, await_event(self->ev, &self->e));
	EXPECT_EQ(VIGIL_EVENT_TYPE_RECOVERED, self->e.type);
	vigil_beat_unmap(same);
}

static int open_with(const char *fmt, int fd, struct vigil_beat **b)
{
	char value[64];

	snprintf(value, sizeof(value), fmt, fd);
	setenv("VIGIL_BEAT_FD", value, 1);
	return vigil_beat_open(b);
}

TEST_F(lib, vigil_beat_open_finds_the_slot_that_was_handed_over)
{
	static const char *const bad[] = {
		"", "%d", "%d:", ":8", "%d:x", "%d:8 ", " %d:8", "-%d:8", "%d:4", "%d:16", "%d:-8",
		"99999999999:8", "%d:99999999999999999999",
	};
	int fd = vigil_beat_memfd(2);
	struct vigil_beat *b, *mine;

	unsetenv("VIGIL_BEAT_FD");
	EXPECT_EQ(-ENOENT, vigil_beat_open(&b));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		EXPECT_EQ(-EINVAL, open_with(bad[i], fd, &b)) {
			TH_LOG("\"%s\"", bad[i]);
		}
		EXPECT_EQ(NULL, b);
	}
	fcntl(fd, F_SETFD, 0);
	ASSERT_EQ(0, open_with("%d:8", fd, &b));
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	ASSERT_EQ(0, vigil_beat_map(fd, 1, &mine));
	vigil_beat(b);
	EXPECT_EQ(1, mine->count);
	vigil_beat_unmap(b);
	vigil_beat_unmap(mine);
	close(fd);
	EXPECT_EQ(-EBADF, open_with("%d:8", fd, &b));
}

TEST_F(lib, vigil_beat_set_gives_and_takes_a_deadline)
{
	const struct vigil_deadline d = {
		.ms = 60000, .action = VIGIL_BEAT_ACTION_SIGNAL, .signal = SIGABRT,
	};
	const struct vigil_deadline none = { .ms = 0 }, bad = { .ms = 1 };
	int fd = vigil_beat_memfd(1);
	struct vigil_beat *b;

	ASSERT_EQ(0, vigil_beat_map(fd, 0, &b));
	ASSERT_EQ(0, watch(self));
	EXPECT_EQ(0, self->w.deadline.ms);
	ASSERT_EQ(0, vigil_beat_set(self->v, self->w.id, &d, b));
	ASSERT_EQ(0, vigil_get(self->v, self->w.id, &self->w));
	EXPECT_EQ(60000, self->w.deadline.ms);
	EXPECT_EQ(VIGIL_BEAT_ACTION_SIGNAL, self->w.deadline.action);
	EXPECT_EQ(SIGABRT, self->w.deadline.signal);
	EXPECT_EQ(VIGIL_BEAT_STATE_BEATING, self->w.deadline.state);
	EXPECT_EQ(0, self->w.deadline.missed);
	EXPECT_EQ(-ERANGE, vigil_beat_set(self->v, self->w.id, &bad, b));
	EXPECT_STRNE("", vigil_error(self->v));
	EXPECT_EQ(-EFAULT, vigil_beat_set(self->v, self->w.id, &d, (void *)8));
	EXPECT_STRNE("", vigil_error(self->v));
	ASSERT_EQ(0, vigil_beat_set(self->v, self->w.id, &none, NULL));
	ASSERT_EQ(0, vigil_get(self->v, self->w.id, &self->w));
	EXPECT_EQ(0, self->w.deadline.ms);
	EXPECT_EQ(-ENOENT, vigil_beat_set(self->v, UINT64_MAX, &d, b));
	vigil_beat_unmap(b);
	close(fd);
}

TEST_F(lib, vigil_beat_send_ends_a_stall)
{
	EXPECT_EQ(-ENOENT, vigil_beat_send(self->v, UINT64_MAX));
	ASSERT_EQ(1, hang(self, NULL));
	EXPECT_EQ(VIGIL_EVENT_TYPE_HUNG, self->e.type);
	ASSERT_EQ(0, vigil_beat_send(self->v, self->w.id));
	ASSERT_EQ(1, await_event(self->ev, &self->e));
	EXPECT_EQ(VIGIL_EVENT_TYPE_RECOVERED, self->e.type);
	EXPECT_EQ(self->w.id, self->e.watch.id);
	ASSERT_EQ(0, vigil_beat_set(self->v, self->w.id, &(struct vigil_deadline) { .ms = 0 },
				    NULL));
	EXPECT_EQ(-ENODATA, vigil_beat_send(self->v, self->w.id));
	EXPECT_STRNE("", vigil_error(self->v));
}

TEST_F(lib, vigil_hang_name_names_what_the_kernel_found)
{
	ASSERT_EQ(1, hang(self, NULL));
	ASSERT_EQ(VIGIL_EVENT_TYPE_HUNG, self->e.type);
	EXPECT_LT(0, self->e.boottime_ns);
	EXPECT_LT(self->e.hang.last_beat_ns, self->e.boottime_ns);
	EXPECT_EQ(300, self->e.hang.deadline_ms);
	EXPECT_STREQ("sleeping", vigil_hang_name(self->e.hang.state));
	EXPECT_STREQ("running", vigil_hang_name(VIGIL_HANG_STATE_RUNNING));
	EXPECT_STREQ("stopped", vigil_hang_name(VIGIL_HANG_STATE_STOPPED));
	EXPECT_STREQ("uninterruptible", vigil_hang_name(VIGIL_HANG_STATE_UNINTERRUPTIBLE));
	EXPECT_STREQ("unknown", vigil_hang_name((enum vigil_hang_state)-1));
}

TEST_HARNESS_MAIN
