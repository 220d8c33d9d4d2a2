/* SPDX-License-Identifier: GPL-2.0 */
/* Waiting for an event, an interrupt, or for the reader of our output to go. */
#ifndef CTL_WAIT_H
#define CTL_WAIT_H

#include <poll.h>

enum wait_result {
	WAIT_READY,		/* one of the descriptors */
	WAIT_INTERRUPTED,	/* SIGINT, SIGTERM or SIGHUP */
	WAIT_NO_READER,		/* nobody reads stdout any more */
	WAIT_ERROR,		/* errno tells */
};

/* From now on the signals above are taken by wait_for() only. Returns 0 or -1 with errno. */
int wait_prepare(void);

/* Writes out what was said, then waits. @fds has room for two more than @n. */
enum wait_result wait_for(struct pollfd *fds, nfds_t n);

/* The exit status that fits an end of waiting other than WAIT_READY. */
int wait_status(enum wait_result r);

#endif /* CTL_WAIT_H */
