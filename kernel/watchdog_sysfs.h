/* SPDX-License-Identifier: GPL-2.0 */
/* The folder /sys/kernel/vigil/watchdog. */
#ifndef VIGIL_WATCHDOG_SYSFS_H
#define VIGIL_WATCHDOG_SYSFS_H

int vigil_watchdog_sysfs_create(void);
void vigil_watchdog_sysfs_destroy(void);

#endif /* VIGIL_WATCHDOG_SYSFS_H */
