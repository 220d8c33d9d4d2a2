/* SPDX-License-Identifier: GPL-2.0 */
/* From deaths to numbered events: the pending list, the ring and the sending. */
#ifndef VIGIL_EVENT_H
#define VIGIL_EVENT_H

#include <linux/llist.h>
#include <linux/types.h>

struct vigil_event;
struct vigil_net;
struct vigil_pending;

/**
 * struct vigil_pending_ops - what becomes of an event that waits for its number
 * @net: namespace of the event
 * @number: write the event; @ev->seq is its number, all else is for this to write. In a soft interrupt.
 * @put: give back the reference that came with it. In a soft interrupt.
 */
struct vigil_pending_ops {
	struct vigil_net *(*net)(struct vigil_pending *p);
	void (*number)(struct vigil_pending *p, struct vigil_event *ev);
	void (*put)(struct vigil_pending *p);
};

/**
 * struct vigil_pending - an event, noted where nothing can be allocated or sent
 * @node: node of the pending list
 * @ops: what to do with it
 */
struct vigil_pending {
	struct llist_node node;
	const struct vigil_pending_ops *ops;
};

/**
 * struct vigil_ring_range - the sequence numbers that a ring holds
 * @oldest: the oldest, 0 if none
 * @newest: the newest, 0 before the first event
 */
struct vigil_ring_range {
	u64 oldest;
	u64 newest;
};

int vigil_ring_create(struct vigil_net *vn);
int vigil_ring_need(struct vigil_net *vn);
void vigil_ring_destroy(struct vigil_net *vn);
struct vigil_ring_range vigil_ring_range(struct vigil_net *vn);
bool vigil_ring_get(struct vigil_net *vn, u64 seq, struct vigil_event *ev);

void vigil_event_pending(struct vigil_pending *p);
void vigil_event_tell(struct vigil_net *vn, struct vigil_event *ev);
void vigil_events_flush(void);
int vigil_events_init(void);
void vigil_events_exit(void);

#endif /* VIGIL_EVENT_H */
