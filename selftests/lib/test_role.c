// SPDX-License-Identifier: GPL-2.0
/* The role of a process: what the environment and the eventfds of a standby tell. No module is needed. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <vigil/vigil.h>

#include "selftests/lib/harness.h"

static void name_fd(const char *name, int fd)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", fd);
	setenv(name, text, 1);
}

/* Each test is a process of its own. */
static int stand_by(void)
{
	int fd = eventfd(0, 0);

	setenv("VIGIL_ROLE", "standby", 1);
	name_fd("VIGIL_ROLE_FD", fd);
	return fd;
}

static int stand_by_singleton(int *primary)
{
	int fd = eventfd(0, 0);

	*primary = stand_by();
	name_fd("VIGIL_PREPARE_FD", fd);
	return fd;
}

TEST(vigil_role_without_standbys_is_primary)
{
	unsetenv("VIGIL_ROLE");
	EXPECT_EQ(VIGIL_ROLE_PRIMARY, vigil_role());
	setenv("VIGIL_ROLE", "primary", 1);
	EXPECT_EQ(VIGIL_ROLE_PRIMARY, vigil_role());
	EXPECT_EQ(-ENOENT, vigil_role_fd(VIGIL_ROLE_PRIMARY));
	EXPECT_EQ(0, vigil_role_wait(VIGIL_ROLE_PRIMARY, 0));
}

TEST(vigil_role_follows_the_eventfd_and_never_goes_back)
{
	int fd = stand_by();
	uint64_t n;

	EXPECT_EQ(VIGIL_ROLE_STANDBY, vigil_role());
	EXPECT_EQ(VIGIL_ROLE_STANDBY, vigil_role());
	ASSERT_EQ(0, eventfd_write(fd, 1));
	EXPECT_EQ(VIGIL_ROLE_PRIMARY, vigil_role());
	ASSERT_EQ(0, eventfd_read(fd, &n));
	EXPECT_EQ(1, n);
	EXPECT_EQ(VIGIL_ROLE_PRIMARY, vigil_role());
}

TEST(vigil_role_of_a_singleton_prepares_first)
{
	int primary, prepare = stand_by_singleton(&primary);

	EXPECT_EQ(VIGIL_ROLE_STANDBY, vigil_role());
	ASSERT_EQ(0, eventfd_write(prepare, 1));
	EXPECT_EQ(VIGIL_ROLE_TAKEOVER, vigil_role());
	EXPECT_EQ(0, vigil_role_wait(VIGIL_ROLE_TAKEOVER, 0));
	EXPECT_EQ(-ETIMEDOUT, vigil_role_wait(VIGIL_ROLE_PRIMARY, 0));
	ASSERT_EQ(0, eventfd_write(primary, 1));
	EXPECT_EQ(VIGIL_ROLE_PRIMARY, vigil_role());
	EXPECT_EQ(0, vigil_role_wait(VIGIL_ROLE_PRIMARY, 0));
}

TEST(vigil_role_with_a_bad_descriptor_stays_standby)
{
	int fd = stand_by();
	char text[16];

	ASSERT_EQ(0, eventfd_write(fd, 1));
	snprintf(text, sizeof(text), "%dx", fd);
	setenv("VIGIL_ROLE_FD", text, 1);
	EXPECT_EQ(VIGIL_ROLE_STANDBY, vigil_role());
	setenv("VIGIL_ROLE_FD", "99999999999", 1);
	EXPECT_EQ(VIGIL_ROLE_STANDBY, vigil_role());
	unsetenv("VIGIL_ROLE_FD");
	EXPECT_EQ(VIGIL_ROLE_STANDBY, vigil_role());
	EXPECT_EQ(-EINVAL, vigil_role_wait(VIGIL_ROLE_PRIMARY, -1));
}

TEST(vigil_role_fd_polls_readable_once_the_role_is_there)
{
	int primary, prepare = stand_by_singleton(&primary);
	struct pollfd p = { .events = POLLIN };

	EXPECT_EQ(primary, vigil_role_fd(VIGIL_ROLE_PRIMARY));
	EXPECT_EQ(prepare, vigil_role_fd(VIGIL_ROLE_TAKEOVER));
	EXPECT_EQ(-EINVAL, vigil_role_fd(VIGIL_ROLE_STANDBY));
	unsetenv("VIGIL_PREPARE_FD");
	EXPECT_EQ(primary, vigil_role_fd(VIGIL_ROLE_TAKEOVER));
	p.fd = primary;
	EXPECT_EQ(0, poll(&p, 1, 0));
	ASSERT_EQ(0, eventfd_write(primary, 1));
	EXPECT_EQ(1, poll(&p, 1, 0));
	setenv("VIGIL_ROLE_FD", "", 1);
	EXPECT_EQ(-EINVAL, vigil_role_fd(VIGIL_ROLE_PRIMARY));
	name_fd("VIGIL_ROLE_FD", prepare);
	close(prepare);
	EXPECT_EQ(-EINVAL, vigil_role_fd(VIGIL_ROLE_PRIMARY));
}

static void *wait_for_primary(void *unused)
{
	(void)unused;
	return (void *)(intptr_t)vigil_role_wait(VIGIL_ROLE_PRIMARY, -1);
}

TEST(vigil_role_wait_wakes_every_thread)
{
	int fd = stand_by(), i;
	pthread_t threads[4];
	void *r;

	EXPECT_EQ(-ETIMEDOUT, vigil_role_wait(VIGIL_ROLE_PRIMARY, 20));
	for (i = 0; i < 4; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, wait_for_primary, NULL));
	ASSERT_EQ(0, eventfd_write(fd, 1));
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, pthread_join(threads[i], &r));
		EXPECT_EQ(NULL, r);
	}
	EXPECT_EQ(VIGIL_ROLE_PRIMARY, vigil_role());
}

TEST(vigil_role_wait_for_takeover_is_over_when_it_is_primary_at_once)
{
	int primary, prepare = stand_by_singleton(&primary);

	(void)prepare;
	ASSERT_EQ(0, eventfd_write(primary, 1));
	EXPECT_EQ(0, vigil_role_wait(VIGIL_ROLE_TAKEOVER, -1));
}

TEST(vigil_role_name_has_one_for_each)
{
	EXPECT_STREQ("standby", vigil_role_name(VIGIL_ROLE_STANDBY));
	EXPECT_STREQ("takeover", vigil_role_name(VIGIL_ROLE_TAKEOVER));
	EXPECT_STREQ("primary", vigil_role_name(VIGIL_ROLE_PRIMARY));
	EXPECT_STREQ("unknown", vigil_role_name((enum vigil_role)77));
}

TEST_HARNESS_MAIN
