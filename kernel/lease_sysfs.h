/* SPDX-License-Identifier: GPL-2.0 */
/* The folder /sys/kernel/vigil/lease, and what it counts. */
#ifndef VIGIL_LEASE_SYSFS_H
#define VIGIL_LEASE_SYSFS_H

#include <linux/atomic.h>
#include <linux/types.h>

/**
 * struct vigil_lease_counts - what has happened since the module was loaded
 * @expired: leases that ran out
 * @fenced: leases of which nothing was left
 * @refused_epochs: requests with an older epoch
 * @timer_late_ns_max: the longest from a deadline until the fencing was begun
 * @kill_late_ns_max: the longest from a deadline until the last SIGKILL was sent
 */
struct vigil_lease_counts {
	atomic64_t expired;
	atomic64_t fenced;
	atomic64_t refused_epochs;
	atomic64_t timer_late_ns_max;
	atomic64_t kill_late_ns_max;
};

extern struct vigil_lease_counts vigil_lease_counts;

void vigil_lease_note_late(u64 timer_ns, u64 kill_ns);
int vigil_lease_sysfs_create(void);
void vigil_lease_sysfs_destroy(void);

#endif /* VIGIL_LEASE_SYSFS_H */
