/* SPDX-License-Identifier: GPL-2.0 */
/* The respawning of the keeper: a fork and an exec by the kernel's user-mode helper; and how often. */
#ifndef VIGIL_KEEPER_SPAWN_H
#define VIGIL_KEEPER_SPAWN_H

#include <linux/types.h>

bool vigil_keeper_spawn(void);
u32 vigil_keeper_respawns(void);
void vigil_keeper_spawn_stop(void);

#endif /* VIGIL_KEEPER_SPAWN_H */
