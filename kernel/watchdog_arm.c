// SPDX-License-Identifier: GPL-2.0
/* Arming and disarming the hardware watchdog; every refusal says why and leaves the device as it was. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <net/net_namespace.h>

#include "blackbox.h"
#include "event.h"
#include "gate.h"
#include "net.h"
#include "watchdog.h"
#include "wdt.h"

/* protects: arming and disarming */
static DEFINE_MUTEX(arm_lock);

static int refuse(const char **why, int err, const char *sentence)
{
	*why = sentence;
	return err;
}

static int explain_open(int err, const char **why)
{
	switch (err) {
	case -ENOENT:
	case -ENXIO:
	case -ENODEV:
		return refuse(why, -ENODEV, "there is no such device: is its driver loaded?");
	case -EBUSY:
		return refuse(why, err, "somebody else has the device open, maybe systemd");
	default:
		return refuse(why, err, "the device cannot be opened");
	}
}

static int set_timeout(struct file *f, struct vigil_scratch *page, u32 timeout_s, const char **why)
{
	int err = timeout_s ? vigil_wdt_set_timeout(f, page, timeout_s) : 0;

	if (err == -EINVAL)
		return refuse(why, err, "the device does not take this timeout");
	if (err)
		return refuse(why, err, "the device's timeout cannot be set");
	return 0;
}

static int check(struct file *f, struct vigil_scratch *page, u32 *timeout_s, const char **why)
{
	if (!vigil_wdt_takes_pets(f, page))
		return refuse(why, -EOPNOTSUPP, "the device cannot be petted by WDIOC_KEEPALIVE");
	if (vigil_wdt_timeout(f, page, timeout_s) || !*timeout_s)
		return refuse(why, -EOPNOTSUPP, "the device does not tell its timeout");
	if (vigil_wdt_pet(f))
		return refuse(why, -EIO, "the device refuses to be petted");
	return 0;
}

/* Takes the reference to the file, if it succeeds. */
static int start(struct file *f, struct vigil_scratch *page, u32 timeout_s, const char **why)
{
	int err;

	lockdep_assert_held(&arm_lock);
	if (!try_module_get(THIS_MODULE))
		return refuse(why, -ENODEV, "the module is being unloaded");
	vigil_watchdog_begin(get_file(f), timeout_s);
	err = vigil_gates_open();
	if (err) {
		vigil_watchdog_end(page);
		vigil_watchdog_forget();
		module_put(THIS_MODULE);
		return refuse(why, err, "the threads that prove the CPUs cannot be started");
	}
	pr_info("watchdog: %s is armed, timeout %u s\n", vigil_wdt_name(f), timeout_s);
	vigil_watchdog_tell(VIGIL_WATCHDOG_STAGE_ARMED);
	vigil_blackbox_mark("armed");
	return 0;
}

static int arm_file(struct file *f, struct vigil_scratch *page, u32 wanted_s, const char **why)
{
	u32 timeout_s;
	int err;

	err = set_timeout(f, page, wanted_s, why);
	if (!err)
		err = check(f, page, &timeout_s, why);
	if (!err)
		err = start(f, page, timeout_s, why);
	return err;
}

/*
 * Opening has started the device. If it is not to be armed it must be stopped again; one that cannot be
 * stopped would reset the node for a wrong argument, so it is armed as it is.
 */
static int arm_opened(struct file *f, struct vigil_scratch *page, u32 wanted_s, const char **why)
{
	int err = arm_file(f, page, wanted_s, why);

	if (!err || !vigil_wdt_stop(f, page))
		return err;
	pr_warn("watchdog: %s; but it cannot be stopped any more, so it is armed as it is\n", *why);
	err = arm_file(f, page, 0, why);
	if (err)
		pr_emerg("watchdog: the device runs, and nobody pets it\n");
	return err;
}

static int arm_device(const char *device, struct vigil_scratch *page, u32 wanted_s, const char **why)
{
	struct file *f = vigil_wdt_open(device);
	int err;

	if (IS_ERR(f))
		return explain_open(PTR_ERR(f), why);
	if (vigil_wdt_name(f))
		err = arm_opened(f, page, wanted_s, why);
	else
		err = refuse(why, -EINVAL, "this is no watchdog");
	fput(f);
	return err;
}

static int arm(const struct vigil_watchdog_wish *wish, struct vigil_scratch *page, const char **why)
{
	lockdep_assert_held(&arm_lock);
	if (vigil_watchdog_is_armed())
		return refuse(why, -EBUSY, "a watchdog is armed already");
	if (vigil_ring_need(vigil_net_of(&init_net)))
		return refuse(why, -ENOMEM, "out of memory");
	if (!wish->file)
		return arm_device(wish->device, page, wish->timeout_s, why);
	if (!vigil_wdt_name(wish->file))
		return refuse(why, -EINVAL, "this is no watchdog");
	return arm_file(wish->file, page, wish->timeout_s, why);
}

/**
 * vigil_watchdog_arm - pet a hardware watchdog from now on, while the gates are met
 * @wish: which one
 * @why: gets a sentence if this is refused
 *
 * If it is refused the device is as it was before; a file of the caller is not closed.
 *
 * Context: process context with an mm, may sleep.
 * Return: 0 or an error.
 */
int vigil_watchdog_arm(const struct vigil_watchdog_wish *wish, const char **why)
{
	struct vigil_scratch *page = vigil_scratch_get();
	int err;

	if (IS_ERR(page))
		return refuse(why, PTR_ERR(page), "out of memory");
	mutex_lock(&arm_lock);
	err = arm(wish, page, why);
	mutex_unlock(&arm_lock);
	vigil_scratch_put(page);
	return err;
}

/*
 * The device is stopped first: from then on nothing resets the node, however long the rest takes. Then the
 * gates' threads end, which alone run rounds, and only then the file may go.
 */
static int disarm(struct vigil_scratch *page, const char **why)
{
	int err;

	lockdep_assert_held(&arm_lock);
	if (!vigil_watchdog_is_armed())
		return refuse(why, -ENODEV, "no watchdog is armed");
	err = vigil_watchdog_end(page);
	if (err == -EBUSY)
		return refuse(why, err, "the device cannot be stopped (nowayout): it stays armed");
	if (err)
		return refuse(why, err, "the device does not stop: it stays armed");
	vigil_gates_close();
	pr_info("watchdog: disarmed\n");
	vigil_watchdog_tell(VIGIL_WATCHDOG_STAGE_DISARMED);
	vigil_blackbox_mark("disarmed");
	vigil_watchdog_forget();
	module_put(THIS_MODULE);
	return 0;
}

/**
 * vigil_watchdog_disarm - stop the device and pet it no more
 * @why: gets a sentence if this is refused
 *
 * Context: process context with an mm, in a call that unloading waits for; may sleep.
 * Return: 0 or an error.
 */
int vigil_watchdog_disarm(const char **why)
{
	struct vigil_scratch *page = vigil_scratch_get();
	int err;

	if (IS_ERR(page))
		return refuse(why, PTR_ERR(page), "out of memory");
	mutex_lock(&arm_lock);
	err = disarm(page, why);
	mutex_unlock(&arm_lock);
	vigil_scratch_put(page);
	return err;
}
