// SPDX-License-Identifier: GPL-2.0
/* The holder of descriptors: what it keeps over the ends of vigild, and vigild over its ends. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "selftests/lib/harness.h"
#include "user/agent/holder.h"
#include "user/agent/holder_serve.h"
#include "user/agent/holder_wire.h"
#include "user/base/clock.h"
#include "user/base/fdpass.h"

static char dir[] = "/tmp/vigil-holder-XXXXXX";
static struct loop loop;
static struct holder h;
static bool (*until)(void);

static bool enough(void *arg)
{
	(void)arg;
	if (until())
		loop_stop(&loop);
	return false;
}

static void run_until(bool (*fn)(void))
{
	until = fn;
	loop.stopping = false;
	loop_after(&loop, enough, NULL);
	loop_run(&loop);
}

static bool told(void)
{
	return loop_has(&h.src) && TAILQ_EMPTY(&h.pending);
}

static bool noticed(void)
{
	return !loop_has(&h.src);
}

static void begin(void)
{
	loop_init(&loop, 8);
	holder_open(&h, &loop, dir, -1);
}

/* As a vigild that is killed: nothing is said. */
static void end(void)
{
	holder_close(&h);
	loop_fini(&loop);
}

/* The holder that listens: the one process that has the path in its command line. */
static pid_t holder_pid(void)
{
	char command[128];
	FILE *f;
	int pid = 0;

	snprintf(command, sizeof(command), "pgrep -f -- '--holder %s$'", dir);
	f = popen(command, "r");
	if (fscanf(f, "%d", &pid) != 1)
		pid = 0;
	pclose(f);
	return pid;
}

/* One that was started may not have come to its command line yet. */
static pid_t started_holder(void)
{
	pid_t pid;

	do
		pid = holder_pid();
	while (!pid);
	return pid;
}

static void wait_gone(pid_t pid)
{
	int fd = pidfd_open(pid, 0);
	fd_set set;

	if (fd < 0)
		return;
	FD_ZERO(&set);
	FD_SET(fd, &set);
	select(fd + 1, &set, NULL, NULL, NULL);
	close(fd);
}

static int file_with(const char *text)
{
	int p[2];

	if (pipe(p))
		return -1;
	if (write(p[1], text, strlen(text)) < 0)
		return -1;
	close(p[1]);
	return p[0];
}

