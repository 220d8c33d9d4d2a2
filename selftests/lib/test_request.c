// SPDX-License-Identifier: GPL-2.0
/* The control connection against a played kernel: answers matched, refusals told, reloads. */
#include <errno.h>
#include <linux/genetlink.h>

#include "selftests/lib/fake.h"
#include "user/lib/handle.h"

#include "selftests/lib/harness.h"

enum { FD_CTL = FAKE_FD_FIRST, FD_DUMP, LISTED = 3 };

FIXTURE(handle) {
	struct vigil *v;
	struct vigil_watch w;
};

FIXTURE_SETUP(handle)
{
	fake_reset();
	ASSERT_EQ(0, vnl_handle_open(&fake_socket_ops, &self->v));
}

FIXTURE_TEARDOWN(handle)
{
	vigil_close(self->v);
	EXPECT_FALSE(fake_is_open(FD_CTL));
	EXPECT_FALSE(fake_is_open(FD_DUMP));
}

static uint8_t cmd_of(const struct nlmsghdr *req)
{
	return ((const struct genlmsghdr *)mnl_nlmsg_get_payload(req))->cmd;
}

/* A good answer: a watch, then the acknowledgment. */
static void serve_watch(int fd, const struct nlmsghdr *req, struct envelope back)
{
	struct dgram d = { .len = 0 };

	dgram_watch(&d, back, cmd_of(req), 7);
	fake_push(fd, &d);
	d.len = 0;
	dgram_error(&d, back, 0, NULL);
	fake_push(fd, &d);
}

TEST_F(handle, reads_a_watch)
{
	fake.serve = serve_watch;
	ASSERT_EQ(0, vigil_get(self->v, 7, &self->w));
	EXPECT_EQ(7, self->w.id);
	EXPECT_STREQ("", vigil_error(self->v));
}

static void serve_refusal(int fd, const struct nlmsghdr *req, struct envelope back)
{
	struct dgram d = { .len = 0 };

	(void)req;
	dgram_error(&d, back, -ENOENT, "no such watch");
	fake_push(fd, &d);
}

TEST_F(handle, tells_the_sentence_of_a_refusal_until_the_next_call)
{
	fake.serve = serve_refusal;
	EXPECT_EQ(-ENOENT, vigil_release(self->v, 7));
	EXPECT_STREQ("no such watch", vigil_error(self->v));
	fake.serve = serve_watch;
	EXPECT_EQ(0, vigil_get(self->v, 7, &self->w));
	EXPECT_STREQ("", vigil_error(self->v));
}

/* The kernel's own refusal comes once only: asking again would have found no answer. */
TEST_F(handle, asks_once_if_the_kernel_gave_a_reason)
{
	unsigned int before = fake.requests;

	fake.serve = serve_refusal;
	EXPECT_EQ(-ENOENT, vigil_release(self->v, 7));
	EXPECT_EQ(before + 1, fake.requests);
}

/* Answers to nobody, to an earlier request, to another socket, from another process. */
static void serve_among_strangers(int fd, const struct nlmsghdr *req, struct envelope back)
{
	struct envelope earlier = back, other = back;
	struct dgram d = { .len = 0 };

	earlier.seq--;
	other.portid++;
	fake_push(fd, &d);
	dgram_error(&d, earlier, -EPERM, "not for you");
	dgram_error(&d, other, -EPERM, "not for you");
	fake_push(fd, &d);
	d.len = 0;
	dgram_error(&d, back, -EPERM, "forged");
	fake_push_from(fd, &d, 4711);
	serve_watch(fd, req, back);
}

TEST_F(handle, passes_over_answers_that_are_not_its_own)
{
	fake.serve = serve_among_strangers;
	EXPECT_EQ(0, vigil_get(self->v, 7, &self->w));
}

static void serve_nothing(int fd, const struct nlmsghdr *req, struct envelope back)
{
	(void)fd;
	(void)req;
	(void)back;
}

