// SPDX-License-Identifier: GPL-2.0
/* Events by libvigil.so: replayed, awaited, counted. */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

#include "selftests/lib/symbols.h"

TEST_F(lib, vigil_events_open_replays_from_since)
{
	struct vigil_events *late;
	struct vigil_event e;

	ASSERT_EQ(1, watch_exit(self, 9));
	ASSERT_EQ(0, vigil_events_open(self->e.seq, &late));
	ASSERT_EQ(1, vigil_events_next(late, &e));
	EXPECT_EQ(0, memcmp(&e, &self->e, sizeof(e)));
	EXPECT_EQ(0, vigil_events_next(late, &e));
	vigil_events_close(late);
	ASSERT_EQ(0, vigil_events_open(self->e.seq + 1, &late));
	EXPECT_EQ(0, vigil_events_next(late, &e));
	vigil_events_close(late);
	EXPECT_EQ(-ERANGE, vigil_events_open(self->e.seq + 2, &late));
	ASSERT_EQ(0, vigil_events_open(0, &late));
	EXPECT_EQ(0, vigil_events_next(late, &e));
	EXPECT_EQ(self->e.seq, vigil_events_seq(late));
	vigil_events_close(late);
}

static unsigned int open_descriptors(void)
{
	unsigned int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

TEST_F(lib, vigil_events_close_leaves_nothing_open)
{
	unsigned int before = open_descriptors();
	struct vigil_events *ev;
	struct vigil *v;

	vigil_events_close(NULL);
	ASSERT_EQ(0, vigil_open(&v));
	ASSERT_EQ(0, vigil_events_open(1, &ev));
	EXPECT_LT(before, open_descriptors());
	vigil_close(v);
	vigil_events_close(ev);
	EXPECT_EQ(before, open_descriptors());
}

TEST_F(lib, vigil_events_fd_polls_readable_for_an_event_and_closes_on_exec)
{
	struct pollfd p = { .fd = vigil_events_fd(self->ev), .events = POLLIN };

	EXPECT_EQ(0, vigil_events_next(self->ev, &self->e));
	EXPECT_EQ(0, poll(&p, 1, 0));
	EXPECT_EQ(FD_CLOEXEC, fcntl(p.fd, F_GETFD));
	ASSERT_EQ(0, watch(self));
	child_exit(&self->c, 0);
	EXPECT_EQ(1, poll(&p, 1, DEADLINE_MS));
	EXPECT_EQ(1, vigil_events_next(self->ev, &self->e));
	EXPECT_EQ(0, vigil_events_next(self->ev, &self->e));
	EXPECT_EQ(0, poll(&p, 1, 0));
}

TEST_F(lib, vigil_events_next_gives_each_death_once)
{
	struct vigil_exit *x = &self->e.watch.exit;

	ASSERT_EQ(0, watch(self));
	child_kill(&self->c, SIGTERM);
	ASSERT_EQ(1, await_event(self->ev, &self->e));
	EXPECT_EQ(VIGIL_EVENT_TYPE_DEAD, self->e.type);
	EXPECT_EQ(self->w.id, self->e.watch.id);
	EXPECT_EQ(self->c.pid, self->e.watch.pid);
	EXPECT_STREQ("a tag", self->e.watch.tag);
	EXPECT_EQ(VIGIL_CAUSE_SIGNALLED, x->cause);
	EXPECT_EQ(SIGTERM, x->signal);
	EXPECT_EQ(0, x->code);
	EXPECT_EQ(self->e.seq, x->seq);
	EXPECT_LT(self->w.start_ns, x->boottime_ns);
	EXPECT_LT(0, x->maxrss_kib);
	EXPECT_EQ(0, vigil_events_next(self->ev, &self->e));
}

TEST_F(lib, vigil_events_seq_is_the_last_events)
{
	uint64_t before = vigil_events_seq(self->ev);

	ASSERT_EQ(1, watch_exit(self, 0));
	EXPECT_EQ(before + 1, self->e.seq);
	EXPECT_EQ(self->e.seq, vigil_events_seq(self->ev));
}

TEST_F(lib, vigil_events_error_is_empty_without_a_failure)
{
	EXPECT_EQ(0, vigil_events_next(self->ev, &self->e));
	EXPECT_STREQ("", vigil_events_error(self->ev));
}

TEST_F(lib, vigil_cause_name_names_what_the_kernel_found)
{
	ASSERT_EQ(0, watch(self));
	child_kill(&self->c, SIGKILL);
	ASSERT_EQ(1, await_event(self->ev, &self->e));
	EXPECT_STREQ("signalled", vigil_cause_name(self->e.watch.exit.cause));
	EXPECT_STREQ("exited", vigil_cause_name(VIGIL_CAUSE_EXITED));
	EXPECT_STREQ("core-dumped", vigil_cause_name(VIGIL_CAUSE_CORE_DUMPED));
	EXPECT_STREQ("oom-killed", vigil_cause_name(VIGIL_CAUSE_OOM_KILLED));
	EXPECT_STREQ("hung", vigil_cause_name(VIGIL_CAUSE_HUNG));
	EXPECT_STREQ("fenced", vigil_cause_name(VIGIL_CAUSE_FENCED));
	EXPECT_STREQ("unknown", vigil_cause_name(VIGIL_CAUSE_UNKNOWN));
	EXPECT_STREQ("unknown", vigil_cause_name((enum vigil_cause)1000));
	EXPECT_STREQ("unknown", vigil_cause_name((enum vigil_cause)-1));
}

static int number_in(const char *path)
{
	FILE *f = fopen(path, "re");
	int n = -1;

	if (f && fscanf(f, "%d", &n) != 1)
		n = -1;
	if (f)
		fclose(f);
	return n;
}

/* Whoever may listen need not be allowed to pass net.core.rmem_max. The kernel doubles what it is given. */
TEST(vigil_events_open_in_a_user_namespace_takes_the_buffer_that_it_may)
{
	int rmem_max = number_in("/proc/sys/net/core/rmem_max"), bytes = 0;
	socklen_t len = sizeof(bytes);
	struct vigil_events *ev;

	ASSERT_LT(0, rmem_max);
	ASSERT_EQ(0, unshare(CLONE_NEWUSER | CLONE_NEWNET));
	ASSERT_EQ(0, vigil_events_open(0, &ev));
	ASSERT_EQ(0, getsockopt(vigil_events_fd(ev), SOL_SOCKET, SO_RCVBUF, &bytes, &len));
	EXPECT_EQ(2 * rmem_max, bytes);
	vigil_events_close(ev);
}

TEST_HARNESS_MAIN
