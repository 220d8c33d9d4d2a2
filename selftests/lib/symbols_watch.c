// SPDX-License-Identifier: GPL-2.0
/* Watches by libvigil.so: made, read, listed, released. */
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>

#include "selftests/lib/symbols.h"

TEST_F(lib, vigil_watch_pidfd_watches)
{
	ASSERT_EQ(0, watch(self));
	EXPECT_NE(0, self->w.id);
	EXPECT_EQ(self->c.pid, self->w.pid);
	EXPECT_EQ(child_start_ticks(&self->c), self->w.start_ticks);
	EXPECT_EQ(self->w.start_ns / 10000000, self->w.start_ticks);
	EXPECT_EQ(VIGIL_WATCH_STATE_ALIVE, self->w.state);
	EXPECT_EQ(0, self->w.flags);
	EXPECT_STREQ(OWNER, self->w.owner);
	EXPECT_STREQ("a tag", self->w.tag);
	EXPECT_STREQ(program_invocation_short_name, self->w.comm);
}

TEST_F(lib, vigil_watch_pidfd_takes_the_longest_names_and_no_longer)
{
	char name[VIGIL_TAG_LEN_MAX + 2] = { 0 };

	memset(name, 'n', VIGIL_TAG_LEN_MAX + 1);
	EXPECT_EQ(-EINVAL, vigil_watch_pidfd(self->v, self->c.pidfd, OWNER, name, 0, NULL));
	name[VIGIL_TAG_LEN_MAX] = '\0';
	ASSERT_EQ(0, vigil_watch_pidfd(self->v, self->c.pidfd, name + VIGIL_TAG_LEN_MAX -
				       VIGIL_OWNER_LEN_MAX, name, 0, &self->w));
	EXPECT_EQ(VIGIL_OWNER_LEN_MAX, strlen(self->w.owner));
	EXPECT_EQ(VIGIL_TAG_LEN_MAX, strlen(self->w.tag));
	EXPECT_EQ(0, vigil_release(self->v, self->w.id));
}

TEST_F(lib, vigil_watch_pidfd_refuses_with_a_sentence)
{
	EXPECT_EQ(-EBADF, vigil_watch_pidfd(self->v, self->c.go, OWNER, NULL, 0, NULL));
	EXPECT_STRNE("", vigil_error(self->v));
	EXPECT_EQ(-EBADF, vigil_watch_pidfd(self->v, -1, OWNER, NULL, 0, NULL));
	EXPECT_STRNE("", vigil_error(self->v));
	EXPECT_EQ(-EINVAL, vigil_watch_pidfd(self->v, self->c.pidfd, "", NULL, 0, NULL));
	EXPECT_STRNE("", vigil_error(self->v));
	EXPECT_EQ(-EINVAL, vigil_watch_pidfd(self->v, self->c.pidfd, OWNER, NULL, 1u << 31, NULL));
	EXPECT_STRNE("", vigil_error(self->v));
}

TEST_F(lib, vigil_watch_pidfd_of_a_zombie_tells_its_exit_and_its_event_follows)
{
	siginfo_t si;

	child_exit(&self->c, 3);
	ASSERT_EQ(0, waitid(P_PID, (id_t)self->c.pid, &si, WEXITED | WNOWAIT));
	ASSERT_EQ(0, watch(self));
	EXPECT_EQ(VIGIL_WATCH_STATE_DEAD, self->w.state);
	EXPECT_EQ(VIGIL_CAUSE_EXITED, self->w.exit.cause);
	EXPECT_EQ(3, self->w.exit.code);
	ASSERT_EQ(1, await_event(self->ev, &self->e));
	EXPECT_EQ(self->w.id, self->e.watch.id);
}

TEST_F(lib, vigil_watch_pid_watches_by_start_time)
{
	uint64_t ticks = child_start_ticks(&self->c);

	EXPECT_EQ(-ESRCH, vigil_watch_pid(self->v, self->c.pid, ticks + 1, OWNER, NULL, 0, NULL));
	EXPECT_STRNE("", vigil_error(self->v));
	ASSERT_EQ(0, vigil_watch_pid(self->v, self->c.pid, ticks, OWNER, NULL, 0, &self->w));
	EXPECT_EQ(self->c.pid, self->w.pid);
	EXPECT_STREQ("", self->w.tag);
}

TEST_F(lib, vigil_watch_pid_watches_whatever_has_the_id_now)
{
	ASSERT_EQ(0, vigil_watch_pid(self->v, self->c.pid, 0, OWNER, NULL, 0, &self->w));
	EXPECT_EQ(self->c.pid, self->w.pid);
	EXPECT_EQ(-ESRCH, vigil_watch_pid(self->v, 0x7ffffff0, 0, OWNER, NULL, 0, NULL));
	EXPECT_STRNE("", vigil_error(self->v));
	EXPECT_EQ(-EINVAL, vigil_watch_pid(self->v, -1, 0, OWNER, NULL, 0, NULL));
}

