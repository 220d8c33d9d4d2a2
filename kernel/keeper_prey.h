/* SPDX-License-Identifier: GPL-2.0 */
/* The keeper's prey: the one process whose death matters to it, and the only one that it kills. */
#ifndef VIGIL_KEEPER_PREY_H
#define VIGIL_KEEPER_PREY_H

#include <linux/types.h>

#include "gone.h"

/**
 * struct vigil_prey - the process whose death matters, or none
 * @gone: waits for its end; its pid is NULL if there is no prey
 * @news: whether the end has come; set in interrupts
 * @wake: called once it has. Under the lock of the prey's wait queue, interrupts off.
 */
struct vigil_prey {
	struct vigil_gone gone;
	unsigned long news;
	void (*wake)(void);
};

bool vigil_prey_hunt(struct vigil_prey *p, struct pid *pid);
void vigil_prey_drop(struct vigil_prey *p);
void vigil_prey_kill(struct vigil_prey *p);
bool vigil_prey_is_gone(struct vigil_prey *p);

#endif /* VIGIL_KEEPER_PREY_H */
