// SPDX-License-Identifier: GPL-2.0
/* Loading, unloading and the parameters. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>

#include "event.h"
#include "limits.h"
#include "net.h"
#include "netlink.h"
#include "param.h"

static unsigned int ring_size = VIGIL_RING_SIZE_DEFAULT;
module_param(ring_size, uint, 0444);
MODULE_PARM_DESC(ring_size, "events kept for replay in each network namespace");

static unsigned int watches_max = VIGIL_WATCHES_MAX_DEFAULT;
module_param(watches_max, uint, 0444);
MODULE_PARM_DESC(watches_max, "watches that each network namespace may hold");

unsigned int vigil_ring_size(void)
{
	return ring_size;
}

unsigned int vigil_watches_max(void)
{
	return watches_max;
}

static int __init check_param(const char *name, unsigned int value,
			      unsigned int min, unsigned int max)
{
	if (value >= min && value <= max)
		return 0;
	pr_err("%s=%u is out of bounds: %u to %u\n", name, value, min, max);
	return -EINVAL;
}

static int __init vigil_init(void)
{
	int err;

	err = check_param("ring_size", ring_size,
			  VIGIL_RING_SIZE_MIN, VIGIL_RING_SIZE_MAX);
	if (err)
		return err;
	err = check_param("watches_max", watches_max,
			  VIGIL_WATCHES_MAX_MIN, VIGIL_WATCHES_MAX_MAX);
	if (err)
		return err;
	vigil_events_init();
	err = vigil_net_register();
	if (err)
		return err;
	err = vigil_netlink_register();
	if (err)
		goto unregister_net;
	return 0;

unregister_net:
	vigil_net_unregister();
	return err;
}

/*
 * First the family: no request runs or comes after it. Then the namespaces:
 * every watch is off its process, every death flushed. Then what deaths could have started.
 */
static void __exit vigil_exit(void)
{
	vigil_netlink_unregister();
	vigil_net_unregister();
	vigil_events_exit();
}

module_init(vigil_init);
module_exit(vigil_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Sees the death of every watched process");
MODULE_VERSION("0.1.0");
