/* SPDX-License-Identifier: GPL-2.0 */
/* The folder /sys/kernel/vigil/blackbox. */
#ifndef VIGIL_BLACKBOX_SYSFS_H
#define VIGIL_BLACKBOX_SYSFS_H

int vigil_blackbox_sysfs_create(void);
void vigil_blackbox_sysfs_destroy(void);

#endif /* VIGIL_BLACKBOX_SYSFS_H */
