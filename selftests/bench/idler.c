// SPDX-License-Identifier: GPL-2.0
/* A program that tells its start by closing its stdin, and waits to be killed. Linked statically. */
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(STDIN_FILENO);
	for (;;)
		pause();
}
