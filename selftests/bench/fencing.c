// SPDX-License-Identifier: GPL-2.0
/* How long after its deadline a lease has killed a thousand processes, on processors that are busy. */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vigil/vigil.h>

#include "selftests/bench/bench.h"
#include "selftests/kernel/module.h"

#define LEASE "bench"

enum {
	ROUNDS = 20,
	BOUND = 1000,
	LOOPS_PER_CPU = 2,
	AHEAD_S = 10,		/* many times what it takes to bind them all */
	AGENT_PRIORITY = 1,	/* or the load would keep it from that */
	SILENCE_MS = 60000,
};

/* One expiry; all from the deadline on. */
struct result {
	uint64_t timer_ns;	/* the module: fencing begun */
	uint64_t kill_ns;	/* the module: last SIGKILL sent */
	uint64_t first_ns;	/* exit records: first death */
	uint64_t last_ns;	/* exit records: last death */
	uint64_t fenced_ns;	/* the event FENCED */
	uint64_t early;		/* deaths before the deadline */
	uint64_t dead;
};

static void burn(void)
{
	volatile uint64_t spin = 0;

	for (;;)
		spin++;
}

static void load_processors(pid_t *loops, int count)
{
	while (count--) {
		loops[count] = fork();
		check(loops[count] >= 0, "fork");
		if (!loops[count])
			burn();
	}
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Promises, binds, and is stopped: from then on the kernel is alone. */
static void agent(const struct crowd *crowd, uint64_t deadline_ns)
{
	struct sched_param param = { .sched_priority = AGENT_PRIORITY };
	struct vigil_watch w;
	struct vigil *v;
	int i;

	check(!sched_setscheduler(0, SCHED_FIFO, &param), "sched_setscheduler");
	check(!vigil_open(&v), "vigil_open");
	check(!vigil_lease_new(v, LEASE, 1, deadline_ns, 0, NULL), "vigil_lease_new");
	for (i = 0; i < crowd->count; i++) {
		check(!vigil_watch_pid(v, crowd->pid[i], 0, BENCH_OWNER, NULL, 0, &w),
		      "vigil_watch_pid");
		check(!vigil_lease_bind(v, LEASE, w.id, -1, NULL), "vigil_lease_bind");
	}
	raise(SIGSTOP);
}

static pid_t start_agent(const struct crowd *crowd, uint64_t deadline_ns)
{
	pid_t pid = fork();
	int status;

	check(pid >= 0, "fork");
	if (!pid) {
		agent(crowd, deadline_ns);
		_exit(1);
	}
	check(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status), "the agent");
	return pid;
}

static void note_death(struct result *r, const struct vigil_event *ev, uint64_t deadline_ns)
{
	uint64_t at = ev->watch.exit.boottime_ns;

	if (at < deadline_ns) {
		r->early++;
		return;
	}
	at -= deadline_ns;
	if (!r->dead++ || at < r->first_ns)
		r->first_ns = at;
	if (at > r->last_ns)
		r->last_ns = at;
}

/* Returns whether that was the last event. */
static bool note(struct result *r, const struct vigil_event *ev, uint64_t deadline_ns)
{
	if (ev->type == VIGIL_EVENT_TYPE_DEAD)
		note_death(r, ev, deadline_ns);
	if (ev->type != VIGIL_EVENT_TYPE_LEASE)
		return false;
	if (ev->lease.stage == VIGIL_LEASE_STAGE_FENCED) {
		r->fenced_ns = ev->boottime_ns - deadline_ns;
		return true;
	}
	r->timer_ns = ev->lease.timer_late_ns;
	r->kill_ns = ev->lease.kill_late_ns;
	return false;
}

static void read_events(struct vigil_events *events, struct result *r, uint64_t deadline_ns)
{
	struct pollfd pfd = { .fd = vigil_events_fd(events), .events = POLLIN };
	struct vigil_event ev;
	bool last = false;
	int ret;

	while (!last) {
		ret = vigil_events_next(events, &ev);
		check(ret >= 0, "vigil_events_next");
		if (!ret)
			check(poll(&pfd, 1, SILENCE_MS) > 0, "silence");
		last = ret && note(r, &ev, deadline_ns);
	}
}

static int release(const struct vigil_watch *w, void *v)
{
	return vigil_release(v, w->id);
}

