// SPDX-License-Identifier: GPL-2.0
/* The folder /sys/kernel/vigil: what concerns all of the module; each noun adds a group of its own. */
#include <linux/capability.h>
#include <linux/kobject.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/sysfs.h>

#include "param.h"
#include "sysfs.h"

static struct kobject *root;

/**
 * vigil_sysfs - the folder in which groups are made
 *
 * Return: the folder; from vigil_sysfs_create() to vigil_sysfs_destroy().
 */
struct kobject *vigil_sysfs(void)
{
	return root;
}

static ssize_t ring_size_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", vigil_ring_size());
}

static ssize_t watches_max_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", vigil_watches_max());
}

/* What a file holds that a number is written to may end in one newline, and in nothing else. */
static ssize_t watches_max_store(struct kobject *kobj, struct kobj_attribute *attr,
				 const char *buf, size_t count)
{
	unsigned int n;
	int err = kstrtouint(buf, 10, &n);

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (err || vigil_watches_max_set(n))
		return -EINVAL;
	return count;
}

static ssize_t version_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", THIS_MODULE->version);
}

static struct kobj_attribute ring_size_attr = __ATTR_RO(ring_size);
static struct kobj_attribute watches_max_attr = __ATTR_RW(watches_max);
static struct kobj_attribute version_attr = __ATTR_RO(version);

static struct attribute *attrs[] = {
	&ring_size_attr.attr,
	&watches_max_attr.attr,
	&version_attr.attr,
	NULL,
};

static const struct attribute_group group = {
	.attrs = attrs,
};

int vigil_sysfs_create(void)
{
	int err;

	root = kobject_create_and_add("vigil", kernel_kobj);
	if (!root)
		return -ENOMEM;
	err = sysfs_create_group(root, &group);
	if (err)
		kobject_put(root);
	return err;
}

/* Removal waits for reads and writes that run. */
void vigil_sysfs_destroy(void)
{
	kobject_put(root);
}
