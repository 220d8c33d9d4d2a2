/* SPDX-License-Identifier: GPL-2.0 */
/* A bond between a watch and a lease. */
#ifndef VIGIL_BOND_H
#define VIGIL_BOND_H

#include <linux/list.h>
#include <linux/types.h>
#include <linux/vigil.h>

#include "aspect.h"

struct pid;
struct vigil_cgroup;
struct vigil_lease;
struct vigil_watch;

/**
 * struct vigil_bond - a bond between a watch and a lease
 * @aspect: by which the watch tells of the death
 * @lease: it outlives its bonds
 * @watch: it outlives the bond, unless it was released while the lease was being fenced; then NULL
 * @orphan: the process then, with a reference; else NULL
 * @cgroup: one of the lease's, or NULL
 * @node: node of one of the lease's lists
 * @dead: the process is gone
 * @pins: the module may not be unloaded, as there is something to fence
 */
struct vigil_bond {
	struct vigil_aspect aspect;
	struct vigil_lease *lease;
	struct vigil_watch *watch;
	struct pid *orphan;
	struct vigil_cgroup *cgroup;
	struct list_head node;
	bool dead;
	bool pins;
};

/**
 * struct vigil_bond_record - copy of a bond
 * @watch_id: identity of the watch
 * @tgid: its thread group ID, in the reader's PID namespace
 * @reach: enum vigil_bond_reach
 * @state: enum vigil_bond_state
 * @lease: name of the lease, terminated
 */
struct vigil_bond_record {
	u64 watch_id;
	pid_t tgid;
	u32 reach;
	u32 state;
	char lease[VIGIL_LEASE_NAME_LEN_MAX + 1];
};

int vigil_bond_new(struct vigil_watch *w, struct vigil_lease *l, struct vigil_cgroup **cg);
int vigil_bond_del(struct vigil_watch *w, struct vigil_lease *l);
bool vigil_bond_copy(struct vigil_watch *w, struct vigil_bond_record *rec);
void vigil_bond_died(struct vigil_bond *b);
void vigil_bonds_forget(struct vigil_lease *l, struct list_head *cgroups);
void vigil_bonds_end(struct vigil_lease *l);
void vigil_cgroups_close(struct list_head *cgroups);

#endif /* VIGIL_BOND_H */
