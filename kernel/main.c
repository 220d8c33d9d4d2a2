// SPDX-License-Identifier: GPL-2.0
/* Loading, unloading and the parameters. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>

#include "blackbox.h"
#include "blackbox_sysfs.h"
#include "counters.h"
#include "dying.h"
#include "event.h"
#include "keeper.h"
#include "lease_sysfs.h"
#include "lease_table.h"
#include "limits.h"
#include "net.h"
#include "netlink.h"
#include "param.h"
#include "round.h"
#include "sysfs.h"
#include "tree.h"
#include "watchdog.h"
#include "watchdog_sysfs.h"

static unsigned int ring_size = VIGIL_RING_SIZE_DEFAULT;
module_param(ring_size, uint, 0444);
MODULE_PARM_DESC(ring_size, "events kept for replay in each network namespace");

static unsigned int watches_max = VIGIL_WATCHES_MAX_DEFAULT;
module_param(watches_max, uint, 0444);
MODULE_PARM_DESC(watches_max, "watches that each network namespace may hold");

static char *watchdog;
module_param(watchdog, charp, 0444);
MODULE_PARM_DESC(watchdog, "hardware watchdog to arm at once, such as /dev/watchdog0");

static unsigned int watchdog_timeout;
module_param(watchdog_timeout, uint, 0444);
MODULE_PARM_DESC(watchdog_timeout, "its timeout in seconds; 0, the default, leaves it as it is");

unsigned int vigil_ring_size(void)
{
	return ring_size;
}

unsigned int vigil_watches_max(void)
{
	return READ_ONCE(watches_max);
}

/**
 * vigil_watches_max_set - change how many watches each network namespace may hold
 * @n: the new limit; what is held beyond it stays
 *
 * Context: any.
 * Return: 0, or -EINVAL if it is out of bounds.
 */
int vigil_watches_max_set(unsigned int n)
{
	if (n < VIGIL_WATCHES_MAX_MIN || n > VIGIL_WATCHES_MAX_MAX)
		return -EINVAL;
	WRITE_ONCE(watches_max, n);
	vigil_blackbox_note("watches_max is %u from now on", n);
	return 0;
}

static int __init check_param(const char *name, unsigned int value,
			      unsigned int min, unsigned int max)
{
	if (value >= min && value <= max)
		return 0;
	pr_err("%s=%u is out of bounds: %u to %u\n", name, value, min, max);
	return -EINVAL;
}

/**
 * struct part - something of the module that must begin and end
 * @begin: NULL if it begins by itself
 * @end: undoes @begin; NULL if nothing is left of it by then
 */
struct part {
	int (*begin)(void);
	void (*end)(void);
};

/*
 * They end in reverse. So first the family and the files: no request runs or comes after them. Then
 * the namespaces: every watch is off its process, every death flushed. Then timers and hooks,
 * which nobody asks for any more, and what deaths could have started.
 */
static const struct part parts[] = {
	{ vigil_sysfs_create, vigil_sysfs_destroy },
	{ vigil_blackbox_create, vigil_blackbox_destroy },
	{ vigil_events_init, vigil_events_exit },
	{ NULL, vigil_birth_hook_exit },
	{ NULL, vigil_exit_hook_exit },
	{ vigil_rounds_init, vigil_rounds_exit },
	{ vigil_keeper_init, vigil_keeper_exit },
	{ vigil_net_register, vigil_net_unregister },
	{ vigil_leases_init, vigil_leases_exit },
	{ vigil_lease_sysfs_create, vigil_lease_sysfs_destroy },
	{ NULL, vigil_keeper_stop },
	{ vigil_counters_create, vigil_counters_destroy },
	{ vigil_dying_sysfs_create, vigil_dying_sysfs_destroy },
	{ vigil_blackbox_sysfs_create, vigil_blackbox_sysfs_destroy },
	{ vigil_watchdog_sysfs_create, vigil_watchdog_sysfs_destroy },
	{ vigil_netlink_register, vigil_netlink_unregister },
};

/* Undone too if loading fails, so it is not __exit. */
static void end_parts(size_t n)
{
	while (n--)
		if (parts[n].end)
			parts[n].end();
}

static int __init arm_watchdog(void)
{
	struct vigil_watchdog_wish wish = { .device = watchdog, .timeout_s = watchdog_timeout };
	const char *why = "";
	int err;

	if (!watchdog)
		return 0;
	err = vigil_watchdog_arm(&wish, &why);
	if (err)
		pr_err("watchdog=%s: %s\n", watchdog, why);
	return err;
}

static int __init vigil_init(void)
{
	size_t i;
	int err;

	err = check_param("ring_size", ring_size,
			  VIGIL_RING_SIZE_MIN, VIGIL_RING_SIZE_MAX);
	if (err)
		return err;
	err = check_param("watches_max", watches_max,
			  VIGIL_WATCHES_MAX_MIN, VIGIL_WATCHES_MAX_MAX);
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		err = parts[i].begin ? parts[i].begin() : 0;
		if (err) {
			end_parts(i);
			return err;
		}
	}
	vigil_blackbox_note("loaded: version %s, ring_size %u, watches_max %u",
			    THIS_MODULE->version, ring_size, watches_max);
	err = arm_watchdog();
	if (err)
		end_parts(ARRAY_SIZE(parts));
	return err;
}

/* No watchdog is armed, for that pins the module. */
static void __exit vigil_exit(void)
{
	end_parts(ARRAY_SIZE(parts));
}

module_init(vigil_init);
module_exit(vigil_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Sees the death of every watched process");
MODULE_VERSION("0.1.0");
