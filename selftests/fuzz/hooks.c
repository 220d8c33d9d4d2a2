// SPDX-License-Identifier: GPL-2.0
/* Keeps the module's hooks in the kernel. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "selftests/fuzz/hooks.h"
#include "selftests/kernel/client.h"
#include "selftests/kernel/victim.h"

enum { LOOK_NS = 20000000 };

/* It goes with the socket. Somebody may release it before: then there is another, before the hooks go. */
static void hold(struct client *c, int told)
{
	struct request req = {
		.pidfd = pidfd_open_raw(getpid(), 0), .owner = "hooks",
		.flags = VIGIL_WATCH_FLAGS_TRANSIENT | VIGIL_WATCH_FLAGS_DYING | VIGIL_WATCH_FLAGS_TREE,
	};
	struct timespec look = { .tv_nsec = LOOK_NS };
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	do {
		client_watch(c, &req, NULL);
		if (told >= 0)
			close(told);
		told = -1;
	} while (sigtimedwait(&term, NULL, &look) != SIGTERM);
}

pid_t hooks_hold(void)
{
	struct client *c;
	int told[2];
	char byte;
	pid_t pid;

	if (pipe(told))
		return -errno;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(told[0]);
		c = malloc(sizeof(*c));
		if (!c || client_open(c))
			_exit(1);
		hold(c, told[1]);
		_exit(0);
	}
	close(told[1]);
	while (pid > 0 && read(told[0], &byte, 1) < 0 && errno == EINTR)
		;
	close(told[0]);
	return pid < 0 ? -errno : pid;
}

void hooks_let_go(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
}
