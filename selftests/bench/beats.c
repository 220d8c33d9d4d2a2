// SPDX-License-Identifier: GPL-2.0
/* What beats cost: him who beats, beside a datagram to a supervisor, and the node that looks at many. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <vigil/vigil.h>

#include "selftests/bench/bench.h"
#include "selftests/kernel/module.h"

enum {
	STORES = 10000000,
	SENDS = 20000,
	PROCESSES = 100,
	OWNERS_EACH = 1000,		/* so many watches on each of them */
	DEADLINE_MS = 1000,
	BEAT_EACH_MS = 300,
	WINDOW_S = 10,
	NS_PER_S = 1000000000,
};

static uint64_t clock_of(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

/* CPU time of one call, in ns; what others do meanwhile is not counted. */
static double cost(void (*fn)(void *arg), void *arg, int times)
{
	uint64_t begin = clock_of(CLOCK_THREAD_CPUTIME_ID);

	for (int i = 0; i < times; i++)
		fn(arg);
	return (double)(clock_of(CLOCK_THREAD_CPUTIME_ID) - begin) / times;
}

/* Inline, as in a job; the loop around it is counted too. */
static double cost_of_beat(struct vigil_beat *b)
{
	uint64_t begin = clock_of(CLOCK_THREAD_CPUTIME_ID);

	for (int i = 0; i < STORES; i++) {
		vigil_beat(b);
		__asm__ volatile("" : : : "memory");
	}
	return (double)(clock_of(CLOCK_THREAD_CPUTIME_ID) - begin) / STORES;
}

struct peer {
	int fd;
	pid_t reader;
	struct sockaddr_un at;
	int (*notify)(int unset, const char *state);
};

static void read_all(int fd)
{
	char buf[64];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (recv(fd, buf, sizeof(buf), 0) >= 0)
		;
	_exit(0);
}

/* A supervisor that reads what jobs send to its socket. */
static void start_reader(struct peer *p)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	p->at = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(p->at.sun_path, sizeof(p->at.sun_path), "/tmp/beats-%d", getpid());
	check(fd >= 0 && !bind(fd, (void *)&p->at, sizeof(p->at)), "socket");
	p->reader = fork();
	check(p->reader >= 0, "fork");
	if (!p->reader)
		read_all(fd);
	close(fd);
	p->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	check(p->fd >= 0 && !connect(p->fd, (void *)&p->at, sizeof(p->at)), "connect");
	setenv("NOTIFY_SOCKET", p->at.sun_path, 1);
}

static void send_watchdog(void *arg)
{
	static const char message[] = "WATCHDOG=1";
	struct peer *p = arg;

	check(send(p->fd, message, sizeof(message) - 1, 0) > 0, "send");
}

static void notify_watchdog(void *arg)
{
	struct peer *p = arg;

	check(p->notify(0, "WATCHDOG=1") > 0, "sd_notify");
}

struct request {
	struct vigil *v;
	uint64_t id;
};

static void beat_by_request(void *arg)
{
	struct request *r = arg;

	check(!vigil_beat_send(r->v, r->id), "vigil_beat_send");
}

static void row(const char *name, double ns, double beat_ns)
{
	printf("| %s | %.1f | %.0f |\n", name, ns, ns / beat_ns);
}

static void beat_costs(void *unused)
{
	struct vigil_deadline d = { .ms = 3600 * 1000 };
	void *systemd = dlopen("libsystemd.so.0", RTLD_NOW);
	int fd = vigil_beat_memfd(1);
	struct request r;
	struct vigil_watch w;
	struct vigil_beat *b;
	struct peer p = { 0 };
	double beat_ns;

	(void)unused;
	check(!vigil_beat_map(fd, 0, &b) && !vigil_open(&r.v), "vigil_open");
	check(!vigil_watch_pid(r.v, getpid(), 0, "bench", NULL, 0, &w), "vigil_watch_pid");
	check(!vigil_beat_set(r.v, w.id, &d, b), "vigil_beat_set");
	r.id = w.id;
	start_reader(&p);
	printf("\n#### One beat\n\n| way | CPU ns of the job | ratio |\n|---|--:|--:|\n");
	beat_ns = cost_of_beat(b);
	row("vigil_beat()", beat_ns, beat_ns);
	row("vigil_beat_send(), a request to the kernel", cost(beat_by_request, &r, SENDS), beat_ns);
	row("send() of WATCHDOG=1 on a connected socket", cost(send_watchdog, &p, SENDS), beat_ns);
	p.notify = systemd ? (int (*)(int, const char *))dlsym(systemd, "sd_notify") : NULL;
	if (p.notify)
		row("sd_notify(\"WATCHDOG=1\") of libsystemd", cost(notify_watchdog, &p, SENDS), beat_ns);
	kill(p.reader, SIGKILL);
	unlink(p.at.sun_path);
	check(!vigil_release(r.v, w.id), "vigil_release");
	vigil_close(r.v);
}

