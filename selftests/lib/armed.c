// SPDX-License-Identifier: GPL-2.0
/* The functions of libvigil.so about the hardware watchdog, on a device that bites nobody. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "selftests/lib/guest.h"
#include "selftests/lib/harness.h"

#define OWNER	"libtest"

enum { TIMEOUT_S = 3600, GRACE_MS = 60000, DOGS_MAX = 10 };

/* softdog's; there may be other watchdogs. */
static char device[32];

static bool reads(const char *path, const char *text)
{
	char line[64] = "";
	FILE *f = fopen(path, "re");
	bool same = f && fgets(line, sizeof(line), f) && !strncmp(line, text, strlen(text));

	if (f)
		fclose(f);
	return same;
}

static bool find_device(void)
{
	char path[64];

	for (int i = 0; i < DOGS_MAX; i++) {
		snprintf(device, sizeof(device), "/dev/watchdog%d", i);
		snprintf(path, sizeof(path), "/sys/class/watchdog/watchdog%d/identity", i);
		if (reads(path, "Software Watchdog"))
			return true;
	}
	return false;
}

FIXTURE(armed) {
	struct vigil *v;
	struct vigil_events *ev;
	struct vigil_event e;
	struct vigil_watchdog_status s;
};

FIXTURE_SETUP(armed)
{
	ASSERT_EQ(0, system("modprobe softdog soft_noboot=1"));
	ASSERT_TRUE(find_device());
	ASSERT_EQ(0, vigil_open(&self->v));
	vigil_watchdog_disarm(self->v);
	ASSERT_EQ(0, release_all(self->v, OWNER));
	ASSERT_EQ(0, vigil_events_open(0, &self->ev));
}

FIXTURE_TEARDOWN(armed)
{
	vigil_watchdog_disarm(self->v);
	EXPECT_EQ(0, release_all(self->v, OWNER));
	vigil_events_close(self->ev);
	vigil_close(self->v);
}

static void expect_stage(struct __test_metadata *_metadata, FIXTURE_DATA(armed) *self,
			 enum vigil_watchdog_stage stage)
{
	ASSERT_EQ(1, await_event(self->ev, &self->e));
	ASSERT_EQ(VIGIL_EVENT_TYPE_WATCHDOG, self->e.type);
	EXPECT_EQ(stage, self->e.watchdog.stage);
	EXPECT_STREQ(device + strlen("/dev/"), self->e.watchdog.device);
	EXPECT_NE(0, self->e.boottime_ns);
	EXPECT_NE(0, self->e.realtime_ns);
}

TEST_F(armed, vigil_watchdog_arm_arms_and_tells)
{
	ASSERT_EQ(0, vigil_watchdog_arm(self->v, device, TIMEOUT_S, GRACE_MS, &self->s));
	EXPECT_EQ(VIGIL_WATCHDOG_STAGE_ARMED, self->s.now.stage);
	EXPECT_EQ(VIGIL_WATCHDOG_GATE_NONE, self->s.now.gate);
	EXPECT_STREQ(device + strlen("/dev/"), self->s.now.device);
	EXPECT_EQ(TIMEOUT_S, self->s.now.timeout_s);
	EXPECT_EQ(GRACE_MS, self->s.grace_ms);
	EXPECT_NE(0, self->s.interval_ms);
	expect_stage(_metadata, self, VIGIL_WATCHDOG_STAGE_ARMED);
	EXPECT_EQ(TIMEOUT_S, self->e.watchdog.timeout_s);
}

TEST_F(armed, vigil_watchdog_arm_refuses_with_a_sentence)
{
	char path[VIGIL_DEVICE_LEN_MAX + 2] = { 0 };

	memset(path, '/', sizeof(path) - 1);
	EXPECT_EQ(-EINVAL, vigil_watchdog_arm(self->v, path, 0, -1, NULL));
	EXPECT_STRNE("", vigil_error(self->v));
	EXPECT_EQ(-EINVAL, vigil_watchdog_arm(self->v, NULL, 0, -1, NULL));
	EXPECT_STRNE("", vigil_error(self->v));
	EXPECT_EQ(-ENODEV, vigil_watchdog_arm(self->v, "/dev/nothing", 0, -1, NULL));
	EXPECT_STRNE("", vigil_error(self->v));
	ASSERT_EQ(0, vigil_watchdog_arm(self->v, device, 0, -1, NULL));
	EXPECT_EQ(-EBUSY, vigil_watchdog_arm(self->v, device, 0, -1, NULL));
	EXPECT_STREQ("a watchdog is armed already", vigil_error(self->v));
}

