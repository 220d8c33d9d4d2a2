// SPDX-License-Identifier: GPL-2.0
/*
 * A job that testifies: witness DIR NAME [run MS] [exit CODE] [child] [deaf]
 *
 * It holds a lock on DIR/NAME.lock while it runs, so a second instance of NAME at the same time is
 * caught by itself and put on record in DIR/doubled. `run`: end after MS; `exit`: end with CODE, at
 * once if not told to run; `child`: leave a child in a session of its own, which holds the lock,
 * too; `deaf`: ignore SIGTERM.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

struct orders {
	const char *dir;
	const char *name;
	long run_ms;		/* -1: for ever */
	int code;
	int child;
	int deaf;
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

int main(int argc, char **argv)
{
	struct orders o;

	if (parse(&o, argc, argv)) {
		fputs("usage: witness DIR NAME [run MS] [exit CODE] [child] [deaf]\n", stderr);
		return 2;
	}
	hold_lock(&o);
	if (o.deaf)
		signal(SIGTERM, SIG_IGN);
	if (o.child)
		leave_child();
	testify(&o, "started");
	if (o.run_ms < 0)
		for (;;)
			pause();
	while (o.run_ms > 0) {
		struct timespec ts = { o.run_ms / 1000, o.run_ms % 1000 * 1000000 };

		if (nanosleep(&ts, NULL) == 0 || errno != EINTR)
			break;
	}
	return o.code < 0 ? 0 : o.code;
}
