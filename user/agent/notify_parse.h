/* SPDX-License-Identifier: GPL-2.0 */
/* What a job says by sd_notify(3): bytes in, a message or an error out. */
#ifndef VIGIL_AGENT_NOTIFY_PARSE_H
#define VIGIL_AGENT_NOTIFY_PARSE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	NOTIFY_TEXT_MAX = 4096,		/* bytes of a message; as systemd has it */
	NOTIFY_FDS_MAX = 253,		/* what the kernel lets one message carry */
	NOTIFY_STATUS_MAX = 256,	/* with its NUL; the rest is cut off */
	NOTIFY_FDNAME_MAX = 64,		/* with its NUL */
};

/* What a message holds. */
enum notify_field {
	NOTIFY_READY = 1 << 0,
	NOTIFY_RELOADING = 1 << 1,
	NOTIFY_STOPPING = 1 << 2,
	NOTIFY_WATCHDOG = 1 << 3,
	NOTIFY_TRIGGER = 1 << 4,	/* WATCHDOG=trigger */
	NOTIFY_STATUS = 1 << 5,
	NOTIFY_ERRNO = 1 << 6,
	NOTIFY_MAINPID = 1 << 7,
	NOTIFY_MONOTONIC = 1 << 8,
	NOTIFY_WATCHDOG_US = 1 << 9,
	NOTIFY_EXTEND = 1 << 10,
	NOTIFY_FDSTORE = 1 << 11,
	NOTIFY_FDREMOVE = 1 << 12,
	NOTIFY_FDNAME = 1 << 13,
	NOTIFY_NO_POLL = 1 << 14,	/* FDPOLL=0 */
	NOTIFY_BARRIER = 1 << 15,
};

struct notify_message {
	unsigned int fields;		/* enum notify_field */
	pid_t mainpid;
	int error;
	uint64_t monotonic_us;
	uint64_t watchdog_us;
	uint64_t extend_us;
	char status[NOTIFY_STATUS_MAX];	/* without control characters */
	char fdname[NOTIFY_FDNAME_MAX];
};

/**
 * notify_parse - of lines NAME=VALUE; unknown names and values that are none are passed over.
 * @text: any bytes
 *
 * Of a name that is given twice the last counts.
 *
 * Return: 0; -EINVAL if there is a NUL byte before the last byte, or BARRIER=1 does not stand alone: then
 * nothing of it may be obeyed.
 */
int notify_parse(const char *text, size_t len, struct notify_message *m);

#endif /* VIGIL_AGENT_NOTIFY_PARSE_H */
