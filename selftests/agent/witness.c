// SPDX-License-Identifier: GPL-2.0
/*
 * A job that testifies: witness DIR NAME [run MS] [exit CODE] [child] [deaf] [beat MS]
 *
 * It holds a lock on DIR/NAME.lock while it runs, so a second instance of NAME at the same time is
 * caught by itself and put on record in DIR/doubled. `run`: end after MS; `exit`: end with CODE, at
 * once if not told to run; `child`: leave a child in a session of its own, which holds the lock,
 * too; `deaf`: ignore SIGTERM; `beat`: tell that it is ready, and then, each MS, that it lives.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

struct orders {
	const char *dir;
	const char *name;
	long run_ms;		/* -1: for ever */
	int code;
	int child;
	int deaf;
	long beat_ms;		/* 0: it tells nothing */
};

static int parse(struct orders *o, int argc, char **argv)
{
	int i;

	*o = (struct orders){ .run_ms = -1, .code = -1 };
	if (argc < 3)
		return -1;
	o->dir = argv[1];
	o->name = argv[2];
	for (i = 3; i < argc; i++) {
		if (strcmp(argv[i], "run") == 0 && i + 1 < argc)
			o->run_ms = strtol(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "exit") == 0 && i + 1 < argc)
			o->code = (int)strtol(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "child") == 0)
			o->child = 1;
		else if (strcmp(argv[i], "deaf") == 0)
			o->deaf = 1;
		else if (strcmp(argv[i], "beat") == 0 && i + 1 < argc)
			o->beat_ms = strtol(argv[++i], NULL, 10);
		else
			return -1;
	}
	if (o->code >= 0 && o->run_ms < 0)
		o->run_ms = 0;
	return 0;
}

/* Returns an open file; the test reads what is written there, so failing to write is fatal. */
static int open_file(const struct orders *o, const char *name, const char *suffix)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%s%s", o->dir, name, suffix);
	fd = open(path, O_RDWR | O_CREAT | O_APPEND, 0666);
	if (fd < 0) {
		perror(path);
		exit(78);
	}
	return fd;
}

static void testify(const struct orders *o, const char *file)
{
	int fd = open_file(o, file, "");
	char line[128];
	int n = snprintf(line, sizeof(line), "%s %d\n", o->name, getpid());

	if (write(fd, line, (size_t)n) != n)
		exit(79);
	close(fd);
}

static void hold_lock(const struct orders *o)
{
	int fd = open_file(o, o->name, ".lock");

	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return;
	testify(o, "doubled");
	exit(77);
}

static void leave_child(void)
{
	pid_t pid = fork();

	if (pid < 0)
		exit(76);
	if (pid > 0)
		return;
	setsid();
	for (;;)
		pause();
}

static int sleep_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	return nanosleep(&ts, NULL);
}

/* What cannot be sent, since no vigild reads, is said again soon. */
static void notify(const char *text)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (!path || fd < 0)
		exit(75);
	strncpy(addr.sun_path, path, sizeof(addr.sun_path) - 1);
	while (sendto(fd, text, strlen(text), MSG_DONTWAIT, (struct sockaddr *)&addr,
		      sizeof(addr)) < 0)
		sleep_ms(10);
	close(fd);
}

static void beat(long ms)
{
	notify("READY=1");
	for (;;) {
		sleep_ms(ms);
		notify("WATCHDOG=1");
	}
}

int main(int argc, char **argv)
{
	struct orders o;

	if (parse(&o, argc, argv)) {
		fputs("usage: witness DIR NAME [run MS] [exit CODE] [child] [deaf] [beat MS]\n", stderr);
		return 2;
	}
	hold_lock(&o);
	if (o.deaf)
		signal(SIGTERM, SIG_IGN);
	if (o.child)
		leave_child();
	testify(&o, "started");
	if (o.beat_ms)
		beat(o.beat_ms);
	if (o.run_ms < 0)
		for (;;)
			pause();
	while (o.run_ms > 0)
		if (sleep_ms(o.run_ms) == 0 || errno != EINTR)
			break;
	return o.code < 0 ? 0 : o.code;
}
