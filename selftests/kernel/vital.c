// SPDX-License-Identifier: GPL-2.0
/* For guests that are to be reset, or nearly: a vital watch whose process dies. */
/*
 * usage: vital [FIFO]    the watch is released once FIFO has a writer, without one never
 */
#include <fcntl.h>
#include <stdio.h>
#include <signal.h>
#include <unistd.h>

#include "selftests/kernel/client.h"
#include "selftests/kernel/victim.h"

int main(int argc, char **argv)
{
	struct request req = { .owner = "reset", .flags = VIGIL_WATCH_FLAGS_VITAL };
	struct watch w;
	struct client c;
	struct victim v;

	if (client_open(&c) || victim_start(&v, life_pause, NULL))
		return 1;
	req.pidfd = v.pidfd;
	if (client_watch(&c, &req, &w)) {
		fprintf(stderr, "refused: %s\n", c.refusal.sentence);
		return 1;
	}
	kill(v.pid, SIGKILL);
	if (argc < 2)
		pause();
	return open(argv[1], O_RDONLY) < 0 || client_release(&c, w.id);
}
