// SPDX-License-Identifier: GPL-2.0
/* From kill() to knowing: one process at a time. */
#include <errno.h>
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

struct job {
	const struct method *method;
	int samples;
	uint64_t *ns;
};

static pid_t start_idler(void)
{
	pid_t parent = getpid(), pid = fork();

	check(pid >= 0, "fork");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	for (;;)
		pause();
}

/* Every method's victim is watched by the module, so that all pay for it alike. */
static void watch(struct vigil *v, pid_t pid)
{
	int pidfd = syscall(SYS_pidfd_open, pid, 0);

	check(pidfd >= 0, "pidfd_open");
	check(!vigil_watch_pidfd(v, pidfd, BENCH_OWNER, NULL, VIGIL_WATCH_FLAGS_TRANSIENT, NULL),
	      "vigil_watch_pidfd");
	close(pidfd);
}

static uint64_t sample(const struct method *m, void *state, pid_t pid)
{
	struct death d = { .pid = 0 };
	uint64_t before, after;

	before = boottime_ns();
	kill(pid, SIGKILL);
	do {
		check(m->next(state, &d), m->name);
	} while (d.pid != pid);
	after = boottime_ns();
	check(d.status == SIGKILL, "wrong status");
	return after - before;
}

static void measure(void *arg)
{
	struct job *job = arg;
	const struct method *m = job->method;
	struct vigil *v;
	sigset_t set;
	void *state;
	pid_t pid;
	int i;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	check(!vigil_open(&v), "vigil_open");
	state = m->open();
	check(!!state, m->name);
	for (i = 0; i < job->samples; i++) {
		pid = start_idler();
		watch(v, pid);
		check(m->add(state, pid), m->name);
		job->ns[i] = sample(m, state, pid);
		if (!m->parent)
			waitpid(pid, NULL, 0);
	}
	m->close(state);
	vigil_close(v);
}

void latency_run(const struct method *m, int samples, uint64_t *ns)
{
	struct job job = { .method = m, .samples = samples, .ns = ns };

	in_a_process(measure, &job);
}

void latency_report(const struct sizes *sizes, uint64_t *const ns[])
{
	int i, n = sizes->rounds * sizes->samples;
	double base50 = quantile(ns[METHOD_PIDFD], n, 500);
	double base99 = quantile(ns[METHOD_PIDFD], n, 990);
	double p50, p99;

	printf("\n### From kill to knowing, %d samples each\n\n", n);
	puts("| method | p50 us | p99 us | p50 ratio | p99 ratio |");
	puts("|---|--:|--:|--:|--:|");
	for (i = 0; i < METHODS; i++) {
		p50 = quantile(ns[i], n, 500);
		p99 = quantile(ns[i], n, 990);
		printf("| %s | %.1f | %.1f | %.2f | %.2f |\n", methods[i]->name, p50 / 1e3,
		       p99 / 1e3, p50 / base50, p99 / base99);
	}
}
