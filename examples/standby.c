// SPDX-License-Identifier: GPL-2.0
/*
 * A service with a standby: standby FILE
 *
 * Run as a job with `standby: 1` it is started twice. The one that stands by opens its file, says so there, and waits;
 * the other one is at work. Each line tells who it is and what its role is.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <vigil/vigil.h>

static void tell(FILE *f)
{
	fprintf(f, "%d %s\n", getpid(), vigil_role_name(vigil_role()));
	fflush(f);
}

/* 0 once it has the role. */
static int await(enum vigil_role role)
{
	int err;

	do {
		err = vigil_role_wait(role, -1);
	} while (err == -EINTR);
	if (err)
		fprintf(stderr, "standby: %s\n", strerror(-err));
	return err;
}

int main(int argc, char **argv)
{
	FILE *f = argc == 2 ? fopen(argv[1], "a") : NULL;

	if (!f) {
		fputs("usage: standby FILE\n", stderr);
		return 2;
	}
	/* All that can be done without the work is done before this. */
	if (vigil_role() == VIGIL_ROLE_STANDBY)
		tell(f);
	/* Of a singleton: the old one is going, but its locks may be held for a moment. */
	if (await(VIGIL_ROLE_TAKEOVER))
		return 1;
	if (vigil_role() == VIGIL_ROLE_TAKEOVER)
		tell(f);
	if (await(VIGIL_ROLE_PRIMARY))
		return 1;
	tell(f);
	for (;;)
		pause();
}
