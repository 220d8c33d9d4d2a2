/* SPDX-License-Identifier: GPL-2.0 */
/* Generic netlink families by name. */
#ifndef VNL_FAMILY_H
#define VNL_FAMILY_H

#include "user/lib/conn.h"
#include "user/lib/parse.h"

/**
 * vnl_family_vigil - find vigil.ko's family and its group of events.
 *
 * Return: 0; -ENOENT if the module is not loaded; -EPROTO if it is older than this library.
 */
int vnl_family_vigil(struct vnl_conn *c, struct vnl_family *out);

/** vnl_family_ctrl - find the controller, whose group tells of families that come and go. */
int vnl_family_ctrl(struct vnl_conn *c, struct vnl_family *out);

#endif /* VNL_FAMILY_H */
