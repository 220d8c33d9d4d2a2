/* SPDX-License-Identifier: GPL-2.0 */
/* From deaths to numbered events: the pending list, the ring and the sending. */
#ifndef VIGIL_EVENT_H
#define VIGIL_EVENT_H

#include <linux/types.h>

struct llist_node;
struct vigil_net;
struct vigil_record;

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
void vigil_ring_destroy(struct vigil_net *vn);
struct vigil_ring_range vigil_ring_range(struct vigil_net *vn);
bool vigil_ring_get(struct vigil_net *vn, u64 seq, struct vigil_record *rec);

void vigil_event_pending(struct llist_node *node);
void vigil_events_flush(void);
void vigil_events_init(void);
void vigil_events_exit(void);

#endif /* VIGIL_EVENT_H */
