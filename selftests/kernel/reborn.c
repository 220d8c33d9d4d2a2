// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel respawns in the keeper's suite: reborn WHAT. "keep" registers again with its own command,
 * "fail" exits before it registers, "idle" lives and does not register. "lost" is the keeper, with "fail" to be
 * respawned, and dies.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "selftests/kernel/client.h"
#include "selftests/kernel/keeper_calls.h"
#include "selftests/kernel/victim.h"

#define OWNER "selftest"

/* The kernel gives it no descriptors: what it opens would be 0 to 2. */
static bool open_standard(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	return fd >= 0 && !close(fd);
}

/* The tag tells the suite what the environment was. */
static int watch_itself(struct client *c, struct watch *w)
{
	struct request req = { .owner = OWNER, .tag = getenv("REBORN_TAG") };

	req.pidfd = pidfd_open_raw(getpid(), 0);
	return client_watch(c, &req, w);
}

static int keep(const char *program, const char *what)
{
	struct keeper_request r = { .argv = { program, what }, .last_resort = -1 };
	static struct client c;
	struct watch w;

	if (client_open(&c) || watch_itself(&c, &w))
		return 2;
	r.id = w.id;
	return client_keeper_set(&c, &r) ? 3 : 0;
}

int main(int argc, char **argv)
{
	int ret = 0;

	if (argc < 2 || !open_standard())
		return 1;
	if (!strcmp(argv[1], "fail"))
		return 4;
	if (!strcmp(argv[1], "lost"))
		return keep(argv[0], "fail");
	if (!strcmp(argv[1], "keep"))
		ret = keep(argv[0], argv[1]);
	if (ret)
		return ret;
	for (;;)
		pause();
}
