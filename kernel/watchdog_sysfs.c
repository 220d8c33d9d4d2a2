// SPDX-License-Identifier: GPL-2.0
/* The folder /sys/kernel/vigil/watchdog: what can be done to the watchdog without netlink, and its knobs. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/kobject.h>
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/vigil.h>

#include "gate.h"
#include "limits.h"
#include "sysfs.h"
#include "watchdog.h"
#include "watchdog_sysfs.h"

static const char *const stage_names[] = {
	[VIGIL_WATCHDOG_STAGE_DISARMED] = "disarmed",
	[VIGIL_WATCHDOG_STAGE_ARMED] = "armed",
	[VIGIL_WATCHDOG_STAGE_WARNING] = "warning",
	[VIGIL_WATCHDOG_STAGE_BITE] = "bite",
};

static struct vigil_watchdog_state read_state(void)
{
	struct vigil_watchdog_state s;

	vigil_watchdog_get(&s);
	return s;
}

/* Files cannot say why they refuse. */
static ssize_t result(int err, const char *why, size_t len)
{
	if (!err)
		return len;
	pr_notice("watchdog: %s\n", why);
	return err;
}

static ssize_t device_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", read_state().now.device);
}

static ssize_t device_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			    size_t len)
{
	struct vigil_watchdog_wish wish = { };
	const char *why = "";
	char *device;
	int err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	device = kstrndup(buf, len, GFP_KERNEL);
	if (!device)
		return -ENOMEM;
	wish.device = strim(device);
	err = vigil_watchdog_arm(&wish, &why);
	kfree(device);
	return result(err, why, len);
}

static ssize_t armed_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", read_state().now.stage != VIGIL_WATCHDOG_STAGE_DISARMED);
}

static ssize_t armed_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			   size_t len)
{
	const char *why = "";
	bool on;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (kstrtobool(buf, &on) || on)
		return -EINVAL;
	return result(vigil_watchdog_disarm(&why), why, len);
}

static ssize_t grace_ms_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", read_state().grace_ms);
}

static ssize_t grace_ms_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			      size_t len)
{
	u32 ms;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (kstrtou32(buf, 0, &ms) || vigil_watchdog_set_grace_ms(ms))
		return -EINVAL;
	return len;
}

static ssize_t stage_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", stage_names[read_state().now.stage]);
}

static ssize_t missed_gate_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct vigil_watchdog_state s = read_state();

	if (!s.now.gate)
		return sysfs_emit(buf, "none\n");
	return sysfs_emit(buf, "%s %llu\n", vigil_gate(s.now.gate)->name, s.now.detail);
}

static ssize_t timeout_s_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", read_state().now.timeout_s);
}

static ssize_t pet_interval_ms_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", read_state().interval_ms);
}

static ssize_t pets_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", read_state().pets);
}

static ssize_t warnings_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", read_state().warnings);
}

static ssize_t recoveries_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", read_state().recoveries);
}

static struct kobj_attribute device_attr = __ATTR_RW(device);
static struct kobj_attribute armed_attr = __ATTR_RW(armed);
static struct kobj_attribute grace_ms_attr = __ATTR_RW(grace_ms);
static struct kobj_attribute stage_attr = __ATTR_RO(stage);
static struct kobj_attribute missed_gate_attr = __ATTR_RO(missed_gate);
static struct kobj_attribute timeout_s_attr = __ATTR_RO(timeout_s);
static struct kobj_attribute pet_interval_ms_attr = __ATTR_RO(pet_interval_ms);
static struct kobj_attribute pets_attr = __ATTR_RO(pets);
static struct kobj_attribute warnings_attr = __ATTR_RO(warnings);
static struct kobj_attribute recoveries_attr = __ATTR_RO(recoveries);

static struct attribute *attrs[] = {
	&device_attr.attr,
	&armed_attr.attr,
	&grace_ms_attr.attr,
	&stage_attr.attr,
	&missed_gate_attr.attr,
	&timeout_s_attr.attr,
	&pet_interval_ms_attr.attr,
	&pets_attr.attr,
	&warnings_attr.attr,
	&recoveries_attr.attr,
	NULL,
};

static const struct attribute_group group = {
	.attrs = attrs,
};

/* A gate's folder bears its name, by which its files find it. */
static struct vigil_gate *gate_of(struct kobject *kobj)
{
	struct vigil_gate *gate = NULL;
	unsigned int id;

	for (id = VIGIL_WATCHDOG_GATE_NONE + 1; (gate = vigil_gate(id)); id++)
		if (!strcmp(gate->name, kobject_name(kobj)))
			break;
	return gate;
}

static ssize_t enabled_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(gate_of(kobj)->enabled));
}

static ssize_t enabled_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			     size_t len)
{
	bool on;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (kstrtobool(buf, &on))
		return -EINVAL;
	WRITE_ONCE(gate_of(kobj)->enabled, on);
	return len;
}

static ssize_t limit_ms_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(gate_of(kobj)->limit_ms));
}

static ssize_t limit_ms_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			      size_t len)
{
	struct vigil_gate *gate = gate_of(kobj);
	u32 ms;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (kstrtou32(buf, 0, &ms) || ms < gate->limit_ms_min || ms > VIGIL_GATE_LIMIT_MS_MAX)
		return -EINVAL;
	WRITE_ONCE(gate->limit_ms, ms);
	return len;
}

static struct kobj_attribute enabled_attr = __ATTR_RW(enabled);
static struct kobj_attribute limit_ms_attr = __ATTR_RW(limit_ms);

static struct attribute *gate_attrs[] = {
	&enabled_attr.attr,
	&limit_ms_attr.attr,
	NULL,
};

static const struct attribute_group gate_group = {
	.attrs = gate_attrs,
};

enum { GATES_MAX = 8 };

static struct kobject *folder;
static struct kobject *gates_folder;
static struct kobject *gate_folders[GATES_MAX];

/* As long as they are made, they are NULL or to be put. */
void vigil_watchdog_sysfs_destroy(void)
{
	unsigned int id;

	for (id = 0; id < GATES_MAX; id++)
		kobject_put(gate_folders[id]);
	kobject_put(gates_folder);
	kobject_put(folder);
}

static int make(struct kobject **made, const char *name, struct kobject *parent,
		const struct attribute_group *files)
{
	*made = kobject_create_and_add(name, parent);
	if (!*made)
		return -ENOMEM;
	return files ? sysfs_create_group(*made, files) : 0;
}

static int make_all(void)
{
	struct vigil_gate *gate;
	unsigned int id;
	int err;

	err = make(&folder, "watchdog", vigil_sysfs(), &group);
	if (!err)
		err = make(&gates_folder, "gates", folder, NULL);
	for (id = VIGIL_WATCHDOG_GATE_NONE + 1; !err && (gate = vigil_gate(id)); id++)
		err = id < GATES_MAX ?
		      make(&gate_folders[id], gate->name, gates_folder, &gate_group) : -ENOSPC;
	return err;
}

int vigil_watchdog_sysfs_create(void)
{
	int err = make_all();

	if (err)
		vigil_watchdog_sysfs_destroy();
	return err;
}
