/* SPDX-License-Identifier: GPL-2.0 */
/* Every bound of libvigil. */
#ifndef VNL_BOUNDS_H
#define VNL_BOUNDS_H

enum vnl_bounds {
	VNL_RECV_BYTES = 32768,		/* no kernel datagram is larger, dumps included */
	VNL_SEND_BYTES = 4096,		/* the largest request, with a keeper's command */
	VNL_ERROR_BYTES = 256,		/* a sentence, its NUL included */
	VNL_SLOTS_MAX = 1 << 20,	/* in one memfd: no more jobs than a node can have watches */
	VNL_ANSWER_TIMEOUT_S = 5,	/* answers wait in the queue before we ask for them */
	VNL_EVENTS_RCVBUF_BYTES = 8 << 20,
	VNL_REPLAY_TRIES_MAX = 8,	/* interrupted replays that gave no event */
};

#endif /* VNL_BOUNDS_H */
