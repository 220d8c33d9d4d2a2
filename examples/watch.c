// SPDX-License-Identifier: GPL-2.0
/* Wait for the death of one process, whoever its parent is: watch PID */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include <vigil/vigil.h>

static int wait_for(struct vigil_events *ev, uint64_t id)
{
	struct pollfd p = { .fd = vigil_events_fd(ev), .events = POLLIN };
	struct vigil_event e;
	int r;

	for (;;) {
		while ((r = vigil_events_next(ev, &e)) > 0) {
			if (e.type == VIGIL_EVENT_TYPE_DEAD && e.watch.id == id) {
				printf("%s (%d): %s, code %d, signal %d\n", e.watch.comm,
				       e.watch.pid, vigil_cause_name(e.watch.exit.cause),
				       e.watch.exit.code, e.watch.exit.signal);
				return 0;
			}
		}
		if (r < 0)
			return r;
		poll(&p, 1, -1);
	}
}

int main(int argc, char **argv)
{
	struct vigil_events *ev = NULL;
	struct vigil *v = NULL;
	struct vigil_watch w;
	int r = argc == 2 ? 0 : -1;

	r = r ?: vigil_open(&v);
	r = r ?: vigil_events_open(0, &ev);	/* before the watch, so that no death is missed */
	r = r ?: vigil_watch_pid(v, atoi(argv[1]), 0, "example", NULL,
				 VIGIL_WATCH_FLAGS_TRANSIENT, &w);
	if (!r) {
		printf("watching %s (%d)\n", w.comm, w.pid);
		fflush(stdout);
		r = wait_for(ev, w.id);
	}
	if (r)
		fprintf(stderr, "watch: error %d %s\n", r, v ? vigil_error(v) : "");
	vigil_events_close(ev);
	vigil_close(v);
	return r ? 1 : 0;
}