/* The first number behind @key in a file. */
static long number_of(const char *path, const char *key)
{
	char line[256];
	long n = -1;
	FILE *f = fopen(path, "re");

	while (f && n < 0 && fgets(line, sizeof(line), f))
		if (!strncmp(line, key, strlen(key)))
			n = atol(line + strlen(key));
	if (f)
		fclose(f);
	check(n >= 0, key);
	return n;
}

static long idle_ticks(void)
{
	char line[256];
	long user, nice, sys, idle = -1;
	FILE *f = fopen("/proc/stat", "re");

	check(f && fgets(line, sizeof(line), f) &&
	      sscanf(line, "cpu %ld %ld %ld %ld", &user, &nice, &sys, &idle) == 4, "/proc/stat");
	fclose(f);
	return idle;
}

static long free_kib(void)
{
	FILE *f = fopen("/proc/sys/vm/drop_caches", "we");

	check(f && fputs("3\n", f) >= 0 && !fclose(f), "drop_caches");
	return number_of("/proc/meminfo", "MemFree:");
}

/* All slots, over and over; ends with its maker. */
static void beat_for_all(struct vigil_beat *slots)
{
	const struct timespec pause = { .tv_nsec = BEAT_EACH_MS * 1000000L };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		for (int i = 0; i < PROCESSES * OWNERS_EACH; i++)
			vigil_beat(&slots[i]);
		nanosleep(&pause, NULL);
	}
}

static pid_t start_idler(void)
{
	pid_t pid = fork();

	check(pid >= 0, "fork");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

/* Share of one processor that was not idle. */
static double busy_share(void)
{
	long ticks = WINDOW_S * sysconf(_SC_CLK_TCK), cpus = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t begin = boottime_ns(), took;
	long idle = idle_ticks();

	sleep(WINDOW_S);
	took = boottime_ns() - begin;
	idle = idle_ticks() - idle;
	return cpus * (double)took / NS_PER_S / WINDOW_S - (double)idle / ticks;
}

struct many {
	struct vigil *v;
	struct vigil_beat *slots;
	uint64_t *id;
	pid_t pid[PROCESSES];
};

static void watch_each(struct many *m)
{
	char owner[VIGIL_OWNER_LEN_MAX + 1];
	struct vigil_watch w;

	for (int o = 0, i = 0; o < OWNERS_EACH; o++) {
		snprintf(owner, sizeof(owner), "bench-%d", o);
		for (int p = 0; p < PROCESSES; p++) {
			check(!vigil_watch_pid(m->v, m->pid[p], 0, owner, NULL, 0, &w),
			      "vigil_watch_pid");
			m->id[i++] = w.id;
		}
	}
}

static void give_beats(struct many *m)
{
	struct vigil_deadline d = { .ms = DEADLINE_MS };

	for (int i = 0; i < PROCESSES * OWNERS_EACH; i++)
		check(!vigil_beat_set(m->v, m->id[i], &d, &m->slots[i]), "vigil_beat_set");
}

static void many_beats(void *unused)
{
	size_t count = PROCESSES * OWNERS_EACH, bytes = count * sizeof(struct vigil_beat);
	struct many m = { .id = calloc(count, sizeof(*m.id)) };
	int fd = vigil_beat_memfd(count);
	long before, watched, beating;
	double quiet, busy;
	struct vigil_stats s;
	uint64_t seq;

	(void)unused;
	m.slots = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	check(m.id && m.slots != MAP_FAILED && !vigil_open(&m.v), "vigil_open");
	if (!fork())
		beat_for_all(m.slots);
	for (int p = 0; p < PROCESSES; p++)
		m.pid[p] = start_idler();
	sleep(1);
	before = free_kib();
	watch_each(&m);
	watched = free_kib();
	quiet = busy_share();
	give_beats(&m);
	beating = free_kib();
	check(!vigil_stats_get(m.v, &s), "vigil_stats_get");
	seq = s.seq;
	busy = busy_share();
	check(!vigil_stats_get(m.v, &s), "vigil_stats_get");
	printf("\n#### %zu watches, each with a deadline of %d ms\n\n", count, DEADLINE_MS);
	printf("| | all watched | all beating | the difference |\n|---|--:|--:|--:|\n");
	printf("| share of one processor | %.2f %% | %.2f %% | %.2f %% |\n", 100 * quiet, 100 * busy,
	       100 * (busy - quiet));
	printf("| memory for each, bytes | %ld | %ld | %ld |\n", (before - watched) * 1024 / (long)count,
	       (before - beating) * 1024 / (long)count, (watched - beating) * 1024 / (long)count);
	printf("\nTold to be hung meanwhile: %ld\n", (long)(s.seq - seq));
}

int main(void)
{
	struct utsname uts;

	check(!module_reload(""), "insmod");
	uname(&uts);
	printf("Linux %s, %ld processors.\n", uts.release, sysconf(_SC_NPROCESSORS_ONLN));
	fflush(stdout);
	in_a_process(beat_costs, NULL);
	in_a_process(many_beats, NULL);
	return 0;
}
