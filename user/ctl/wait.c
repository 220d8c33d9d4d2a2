/* SPDX-License-Identifier: GPL-2.0 */
/* Waiting for an event, an interrupt, or for the reader of our output to go. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "user/ctl/command.h"
#include "user/ctl/say.h"
#include "user/ctl/wait.h"

static int signal_fd = -1;

int wait_prepare(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -1;
	signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return signal_fd < 0 ? -1 : 0;
}

enum wait_result wait_for(struct pollfd *fds, nfds_t n)
{
	int ready;

	if (!say_flush())
		return WAIT_NO_READER;
	fds[n] = (struct pollfd){ .fd = signal_fd, .events = POLLIN };
	/* Asking for nothing still tells of an error: the other end of a pipe was closed. */
	fds[n + 1] = (struct pollfd){ .fd = STDOUT_FILENO };
	do
		ready = poll(fds, n + 2, -1);
	while (ready < 0 && errno == EINTR);
	if (ready < 0)
		return WAIT_ERROR;
	if (fds[n].revents)
		return WAIT_INTERRUPTED;
	return fds[n + 1].revents & (POLLERR | POLLNVAL) ? WAIT_NO_READER : WAIT_READY;
}

int wait_status(enum wait_result r)
{
	if (r == WAIT_INTERRUPTED)
		return CTL_INTERRUPTED;
	if (r == WAIT_ERROR)
		complain("cannot wait: %s", strerror(errno));
	return CTL_FAILED;
}
