// SPDX-License-Identifier: GPL-2.0
/* The file /sys/kernel/vigil/dying: whether anybody would hear now of a process that is dying. */
#include <linux/kobject.h>
#include <linux/sysfs.h>

#include "dying.h"
#include "sysfs.h"

static ssize_t dying_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", vigil_exit_hook_state());
}

static struct kobj_attribute dying_attr = __ATTR_RO(dying);

int vigil_dying_sysfs_create(void)
{
	return sysfs_create_file(vigil_sysfs(), &dying_attr.attr);
}

/* Waits for reads that run: none asks for the hook after this. */
void vigil_dying_sysfs_destroy(void)
{
	sysfs_remove_file(vigil_sysfs(), &dying_attr.attr);
}
