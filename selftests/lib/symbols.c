// SPDX-License-Identifier: GPL-2.0
/* Each function of libvigil.so against vigil.ko. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftests/lib/guest.h"
#include "selftests/lib/harness.h"

#define OWNER "libtest"

FIXTURE(lib) {
	struct vigil *v;
	struct vigil_events *ev;
	struct child c;
	struct vigil_watch w;
	struct vigil_event e;
};

FIXTURE_SETUP(lib)
{
	ASSERT_EQ(0, vigil_open(&self->v));
	ASSERT_EQ(0, release_all(self->v, OWNER));
	ASSERT_EQ(0, vigil_events_open(0, &self->ev));
	ASSERT_EQ(0, child_start(&self->c));
}

FIXTURE_TEARDOWN(lib)
{
	child_end(&self->c);
	EXPECT_EQ(0, release_all(self->v, OWNER));
	vigil_events_close(self->ev);
	vigil_close(self->v);
}

static int watch(FIXTURE_DATA(lib) *self)
{
	return vigil_watch_pidfd(self->v, self->c.pidfd, OWNER, "a tag", 0, &self->w);
}

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
	EXPECT_STREQ("symbols", self->w.comm);
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

TEST_F(lib, vigil_stats_get_counts)
{
	struct vigil_stats before, after;

	ASSERT_EQ(0, vigil_stats_get(self->v, &before));
	ASSERT_EQ(0, watch(self));
	child_exit(&self->c, 0);
	ASSERT_EQ(1, await_event(self->ev, &self->e));
	ASSERT_EQ(0, vigil_stats_get(self->v, &after));
	EXPECT_EQ(before.watches + 1, after.watches);
	EXPECT_EQ(before.dead + 1, after.dead);
	EXPECT_EQ(before.seq + 1, after.seq);
	EXPECT_EQ(after.seq, self->e.seq);
	EXPECT_LT(0, after.watches_max);
	EXPECT_LT(0, after.ring_size);
	EXPECT_LE(after.oldest_seq, after.seq);
}

TEST_F(lib, vigil_events_open_replays_from_since)
{
	struct vigil_events *late;
	struct vigil_event e;

	ASSERT_EQ(0, watch(self));
	child_exit(&self->c, 9);
	ASSERT_EQ(1, await_event(self->ev, &self->e));
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

	ASSERT_EQ(0, watch(self));
	child_exit(&self->c, 0);
	ASSERT_EQ(1, await_event(self->ev, &self->e));
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
	EXPECT_STREQ("unknown", vigil_cause_name(VIGIL_CAUSE_UNKNOWN));
	EXPECT_STREQ("unknown", vigil_cause_name((enum vigil_cause)1000));
	EXPECT_STREQ("unknown", vigil_cause_name((enum vigil_cause)-1));
}

#define EXPECT_REFUSED(v, call) do {		\
	EXPECT_EQ(-EPERM, call);		\
	EXPECT_STRNE("", vigil_error(v));	\
} while (0)

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
	EXPECT_REFUSED(v, vigil_list(v, NULL, see, &(struct seen) { 0 }));
	EXPECT_REFUSED(v, vigil_release(v, 1));
	EXPECT_REFUSED(v, vigil_get(v, 1, &w));
	EXPECT_EQ(-EPERM, vigil_events_open(0, &ev));
	vigil_close(v);
	close(pidfd);
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
