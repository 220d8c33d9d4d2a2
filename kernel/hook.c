// SPDX-License-Identifier: GPL-2.0
/* A hook in the kernel that is in place only while some watch asks for it. */
/*
 * Putting a hook in place and taking it away patches code and waits for every
 * processor, under locks of the kernel's own. So neither happens under vn->lock: a watch that is
 * made asks before it takes that lock, and one that is released only counts
 * down. A worker takes the hook away, some time later, so that a process that is watched
 * and released again and again does not patch the kernel each time.
 */
#include <linux/jiffies.h>
#include <linux/mutex.h>

#include "hook.h"
#include "limits.h"

/* protects: installed of every hook. Outside of all other locks of the module. */
static DEFINE_MUTEX(hooks_lock);

/**
 * vigil_hook_get - ask for a hook
 * @h: the hook
 *
 * Context: process context, may sleep; not under vn->lock.
 * Return: 0 with the hook in place, or the error of its install().
 */
int vigil_hook_get(struct vigil_hook *h)
{
	int err = 0;

	mutex_lock(&hooks_lock);
	if (!h->installed)
		err = h->install();
	if (!err) {
		h->installed = true;
		atomic_inc(&h->users);
	}
	mutex_unlock(&hooks_lock);
	return err;
}

/**
 * vigil_hook_get_placed - ask for a hook only if it is in place
 * @h: the hook
 *
 * Context: process context, may sleep; not under vn->lock.
 * Return: whether it is, and vigil_hook_put() is due.
 */
bool vigil_hook_get_placed(struct vigil_hook *h)
{
	bool placed;

	mutex_lock(&hooks_lock);
	placed = h->installed;
	if (placed)
		atomic_inc(&h->users);
	mutex_unlock(&hooks_lock);
	return placed;
}

/**
 * vigil_hook_put - ask for a hook no longer
 * @h: the hook
 *
 * Context: any.
 */
void vigil_hook_put(struct vigil_hook *h)
{
	if (atomic_dec_and_test(&h->users))
		mod_delayed_work(system_unbound_wq, &h->idle,
				 msecs_to_jiffies(VIGIL_HOOK_LINGER_MS));
}

static void remove_unused(struct vigil_hook *h)
{
	mutex_lock(&hooks_lock);
	if (h->installed && !atomic_read(&h->users)) {
		h->remove();
		h->installed = false;
	}
	mutex_unlock(&hooks_lock);
}

/* Who has asked again meanwhile did so under the lock, or does so after it is away. */
void vigil_hook_idle(struct work_struct *work)
{
	remove_unused(container_of(work, struct vigil_hook, idle.work));
}

/**
 * vigil_hook_exit - take a hook away for good
 * @h: the hook; it has no user and gets none
 *
 * Context: process context, may sleep.
 */
void vigil_hook_exit(struct vigil_hook *h)
{
	cancel_delayed_work_sync(&h->idle);
	remove_unused(h);
}
