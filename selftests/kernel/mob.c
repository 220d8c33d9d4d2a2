// SPDX-License-Identifier: GPL-2.0
/* Thousands of processes that wait at one gate and then die. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftests/kernel/mob.h"
#include "selftests/kernel/victim.h"

enum {
	STACK_BYTES = 8192,
	THREADS_MAX = 100000,
	PID_MAX = 131072,
};

static const int fatal[] = { SIGTERM, SIGKILL, SIGHUP, SIGUSR1 };

/* One in four dies of a signal, the others exit; the codes tell neighbours apart. */
int mob_fate(int i)
{
	return i % 4 == 3 ? fatal[i / 4 % 4] : (i % 251) << 8;
}

struct place {
	const struct mob *mob;
	int number;
};

/* Shares its parent's memory, errno included: system calls that cannot fail, nothing else. */
static int member(void *arg)
{
	const struct place *at = arg;
	int status = mob_fate(at->number);
	char byte;

	syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
	syscall(SYS_read, at->mob->gate[0], &byte, 1);
	if (status & 0x7f)
		syscall(SYS_kill, syscall(SYS_getpid), status & 0x7f);
	syscall(SYS_exit_group, status >> 8);
	return 0;
}

static void raise_limit(const char *sysctl, int value)
{
	FILE *f = fopen(sysctl, "r+e");
	int now = 0;

	if (!f)
		return;
	if (fscanf(f, "%d", &now) == 1 && now < value) {
		rewind(f);
		fprintf(f, "%d\n", value);
	}
	fclose(f);
}

static int start_member(struct mob *m, int i)
{
	char *top = m->stacks + (size_t)(i + 1) * STACK_BYTES;
	struct place *at = (void *)(top - sizeof(*at));

	*at = (struct place){ .mob = m, .number = i };
	m->pid[i] = clone(member, (void *)((uintptr_t)at & ~15UL),
			  CLONE_VM | CLONE_FILES | CLONE_FS | SIGCHLD, at);
	if (m->pid[i] < 0)
		return -errno;
	m->start_ticks[i] = proc_start_ticks(m->pid[i]);
	return 0;
}

int mob_gather(struct mob *m, int count)
{
	int ret = 0;

	raise_limit("/proc/sys/kernel/threads-max", THREADS_MAX);
	raise_limit("/proc/sys/kernel/pid_max", PID_MAX);
	raise_limit("/proc/sys/vm/max_map_count", THREADS_MAX);
	*m = (struct mob){ .gate = { -1, -1 } };
	m->pid = calloc(count, sizeof(*m->pid));
	m->start_ticks = calloc(count, sizeof(*m->start_ticks));
	m->stacks = mmap(NULL, (size_t)count * STACK_BYTES, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (!m->pid || !m->start_ticks || m->stacks == MAP_FAILED || pipe2(m->gate, O_CLOEXEC))
		return -ENOMEM;
	for (; !ret && m->count < count; m->count++)
		ret = start_member(m, m->count);
	if (ret) {
		m->count--;
		mob_end(m);
	}
	return ret;
}

void mob_release(struct mob *m)
{
	close(m->gate[1]);
	m->gate[1] = -1;
}

void mob_end(struct mob *m)
{
	int i;

	for (i = 0; i < m->count; i++)
		if (m->pid[i] > 0)
			kill(m->pid[i], SIGKILL);
	for (i = 0; i < m->count; i++)
		if (m->pid[i] > 0)
			waitpid(m->pid[i], NULL, __WALL);
	if (m->gate[1] >= 0)
		close(m->gate[1]);
	close(m->gate[0]);
	munmap(m->stacks, (size_t)m->count * STACK_BYTES);
	free(m->start_ticks);
	free(m->pid);
	m->count = 0;
}
