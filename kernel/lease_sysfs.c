// SPDX-License-Identifier: GPL-2.0
/* The folder /sys/kernel/vigil/lease, and what it counts. */
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/sysfs.h>

#include "lease_sysfs.h"
#include "lease_table.h"
#include "sysfs.h"

struct vigil_lease_counts vigil_lease_counts;

static void raise(atomic64_t *max, u64 value)
{
	if (value > atomic64_read(max))
		atomic64_set(max, value);
}

/**
 * vigil_lease_note_late - note how late a lease was fenced that had run out
 * @timer_ns: from the deadline until that was begun
 * @kill_ns: from the deadline until the last SIGKILL was sent
 *
 * Context: the one thread that tells of fencing.
 */
void vigil_lease_note_late(u64 timer_ns, u64 kill_ns)
{
	raise(&vigil_lease_counts.timer_late_ns_max, timer_ns);
	raise(&vigil_lease_counts.kill_late_ns_max, kill_ns);
}

/**
 * struct count - a file that tells a counter
 * @attr: the file
 * @value: the counter
 */
struct count {
	struct kobj_attribute attr;
	const atomic64_t *value;
};

static ssize_t count_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	const struct count *c = container_of(attr, struct count, attr);

	return sysfs_emit(buf, "%lld\n", atomic64_read(c->value));
}

static struct count expired = {
	__ATTR(expired, 0444, count_show, NULL), &vigil_lease_counts.expired
};

static struct count fenced = {
	__ATTR(fenced, 0444, count_show, NULL), &vigil_lease_counts.fenced
};

static struct count refused_epochs = {
	__ATTR(refused_epochs, 0444, count_show, NULL), &vigil_lease_counts.refused_epochs
};

static struct count timer_late = {
	__ATTR(timer_late_ns_max, 0444, count_show, NULL), &vigil_lease_counts.timer_late_ns_max
};

static struct count kill_late = {
	__ATTR(kill_late_ns_max, 0444, count_show, NULL), &vigil_lease_counts.kill_late_ns_max
};

static ssize_t held_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", vigil_leases_held());
}

static ssize_t max_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", vigil_leases_max());
}

static ssize_t max_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			 size_t count)
{
	unsigned int max;
	int err = kstrtouint(buf, 10, &max);

	if (!err)
		err = vigil_leases_set_max(max);
	return err ? -EINVAL : count;
}

static struct kobj_attribute held_attr = __ATTR_RO(held);
static struct kobj_attribute max_attr = __ATTR_RW(max);

static struct attribute *attrs[] = {
	&expired.attr.attr,
	&fenced.attr.attr,
	&refused_epochs.attr.attr,
	&timer_late.attr.attr,
	&kill_late.attr.attr,
	&held_attr.attr,
	&max_attr.attr,
	NULL,
};

static const struct attribute_group group = {
	.name = "lease",
	.attrs = attrs,
};

int vigil_lease_sysfs_create(void)
{
	return sysfs_create_group(vigil_sysfs(), &group);
}

/* Waits for reads and writes that run. */
void vigil_lease_sysfs_destroy(void)
{
	sysfs_remove_group(vigil_sysfs(), &group);
}
