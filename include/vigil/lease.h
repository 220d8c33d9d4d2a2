/* SPDX-License-Identifier: GPL-2.0 */
/* libvigil: leases, and what is bound to them. Include <vigil/vigil.h>, which says what holds for all calls. */
#ifndef LIBVIGIL_LEASE_H
#define LIBVIGIL_LEASE_H

#include <stdint.h>
#include <sys/types.h>

#include <linux/vigil.h>

#include <vigil/handle.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Leases. A lease is held until its deadline on CLOCK_BOOTTIME; then the module itself kills what is
 * bound to it, whatever userspace is doing. These calls need CAP_SYS_ADMIN in the initial user
 * namespace, and the initial network namespace; they are refused with -EPERM otherwise, and a
 * name that is empty or longer than VIGIL_LEASE_NAME_LEN_MAX with -EINVAL. While a process that
 * is bound lives, the module cannot be unloaded. Leases outlive the handle that made them.
 */

/**
 * struct vigil_lease_event - what an event tells of a lease.
 * @stage: VIGIL_LEASE_STAGE_EXPIRED or _RECALLED: SIGKILL was sent to all that was bound;
 *	VIGIL_LEASE_STAGE_FENCED: nothing of that lives any more, and all its deaths were told before
 * @epoch: the epoch under which the lease was held
 * @timer_late_ns: from the deadline, or the request to fence, until the fencing was begun; 0 at the
 *	stage FENCED
 * @kill_late_ns: from there until the last SIGKILL was sent; 0 at the stage FENCED
 * @name: name of the lease
 */
struct vigil_lease_event {
	enum vigil_lease_stage stage;
	uint64_t epoch;
	uint64_t timer_late_ns;
	uint64_t kill_late_ns;
	char name[VIGIL_LEASE_NAME_LEN_MAX + 1];
};

/**
 * struct vigil_lease - a lease.
 * @name: its name, unique on the node
 * @epoch: the newest epoch that it has seen; it never falls
 * @deadline_ns: when it runs out, on CLOCK_BOOTTIME as the caller's time namespace has it
 * @state: VIGIL_LEASE_STATE_HELD, _FENCING or _FENCED
 * @living: bound processes that are not gone
 * @dead: bound processes that are gone, until their watches are released
 * @cgroups: cgroups handed over with them
 */
struct vigil_lease {
	char name[VIGIL_LEASE_NAME_LEN_MAX + 1];
	uint64_t epoch;
	uint64_t deadline_ns;
	enum vigil_lease_state state;
	uint32_t living;
	uint32_t dead;
	uint32_t cgroups;
};

/**
 * struct vigil_bond - a watch that is bound to a lease.
 * @lease: name of the lease
 * @watch_id: struct vigil_watch.id
 * @pid: the process
 * @reach: VIGIL_BOND_REACH_CGROUP, or VIGIL_BOND_REACH_PROCESS: what it has started is not killed
 * @state: VIGIL_BOND_STATE_ALIVE, _KILLED (it was sent SIGKILL and is not gone yet) or _DEAD
 */
struct vigil_bond {
	char lease[VIGIL_LEASE_NAME_LEN_MAX + 1];
	uint64_t watch_id;
	pid_t pid;
	enum vigil_bond_reach reach;
	enum vigil_bond_state state;
};

/**
 * vigil_lease_new - make a lease, held until its deadline.
 * @epoch: number of the grant's term; whoever grants anew after a loss of sight counts it up
 * @deadline_ns: on CLOCK_BOOTTIME as the caller's time namespace has it. Of a grant that comes from
 *	another node, reckon it from the moment at which you asked for that grant, never from
 *	the moment at which it came
 * @duration_ms: from now; counts only if @deadline_ns is 0
 * @out: the lease, or NULL
 *
 * Return: 0; -EEXIST if there is one of this name: renew it; -ENOSPC if there are as many as
 * /sys/kernel/vigil/lease/max allows; -ERANGE if the deadline has passed or lies more
 * than a day ahead; -EINVAL if both @deadline_ns and @duration_ms are 0.
 */
int vigil_lease_new(struct vigil *v, const char *name, uint64_t epoch, uint64_t deadline_ns,
		    uint32_t duration_ms, struct vigil_lease *out);

