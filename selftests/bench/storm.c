// SPDX-License-Identifier: GPL-2.0
/* Many deaths at once, until the last is collected and identified. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <vigil/vigil.h>

#include "selftests/bench/bench.h"
#include "selftests/bench/method.h"

enum { PIDS = 1 << 22 };

struct storm {
	const struct method *method;
	enum priority priority;
	struct crowd crowd;
	struct storm_result *result;
	uint64_t *released_ns;	/* shared with the gatekeeper */
	int gate[2];
	int order[2];		/* to the gatekeeper */
	int ready[2];		/* from the nursery */
	int over[2];		/* to the nursery */
	int *number_of;		/* by process ID, from 1 */
};

/* Opening the gate wakes thousands: whoever does that must not be the one that is measured. */
static void keep_gate(struct storm *s)
{
	char byte;

	close(s->gate[0]);
	close(s->order[1]);
	if (read(s->order[0], &byte, 1) == 1)
		*s->released_ns = boottime_ns();
	_exit(0);
}

static void start_gatekeeper(struct storm *s)
{
	pid_t pid;

	check(!pipe2(s->gate, O_CLOEXEC) && !pipe2(s->order, O_CLOEXEC), "pipe");
	pid = fork();
	check(pid >= 0, "fork");
	if (!pid) {
		if (!fork())
			keep_gate(s);
		_exit(0);
	}
	check(waitpid(pid, NULL, 0) == pid, "waitpid");
	close(s->gate[1]);
	close(s->order[0]);
}

/* A parent that lets the kernel reap, for methods that need not be the parent. */
static void start_nursery(struct storm *s)
{
	char byte;
	pid_t pid;

	check(!pipe2(s->ready, O_CLOEXEC) && !pipe2(s->over, O_CLOEXEC), "pipe");
	pid = fork();
	check(pid >= 0, "fork");
	if (pid) {
		close(s->ready[1]);
		close(s->over[0]);
		check(read(s->ready[0], &byte, 1) == 1, "the nursery");
		return;
	}
	signal(SIGCHLD, SIG_IGN);
	close(s->order[1]);
	close(s->over[1]);
	check(!crowd_gather(&s->crowd, s->gate[0]), "clone");
	if (write(s->ready[1], "r", 1) != 1 || read(s->over[0], &byte, 1))
		_exit(1);
	_exit(0);
}

static void watch_all(struct storm *s, struct vigil *v)
{
	int i, pidfd;

	for (i = 0; i < s->crowd.count; i++) {
		pidfd = syscall(SYS_pidfd_open, s->crowd.pid[i], 0);
		check(pidfd >= 0, "pidfd_open");
		check(!vigil_watch_pidfd(v, pidfd, BENCH_OWNER, NULL,
					 VIGIL_WATCH_FLAGS_TRANSIENT, NULL), vigil_error(v));
		close(pidfd);
		s->number_of[s->crowd.pid[i]] = i + 1;
	}
}

static uint64_t own_cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* Collects until all are known, or nothing more comes. */
static void collect(struct storm *s, void *state)
{
	struct death d;
	int number;

	while (s->result->known < s->crowd.count && s->method->next(state, &d)) {
		number = s->number_of[d.pid];
		if (!number || d.status != crowd_status(number - 1))
			continue;
		s->number_of[d.pid] = 0;
		s->result->known++;
	}
}

static int note_last(const struct vigil_watch *w, void *arg)
{
	uint64_t *last_ns = arg;

	check(w->state == VIGIL_WATCH_STATE_DEAD, "one lives on");
	if (w->exit.boottime_ns > *last_ns)
		*last_ns = w->exit.boottime_ns;
	return 0;
}

static void measure_collecting(struct storm *s, struct vigil *v, void *state)
{
	uint64_t cpu_ns, known_ns, last_ns = 0;

	take_priority(s->priority);
	cpu_ns = own_cpu_ns();
	check(write(s->order[1], "o", 1) == 1, "the gatekeeper");
	collect(s, state);
	known_ns = boottime_ns();
	s->result->cpu_ns = own_cpu_ns() - cpu_ns;
	check(!vigil_list(v, BENCH_OWNER, note_last, &last_ns), "vigil_list");
	s->result->total_ns = known_ns - *s->released_ns;
	s->result->lag_ns = known_ns - last_ns;
}

