// SPDX-License-Identifier: GPL-2.0
/* From kill() to knowing: one process at a time. */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vigil/vigil.h>

#include "selftests/bench/bench.h"
#include "selftests/bench/method.h"

enum { SILENCES_MAX = 40 };

struct job {
	const struct method *method;
	int mebibytes;
	int samples;
	enum priority priority;
	uint64_t *ns;
};

/* The program, in memory: a file of the host would be read through 9p. */
static int load_idler(void)
{
	char path[PATH_MAX] = "";
	struct stat st;
	int file, memory;

	check(readlink("/proc/self/exe", path, sizeof(path) - 1) > 0, "/proc/self/exe");
	strcpy(strrchr(path, '/') + 1, "idler");
	file = open(path, O_RDONLY | O_CLOEXEC);
	memory = memfd_create("idler", MFD_CLOEXEC);
	check(file >= 0 && memory >= 0 && !fstat(file, &st), path);
	check(sendfile(memory, file, NULL, st.st_size) == st.st_size, path);
	close(file);
	return memory;
}

/*
 * A job as a supervisor has it, with an address space of its own: exec'ed, so that neither its
 * size nor the collector's page faults depend on what the collector has mapped.
 */
static pid_t start_idler(int program, int mebibytes)
{
	char size[16];
	char *const argv[] = { "idler", size, NULL };
	int started[2];
	pid_t pid;
	char byte;

	snprintf(size, sizeof(size), "%d", mebibytes);
	check(!pipe2(started, O_CLOEXEC), "pipe");
	pid = vfork();
	if (!pid) {
		dup2(started[1], STDIN_FILENO);
		fexecve(program, argv, environ);
		_exit(127);
	}
	check(pid > 0, "vfork");
	close(started[1]);
	check(!read(started[0], &byte, 1), "the idler");
	close(started[0]);
	return pid;
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

/* A victim that holds much memory may take longer to die than a method waits for what is lost. */
static uint64_t sample(const struct method *m, void *state, pid_t pid)
{
	struct death d = { .pid = 0 };
	int silences = SILENCES_MAX;
	uint64_t before, after;

	before = boottime_ns();
	kill(pid, SIGKILL);
	do {
		if (!m->next(state, &d))
			check(silences-- > 0, m->name);
	} while (d.pid != pid);
	after = boottime_ns();
	check(m->early || d.status == SIGKILL, "wrong status");
	return after - before;
}

static void measure(void *arg)
{
	struct job *job = arg;
	const struct method *m = job->method;
	struct vigil *v;
	sigset_t set;
	void *state;
	int i, idler;
	pid_t pid;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	idler = load_idler();
	check(!vigil_open(&v), "vigil_open");
	state = m->open();
	check(!!state, m->name);
	take_priority(job->priority);
	for (i = 0; i < job->samples; i++) {
		pid = start_idler(idler, job->mebibytes);
		watch(v, pid);
		check(m->add(state, pid), m->name);
		job->ns[i] = sample(m, state, pid);
		if (!m->parent)
			waitpid(pid, NULL, 0);
	}
	m->close(state);
	vigil_close(v);
}

void latency_run(const struct method *m, enum priority priority, int mebibytes, int samples, uint64_t *ns)
{
	struct job job = {
		.method = m, .mebibytes = mebibytes, .samples = samples, .priority = priority, .ns = ns,
	};

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
