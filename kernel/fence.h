/* SPDX-License-Identifier: GPL-2.0 */
/* Killing what is bound to a lease, until nothing of it lives. */
#ifndef VIGIL_FENCE_H
#define VIGIL_FENCE_H

struct vigil_lease;

int vigil_fence_init(void);
void vigil_fence_exit(void);
void vigil_fence_prepare(struct vigil_lease *l);
void vigil_fence_start(struct vigil_lease *l);
void vigil_fence_look(struct vigil_lease *l);
void vigil_fence_stop(struct vigil_lease *l);

#endif /* VIGIL_FENCE_H */
