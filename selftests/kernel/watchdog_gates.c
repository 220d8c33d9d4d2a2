// SPDX-License-Identifier: GPL-2.0
/* The gates of the hardware watchdog: what they miss and tell, and when petting ends. */
#include <sched.h>

#include "selftests/kernel/dog_fixture.h"

#define CPU_ONLINE	"/sys/devices/system/cpu/cpu1/online"

enum { CPU_LIMIT_MS = 4000 };

static void watch_vital(struct __test_metadata *_metadata, dog_t *self, struct victim *v,
			struct watch *w)
{
	struct request req = { .owner = OWNER, .flags = VIGIL_WATCH_FLAGS_VITAL };

	start(_metadata, v, life_pause, NULL);
	req.pidfd = v->pidfd;
	ASSERT_EQ(0, client_watch(&self->v.c, &req, w)) {
		TH_LOG("refused: %s", self->v.c.refusal.sentence);
	}
	EXPECT_EQ(VIGIL_WATCH_FLAGS_VITAL, w->flags);
}

/* The watch stays: what brings a vital process back releases it. */
static void vital_death(struct __test_metadata *_metadata, dog_t *self, struct watch *w)
{
	struct watch event;
	struct victim v;

	watch_vital(_metadata, self, &v, w);
	ASSERT_EQ(0, kill(v.pid, SIGKILL));
	next_death(_metadata, &self->v, w, &event);
	victim_end(&v);
}

static int count_stages(const struct watch *w, void *arg)
{
	uint32_t *seen = arg;

	if (w->type == VIGIL_EVENT_TYPE_WATCHDOG)
		*seen |= 1u << w->dog.stage;
	return 0;
}

TEST_F(dog, a_vital_death_warns_and_its_release_recovers)
{
	struct dog_status before, after;
	uint64_t since = self->v.seq + 1;
	struct watch w, event;
	uint32_t seen = 0;

	EXPECT_EQ(0, dog_get(&self->v.c, &before));
	arm_device(_metadata, self, LONG_MS);
	vital_death(_metadata, self, &w);
	next_stage(_metadata, self, VIGIL_WATCHDOG_STAGE_WARNING, &event);
	EXPECT_EQ(VIGIL_WATCHDOG_GATE_VITAL, event.dog.gate);
	EXPECT_EQ(w.id, event.dog.detail);
	EXPECT_LT(TIMEOUT_S * 1000, event.dog.reset_in_ms);
	EXPECT_GE(LONG_MS + TIMEOUT_S * 1000, event.dog.reset_in_ms);
	EXPECT_STREQ("warning", knob_read("stage"));
	expect_petted(_metadata, self);
	ASSERT_EQ(0, client_release(&self->v.c, w.id));
	next_stage(_metadata, self, VIGIL_WATCHDOG_STAGE_RECOVERED, &event);
	EXPECT_EQ(VIGIL_WATCHDOG_GATE_VITAL, event.dog.gate);
	EXPECT_EQ(0, event.dog.reset_in_ms);
	EXPECT_EQ(0, dog_get(&self->v.c, &after));
	EXPECT_EQ(VIGIL_WATCHDOG_STAGE_ARMED, after.now.stage);
	EXPECT_EQ(before.warnings + 1, after.warnings);
	EXPECT_EQ(before.recoveries + 1, after.recoveries);
	EXPECT_TRUE(knob_becomes("missed_gate", "none"));
	disarm(_metadata, self);
	EXPECT_EQ(0, client_replay(&self->v.c, since, count_stages, &seen));
	EXPECT_EQ(1u << VIGIL_WATCHDOG_STAGE_ARMED | 1u << VIGIL_WATCHDOG_STAGE_WARNING |
		  1u << VIGIL_WATCHDOG_STAGE_RECOVERED | 1u << VIGIL_WATCHDOG_STAGE_DISARMED, seen);
}

TEST_F(dog, petting_ends_after_the_grace_whatever_recovers_then)
{
	struct watch w, event;
	uint64_t last;

	arm_device(_metadata, self, 0);
	vital_death(_metadata, self, &w);
	next_stage(_metadata, self, VIGIL_WATCHDOG_STAGE_WARNING, &event);
	next_stage(_metadata, self, VIGIL_WATCHDOG_STAGE_BITE, &event);
	EXPECT_EQ(VIGIL_WATCHDOG_GATE_VITAL, event.dog.gate);
	EXPECT_EQ(TIMEOUT_S * 1000, event.dog.reset_in_ms);
	last = pets(_metadata, self);
	ASSERT_EQ(0, client_release(&self->v.c, w.id));
	EXPECT_EQ(0, listener_next(&self->v.l, &event, 3000));
	EXPECT_EQ(last, pets(_metadata, self));
	EXPECT_STREQ("bite", knob_read("stage"));
	EXPECT_STREQ("active", knob_read(dog_file("state")));
	disarm(_metadata, self);
}

