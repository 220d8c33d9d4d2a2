// SPDX-License-Identifier: GPL-2.0
/* A hardware watchdog, through its open device file. */
/*
 * The watchdog core exports nothing to those who would pet: its one interface is the device
 * file. Petting needs no memory of a process and is done from a kernel thread. All else
 * reads or writes through a user pointer, so it is done only while a process asks for it, in a
 * page that is mapped for the request. What comes from that page is checked as any
 * request is: other threads of the process can write there.
 */
#include <linux/cdev.h>
#include <linux/cpu.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/major.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched.h>
#include <linux/uaccess.h>
#include <linux/watchdog.h>

#include "wdt.h"

/* Stands for the page's address; never dereferenced. */
struct vigil_scratch;

/**
 * vigil_scratch_get - map a page into the process that asks
 *
 * Context: process context with an mm, may sleep.
 * Return: the page, or an error pointer.
 */
struct vigil_scratch *vigil_scratch_get(void)
{
	unsigned long addr;

	if (!current->mm)
		return ERR_PTR(-EINVAL);
	addr = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, 0);
	return (struct vigil_scratch *)addr;
}

/* A process that is being killed loses the page with all its others. */
void vigil_scratch_put(struct vigil_scratch *page)
{
	vm_munmap((unsigned long)page, PAGE_SIZE);
}

static void __user *user(struct vigil_scratch *page)
{
	return (void __user *)page;
}

static int ask(struct file *f, struct vigil_scratch *page, unsigned int cmd)
{
	return vfs_ioctl(f, cmd, (unsigned long)page);
}

static int tell(struct file *f, struct vigil_scratch *page, unsigned int cmd, int value)
{
	if (copy_to_user(user(page), &value, sizeof(value)))
		return -EFAULT;
	return ask(f, page, cmd);
}

/**
 * vigil_wdt_open - open a watchdog by its name
 * @device: the device file, in the caller's mount namespace
 *
 * Opening starts the watchdog. If it is something else, opening it does not wait.
 *
 * Context: process context, may sleep.
 * Return: the file, or an error pointer.
 */
struct file *vigil_wdt_open(const char *device)
{
	return filp_open(device, O_WRONLY | O_NONBLOCK, 0);
}

/*
 * The parent of a character device's kobject is some device, or a kobject of another kind. No
 * symbol tells the kinds apart, but a CPU is a device for certain.
 */
static bool is_device(struct kobject *kobj)
{
	struct device *cpu = get_cpu_device(raw_smp_processor_id());

	return kobj && cpu && get_ktype(kobj) == get_ktype(&cpu->kobj);
}

/* The number that only watchdogs have; the first one has it beside its own. */
static bool is_old_name(struct inode *inode)
{
	return imajor(inode) == MISC_MAJOR && iminor(inode) == WATCHDOG_MINOR;
}

/**
 * vigil_wdt_name - the name of an open watchdog
 * @f: any open file
 *
 * The file holds its character device, and that its parent.
 *
 * Return: such as "watchdog0", as long as the file is open; NULL if this is no watchdog.
 */
const char *vigil_wdt_name(struct file *f)
{
	struct inode *inode = file_inode(f);
	struct device *dev;

	if (!S_ISCHR(inode->i_mode) || !inode->i_cdev)
		return NULL;
	if (is_old_name(inode))
		return "watchdog";
	if (!is_device(inode->i_cdev->kobj.parent))
		return NULL;
	dev = kobj_to_dev(inode->i_cdev->kobj.parent);
	if (!dev->class || strcmp(dev->class->name, "watchdog"))
		return NULL;
	return dev_name(dev);
}

/**
 * vigil_wdt_pet - pet a watchdog
 * @f: its file
 *
 * Context: any that may sleep.
 * Return: 0, or what its driver says; -ENODEV if it is gone.
 */
int vigil_wdt_pet(struct file *f)
{
	return vfs_ioctl(f, WDIOC_KEEPALIVE, 0);
}

/* Whether the driver can be petted by vigil_wdt_pet(). */
bool vigil_wdt_takes_pets(struct file *f, struct vigil_scratch *page)
{
	struct watchdog_info info;

	return !ask(f, page, WDIOC_GETSUPPORT) &&
	       !copy_from_user(&info, user(page), sizeof(info)) &&
	       info.options & WDIOF_KEEPALIVEPING;
}

/* -EINVAL if the device does not take so many seconds, -EOPNOTSUPP if its timeout is fixed. */
int vigil_wdt_set_timeout(struct file *f, struct vigil_scratch *page, u32 seconds)
{
	return tell(f, page, WDIOC_SETTIMEOUT, seconds);
}

/* -EOPNOTSUPP if the device does not know its timeout. */
int vigil_wdt_timeout(struct file *f, struct vigil_scratch *page, u32 *seconds)
{
	int err = ask(f, page, WDIOC_GETTIMEOUT);

	if (err)
		return err;
	return copy_from_user(seconds, user(page), sizeof(*seconds)) ? -EFAULT : 0;
}

/* -EBUSY if the device cannot be stopped once started ("nowayout"). */
int vigil_wdt_stop(struct file *f, struct vigil_scratch *page)
{
	return tell(f, page, WDIOC_SETOPTIONS, WDIOS_DISABLECARD);
}
