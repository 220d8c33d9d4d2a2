/* SPDX-License-Identifier: GPL-2.0 */
/* Reading the black box over netlink. */
#ifndef SELFTESTS_KERNEL_NOTES_H
#define SELFTESTS_KERNEL_NOTES_H

#include <stdint.h>

#include <linux/vigil.h>

struct client;

enum { NOTES_MAX = 512 };

struct note {
	uint32_t kind;
	uint64_t number;
	uint64_t boottime_ns;
	char text[VIGIL_NOTE_LEN_MAX + 1];
};

struct notes {
	int count;
	struct note note[NOTES_MAX];
};

/* 0, the kernel's refusal, or -EPROTO if a message is not as specified. */
int notes_read(struct client *c, struct notes *out);

/* The newest of a kind that contains @part, or NULL. */
const struct note *notes_find(const struct notes *n, uint32_t kind, const char *part);

#endif /* SELFTESTS_KERNEL_NOTES_H */