TEST_F(armed, vigil_watchdog_arm_fd_takes_the_callers_device)
{
	int fd = open(device, O_WRONLY | O_CLOEXEC);

	ASSERT_LE(0, fd);
	EXPECT_EQ(-EBADF, vigil_watchdog_arm_fd(self->v, -1, 0, -1, NULL));
	EXPECT_STRNE("", vigil_error(self->v));
	ASSERT_EQ(0, vigil_watchdog_arm_fd(self->v, fd, TIMEOUT_S, -1, &self->s));
	close(fd);
	EXPECT_EQ(TIMEOUT_S, self->s.now.timeout_s);
	expect_stage(_metadata, self, VIGIL_WATCHDOG_STAGE_ARMED);
	EXPECT_EQ(-1, open(device, O_WRONLY | O_CLOEXEC));
}

TEST_F(armed, vigil_watchdog_disarm_stops_it)
{
	int fd;

	EXPECT_EQ(-ENODEV, vigil_watchdog_disarm(self->v));
	EXPECT_STREQ("no watchdog is armed", vigil_error(self->v));
	ASSERT_EQ(0, vigil_watchdog_arm(self->v, device, 0, -1, NULL));
	ASSERT_EQ(0, vigil_watchdog_disarm(self->v));
	expect_stage(_metadata, self, VIGIL_WATCHDOG_STAGE_ARMED);
	expect_stage(_metadata, self, VIGIL_WATCHDOG_STAGE_DISARMED);
	fd = open(device, O_WRONLY | O_CLOEXEC);
	EXPECT_LE(0, fd);
	EXPECT_EQ(1, write(fd, "V", 1));
	close(fd);
}

TEST_F(armed, vigil_watchdog_get_tells_a_vital_death)
{
	struct vigil_watch w;
	struct child c;

	ASSERT_EQ(0, vigil_watchdog_get(self->v, &self->s));
	EXPECT_EQ(VIGIL_WATCHDOG_STAGE_DISARMED, self->s.now.stage);
	EXPECT_STREQ("", self->s.now.device);
	ASSERT_EQ(0, child_start(&c));
	ASSERT_EQ(0, vigil_watch_pidfd(self->v, c.pidfd, OWNER, NULL, VIGIL_WATCH_FLAGS_VITAL, &w));
	ASSERT_EQ(0, vigil_watchdog_arm(self->v, device, TIMEOUT_S, GRACE_MS * 10, NULL));
	expect_stage(_metadata, self, VIGIL_WATCHDOG_STAGE_ARMED);
	child_kill(&c, SIGKILL);
	child_end(&c);
	ASSERT_EQ(1, await_event(self->ev, &self->e));
	EXPECT_EQ(VIGIL_EVENT_TYPE_DEAD, self->e.type);
	expect_stage(_metadata, self, VIGIL_WATCHDOG_STAGE_WARNING);
	EXPECT_EQ(VIGIL_WATCHDOG_GATE_VITAL, self->e.watchdog.gate);
	EXPECT_EQ(w.id, self->e.watchdog.detail);
	ASSERT_EQ(0, vigil_watchdog_get(self->v, &self->s));
	EXPECT_EQ(VIGIL_WATCHDOG_STAGE_WARNING, self->s.now.stage);
	EXPECT_EQ(w.id, self->s.now.detail);
	EXPECT_LT(TIMEOUT_S * 1000, self->s.now.reset_in_ms);
	EXPECT_LT(0, self->s.pets);
	EXPECT_LT(0, self->s.warnings);
}

TEST(vigil_watchdog_stage_name_names_them)
{
	EXPECT_STREQ("disarmed", vigil_watchdog_stage_name(VIGIL_WATCHDOG_STAGE_DISARMED));
	EXPECT_STREQ("armed", vigil_watchdog_stage_name(VIGIL_WATCHDOG_STAGE_ARMED));
	EXPECT_STREQ("warning", vigil_watchdog_stage_name(VIGIL_WATCHDOG_STAGE_WARNING));
	EXPECT_STREQ("recovered", vigil_watchdog_stage_name(VIGIL_WATCHDOG_STAGE_RECOVERED));
	EXPECT_STREQ("bite", vigil_watchdog_stage_name(VIGIL_WATCHDOG_STAGE_BITE));
	EXPECT_STREQ("unknown", vigil_watchdog_stage_name(VIGIL_WATCHDOG_STAGE_BITE + 1));
	EXPECT_STREQ("unknown", vigil_watchdog_stage_name(-1));
}

TEST(vigil_watchdog_gate_name_names_them)
{
	EXPECT_STREQ("none", vigil_watchdog_gate_name(VIGIL_WATCHDOG_GATE_NONE));
	EXPECT_STREQ("cpus", vigil_watchdog_gate_name(VIGIL_WATCHDOG_GATE_CPUS));
	EXPECT_STREQ("vital", vigil_watchdog_gate_name(VIGIL_WATCHDOG_GATE_VITAL));
	EXPECT_STREQ("device", vigil_watchdog_gate_name(VIGIL_WATCHDOG_GATE_DEVICE));
	EXPECT_STREQ("keeper", vigil_watchdog_gate_name(VIGIL_WATCHDOG_GATE_KEEPER));
	EXPECT_STREQ("unknown", vigil_watchdog_gate_name(-1));
}

TEST_HARNESS_MAIN
