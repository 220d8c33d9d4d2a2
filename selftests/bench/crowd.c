// SPDX-License-Identifier: GPL-2.0
/* Thousands of processes that wait at one gate. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "selftests/bench/bench.h"

enum { STACK_BYTES = 8192 };

struct place {
	int gate;
	int number;
};

int crowd_status(int number)
{
	return (number % 251) << 8;
}

/* Shares its parent's memory, errno included: system calls that cannot fail, nothing else. */
static int member(void *arg)
{
	const struct place *at = arg;
	int code = crowd_status(at->number) >> 8;
	char byte;

	syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
	syscall(SYS_read, at->gate, &byte, 1);
	syscall(SYS_exit_group, code);
	return 0;
}

/* The gate opens when the last writer closes it. Returns 0 or a negative errno. */
int crowd_gather(struct crowd *crowd, int gate)
{
	struct place *at;
	char *top;
	int i;

	crowd->gate = gate;
	crowd->stacks = mmap(NULL, (size_t)crowd->count * STACK_BYTES, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (crowd->stacks == MAP_FAILED)
		return -errno;
	for (i = 0; i < crowd->count; i++) {
		top = crowd->stacks + (size_t)(i + 1) * STACK_BYTES;
		at = (struct place *)(top - sizeof(*at));
		*at = (struct place){ .gate = gate, .number = i };
		crowd->pid[i] = clone(member, (void *)((uintptr_t)at & ~15UL),
				      CLONE_VM | CLONE_FS | SIGCHLD, at);
		if (crowd->pid[i] < 0)
			return -errno;
	}
	return 0;
}
