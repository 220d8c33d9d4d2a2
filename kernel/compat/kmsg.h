/* SPDX-License-Identifier: GPL-2.0 */
/* Letting those who keep the kernel's log (pstore) keep it now. */
#ifndef VIGIL_COMPAT_KMSG_H
#define VIGIL_COMPAT_KMSG_H

#include <linux/types.h>

bool vigil_kmsg_find(void);
bool vigil_kmsg_found(void);
void vigil_kmsg_store(const char *why);

#endif /* VIGIL_COMPAT_KMSG_H */
