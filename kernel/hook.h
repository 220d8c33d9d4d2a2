/* SPDX-License-Identifier: GPL-2.0 */
/* A hook in the kernel that is in place only while some watch asks for it. */
#ifndef VIGIL_HOOK_H
#define VIGIL_HOOK_H

#include <linux/atomic.h>
#include <linux/workqueue.h>

/**
 * struct vigil_hook - a hook and its users
 * @install: put it in place; may sleep
 * @remove: take it away, and wait until it runs nowhere; may sleep
 * @users: who asks for it
 * @installed: it is in place
 * @idle: calls vigil_hook_idle() some time after the last user
 */
struct vigil_hook {
	int (*install)(void);
	void (*remove)(void);
	atomic_t users;
	bool installed;
	struct delayed_work idle;
};

int vigil_hook_get(struct vigil_hook *h);
bool vigil_hook_get_placed(struct vigil_hook *h);
void vigil_hook_put(struct vigil_hook *h);
void vigil_hook_exit(struct vigil_hook *h);
void vigil_hook_idle(struct work_struct *work);

#endif /* VIGIL_HOOK_H */