TEST_F(handle, does_not_wait_for_ever)
{
	fake.serve = serve_nothing;
	EXPECT_EQ(-ETIMEDOUT, vigil_release(self->v, 7));
	EXPECT_STRNE("", vigil_error(self->v));
	fake.serve = serve_watch;
	EXPECT_EQ(0, vigil_get(self->v, 7, &self->w));
}

static void serve_no_memory(int fd, const struct nlmsghdr *req, struct envelope back)
{
	(void)req;
	(void)back;
	fake_push_error(fd, -ENOBUFS);
}

TEST_F(handle, tells_a_lack_of_memory)
{
	fake.serve = serve_no_memory;
	EXPECT_EQ(-ENOMEM, vigil_release(self->v, 7));
}

static void serve_ack_only(int fd, const struct nlmsghdr *req, struct envelope back)
{
	struct dgram d = { .len = 0 };

	(void)req;
	dgram_error(&d, back, 0, NULL);
	fake_push(fd, &d);
}

TEST_F(handle, releases)
{
	fake.serve = serve_ack_only;
	EXPECT_EQ(0, vigil_release(self->v, 7));
}

TEST_F(handle, refuses_an_acknowledgment_without_the_reply)
{
	fake.serve = serve_ack_only;
	EXPECT_EQ(-EPROTO, vigil_get(self->v, 7, &self->w));
	EXPECT_STRNE("", vigil_error(self->v));
}

static void serve_other_reply(int fd, const struct nlmsghdr *req, struct envelope back)
{
	struct dgram d = { .len = 0 };

	(void)req;
	dgram_stats(&d, back, 1);
	dgram_error(&d, back, 0, NULL);
	fake_push(fd, &d);
}

TEST_F(handle, refuses_a_reply_of_another_kind)
{
	fake.serve = serve_other_reply;
	EXPECT_EQ(-EPROTO, vigil_get(self->v, 7, &self->w));
}

static void serve_cut(int fd, const struct nlmsghdr *req, struct envelope back)
{
	(void)req;
	(void)back;
	fake_push_cut(fd, VNL_RECV_BYTES + 1);
}

TEST_F(handle, refuses_a_reply_that_was_cut_off)
{
	fake.serve = serve_cut;
	EXPECT_EQ(-EPROTO, vigil_get(self->v, 7, &self->w));
}

TEST_F(handle, survives_a_reload_of_the_module)
{
	struct vigil_stats s;

	fake.serve = serve_watch;
	fake.family = FAKE_FAMILY + 5;
	EXPECT_EQ(0, vigil_get(self->v, 7, &self->w));
	fake.family = FAKE_FAMILY + 6;
	EXPECT_EQ(0, vigil_stats_get(self->v, &s));
}

TEST_F(handle, tells_that_the_module_was_unloaded)
{
	fake.family = 0;
	EXPECT_EQ(-ENOENT, vigil_get(self->v, 7, &self->w));
	EXPECT_STREQ("vigil.ko is not loaded", vigil_error(self->v));
}

TEST(open_without_module_is_refused_and_leaves_nothing)
{
	struct vigil *v;

	fake_reset();
	fake.family = 0;
	EXPECT_EQ(-ENOENT, vnl_handle_open(&fake_socket_ops, &v));
	EXPECT_EQ(NULL, v);
	EXPECT_FALSE(fake_is_open(FD_CTL));
	EXPECT_FALSE(fake_is_open(FD_DUMP));
}

/* LISTED watches, each in a datagram of its own. */
static void serve_list(int fd, const struct nlmsghdr *req, struct envelope back)
{
	struct dgram d = { .len = 0 };

	back.flags = NLM_F_MULTI;
	for (uint64_t id = 1; id <= LISTED; id++) {
		d.len = 0;
		dgram_watch(&d, back, cmd_of(req), id);
		fake_push(fd, &d);
	}
	d.len = 0;
	dgram_done(&d, back, 0);
	fake_push(fd, &d);
}

static int count(const struct vigil_watch *w, void *arg)
{
	unsigned int *n = arg;

	return w->id == ++*n ? 0 : -EILSEQ;
}