TEST_F(lib, vigil_watch_set_eventfd_has_it_signalled)
{
	int first = eventfd(0, EFD_CLOEXEC), later = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	struct pollfd p = { .fd = later, .events = POLLIN };
	uint64_t count = 0;

	ASSERT_EQ(0, watch(self));
	EXPECT_EQ(-EOPNOTSUPP, vigil_watch_set_eventfd(self->v, self->w.id, first));
	EXPECT_STREQ("the watch was made without the flag \"dying\"", vigil_error(self->v));
	ASSERT_EQ(0, vigil_release(self->v, self->w.id));
	ASSERT_EQ(0, vigil_watch_pidfd(self->v, self->c.pidfd, OWNER, NULL,
				       VIGIL_WATCH_FLAGS_DYING, &self->w));
	EXPECT_EQ(-EBADF, vigil_watch_set_eventfd(self->v, self->w.id, -1));
	EXPECT_STRNE("", vigil_error(self->v));
	EXPECT_EQ(-EINVAL, vigil_watch_set_eventfd(self->v, self->w.id, self->c.go));
	ASSERT_EQ(0, vigil_watch_set_eventfd(self->v, self->w.id, first));
	ASSERT_EQ(0, vigil_watch_set_eventfd(self->v, self->w.id, later));
	child_exit(&self->c, 0);
	EXPECT_EQ(1, poll(&p, 1, DEADLINE_MS));
	EXPECT_EQ(sizeof(count), read(later, &count, sizeof(count)));
	EXPECT_EQ(1, count);
	close(first);
	close(later);
	ASSERT_EQ(1, await_event(self->ev, &self->e));
	EXPECT_EQ(VIGIL_EVENT_TYPE_DYING, self->e.type);
	ASSERT_EQ(1, await_event(self->ev, &self->e));
	EXPECT_EQ(VIGIL_EVENT_TYPE_DEAD, self->e.type);
	EXPECT_LT(0, self->e.watch.exit.dying_seq);
}

TEST_F(lib, vigil_release_drops_the_watch)
{
	ASSERT_EQ(0, watch(self));
	EXPECT_EQ(0, vigil_release(self->v, self->w.id));
	EXPECT_EQ(-ENOENT, vigil_release(self->v, self->w.id));
	EXPECT_EQ(0, watch(self));
}

TEST_F(lib, vigil_get_reads_alive_then_dead)
{
	struct vigil_watch now;

	ASSERT_EQ(0, watch(self));
	ASSERT_EQ(0, vigil_get(self->v, self->w.id, &now));
	EXPECT_EQ(0, memcmp(&now, &self->w, sizeof(now)));
	child_kill(&self->c, SIGKILL);
	ASSERT_EQ(1, await_event(self->ev, &self->e));
	ASSERT_EQ(0, vigil_get(self->v, self->w.id, &now));
	EXPECT_EQ(VIGIL_WATCH_STATE_DEAD, now.state);
	EXPECT_EQ(0, memcmp(&now, &self->e.watch, sizeof(now)));
	EXPECT_EQ(-ENOENT, vigil_get(self->v, UINT64_MAX, &now));
}

struct seen {
	unsigned int n;
	uint64_t last_id;
	int stop_after;
};

static int see(const struct vigil_watch *w, void *arg)
{
	struct seen *s = arg;

	if (w->id <= s->last_id || strcmp(w->owner, OWNER) != 0)
		return -EILSEQ;
	s->last_id = w->id;
	s->n++;
	return s->stop_after && s->n == (unsigned int)s->stop_after ? 99 : 0;
}

TEST_F(lib, vigil_list_gives_the_owners_watches)
{
	struct vigil_watch others;
	struct seen s = { 0 };

	ASSERT_EQ(0, watch(self));
	ASSERT_EQ(0, vigil_watch_pidfd(self->v, self->c.pidfd, "another", NULL, 0, &others));
	EXPECT_EQ(0, vigil_list(self->v, OWNER, see, &s));
	EXPECT_EQ(1, s.n);
	EXPECT_EQ(-EILSEQ, vigil_list(self->v, NULL, see, &(struct seen) { 0 }));
	EXPECT_EQ(0, vigil_list(self->v, "nobody", see, &s));
	EXPECT_EQ(-EINVAL, vigil_list(self->v, "", see, &s));
	EXPECT_EQ(0, vigil_release(self->v, others.id));
}

/* More than fit into a datagram, so that the kernel's dump is cut short. */
TEST_F(lib, vigil_list_ends_when_told_and_lists_again)
{
	enum { MANY = 400 };
	struct seen stopped = { .stop_after = 2 }, all = { 0 };
	struct child *many = calloc(MANY, sizeof(*many));

	for (int i = 0; i < MANY; i++) {
		ASSERT_EQ(0, child_start(&many[i]));
		ASSERT_EQ(0, vigil_watch_pidfd(self->v, many[i].pidfd, OWNER, NULL, 0, NULL));
	}
	EXPECT_EQ(99, vigil_list(self->v, OWNER, see, &stopped));
	EXPECT_EQ(2, stopped.n);
	EXPECT_EQ(0, vigil_list(self->v, OWNER, see, &all));
	EXPECT_EQ(MANY, all.n);
	EXPECT_EQ(0, release_all(self->v, OWNER));
	for (int i = 0; i < MANY; i++) {
		child_kill(&many[i], SIGKILL);
		child_end(&many[i]);
	}
	free(many);
}

TEST_HARNESS_MAIN
