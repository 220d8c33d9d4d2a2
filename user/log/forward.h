/* SPDX-License-Identifier: GPL-2.0 */
/* Records passed on to journald, by its own protocol, and to a syslogd, as RFC 3164 has it. */
#ifndef VIGIL_LOG_FORWARD_H
#define VIGIL_LOG_FORWARD_H

#include <stdint.h>

#include "user/log/ring.h"

/** struct forward - sockets; nothing is connected, so that receivers may come and go. */
struct forward {
	int fd;			/* -1: none could be had */
};

void forward_open(struct forward *f);
void forward_close(struct forward *f);

/**
 * forward_entry - send each line to where the entry's rules say.
 *
 * Never waits. Return: the lines that were not taken.
 */
uint64_t forward_entry(const struct forward *f, const char *job, const struct ring_entry *e);

#endif /* VIGIL_LOG_FORWARD_H */