TEST_F(handle, lists)
{
	unsigned int n = 0;

	fake.serve = serve_list;
	EXPECT_EQ(0, vigil_list(self->v, "owner", count, &n));
	EXPECT_EQ(LISTED, n);
}

TEST_F(handle, lists_after_a_reload_of_the_module)
{
	unsigned int n = 0;

	fake.serve = serve_list;
	fake.family = FAKE_FAMILY + 5;
	EXPECT_EQ(0, vigil_list(self->v, NULL, count, &n));
	EXPECT_EQ(LISTED, n);
}

static int stop(const struct vigil_watch *w, void *arg)
{
	(void)w;
	return ++*(unsigned int *)arg == 1 ? 42 : 0;
}

TEST_F(handle, ends_a_list_when_told_and_can_list_again)
{
	unsigned int n = 0;

	fake.serve = serve_list;
	EXPECT_EQ(42, vigil_list(self->v, NULL, stop, &n));
	EXPECT_EQ(1, n);
	EXPECT_EQ(0, fake_pending(FD_DUMP));
	n = 0;
	EXPECT_EQ(0, vigil_list(self->v, NULL, count, &n));
}

/* The dump stops without an end: only a new socket is free of it. */
static void serve_half_list(int fd, const struct nlmsghdr *req, struct envelope back)
{
	struct dgram d = { .len = 0 };

	dgram_watch(&d, back, cmd_of(req), 1);
	fake_push(fd, &d);
	fake_push_error(fd, -ENOBUFS);
}

TEST_F(handle, leaves_the_socket_of_a_list_that_broke)
{
	unsigned int n = 0, opens = fake.opens;

	fake.serve = serve_half_list;
	EXPECT_EQ(-ENOMEM, vigil_list(self->v, NULL, count, &n));
	EXPECT_EQ(opens + 1, fake.opens);
	n = 0;
	fake.serve = serve_list;
	EXPECT_EQ(0, vigil_list(self->v, NULL, count, &n));
	EXPECT_EQ(LISTED, n);
}

static void serve_failing_list(int fd, const struct nlmsghdr *req, struct envelope back)
{
	struct dgram d = { .len = 0 };

	(void)req;
	dgram_done(&d, back, -EPERM);
	fake_push(fd, &d);
}

TEST_F(handle, tells_the_failure_at_the_end_of_a_list)
{
	unsigned int n = 0;

	fake.serve = serve_failing_list;
	EXPECT_EQ(-EPERM, vigil_list(self->v, NULL, count, &n));
	EXPECT_EQ(0, n);
}

TEST_F(handle, refuses_names_out_of_bounds_by_itself)
{
	char name[VIGIL_TAG_LEN_MAX + 2];
	unsigned int before = fake.requests, n = 0;

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	EXPECT_EQ(-EINVAL, vigil_watch_pidfd(self->v, 0, NULL, NULL, 0, NULL));
	EXPECT_EQ(-EINVAL, vigil_watch_pidfd(self->v, 0, "", NULL, 0, NULL));
	EXPECT_EQ(-EINVAL, vigil_watch_pidfd(self->v, 0, name, NULL, 0, NULL));
	EXPECT_EQ(-EINVAL, vigil_watch_pidfd(self->v, 0, "me", name, 0, NULL));
	EXPECT_STREQ("the tag is too long", vigil_error(self->v));
	EXPECT_EQ(-EINVAL, vigil_list(self->v, name, count, &n));
	EXPECT_EQ(-EINVAL, vigil_list(self->v, "", count, &n));
	EXPECT_STREQ("the name of the owner is empty", vigil_error(self->v));
	EXPECT_EQ(-EBADF, vigil_watch_pidfd(self->v, -1, "me", NULL, 0, NULL));
	EXPECT_EQ(-EINVAL, vigil_watch_pid(self->v, 0, 0, "me", NULL, 0, NULL));
	EXPECT_EQ(before, fake.requests);
}

TEST_HARNESS_MAIN