TEST_F(dog, a_disabled_gate_does_not_count)
{
	struct watch w, event;

	ASSERT_EQ(0, knob_write("gates/vital/enabled", "0"));
	arm_device(_metadata, self, 0);
	vital_death(_metadata, self, &w);
	expect_petted(_metadata, self);
	EXPECT_STREQ("armed", knob_read("stage"));
	ASSERT_EQ(0, knob_write("gates/vital/enabled", "1"));
	next_stage(_metadata, self, VIGIL_WATCHDOG_STAGE_WARNING, &event);
	next_stage(_metadata, self, VIGIL_WATCHDOG_STAGE_BITE, &event);
	disarm(_metadata, self);
	ASSERT_EQ(0, client_release(&self->v.c, w.id));
}

TEST_F(dog, a_vital_watch_that_is_released_alive_counts_no_more)
{
	struct victim v;
	struct watch w;

	arm_device(_metadata, self, 0);
	watch_vital(_metadata, self, &v, &w);
	ASSERT_EQ(0, client_release(&self->v.c, w.id));
	victim_end(&v);
	expect_petted(_metadata, self);
	EXPECT_STREQ("armed", knob_read("stage"));
	disarm(_metadata, self);
}

/* Nothing of a lower priority runs on CPU 1, and so the thread that proves it does not. */
static int life_hog(const struct ends *ends, void *arg)
{
	struct sched_param most = { .sched_priority = 99 };
	volatile unsigned long turns = 0;
	cpu_set_t cpus;

	(void)arg;
	CPU_ZERO(&cpus);
	CPU_SET(1, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus) ||
	    sched_setscheduler(0, SCHED_FIFO, &most))
		return 1;
	life_tell(ends, 0);
	for (;;)
		turns++;
}

TEST_F(dog, a_cpu_that_does_not_schedule_warns_and_recovers)
{
	struct watch event;
	struct victim v;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP(return, "one CPU");
	arm_device(_metadata, self, LONG_MS);
	ASSERT_EQ(0, knob_write("gates/cpus/limit_ms", "2000"));
	start(_metadata, &v, life_hog, NULL);
	ASSERT_EQ(0, victim_told(&v));
	next_stage(_metadata, self, VIGIL_WATCHDOG_STAGE_WARNING, &event);
	EXPECT_EQ(VIGIL_WATCHDOG_GATE_CPUS, event.dog.gate);
	EXPECT_EQ(1, event.dog.detail);
	EXPECT_STREQ("cpus 1", knob_read("missed_gate"));
	expect_petted(_metadata, self);
	ASSERT_EQ(0, knob_write("gates/cpus/limit_ms", "600000"));
	victim_end(&v);
	next_stage(_metadata, self, VIGIL_WATCHDOG_STAGE_RECOVERED, &event);
	disarm(_metadata, self);
}

static void online(struct __test_metadata *_metadata, const char *how)
{
	ASSERT_EQ(0, knob_write(CPU_ONLINE, how));
}

/* Longer than the limit: time is what is tested here. */
static void expect_calm(struct __test_metadata *_metadata, dog_t *self, int ms)
{
	struct watch event;

	EXPECT_EQ(0, listener_next(&self->v.l, &event, ms));
	EXPECT_STREQ("armed", knob_read("stage"));
}

TEST_F(dog, a_cpu_that_goes_offline_and_comes_back_is_not_missed)
{
	char limit[16];

	if (access(CPU_ONLINE, W_OK))
		SKIP(return, "no second CPU that can go");
	arm_device(_metadata, self, LONG_MS);
	snprintf(limit, sizeof(limit), "%d", patience() * CPU_LIMIT_MS);
	ASSERT_EQ(0, knob_write("gates/cpus/limit_ms", limit));
	online(_metadata, "0");
	expect_calm(_metadata, self, patience() * CPU_LIMIT_MS + 2000);
	online(_metadata, "1");
	expect_calm(_metadata, self, patience() * CPU_LIMIT_MS + 2000);
	disarm(_metadata, self);
	online(_metadata, "0");
	arm_device(_metadata, self, LONG_MS);
	online(_metadata, "1");
	expect_calm(_metadata, self, 2000);
	disarm(_metadata, self);
}

TEST_HARNESS_MAIN
