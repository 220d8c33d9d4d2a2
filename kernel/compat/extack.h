/* SPDX-License-Identifier: GPL-2.0 */
/* Sentences of refusals in which something is known only now. */
#ifndef VIGIL_COMPAT_EXTACK_H
#define VIGIL_COMPAT_EXTACK_H

#include <linux/compiler.h>

struct netlink_ext_ack;

__printf(2, 3)
void vigil_extack_set(struct netlink_ext_ack *extack, const char *fmt, ...);

#endif /* VIGIL_COMPAT_EXTACK_H */
