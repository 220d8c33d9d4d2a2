// SPDX-License-Identifier: GPL-2.0
/* What the module costs those whom nobody watches: fork + exit + wait, with and without it. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vigil/vigil.h>

#include "selftests/bench/bench.h"
#include "selftests/bench/method.h"
#include "selftests/kernel/module.h"

enum {
	OWNERS_EACH = 100,
	WARM_UP = 20,	/* forks */
	TURNS = 8,	/* of the burdens that come and go quickly */
};

static void fork_and_wait(int forks)
{
	pid_t pid;
	int i;

	for (i = 0; i < forks; i++) {
		pid = fork();
		if (!pid)
			_exit(0);
		check(pid > 0 && waitpid(pid, NULL, 0) == pid, "fork");
	}
}

/* ns that so many take, after some that fill the caches which a module's coming and going empties. */
static double slice(int forks)
{
	uint64_t start;

	fork_and_wait(WARM_UP);
	start = boottime_ns();
	fork_and_wait(forks);
	return boottime_ns() - start;
}

/* A process beside the measured one that is ready when a byte comes, and ends with its parent. */
static pid_t start_beside(void (*fn)(const struct sizes *sizes, int ready),
			  const struct sizes *sizes)
{
	int ready[2];
	char byte;
	pid_t pid;

	check(!pipe2(ready, O_CLOEXEC), "pipe");
	pid = fork();
	check(pid >= 0, "fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ready[0]);
		fn(sizes, ready[1]);
		_exit(1);
	}
	close(ready[1]);
	check(read(ready[0], &byte, 1) == 1, "the process beside");
	close(ready[0]);
	return pid;
}

static void end_beside(pid_t pid)
{
	kill(pid, SIGKILL);
	check(waitpid(pid, NULL, 0) == pid, "waitpid");
}

static void listen_to_connector(const struct sizes *sizes, int ready)
{
	void *state = method_cn_proc.open();
	struct death d;

	(void)sizes;
	check(state && write(ready, "r", 1) == 1, "cn_proc");
	for (;;)
		method_cn_proc.next(state, &d);
}

static void watch_under_names(struct vigil *v, pid_t pid, int names)
{
	int i, pidfd = syscall(SYS_pidfd_open, pid, 0);
	char owner[VIGIL_OWNER_LEN_MAX + 1];

	check(pidfd >= 0, "pidfd_open");
	for (i = 0; i < names; i++) {
		snprintf(owner, sizeof(owner), "owner-%d", i);
		check(!vigil_watch_pidfd(v, pidfd, owner, NULL, 0, NULL), vigil_error(v));
	}
	close(pidfd);
}

static void hold_watches(const struct sizes *sizes, int ready)
{
	struct crowd crowd = { .count = sizes->watches / OWNERS_EACH };
	struct vigil *v;
	int i, gate[2];

	crowd.pid = calloc(crowd.count, sizeof(*crowd.pid));
	check(crowd.pid && !pipe2(gate, O_CLOEXEC) && !crowd_gather(&crowd, gate[0]), "clone");
	check(!vigil_open(&v), "vigil_open");
	for (i = 0; i < crowd.count; i++)
		watch_under_names(v, crowd.pid[i], OWNERS_EACH);
	check(write(ready, "r", 1) == 1, "write");
	for (;;)
		pause();
}

/* Short turns, one right after the other, so that a drift of the machine touches all alike. */
static void take_turns(const struct sizes *sizes, double *ns)
{
	int turn, forks = sizes->forks / TURNS + 1;
	pid_t beside;

	for (turn = 0; turn < TURNS; turn++) {
		ns[BURDEN_NONE] += slice(forks);
		beside = start_beside(listen_to_connector, sizes);
		ns[BURDEN_CN_PROC] += slice(forks);
		end_beside(beside);
		check(!module_load(""), "insmod");
		ns[BURDEN_MODULE] += slice(forks);
		check(!module_unload(), "rmmod");
	}
}

/* Making the watches takes long: compared with a turn before and one after. */
static double with_watches(const struct sizes *sizes)
{
	double none = slice(sizes->forks), held;
	pid_t beside;

	check(!module_load(""), "insmod");
	beside = start_beside(hold_watches, sizes);
	held = slice(sizes->forks);
	check(!module_unload(), "rmmod");
	end_beside(beside);
	return (none + slice(sizes->forks)) / 2 / held;
}

void forks_run(const struct sizes *sizes, struct fork_result *r)
{
	double ns[BURDENS] = { 0 };
	int b;

	check(!module_loaded() || !module_unload(), "rmmod");
	take_turns(sizes, ns);
	for (b = 0; b < BURDENS; b++)
		r->relative[b] = b == BURDEN_WATCHES ? with_watches(sizes) :
				 ns[BURDEN_NONE] / ns[b];
	r->per_second = (sizes->forks / TURNS + 1) * TURNS * 1e9 / ns[BURDEN_NONE];
	check(!module_load(""), "insmod");
}

void forks_report(const struct sizes *sizes, const struct fork_result *r)
{
	static const char *const names[BURDENS] = {
		[BURDEN_NONE] = "no module",
		[BURDEN_MODULE] = "vigil.ko loaded",
		[BURDEN_WATCHES] = "vigil.ko, watches of others held",
		[BURDEN_CN_PROC] = "no module, a cn_proc listener",
	};
	double relative[sizes->rounds], rate[sizes->rounds], base;
	int b, i;

	for (i = 0; i < sizes->rounds; i++)
		rate[i] = r[i].per_second;
	base = median(rate, sizes->rounds);
	printf("\n### fork + exit + wait, %d watches held, medians of %d rounds\n\n",
	       sizes->watches, sizes->rounds);
	puts("| burden | per second | ratio |");
	puts("|---|--:|--:|");
	for (b = 0; b < BURDENS; b++) {
		for (i = 0; i < sizes->rounds; i++)
			relative[i] = r[i].relative[b];
		printf("| %s | %.0f | %.3f |\n", names[b], base * median(relative, sizes->rounds),
		       median(relative, sizes->rounds));
	}
}