static void clean(struct crowd *crowd, pid_t agent_pid)
{
	struct vigil *lists, *v;
	int i;

	for (i = 0; i < crowd->count; i++)
		end(crowd->pid[i]);
	end(agent_pid);
	check(!vigil_open(&lists) && !vigil_open(&v), "vigil_open");
	check(!vigil_list(lists, BENCH_OWNER, release, v), "vigil_list");
	check(!vigil_lease_del(v, LEASE), "vigil_lease_del");
	vigil_close(v);
	vigil_close(lists);
}

static void one_expiry(int bound, struct result *r)
{
	struct crowd crowd = { .count = bound };
	struct vigil_events *events;
	uint64_t deadline_ns;
	int gate[2];
	pid_t pid;

	crowd.pid = calloc(bound, sizeof(*crowd.pid));
	check(crowd.pid && !pipe(gate), "pipe");
	check(!crowd_gather(&crowd, gate[0]), "clone");
	check(!vigil_events_open(0, &events), "vigil_events_open");
	deadline_ns = boottime_ns() + AHEAD_S * 1000000000ull;
	pid = start_agent(&crowd, deadline_ns);
	read_events(events, r, deadline_ns);
	vigil_events_close(events);
	clean(&crowd, pid);
	close(gate[0]);
	close(gate[1]);
}

struct work {
	int bound;
	struct result *r;
};

static void measure(void *arg)
{
	struct work *work = arg;

	one_expiry(work->bound, work->r);
}

static void row(const char *what, const struct result *r, int rounds, size_t at)
{
	uint64_t *v = calloc(rounds, sizeof(*v));
	int i;

	check(!!v, "calloc");
	for (i = 0; i < rounds; i++)
		v[i] = *(const uint64_t *)((const char *)&r[i] + at);
	printf("| %s | %.3f | %.3f | %.3f |\n", what, quantile(v, rounds, 500) / 1e6,
	       quantile(v, rounds, 990) / 1e6, quantile(v, rounds, 1000) / 1e6);
	free(v);
}

static void report(const struct result *r, int rounds, int bound)
{
	uint64_t dead = 0, early = 0;
	struct utsname uts;
	int i;

	for (i = 0; i < rounds; i++) {
		dead += r[i].dead;
		early += r[i].early;
	}
	uname(&uts);
	printf("Linux %s, %ld processors, %d busy loops each, %d rounds of %d bound processes.\n",
	       uts.release, sysconf(_SC_NPROCESSORS_ONLN), LOOPS_PER_CPU, rounds, bound);
	printf("Killed: %lu of %lu; before the deadline: %lu.\n\n", dead,
	       (unsigned long)rounds * bound, early);
	printf("| ms after the deadline | p50 | p99 | worst |\n| --- | ---: | ---: | ---: |\n");
	row("fencing begun (the event)", r, rounds, offsetof(struct result, timer_ns));
	row("last SIGKILL sent (the event)", r, rounds, offsetof(struct result, kill_ns));
	row("first death (exit records)", r, rounds, offsetof(struct result, first_ns));
	row("last death (exit records)", r, rounds, offsetof(struct result, last_ns));
	row("FENCED told", r, rounds, offsetof(struct result, fenced_ns));
}

int main(int argc, char **argv)
{
	int i, cpus = (int)sysconf(_SC_NPROCESSORS_ONLN), loops_count = cpus * LOOPS_PER_CPU;
	int rounds = argc > 1 ? atoi(argv[1]) : ROUNDS, bound = argc > 2 ? atoi(argv[2]) : BOUND;
	pid_t *loops = calloc(loops_count, sizeof(*loops));
	struct work work = { .bound = bound };
	struct result *r;

	if (rounds <= 0 || bound <= 0) {
		fprintf(stderr, "usage: fencing [ROUNDS [PROCESSES]]\n");
		return 2;
	}
	check(!!loops, "calloc");
	check(!module_reload(""), "insmod");
	r = shared(rounds * sizeof(*r));
	load_processors(loops, loops_count);
	for (i = 0; i < rounds; i++) {
		work.r = &r[i];
		in_a_process(measure, &work);
	}
	for (i = 0; i < loops_count; i++)
		end(loops[i]);
	report(r, rounds, bound);
	return 0;
}
