/* SPDX-License-Identifier: GPL-2.0 */
/* What vigil keeps for each network namespace. */
#ifndef VIGIL_NET_H
#define VIGIL_NET_H

#include <linux/mutex.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/xarray.h>

struct net;
struct vigil_event;

/**
 * struct vigil_net - the watches and the event ring of one network namespace
 * @net: the namespace; it outlives this
 * @lock: protects: @watches, @keys, @count, @transients, and creation of @ring
 * @watches: all watches by id
 * @keys: all watches by process and owner
 * @count: watches held
 * @transients: held watches that go with their socket
 * @dead: held watches whose process is dead
 * @ring_lock: protects: contents of @ring, @seq. Taken in soft interrupts.
 * @ring: the last vigil_ring_size() events, made with the first watch
 * @seq: number of the newest event
 * @send_failures: multicast messages that could not be allocated
 */
struct vigil_net {
	struct net *net;

	/* Requests. */
	struct mutex lock;
	struct xarray watches;
	struct rhashtable keys;
	unsigned int count;
	unsigned int transients;
	atomic_t dead;

	/* Events. */
	spinlock_t ring_lock;
	struct vigil_event *ring;
	u64 seq;
	atomic64_t send_failures;
};

int vigil_net_register(void);
void vigil_net_unregister(void);
struct vigil_net *vigil_net_of(struct net *net);

#endif /* VIGIL_NET_H */
