/* SPDX-License-Identifier: GPL-2.0 */
/* The thread that waits for disks, so that nobody else has to. */
#ifndef VIGIL_LOG_WRITER_H
#define VIGIL_LOG_WRITER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "user/log/forward.h"
#include "user/log/sink.h"
#include "user/log/state.h"

struct writer {
	struct log_state *s;
	struct sinks sinks;
	struct forward forward;
	pthread_t thread;
	int work_fd;			/* eventfds */
	int room_fd;
	_Atomic bool idle;		/* wants to be told of work */
	_Atomic bool room_wanted;	/* the reader wants to be told of room */
	_Atomic bool ending;
};

/** writer_start - Returns 0 or a negative errno. */
int writer_start(struct writer *w, struct log_state *s, const char *dir);

/** writer_wake - something may have been put into the ring. */
void writer_wake(struct writer *w);

/** writer_want_room - have room_fd become readable once the ring has more room. */
void writer_want_room(struct writer *w);

/** writer_stop - end it once the ring is empty. */
void writer_stop(struct writer *w);

#endif /* VIGIL_LOG_WRITER_H */
