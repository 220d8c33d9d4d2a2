/* SPDX-License-Identifier: GPL-2.0 */
/* Requests about the hardware watchdog, and its files in sysfs. */
#ifndef SELFTESTS_KERNEL_DOG_H
#define SELFTESTS_KERNEL_DOG_H

#include "selftests/kernel/client.h"

#define KNOBS "/sys/kernel/vigil/watchdog/"

/* What WATCHDOG_ARM is to carry; fd < 0, NULL, 0: not sent. */
struct dog_wish {
	int fd;
	const char *device;
	uint32_t timeout_s;
	const uint32_t *grace_ms;
};

struct dog_status {
	struct dog now;
	uint32_t grace_ms;
	uint32_t interval_ms;
	uint64_t pets;
	uint64_t warnings;
	uint64_t recoveries;
};

/* As the calls of client.h. */
int dog_arm(struct client *c, const struct dog_wish *wish, struct dog_status *out);
int dog_disarm(struct client *c);
int dog_get(struct client *c, struct dog_status *out);

/* A file below KNOBS, or with a path of its own; its first line. */
int knob_write(const char *name, const char *text);
const char *knob_read(const char *name);

/*
 * Loads softdog, told to reset nothing, unless it is a part of the kernel. There may be other watchdogs: these
 * tell its name, such as watchdog1, its device file, and a file of its class.
 */
bool dog_load(void);
const char *dog_name(void);
const char *dog_device(void);
const char *dog_file(const char *name);

/* Whether "name" reads so before the deadline. */
bool knob_becomes(const char *name, const char *text);

#endif /* SELFTESTS_KERNEL_DOG_H */
