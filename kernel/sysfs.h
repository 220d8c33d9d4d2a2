/* SPDX-License-Identifier: GPL-2.0 */
/* The folder /sys/kernel/vigil. */
#ifndef VIGIL_SYSFS_H
#define VIGIL_SYSFS_H

struct kobject;

int vigil_sysfs_create(void);
void vigil_sysfs_destroy(void);
struct kobject *vigil_sysfs(void);

#endif /* VIGIL_SYSFS_H */
