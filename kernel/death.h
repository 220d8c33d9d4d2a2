/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel knows of a dead thread group. */
#ifndef VIGIL_DEATH_H
#define VIGIL_DEATH_H

#include <linux/types.h>

struct task_struct;
struct vigil_exit;

bool vigil_group_is_dead(struct task_struct *leader);
void vigil_death_stamp(struct vigil_exit *exit);
void vigil_death_describe(struct vigil_exit *exit, struct task_struct *leader);

#endif /* VIGIL_DEATH_H */
