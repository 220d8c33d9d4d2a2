// SPDX-License-Identifier: GPL-2.0
/* The counters of the initial network namespace, as files of /sys/kernel/vigil. */
#include <linux/kobject.h>
#include <linux/sysfs.h>
#include <net/net_namespace.h>

#include "counters.h"
#include "event.h"
#include "net.h"
#include "sysfs.h"

static struct vigil_net *node(void)
{
	return vigil_net_of(&init_net);
}

static ssize_t watches_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(node()->count));
}

static ssize_t dead_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&node()->dead));
}

static ssize_t seq_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", vigil_ring_range(node()).newest);
}

static ssize_t oldest_seq_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", vigil_ring_range(node()).oldest);
}

static ssize_t send_failures_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%lld\n", atomic64_read(&node()->send_failures));
}

static struct kobj_attribute watches_attr = __ATTR_RO(watches);
static struct kobj_attribute dead_attr = __ATTR_RO(dead);
static struct kobj_attribute seq_attr = __ATTR_RO(seq);
static struct kobj_attribute oldest_seq_attr = __ATTR_RO(oldest_seq);
static struct kobj_attribute send_failures_attr = __ATTR_RO(send_failures);

static struct attribute *attrs[] = {
	&watches_attr.attr,
	&dead_attr.attr,
	&seq_attr.attr,
	&oldest_seq_attr.attr,
	&send_failures_attr.attr,
	NULL,
};

static const struct attribute_group group = {
	.attrs = attrs,
};

int vigil_counters_create(void)
{
	return sysfs_create_group(vigil_sysfs(), &group);
}

/* Waits for reads that run: afterwards the namespaces may go. */
void vigil_counters_destroy(void)
{
	sysfs_remove_group(vigil_sysfs(), &group);
}
