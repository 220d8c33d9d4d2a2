/* SPDX-License-Identifier: GPL-2.0 */
/* Differences of generic netlink between kernels. */
#ifndef VIGIL_COMPAT_GENL_H
#define VIGIL_COMPAT_GENL_H

#include <net/genetlink.h>

/* Where there is no flag for groups of their own, they take those of requests. */
#ifndef GENL_MCAST_CAP_NET_ADMIN
#define GENL_MCAST_CAP_NET_ADMIN	GENL_UNS_ADMIN_PERM
#endif

/* The parsed attributes of the request that began a dump. */
#ifdef VIGIL_HAVE_GENL_INFO_DUMP
static inline struct nlattr **vigil_dump_attrs(struct netlink_callback *cb)
{
	return genl_info_dump(cb)->attrs;
}
#else
static inline struct nlattr **vigil_dump_attrs(struct netlink_callback *cb)
{
	return genl_dumpit_info(cb)->attrs;
}
#endif

/*
 * Some kernels begin a dump without an extack and only give one to the dump's
 * first round. There, requests are checked in that round, for the sake of the sentence.
 */
static inline bool vigil_dump_start_is_mute(const struct netlink_callback *cb)
{
	return !cb->extack;
}

#endif /* VIGIL_COMPAT_GENL_H */
