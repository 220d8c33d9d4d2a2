// SPDX-License-Identifier: GPL-2.0
/* The hardware watchdog: who may arm what, and what is refused; on a device that bites nobody. */
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include <linux/watchdog.h>

#include "selftests/kernel/dog_fixture.h"

enum { NOBODY = 65534 };

static void refused(struct __test_metadata *_metadata, dog_t *self, int error, int ret)
{
	EXPECT_EQ(error, ret);
	EXPECT_NE('\0', self->v.c.refusal.sentence[0]);
}

static bool device_is_free(void)
{
	int fd = open(dog_device(), O_WRONLY | O_CLOEXEC);
	bool mine = fd >= 0 && write(fd, "V", 1) == 1;

	if (fd >= 0)
		close(fd);
	return mine;
}

TEST_F(dog, armed_by_name_is_petted_until_it_is_disarmed)
{
	struct dog_wish wish = { .fd = -1, .device = dog_device(), .timeout_s = TIMEOUT_S };
	struct dog_status status;

	armed(_metadata, self, &wish, &status);
	EXPECT_EQ(VIGIL_WATCHDOG_STAGE_ARMED, status.now.stage);
	EXPECT_EQ(VIGIL_WATCHDOG_GATE_NONE, status.now.gate);
	EXPECT_EQ(TIMEOUT_S, status.now.timeout_s);
	EXPECT_EQ(0, status.now.reset_in_ms);
	EXPECT_STREQ(dog_name(), status.now.device);
	EXPECT_LT(0, status.interval_ms);
	EXPECT_STREQ("active", knob_read(dog_file("state")));
	EXPECT_STREQ("3600", knob_read(dog_file("timeout")));
	EXPECT_STREQ("1", knob_read("armed"));
	EXPECT_STREQ(dog_name(), knob_read("device"));
	EXPECT_FALSE(device_is_free());
	expect_petted(_metadata, self);
	disarm(_metadata, self);
	EXPECT_STREQ("0", knob_read("armed"));
	EXPECT_TRUE(device_is_free());
}

TEST_F(dog, armed_by_a_descriptor_that_its_maker_closes)
{
	struct dog_wish wish = { .fd = open(dog_device(), O_WRONLY | O_CLOEXEC) };
	struct dog_status status;

	ASSERT_LE(0, wish.fd);
	armed(_metadata, self, &wish, &status);
	close(wish.fd);
	EXPECT_STREQ("active", knob_read(dog_file("state")));
	EXPECT_FALSE(device_is_free());
	expect_petted(_metadata, self);
	disarm(_metadata, self);
	EXPECT_TRUE(device_is_free());
}

TEST_F(dog, armed_through_its_old_name)
{
	struct dog_wish wish = { .fd = -1, .device = "/dev/watchdog" };
	struct dog_status status;

	ASSERT_EQ(0, dog_arm(&self->v.c, &wish, &status));
	EXPECT_STREQ("watchdog", status.now.device);
	EXPECT_STREQ("active", knob_read("/sys/class/watchdog/watchdog0/state"));
	ASSERT_EQ(0, dog_disarm(&self->v.c));
	EXPECT_STREQ("inactive", knob_read("/sys/class/watchdog/watchdog0/state"));
	for (int i = 0; i < 2; i++) {
		struct watch event;

		ASSERT_EQ(1, listener_next(&self->v.l, &event, DEADLINE_MS));
		EXPECT_EQ(++self->v.seq, event.seq);
	}
}

TEST_F(dog, armed_and_disarmed_through_sysfs)
{
	struct watch event;

	EXPECT_EQ(-EINVAL, knob_write("device", "/dev/null\n"));
	EXPECT_EQ(-EINVAL, knob_write("armed", "1"));
	EXPECT_EQ(-ENODEV, knob_write("armed", "0"));
	ASSERT_EQ(0, knob_write("device", dog_device()));
	next_stage(_metadata, self, VIGIL_WATCHDOG_STAGE_ARMED, &event);
	EXPECT_STREQ("armed", knob_read("stage"));
	EXPECT_EQ(-EBUSY, knob_write("device", dog_device()));
	ASSERT_EQ(0, knob_write("armed", "0"));
	next_stage(_metadata, self, VIGIL_WATCHDOG_STAGE_DISARMED, &event);
}

TEST_F(dog, a_second_one_is_refused_and_the_first_goes_on)
{
	struct dog_wish wish = { .fd = -1, .device = dog_device() };

	arm_device(_metadata, self, LONG_MS);
	refused(_metadata, self, -EBUSY, dog_arm(&self->v.c, &wish, NULL));
	expect_petted(_metadata, self);
	disarm(_metadata, self);
	refused(_metadata, self, -ENODEV, dog_disarm(&self->v.c));
}

TEST_F(dog, somebody_elses_is_refused_and_stays_theirs)
{
	struct dog_wish wish = { .fd = -1, .device = dog_device() };
	int fd = open(dog_device(), O_WRONLY | O_CLOEXEC);

	ASSERT_LE(0, fd);
	refused(_metadata, self, -EBUSY, dog_arm(&self->v.c, &wish, NULL));
	EXPECT_NE(NULL, strstr(self->v.c.refusal.sentence, "somebody else"));
	EXPECT_EQ(0, ioctl(fd, WDIOC_KEEPALIVE, 0));
	EXPECT_EQ(1, write(fd, "V", 1));
	close(fd);
}

