/* SPDX-License-Identifier: GPL-2.0 */
/* The node's hardware watchdog: armed, petted while the gates are met, and left to bite. */
#ifndef VIGIL_WATCHDOG_H
#define VIGIL_WATCHDOG_H

#include <linux/types.h>

#include "record.h"

struct file;
struct vigil_scratch;

/**
 * struct vigil_watchdog_wish - what is to be armed
 * @file: an open watchdog; the caller keeps its reference. NULL to open @device.
 * @device: device file, if @file is NULL
 * @timeout_s: timeout to set; 0 to leave it as it is
 */
struct vigil_watchdog_wish {
	struct file *file;
	const char *device;
	u32 timeout_s;
};

/**
 * struct vigil_watchdog_state - copy of the watchdog's state
 * @now: as an event would tell it; its stage is armed, warning, bite or disarmed
 * @grace_ms: petting goes on for so long after a warning
 * @interval_ms: a round comes at least so often; 0 if disarmed
 * @pets: since the module was loaded
 * @warnings: as @pets
 * @recoveries: as @pets
 */
struct vigil_watchdog_state {
	struct vigil_watchdog_record now;
	u32 grace_ms;
	u32 interval_ms;
	u64 pets;
	u64 warnings;
	u64 recoveries;
};

int vigil_watchdog_arm(const struct vigil_watchdog_wish *wish, const char **why);
int vigil_watchdog_disarm(const char **why);
void vigil_watchdog_get(struct vigil_watchdog_state *state);
int vigil_watchdog_set_grace_ms(u32 ms);

/* In watchdog.c, for watchdog_arm.c. */
bool vigil_watchdog_is_armed(void);
void vigil_watchdog_begin(struct file *f, u32 timeout_s);
int vigil_watchdog_end(struct vigil_scratch *page);
void vigil_watchdog_forget(void);
void vigil_watchdog_tell(enum vigil_watchdog_stage stage);

/* For the gates. */
u32 vigil_watchdog_interval_ms(void);
void vigil_watchdog_round(void);

#endif /* VIGIL_WATCHDOG_H */
