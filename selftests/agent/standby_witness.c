// SPDX-License-Identifier: GPL-2.0
/*
 * A service with standbys that testifies: standby_witness FILE [lock FILE] [ballast MIB] [crash] [child]
 *
 * It appends a line to FILE when it gets ready to stand by, when it is told to prepare, and when it is the
 * primary: the word, its process ID, and CLOCK_MONOTONIC in ns as it was at the first instruction after the wake.
 * As the primary it holds a lock on the lock's FILE if one is named; if another has it, it says "doubled". `ballast`:
 * it has so much memory in use; `crash`: it dies by SIGABRT once it is the primary; `child`: it leaves one in a session
 * of its own, which holds the lock, too. SIGUSR1 makes it say "signal".
 *
 * It uses nothing of libvigil: the variables and the eventfds are all that there is to it.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

struct orders {
	const char *file;
	const char *lock;
	size_t ballast;
	int crash;
	int child;
};

static int record_fd;

static int parse(struct orders *o, int argc, char **argv)
{
	int i;

	*o = (struct orders){ 0 };
	if (argc < 2)
		return -1;
	o->file = argv[1];
	for (i = 2; i < argc; i++) {
		if (strcmp(argv[i], "lock") == 0 && i + 1 < argc)
			o->lock = argv[++i];
		else if (strcmp(argv[i], "ballast") == 0 && i + 1 < argc)
			o->ballast = strtoul(argv[++i], NULL, 10) << 20;
		else if (strcmp(argv[i], "crash") == 0)
			o->crash = 1;
		else if (strcmp(argv[i], "child") == 0)
			o->child = 1;
		else
			return -1;
	}
	return 0;
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void testify(const char *word, uint64_t ns)
{
	char line[80];
	int n = snprintf(line, sizeof(line), "%s %d %" PRIu64 "\n", word, getpid(), ns);

	if (write(record_fd, line, (size_t)n) != n)
		_exit(79);
}

static void on_signal(int sig)
{
	static const char line[] = "signal 0 0\n";

	(void)sig;
	if (write(record_fd, line, sizeof(line) - 1) < 0)
		_exit(79);
}

static void take_ballast(size_t size)
{
	char *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		exit(80);
	memset(at, 0x5a, size);
}

static int fd_of(const char *name)
{
	const char *text = getenv(name);

	return text ? atoi(text) : -1;
}

/* Returns when it is the primary: the time of that. */
static uint64_t stand_by(void)
{
	struct pollfd p[2] = {
		{ .fd = fd_of("VIGIL_ROLE_FD"), .events = POLLIN },
		{ .fd = fd_of("VIGIL_PREPARE_FD"), .events = POLLIN },
	};
	uint64_t ns;

	testify("standby", now_ns());
	for (;;) {
		if (poll(p, 2, -1) < 0)
			continue;
		ns = now_ns();
		if (p[1].fd >= 0 && p[1].revents) {
			testify("prepare", ns);
			p[1].fd = -1;
		}
		if (p[0].revents)
			return ns;
	}
}

static void hold(const struct orders *o)
{
	int fd = open(o->lock, O_RDWR | O_CREAT, 0666);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		return;
	testify("doubled", now_ns());
	exit(77);
}

static void leave_child(void)
{
	pid_t pid = fork();

	if (pid)
		return;
	setsid();
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	const char *role = getenv("VIGIL_ROLE");
	struct orders o;
	uint64_t ns;

	if (parse(&o, argc, argv)) {
		fputs("usage: standby_witness FILE [lock FILE] [ballast MIB] [crash] [child]\n", stderr);
		return 2;
	}
	record_fd = open(o.file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (record_fd < 0)
		return 78;
	signal(SIGUSR1, on_signal);
	if (o.ballast)
		take_ballast(o.ballast);
	ns = role && strcmp(role, "standby") == 0 ? stand_by() : now_ns();
	if (o.lock)
		hold(&o);
	if (o.child)
		leave_child();
	testify("primary", ns);
	if (o.crash)
		abort();
	for (;;)
		pause();
}