TEST_F(dog, armed_pins_the_module)
{
	arm_device(_metadata, self, LONG_MS);
	EXPECT_GT(0, module_unload());
	EXPECT_TRUE(module_loaded());
	disarm(_metadata, self);
}

TEST_F(dog, wrong_requests_are_refused_and_leave_the_device_stopped)
{
	uint32_t too_long = LONG_MS + 1;
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct {
		int error;
		struct dog_wish wish;
	} cases[] = {
		{ -EINVAL, { .fd = -1 } },
		{ -EINVAL, { .fd = null, .device = dog_device() } },
		{ -EINVAL, { .fd = null } },
		{ -EINVAL, { .fd = -1, .device = "/dev/null" } },
		{ -EINVAL, { .fd = -1, .device = "/proc/version" } },
		{ -EBADF, { .fd = 12345 } },
		{ -ENODEV, { .fd = -1, .device = "/dev/nothing" } },
		{ -EINVAL, { .fd = -1, .device = dog_device(), .timeout_s = 70000 } },
		{ -EINVAL, { .fd = -1, .device = dog_device(), .timeout_s = 0xffffffff } },
		{ -EINVAL, { .fd = -1, .device = dog_device(), .grace_ms = &too_long } },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		EXPECT_EQ(cases[i].error, dog_arm(&self->v.c, &cases[i].wish, NULL)) {
			TH_LOG("case %zu", i);
		}
		EXPECT_NE('\0', self->v.c.refusal.sentence[0]);
		EXPECT_STREQ("inactive", knob_read(dog_file("state")));
		EXPECT_STREQ("disarmed", knob_read("stage"));
	}
	EXPECT_TRUE(device_is_free());
	close(null);
}

TEST_F(dog, knobs_keep_their_value_when_a_wrong_one_is_refused)
{
	static const char *const wrong[][2] = {
		{ "grace_ms", "600001" }, { "grace_ms", "-1" }, { "grace_ms", "soon" },
		{ "grace_ms", "" }, { "gates/cpus/limit_ms", "1999" },
		{ "gates/vital/limit_ms", "600001" }, { "gates/vital/enabled", "2" },
		{ "gates/device/limit_ms", "0x100000000" },
	};
	char before[64];

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(before, sizeof(before), "%s", knob_read(wrong[i][0]));
		if (wrong[i][1][0])
			EXPECT_EQ(-EINVAL, knob_write(wrong[i][0], wrong[i][1]));
		EXPECT_STREQ(before, knob_read(wrong[i][0]));
	}
	EXPECT_EQ(0, knob_write("gates/cpus/limit_ms", "2000"));
	EXPECT_STREQ("2000", knob_read("gates/cpus/limit_ms"));
	EXPECT_EQ(-EACCES, knob_write("stage", "armed"));
}

static int all_refused(struct client *c)
{
	struct dog_wish wish = { .fd = -1, .device = dog_device() };
	struct dog_status status;

	if (dog_arm(c, &wish, NULL) != -EPERM || !c->refusal.sentence[0])
		return VIGIL_CMD_WATCHDOG_ARM;
	if (dog_disarm(c) != -EPERM || !c->refusal.sentence[0])
		return VIGIL_CMD_WATCHDOG_DISARM;
	if (dog_get(c, &status) != -EPERM || !c->refusal.sentence[0])
		return VIGIL_CMD_WATCHDOG_GET;
	return 0;
}

static int life_nobody(const struct ends *ends, void *arg)
{
	struct client c;

	(void)arg;
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY) || client_open(&c))
		return 1;
	life_tell(ends, all_refused(&c));
	return 0;
}

/* A watch is for whoever rules this network namespace, a vital one is not. */
static int life_elsewhere(const struct ends *ends, void *arg)
{
	struct request req = { .owner = OWNER, .flags = VIGIL_WATCH_FLAGS_VITAL };
	struct client c;

	(void)arg;
	if (unshare(CLONE_NEWNET) || client_open(&c))
		return 1;
	req.pidfd = pidfd_open_raw(getpid(), 0);
	if (client_watch(&c, &req, NULL) != -EPERM || !c.refusal.sentence[0])
		life_tell(ends, VIGIL_CMD_WATCH_NEW);
	else
		life_tell(ends, all_refused(&c));
	return 0;
}

TEST_F(dog, only_who_rules_the_node_may)
{
	life_fn lives[] = { life_nobody, life_elsewhere };
	struct victim v;

	arm_device(_metadata, self, LONG_MS);
	for (int i = 0; i < 2; i++) {
		start(_metadata, &v, lives[i], NULL);
		EXPECT_EQ(0, victim_told(&v));
		victim_end(&v);
	}
	EXPECT_STREQ("armed", knob_read("stage"));
	disarm(_metadata, self);
}

TEST_F(dog, armed_and_disarmed_many_times_while_others_look)
{
	struct dog_wish wish = { .fd = -1, .device = dog_device() };
	struct watch event;
	pid_t reader = fork();

	ASSERT_LE(0, reader);
	while (!reader)
		system("cat " KNOBS "* " KNOBS "gates/*/* >/dev/null 2>&1");
	for (int i = 0; i < crowd(20); i++) {
		struct dog_status status;

		armed(_metadata, self, &wish, &status);
		ASSERT_EQ(0, dog_disarm(&self->v.c));
		next_stage(_metadata, self, VIGIL_WATCHDOG_STAGE_DISARMED, &event);
	}
	kill(reader, SIGKILL);
	waitpid(reader, NULL, 0);
}

TEST_HARNESS_MAIN
