/* SPDX-License-Identifier: GPL-2.0 */
/* What a process that does not beat is doing. */
#ifndef VIGIL_HANG_H
#define VIGIL_HANG_H

#include <linux/types.h>
#include <linux/vigil.h>

struct pid;

u64 vigil_hang_cpu_ns(struct pid *pid);
enum vigil_hang_state vigil_hang_state(struct pid *pid, u64 cpu_ns, u64 window_ns);

#endif /* VIGIL_HANG_H */
