/* SPDX-License-Identifier: GPL-2.0 */
/* What the programs that test the hardware watchdog share: a device that bites nobody, armed and disarmed. */
#ifndef SELFTESTS_KERNEL_DOG_FIXTURE_H
#define SELFTESTS_KERNEL_DOG_FIXTURE_H

#include "selftests/kernel/dog.h"
#include "selftests/kernel/fixture.h"

enum {
	TIMEOUT_S = 3600,	/* longer than any test, so that the device never fires */
	PETS = 3,
	LONG_MS = 600000,	/* a grace or limit that no test outlives */
};

FIXTURE(dog) {
	vigil_t v;
};

/* Nothing is missed but what a test wants. */
static inline void quiet_knobs(void)
{
	knob_write("armed", "0");
	knob_write("grace_ms", "5000");
	knob_write("gates/cpus/limit_ms", "600000");
	knob_write("gates/vital/limit_ms", "0");
	knob_write("gates/vital/enabled", "1");
	knob_write("gates/cpus/enabled", "1");
}

FIXTURE_SETUP(dog)
{
	ASSERT_TRUE(dog_load());
	quiet_knobs();
	vigil_setup(_metadata, &self->v, NULL);
}

/* Whatever a test did, the device is not left running. */
FIXTURE_TEARDOWN(dog)
{
	EXPECT_STREQ("disarmed", knob_read("stage"));
	quiet_knobs();
	EXPECT_STREQ("inactive", knob_read(dog_file("state")));
	vigil_teardown(_metadata, &self->v, NULL);
}

typedef FIXTURE_DATA(dog) dog_t;

static inline void next_stage(struct __test_metadata *_metadata, dog_t *self, uint32_t stage,
			      struct watch *event)
{
	ASSERT_EQ(1, listener_next(&self->v.l, event, patience() * DEADLINE_MS));
	ASSERT_EQ(VIGIL_EVENT_TYPE_WATCHDOG, event->type);
	EXPECT_EQ(++self->v.seq, event->seq);
	EXPECT_EQ(stage, event->dog.stage);
	EXPECT_STREQ(dog_name(), event->dog.device);
	EXPECT_NE(0, event->boottime_ns);
	EXPECT_NE(0, event->realtime_ns);
}

static inline void armed(struct __test_metadata *_metadata, dog_t *self, const struct dog_wish *wish,
			 struct dog_status *status)
{
	struct watch event;

	ASSERT_EQ(0, dog_arm(&self->v.c, wish, status)) {
		TH_LOG("refused: %s", self->v.c.refusal.sentence);
	}
	next_stage(_metadata, self, VIGIL_WATCHDOG_STAGE_ARMED, &event);
}

static inline void arm_device(struct __test_metadata *_metadata, dog_t *self, uint32_t grace_ms)
{
	struct dog_wish wish = {
		.fd = -1, .device = dog_device(), .timeout_s = TIMEOUT_S, .grace_ms = &grace_ms,
	};
	struct dog_status status;

	armed(_metadata, self, &wish, &status);
}

static inline void disarm(struct __test_metadata *_metadata, dog_t *self)
{
	struct watch event;

	ASSERT_EQ(0, dog_disarm(&self->v.c)) {
		TH_LOG("refused: %s", self->v.c.refusal.sentence);
	}
	next_stage(_metadata, self, VIGIL_WATCHDOG_STAGE_DISARMED, &event);
	EXPECT_STREQ("inactive", knob_read(dog_file("state")));
}

static inline uint64_t pets(struct __test_metadata *_metadata, dog_t *self)
{
	struct dog_status status;

	EXPECT_EQ(0, dog_get(&self->v.c, &status));
	return status.pets;
}

static inline void expect_petted(struct __test_metadata *_metadata, dog_t *self)
{
	uint64_t before = pets(_metadata, self);

	EXPECT_TRUE(AWAIT(before + PETS <= pets(_metadata, self)));
}

#endif /* SELFTESTS_KERNEL_DOG_FIXTURE_H */