static void measure(void *arg)
{
	struct rlimit files = { 1 << 17, 1 << 17 };
	struct storm *s = arg;
	struct vigil *v;
	sigset_t set;
	void *state;
	int i;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	start_gatekeeper(s);
	sigprocmask(SIG_BLOCK, &set, NULL);
	check(!setrlimit(RLIMIT_NOFILE, &files), "setrlimit");
	if (s->method->parent)
		check(!crowd_gather(&s->crowd, s->gate[0]), "clone");
	else
		start_nursery(s);
	check(!vigil_open(&v), "vigil_open");
	watch_all(s, v);
	state = s->method->open();
	check(!!state, s->method->name);
	for (i = 0; i < s->crowd.count; i++)
		check(s->method->add(state, s->crowd.pid[i]), s->method->name);
	measure_collecting(s, v, state);
	s->method->close(state);
	vigil_close(v);
}

void storm_run(const struct method *m, enum priority priority, int deaths, struct storm_result *r)
{
	struct storm s = { .method = m, .priority = priority, .crowd.count = deaths };
	size_t bytes = deaths * sizeof(*s.crowd.pid);

	s.result = shared(sizeof(*s.result));
	s.released_ns = shared(sizeof(*s.released_ns));
	s.crowd.pid = shared(bytes);
	s.number_of = calloc(PIDS, sizeof(*s.number_of));
	check(!!s.number_of, "calloc");
	in_a_process(measure, &s);
	*r = *s.result;
	free(s.number_of);
	unshare_memory(s.crowd.pid, bytes);
	unshare_memory(s.released_ns, sizeof(*s.released_ns));
	unshare_memory(s.result, sizeof(*s.result));
}

struct storm_row {
	double total_ms;
	double cpu_us;
	double lag_ms;
	int lost;
};

static struct storm_row summarise(const struct sizes *sizes, const struct storm_result *r)
{
	double total[sizes->rounds], cpu[sizes->rounds], lag[sizes->rounds];
	struct storm_row row = { .lost = 0 };
	int i;

	for (i = 0; i < sizes->rounds; i++) {
		total[i] = r[i].total_ns / 1e6;
		cpu[i] = r[i].cpu_ns / 1e3 / sizes->deaths;
		lag[i] = r[i].lag_ns / 1e6;
		row.lost += sizes->deaths - r[i].known;
	}
	row.total_ms = median(total, sizes->rounds);
	row.cpu_us = median(cpu, sizes->rounds);
	row.lag_ms = median(lag, sizes->rounds);
	return row;
}

void storm_report(const struct sizes *sizes, enum priority priority,
		  struct storm_result *const r[])
{
	static const char *const names[PRIORITIES] = {
		[PRIORITY_NORMAL] = "the default priority",
		[PRIORITY_REAL_TIME] = "real-time priority",
	};
	struct storm_row row[METHODS];
	int i;

	for (i = 0; i < METHODS; i++)
		row[i] = summarise(sizes, r[i]);
	printf("\n### %d deaths at once, the collector at %s, medians of %d rounds\n\n",
	       sizes->deaths, names[priority], sizes->rounds);
	puts("| method | until the last is known ms | collector CPU us/death | "
	     "lag after the last death ms | lost | CPU ratio | time ratio |");
	puts("|---|--:|--:|--:|--:|--:|--:|");
	for (i = 0; i < METHODS; i++)
		printf("| %s | %.1f | %.2f | %.2f | %d | %.2f | %.2f |\n", methods[i]->name,
		       row[i].total_ms, row[i].cpu_us, row[i].lag_ms, row[i].lost,
		       row[i].cpu_us / row[METHOD_PIDFD].cpu_us,
		       row[i].total_ms / row[METHOD_PIDFD].total_ms);
}
