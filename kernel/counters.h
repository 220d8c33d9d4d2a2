/* SPDX-License-Identifier: GPL-2.0 */
/* The counters of the initial network namespace, as files of /sys/kernel/vigil. */
#ifndef VIGIL_COUNTERS_H
#define VIGIL_COUNTERS_H

int vigil_counters_create(void);
void vigil_counters_destroy(void);

#endif /* VIGIL_COUNTERS_H */