static const char *read_all(int fd)
{
	static char text[64];
	ssize_t n = read(fd, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

FIXTURE(holder) { int unused; };

FIXTURE_SETUP(holder)
{
	strcpy(dir + strlen(dir) - 6, "XXXXXX");
	ASSERT_NE(NULL, mkdtemp(dir));
	begin();
}

FIXTURE_TEARDOWN(holder)
{
	char path[64];

	/* It ends by itself when it keeps nothing. */
	end();
	begin();
	holder_settle(&h);
	if (loop_has(&h.src))
		run_until(told);
	end();
	snprintf(path, sizeof(path), "%s/holder", dir);
	unlink(path);
	rmdir(dir);
}

TEST_F(holder, is_not_there_for_nothing)
{
	EXPECT_FALSE(loop_has(&h.src));
	EXPECT_EQ(0, holder_pid());
}

TEST_F(holder, gives_back_what_was_stored)
{
	int fd;

	ASSERT_EQ(0, holder_store(&h, "log/a", file_with("a")));
	ASSERT_EQ(0, holder_store(&h, "log/b", file_with("b")));
	run_until(told);
	end();
	begin();
	EXPECT_EQ(-ENOENT, holder_take(&h, "log/c"));
	fd = holder_take(&h, "log/b");
	ASSERT_LE(0, fd);
	EXPECT_STREQ("b", read_all(fd));
	EXPECT_EQ(-ENOENT, holder_take(&h, "log/b"));
	fd = holder_take(&h, "log/a");
	ASSERT_LE(0, fd);
	EXPECT_STREQ("a", read_all(fd));
}

TEST_F(holder, keeps_the_newest_under_a_key)
{
	ASSERT_EQ(0, holder_store(&h, "k", file_with("old")));
	run_until(told);
	ASSERT_EQ(0, holder_store(&h, "k", file_with("new")));
	run_until(told);
	end();
	begin();
	EXPECT_STREQ("new", read_all(holder_take(&h, "k")));
}

TEST_F(holder, forgets_what_is_removed)
{
	ASSERT_EQ(0, holder_store(&h, "kept", file_with("x")));
	ASSERT_EQ(0, holder_store(&h, "gone", file_with("y")));
	holder_remove(&h, "gone");
	holder_remove(&h, "never stored");
	run_until(told);
	end();
	begin();
	EXPECT_EQ(-ENOENT, holder_take(&h, "gone"));
	EXPECT_LE(0, holder_take(&h, "kept"));
}

TEST_F(holder, forgets_what_the_next_does_not_take)
{
	ASSERT_EQ(0, holder_store(&h, "taken", file_with("x")));
	ASSERT_EQ(0, holder_store(&h, "left", file_with("y")));
	run_until(told);
	end();
	begin();
	EXPECT_LE(0, holder_take(&h, "taken"));
	holder_settle(&h);
	run_until(told);
	end();
	begin();
	EXPECT_EQ(-ENOENT, holder_take(&h, "left"));
	EXPECT_LE(0, holder_take(&h, "taken"));
}

TEST_F(holder, is_replaced_and_the_next_knows_all)
{
	pid_t first;

	ASSERT_EQ(0, holder_store(&h, "a", file_with("a")));
	run_until(told);
	first = started_holder();
	kill(first, SIGKILL);
	run_until(noticed);
	ASSERT_EQ(0, holder_store(&h, "b", file_with("b")));
	run_until(told);
	EXPECT_NE(first, started_holder());
	end();
	begin();
	EXPECT_STREQ("a", read_all(holder_take(&h, "a")));
	EXPECT_STREQ("b", read_all(holder_take(&h, "b")));
}

TEST_F(holder, takes_more_than_its_socket_holds)
{
	char key[32];
	int i, kept = file_with("x");

	for (i = 0; i < 5000; i++) {
		snprintf(key, sizeof(key), "fd/%d", i);
		ASSERT_EQ(0, holder_store(&h, key, kept));
	}
	run_until(told);
	end();
	begin();
	for (i = 0; i < 5000; i++) {
		snprintf(key, sizeof(key), "fd/%d", i);
		ASSERT_LE(0, holder_take(&h, key));
	}
}

/* Of a holder that stands still: three times what its socket holds. */
static int fill(int fd)
{
	char key[32];
	int n, held = 0;

	for (n = 0; n < HOLDER_ITEMS_MAX / 2 && (!held || n < 3 * held); n++) {
		if (!held && !TAILQ_EMPTY(&h.pending))
			held = n;
		snprintf(key, sizeof(key), "fd/%d", n);
		holder_store(&h, key, fd);
	}
	return n;
}

TEST_F(holder, is_told_what_is_pending_before_vigild_ends)
{
	char key[32];
	pid_t pid;
	int i, n;

	ASSERT_EQ(0, holder_store(&h, "a", file_with("a")));
	run_until(told);
	pid = started_holder();
	ASSERT_EQ(0, kill(pid, SIGSTOP));
	n = fill(file_with("x"));
	ASSERT_FALSE(TAILQ_EMPTY(&h.pending));
	ASSERT_EQ(0, kill(pid, SIGCONT));
	holder_flush(&h);
	EXPECT_TRUE(TAILQ_EMPTY(&h.pending));
	end();
	begin();
	for (i = 0; i < n; i++) {
		snprintf(key, sizeof(key), "fd/%d", i);
		ASSERT_LE(0, holder_take(&h, key));
	}
}

TEST_F(holder, holds_nobody_up_for_ever)
{
	pid_t pid;

	ASSERT_EQ(0, holder_store(&h, "a", file_with("a")));
	run_until(told);
	pid = started_holder();
	ASSERT_EQ(0, kill(pid, SIGSTOP));
	fill(file_with("x"));
	holder_flush(&h);
	EXPECT_FALSE(TAILQ_EMPTY(&h.pending));
	ASSERT_EQ(0, kill(pid, SIGCONT));
}

TEST_F(holder, ends_when_it_keeps_nothing_and_vigild_is_gone)
{
	pid_t pid;

	ASSERT_EQ(0, holder_store(&h, "a", file_with("a")));
	run_until(told);
	pid = started_holder();
	holder_remove(&h, "a");
	run_until(told);
	end();
	wait_gone(pid);
	EXPECT_EQ(0, holder_pid());
	begin();
}

TEST_F(holder, does_not_speak_with_another_user)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	char list = HOLDER_LIST, answer[256];
	int fd, sock;

	if (geteuid() != 0)
		SKIP(return, "only root can become another user");
	ASSERT_EQ(0, holder_store(&h, "a", file_with("a")));
	run_until(told);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/holder", dir);
	ASSERT_EQ(0, chmod(dir, 0755));
	ASSERT_EQ(0, chmod(addr.sun_path, 0666));	/* as if its mode did not forbid it already */
	sock = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	ASSERT_EQ(0, seteuid(65534));
	ASSERT_EQ(0, connect(sock, (struct sockaddr *)&addr, sizeof(addr)));
	ASSERT_EQ(0, seteuid(0));
	fdpass_send(sock, &list, 1, -1, 0);
	EXPECT_GE(0, fdpass_recv(sock, answer, sizeof(answer), &fd, 0));
	EXPECT_EQ(-1, fd);
	close(sock);
}

TEST_F(holder, refuses_keys_that_are_too_long)
{
	char key[HOLDER_KEY_MAX + 2];

	memset(key, 'k', sizeof(key));
	key[HOLDER_KEY_MAX + 1] = '\0';
	EXPECT_EQ(-ENAMETOOLONG, holder_store(&h, key, 0));
	EXPECT_EQ(-ENOENT, holder_take(&h, key));
	key[HOLDER_KEY_MAX] = '\0';
	EXPECT_EQ(0, holder_store(&h, key, file_with("x")));
}

/* The holder is this very program, as it is vigild elsewhere. */
int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], HOLDER_OPTION) == 0)
		return holder_serve(argv[2]);
	return test_harness_run(argc, argv);
}
