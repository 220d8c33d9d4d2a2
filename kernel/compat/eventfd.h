/* SPDX-License-Identifier: GPL-2.0 */
/* Differences of eventfd between kernels. */
#ifndef VIGIL_COMPAT_EVENTFD_H
#define VIGIL_COMPAT_EVENTFD_H

#include <linux/eventfd.h>

/* Some kernels are told by how much to count up; others always count by one. */
#ifdef VIGIL_HAVE_EVENTFD_SIGNAL_COUNT
static inline void vigil_eventfd_signal(struct eventfd_ctx *ctx)
{
	eventfd_signal(ctx, 1);
}
#else
static inline void vigil_eventfd_signal(struct eventfd_ctx *ctx)
{
	eventfd_signal(ctx);
}
#endif

#endif /* VIGIL_COMPAT_EVENTFD_H */
