/* SPDX-License-Identifier: GPL-2.0 */
/* What tells that a watched process is certain to die, before its memory is released. */
#ifndef VIGIL_DYING_H
#define VIGIL_DYING_H

struct eventfd_ctx;
struct vigil_aspect;
struct vigil_watch;

struct vigil_aspect *vigil_dying_new(struct eventfd_ctx *bell);
int vigil_dying_set_bell(struct vigil_watch *w, struct eventfd_ctx *bell);

/* The hook in the exit path. */
int vigil_exit_hook_get(void);
void vigil_exit_hook_put(void);
const char *vigil_exit_hook_state(void);
void vigil_exit_hook_exit(void);

/* The file that shows its state. */
int vigil_dying_sysfs_create(void);
void vigil_dying_sysfs_destroy(void);

#endif /* VIGIL_DYING_H */
