// SPDX-License-Identifier: GPL-2.0
/* The last resort: what becomes of a node without its keeper. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/reboot.h>
#include <linux/timer.h>
#include <linux/vigil.h>

#include "limits.h"
#include "resort.h"

/* In a soft interrupt: it needs no process, no memory and no disk to run. */
static void force(struct timer_list *unused)
{
	pr_emerg("the node did not reboot in good order: resetting it\n");
	emergency_restart();
}

static DEFINE_TIMER(force_timer, force);

/*
 * The jobs still run, so the node is first asked to reboot in good order: init stops them and writes
 * out what they have. Whatever comes of that, the timer resets the node; the module stays for it.
 */
static void reboot(void)
{
	__module_get(THIS_MODULE);
	mod_timer(&force_timer, jiffies + msecs_to_jiffies(VIGIL_REBOOT_GRACE_MS));
	orderly_reboot();
}

/**
 * vigil_last_resort - the keeper is gone for good: do what the operator chose
 * @which: enum vigil_keeper_last_resort
 *
 * Nothing is done to report, which has happened; and nothing to let the watchdog bite, which
 * asks vigil_keeper_ok().
 *
 * Context: process context, may sleep; may not return.
 */
void vigil_last_resort(u32 which)
{
	switch (which) {
	case VIGIL_KEEPER_LAST_RESORT_PANIC:
		panic("vigil: the keeper is gone for good");
	case VIGIL_KEEPER_LAST_RESORT_REBOOT:
		pr_emerg("the keeper is gone for good: rebooting the node\n");
		reboot();
	}
}
