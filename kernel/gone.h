/* SPDX-License-Identifier: GPL-2.0 */
/* A call when a thread group is gone. */
#ifndef VIGIL_GONE_H
#define VIGIL_GONE_H

#include <linux/types.h>
#include <linux/wait.h>

struct pid;

/**
 * struct vigil_gone - a call when a thread group is gone
 * @wait: entry of the process's wait queue, until the call
 * @pid: the process, with a reference; NULL if none is waited for
 * @fn: the call. Under the wait queue's lock, interrupts off.
 */
struct vigil_gone {
	struct wait_queue_entry wait;
	struct pid *pid;
	void (*fn)(struct vigil_gone *g);
};

bool vigil_gone_begin(struct vigil_gone *g, struct pid *pid);
void vigil_gone_end(struct vigil_gone *g);

#endif /* VIGIL_GONE_H */
