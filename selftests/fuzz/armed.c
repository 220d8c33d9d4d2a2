// SPDX-License-Identifier: GPL-2.0
/* A watchdog that is armed as often as somebody disarms it: softdog, told to reset nothing. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "selftests/fuzz/armed.h"
#include "selftests/fuzz/tally.h"
#include "selftests/kernel/client.h"
#include "selftests/kernel/dog.h"

enum {
	TIMEOUT_S = 3600,
	LOOK_NS = 20000000,
};

/* Whatever vital process dies, and however slow the guest is, the grace outlives the round. */
static int keep_armed(struct client *c)
{
	static const uint32_t grace_ms = 600000;
	struct dog_wish wish = {
		.fd = -1, .device = dog_device(), .timeout_s = TIMEOUT_S, .grace_ms = &grace_ms,
	};
	struct timespec look = { .tv_nsec = LOOK_NS };
	sigset_t term;
	int ret;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	do {
		ret = dog_arm(c, &wish, NULL);
		if (ret && ret != -EBUSY)
			return 1;
	} while (sigtimedwait(&term, NULL, &look) != SIGTERM);
	ret = dog_disarm(c);
	return ret && ret != -ENODEV;
}

pid_t armed_start(void)
{
	struct client *c;
	sigset_t term;
	pid_t pid;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	pid = fork();
	if (pid)
		return pid < 0 ? -errno : pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	c = malloc(sizeof(*c));
	_exit(!c || client_open(c) || keep_armed(c));
}

void armed_stop(pid_t pid, struct tally *t)
{
	int status = -1;

	kill(pid, SIGTERM);
	if (waitpid(pid, &status, 0) != pid || status)
		tally_complain(t, "the watchdog cannot be armed and disarmed: status %#x", status);
	if (strcmp(knob_read("stage"), "disarmed"))
		tally_complain(t, "the watchdog stays armed");
}
