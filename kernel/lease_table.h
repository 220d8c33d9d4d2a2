/* SPDX-License-Identifier: GPL-2.0 */
/* The node's leases, by name; and what is bound to them. */
#ifndef VIGIL_LEASE_TABLE_H
#define VIGIL_LEASE_TABLE_H

#include <linux/types.h>

struct vigil_bond_record;
struct vigil_cgroup;
struct vigil_grant;
struct vigil_lease;
struct vigil_lease_record;

typedef int (*vigil_lease_fn)(struct vigil_lease *l, const struct vigil_grant *g);

int vigil_leases_init(void);
void vigil_leases_exit(void);
unsigned int vigil_leases_max(void);
int vigil_leases_set_max(unsigned int max);
unsigned int vigil_leases_held(void);

int vigil_lease_new(const struct vigil_grant *g, struct vigil_lease_record *rec);
int vigil_lease_with(const struct vigil_grant *g, vigil_lease_fn fn, struct vigil_lease_record *rec);
int vigil_lease_get(const char *name, struct vigil_lease_record *rec);
int vigil_lease_del(const char *name);
bool vigil_lease_next(u64 *id, struct vigil_lease_record *rec);

int vigil_lease_bind(const char *name, u64 watch_id, struct vigil_cgroup **cg,
		     struct vigil_bond_record *rec);
int vigil_lease_unbind(const char *name, u64 watch_id);
bool vigil_bond_next(u64 *watch_id, const char *name, struct vigil_bond_record *rec);

#endif /* VIGIL_LEASE_TABLE_H */
