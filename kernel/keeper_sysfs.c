// SPDX-License-Identifier: GPL-2.0
/* The folder /sys/kernel/vigil/keeper. */
#include <linux/kobject.h>
#include <linux/kstrtox.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "keeper.h"
#include "plan.h"
#include "sysfs.h"

static const char * const resort_names[] = {
	[VIGIL_KEEPER_LAST_RESORT_REPORT] = "report",
	[VIGIL_KEEPER_LAST_RESORT_BITE] = "bite",
	[VIGIL_KEEPER_LAST_RESORT_PANIC] = "panic",
	[VIGIL_KEEPER_LAST_RESORT_REBOOT] = "reboot",
};

static struct vigil_keeper_status status(void)
{
	struct vigil_keeper_status s;

	vigil_keeper_status(&s);
	vigil_plan_put(s.plan);
	s.plan = NULL;
	return s;
}

static ssize_t state_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", vigil_keeper_state_name(status().state));
}

static ssize_t pid_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", status().pid);
}

static ssize_t respawns_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", status().respawns);
}

static ssize_t last_resort_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", resort_names[status().setting[VIGIL_KEEPER_LAST_RESORT]]);
}

static ssize_t last_resort_store(struct kobject *kobj, struct kobj_attribute *attr,
				 const char *buf, size_t count)
{
	int which = sysfs_match_string(resort_names, buf);

	if (which < 0)
		return -EINVAL;
	vigil_keeper_change(VIGIL_KEEPER_LAST_RESORT, which);
	return count;
}

/* A file of a number, by which setting it is. */
struct number_attribute {
	struct kobj_attribute kobj;
	enum vigil_keeper_setting which;
};

static ssize_t number_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct number_attribute *a = container_of(attr, struct number_attribute, kobj);

	return sysfs_emit(buf, "%u\n", status().setting[a->which]);
}

static ssize_t number_store(struct kobject *kobj, struct kobj_attribute *attr,
			    const char *buf, size_t count)
{
	struct number_attribute *a = container_of(attr, struct number_attribute, kobj);
	u32 value;

	if (kstrtou32(buf, 0, &value) || !vigil_keeper_in_bounds(a->which, value))
		return -EINVAL;
	vigil_keeper_change(a->which, value);
	return count;
}

static struct number_attribute respawn_max_attr = {
	.kobj = __ATTR(respawn_max, 0644, number_show, number_store),
	.which = VIGIL_KEEPER_RESPAWN_MAX,
};

static struct number_attribute window_ms_attr = {
	.kobj = __ATTR(window_ms, 0644, number_show, number_store),
	.which = VIGIL_KEEPER_WINDOW_MS,
};

static struct number_attribute register_ms_attr = {
	.kobj = __ATTR(register_ms, 0644, number_show, number_store),
	.which = VIGIL_KEEPER_REGISTER_MS,
};

static struct kobj_attribute state_attr = __ATTR_RO(state);
static struct kobj_attribute pid_attr = __ATTR_RO(pid);
static struct kobj_attribute respawns_attr = __ATTR_RO(respawns);
static struct kobj_attribute last_resort_attr = __ATTR_RW(last_resort);

static struct attribute *attrs[] = {
	&state_attr.attr,
	&pid_attr.attr,
	&respawns_attr.attr,
	&respawn_max_attr.kobj.attr,
	&window_ms_attr.kobj.attr,
	&register_ms_attr.kobj.attr,
	&last_resort_attr.attr,
	NULL,
};

static const struct attribute_group group = {
	.name = "keeper",
	.attrs = attrs,
};

int vigil_keeper_sysfs_create(void)
{
	return sysfs_create_group(vigil_sysfs(), &group);
}

/* Waits for reads and writes that run. */
void vigil_keeper_sysfs_remove(void)
{
	sysfs_remove_group(vigil_sysfs(), &group);
}
