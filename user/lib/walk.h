/* SPDX-License-Identifier: GPL-2.0 */
/* Dumps that call back for each message. */
#ifndef VNL_WALK_H
#define VNL_WALK_H

#include "user/lib/handle.h"

/** vnl_walk_fn - called for each message; a non-zero return ends the walk and is returned by it. */
typedef int (*vnl_walk_fn)(struct vigil *v, const struct nlmsghdr *nlh, void *arg);

/**
 * vnl_walk - ask for a dump and call back for each message, even if vigil.ko was loaded again since
 * the last call.
 *
 * Return: 0, or the first non-zero value that @fn returned; errors as vnl_do().
 */
int vnl_walk(struct vigil *v, union vnl_request *rq, vnl_walk_fn fn, void *arg);

#endif /* VNL_WALK_H */
