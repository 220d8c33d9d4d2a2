// SPDX-License-Identifier: GPL-2.0
/* The life of what vigil keeps for each network namespace. */
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "event.h"
#include "net.h"
#include "table.h"

static unsigned int net_id;

struct vigil_net *vigil_net_of(struct net *net)
{
	return net_generic(net, net_id);
}

static int __net_init net_init(struct net *net)
{
	struct vigil_net *vn = vigil_net_of(net);

	vn->net = net;
	mutex_init(&vn->lock);
	spin_lock_init(&vn->ring_lock);
	return vigil_watches_init(vn);
}

/*
 * No request can be running: the namespace has no socket left, or the netlink
 * family is already gone. vigil_watches_clear() takes every watch off its process's wait
 * queue under the queue's lock, so no callback runs or will run; deaths that a
 * callback has put on the pending list are flushed before the ring goes.
 */
static void __net_exit net_exit(struct net *net)
{
	struct vigil_net *vn = vigil_net_of(net);

	vigil_watches_clear(vn);
	vigil_events_flush();
	vigil_watches_destroy(vn);
	vigil_ring_destroy(vn);
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.exit = net_exit,
	.id = &net_id,
	.size = sizeof(struct vigil_net),
};

int vigil_net_register(void)
{
	return register_pernet_subsys(&net_ops);
}

void vigil_net_unregister(void)
{
	unregister_pernet_subsys(&net_ops);
}