/**
 * vigil_lease_renew - move the deadline of a lease.
 *
 * A held lease never shrinks: a deadline before the present one changes at most the epoch, and
 * @out tells the deadline in force. A lease that was fenced is held again if the epoch is newer than
 * the one under which it was held; nothing lives that is bound to it then. If this returns
 * 0 nothing was killed, if it returns -EBUSY or -ETIME all was.
 *
 * Return: 0; -ENOENT if there is no such lease; -ESTALE if it has a newer epoch; -EBUSY while it is
 * being fenced; -ETIME if it was fenced under this epoch; -ERANGE and -EINVAL as vigil_lease_new().
 */
int vigil_lease_renew(struct vigil *v, const char *name, uint64_t epoch, uint64_t deadline_ns,
		      uint32_t duration_ms, struct vigil_lease *out);

/**
 * vigil_lease_fence - kill now what is bound to a lease.
 * @epoch: the lease's, or a newer one, which becomes the lease's. Then what the older one held
 *	goes, and the newer one may hold the lease afterwards
 *
 * Wait for the event FENCED. On a lease that is fenced already there will be none: see @out.
 *
 * Return: 0; -ENOENT if there is no such lease; -ESTALE if it has a newer epoch.
 */
int vigil_lease_fence(struct vigil *v, const char *name, uint64_t epoch, struct vigil_lease *out);

/**
 * vigil_lease_del - give a lease back.
 *
 * Return: 0; -ENOENT if there is no such lease; -EBUSY if it is being fenced, a process bound to it
 * lives, or something in a cgroup handed over does: then it could not be granted elsewhere yet.
 */
int vigil_lease_del(struct vigil *v, const char *name);

/**
 * vigil_lease_get - read one lease; an agent that was restarted finds its promises so.
 *
 * Return: 0; -ENOENT if there is no such lease.
 */
int vigil_lease_get(struct vigil *v, const char *name, struct vigil_lease *out);

/** vigil_lease_fn - as vigil_list_fn, for leases. */
typedef int (*vigil_lease_fn)(const struct vigil_lease *l, void *arg);

/**
 * vigil_lease_list - list the leases, in the order in which they were made.
 *
 * Return: 0, or the first non-zero value that @fn returned.
 */
int vigil_lease_list(struct vigil *v, vigil_lease_fn fn, void *arg);

/**
 * vigil_lease_bind - bind a watch to a lease: its process is killed when the lease is fenced.
 * @watch_id: struct vigil_watch.id; a watch of the initial network namespace, and not transient
 * @cgroup_kill: the file cgroup.kill of the process's cgroup, open for writing, so that all that it
 *	has started is killed, too; or -1. It may be closed as soon as this returns
 * @out: the bond, or NULL; if its state is already dead, the process counts as gone
 *
 * A watch is bound to one lease at most. The bond ends with the watch, or with vigil_lease_unbind().
 *
 * Return: 0; -ENOENT if there is no such lease or watch; -EEXIST if it is bound to this lease, -EBUSY
 * if to another; -ETIME if the lease has run out; -EPERM also if the watch is transient; -EBADF if
 * @cgroup_kill is no such file, -EACCES if it is not open for writing, -EOPNOTSUPP if the
 * cgroup is threaded, or the process is init; -ENOSPC if too many are bound.
 */
int vigil_lease_bind(struct vigil *v, const char *name, uint64_t watch_id, int cgroup_kill,
		     struct vigil_bond *out);

/**
 * vigil_lease_unbind - take a watch from a lease: its process lives on.
 *
 * Return: 0; -ENOENT if there is no such lease, or the watch is not bound to it; -EBUSY while the
 * lease is being fenced.
 */
int vigil_lease_unbind(struct vigil *v, const char *name, uint64_t watch_id);

/** vigil_bond_fn - as vigil_list_fn, for bonds. */
typedef int (*vigil_bond_fn)(const struct vigil_bond *b, void *arg);

/**
 * vigil_bond_list - list the watches that are bound.
 * @name: to this lease only, or NULL for all
 *
 * Return: 0, or the first non-zero value that @fn returned.
 */
int vigil_bond_list(struct vigil *v, const char *name, vigil_bond_fn fn, void *arg);

#ifdef __cplusplus
}
#endif

#endif /* LIBVIGIL_LEASE_H */
