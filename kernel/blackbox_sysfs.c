// SPDX-License-Identifier: GPL-2.0
/* The folder /sys/kernel/vigil/blackbox. */
#include <linux/capability.h>
#include <linux/kobject.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "blackbox.h"
#include "blackbox_sysfs.h"
#include "compat/kmsg.h"
#include "limits.h"
#include "sysfs.h"

static ssize_t decisions_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", vigil_blackbox_range(VIGIL_NOTE_KIND_DECISION).newest);
}

static ssize_t events_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", vigil_blackbox_range(VIGIL_NOTE_KIND_EVENT).newest);
}

static ssize_t writes_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", vigil_blackbox_writes());
}

static ssize_t life_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%08x\n", vigil_blackbox_life());
}

static ssize_t stored_before_panic_show(struct kobject *kobj, struct kobj_attribute *attr,
					char *buf)
{
	return sysfs_emit(buf, "%d\n", vigil_kmsg_found());
}

/* Who may open the file is not enough: it may have been opened by one who may, and handed over. */
static ssize_t write_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			   size_t count)
{
	char why[VIGIL_BLACKBOX_WHY_MAX + 1];

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (count > VIGIL_BLACKBOX_WHY_MAX || strnlen(buf, count) != count)
		return -EINVAL;
	strscpy(why, buf, sizeof(why));
	if (!*strim(why))
		return -EINVAL;
	vigil_blackbox_write(strim(why));
	return count;
}

static struct kobj_attribute decisions_attr = __ATTR_RO(decisions);
static struct kobj_attribute events_attr = __ATTR_RO(events);
static struct kobj_attribute writes_attr = __ATTR_RO(writes);
static struct kobj_attribute life_attr = __ATTR_RO(life);
static struct kobj_attribute stored_before_panic_attr = __ATTR_RO(stored_before_panic);
static struct kobj_attribute write_attr = __ATTR_WO(write);

static struct attribute *attrs[] = {
	&decisions_attr.attr,
	&events_attr.attr,
	&writes_attr.attr,
	&life_attr.attr,
	&stored_before_panic_attr.attr,
	&write_attr.attr,
	NULL,
};

static const struct attribute_group group = {
	.name = "blackbox",
	.attrs = attrs,
};

int vigil_blackbox_sysfs_create(void)
{
	return sysfs_create_group(vigil_sysfs(), &group);
}

/* Waits for reads and writes that run. */
void vigil_blackbox_sysfs_destroy(void)
{
	sysfs_remove_group(vigil_sysfs(), &group);
}
