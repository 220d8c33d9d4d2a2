/* SPDX-License-Identifier: GPL-2.0 */
/* The reader of the event stream. */
#ifndef VNL_EVENTS_H
#define VNL_EVENTS_H

#include <stdbool.h>

#include <vigil/vigil.h>

#include "user/lib/conn.h"

/* The states are drawn in events.c. */
enum vnl_events_state {
	VNL_LIVE,
	VNL_DRAIN,
	VNL_REPLAY,
	VNL_GONE,
};

/**
 * struct vigil_events - a reader of the event stream.
 * @live: the socket that listens to the multicast group and to families that go
 * @ask: the socket that asks for replays
 * @family: vigil.ko's number
 * @state: what vigil_events_next() reads from
 * @last: the newest event given out or passed over; all before it were, too
 * @hole: the live event that made the last replay necessary, 0 if none did
 * @replaying: a dump runs on @ask
 * @tries: interrupted replays since the last event
 * @error: sentence for the last failure
 */
struct vigil_events {
	struct vnl_conn live;
	struct vnl_conn ask;
	uint16_t family;
	enum vnl_events_state state;
	uint64_t last;
	uint64_t hole;
	bool replaying;
	unsigned int tries;
	char error[VNL_ERROR_BYTES];
};

/** vnl_events_open - vigil_events_open() on any kind of socket. */
int vnl_events_open(const struct vnl_socket_ops *ops, uint64_t since, struct vigil_events **out);

#endif /* VNL_EVENTS_H */
