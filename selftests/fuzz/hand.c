// SPDX-License-Identifier: GPL-2.0
/* What one thread of the fuzzer has in hand. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftests/fuzz/hand.h"
#include "selftests/kernel/victim.h"

enum { PAGE_BYTES = 4096 };

/* Shares its parent's memory, errno included: system calls that cannot fail, nothing else. */
static int live(void *arg)
{
	(void)arg;
	syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		syscall(SYS_pause);
	return 0;
}

static void victim_begin(struct hand *h, unsigned int i)
{
	struct hand_victim *v = &h->victim[i];
	char *top = h->stacks + (size_t)(i + 1) * HAND_STACK_BYTES;

	*v = (struct hand_victim){ .pidfd = -1 };
	v->pid = clone(live, top, CLONE_VM | CLONE_FILES | CLONE_FS | SIGCHLD, NULL);
	if (v->pid < 0)
		return;
	v->pidfd = pidfd_open_raw(v->pid, 0);
	v->start_ticks = proc_start_ticks(v->pid);
}

static void victim_reaped(struct hand_victim *v)
{
	if (v->pid > 0) {
		kill(v->pid, SIGKILL);
		waitpid(v->pid, NULL, __WALL);
	}
	if (v->pidfd >= 0)
		close(v->pidfd);
	v->pid = 0;
	v->pidfd = -1;
}

/* Never one of the worker itself, which could be watched and then killed for a missed beat. */
static int fd_of_some_kind(struct hand *h)
{
	switch (rng_below(&h->rng, 10)) {
	case 0:
	case 1:
		return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	case 2:
		return memfd_create("fuzz", MFD_CLOEXEC);
	case 3:
		return open("/dev/null", O_RDWR | O_CLOEXEC);
	case 4:
		return epoll_create1(EPOLL_CLOEXEC);
	case 5:
		return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	case 6:
		return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	case 7:
		return open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	case 8:
		return open("/", O_PATH | O_CLOEXEC);
	default:
		return dup(h->victim[rng_below(&h->rng, HAND_VICTIMS)].pidfd);
	}
}

/* What anybody has found out, in this process or in one that it has forked. */
static struct hand_recipes (*shared)[2];

int hand_share(void)
{
	shared = mmap(NULL, spec_ops_count * sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return shared == MAP_FAILED ? -ENOMEM : 0;
}

static int tables_open(struct hand *h)
{
	unsigned int sets = 0, i;

	for (i = 0; i < spec_ops_count; i++)
		if (spec_ops[i].set >= (int)sets)
			sets = spec_ops[i].set + 1;
	h->known = calloc(sets + 1, sizeof(*h->known));
	h->recipes = shared ? shared : calloc(spec_ops_count, sizeof(*h->recipes));
	for (i = 0; h->known && i < sets; i++) {
		h->known[i] = calloc(spec_sets[i].count, sizeof(**h->known));
		if (!h->known[i])
			return -ENOMEM;
	}
	return h->known && h->recipes ? 0 : -ENOMEM;
}

int hand_open(struct hand *h, struct rng rng)
{
	unsigned int i;

	*h = (struct hand){ .rng = rng };
	h->stacks = mmap(NULL, HAND_VICTIMS * HAND_STACK_BYTES, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	h->page = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (h->stacks == MAP_FAILED || h->page == MAP_FAILED || tables_open(h))
		return -ENOMEM;
	for (i = 0; i < HAND_VICTIMS; i++)
		victim_begin(h, i);
	for (i = 0; i < HAND_FDS; i++)
		h->fd[i] = fd_of_some_kind(h);
	own_open(&h->own, h->victim[0].pid);
	return 0;
}

void hand_close(struct hand *h)
{
	int i;

	for (i = 0; i < HAND_VICTIMS; i++)
		victim_reaped(&h->victim[i]);
	own_close(&h->own);
	for (i = 0; i < HAND_FDS; i++)
		if (h->fd[i] >= 0)
			close(h->fd[i]);
	munmap(h->stacks, HAND_VICTIMS * HAND_STACK_BYTES);
	munmap(h->page, PAGE_BYTES);
}

void hand_renew(struct hand *h, unsigned int i)
{
	victim_reaped(&h->victim[i]);
	victim_begin(h, i);
}

static void stir_victim(struct hand *h)
{
	unsigned int i = rng_below(&h->rng, HAND_VICTIMS);
	struct hand_victim *v = &h->victim[i];

	if (v->pid > 0 && !v->killed) {
		kill(v->pid, SIGKILL);
		v->killed = true;
	} else {
		hand_renew(h, i);
	}
}

static void stir_fd(struct hand *h)
{
	unsigned int i = rng_below(&h->rng, HAND_FDS);

	if (h->fd[i] >= 0)
		close(h->fd[i]);
	h->fd[i] = rng_once_in(&h->rng, 4) ? -1 : fd_of_some_kind(h);
}

void hand_stir(struct hand *h)
{
	if (rng_once_in(&h->rng, 2))
		stir_victim(h);
	else
		stir_fd(h);
}

void hand_learn(struct hand *h, int set, unsigned int place, uint64_t value)
{
	struct hand_known *k = &h->known[set][place];

	k->value[k->count++ % HAND_KNOWN] = value;
}

void hand_learn_recipe(struct hand *h, const struct spec_op *op, bool dump, uint64_t mask)
{
	struct hand_recipes *r = &h->recipes[op - spec_ops][dump];
	unsigned int i;

	for (i = 0; i < HAND_RECIPES && i < r->count; i++)
		if (r->mask[i] == mask)
			return;
	r->mask[r->count++ % HAND_RECIPES] = mask;
}
