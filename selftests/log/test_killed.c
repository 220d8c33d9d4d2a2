// SPDX-License-Identifier: GPL-2.0
/*
 * The way of a line from its pipe to its file, walked by a process that is killed again and again.
 *
 * A generator writes numbered lines of many lengths. A worker moves them, as the logger does, and is
 * killed before or after any of its system calls; the next one goes on. In the end the files have
 * each line once, in order. The pipe is small, so that there are many steps.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftests/lib/harness.h"
#include "user/log/sink.h"
#include "user/log/source.h"

#define FIFO "job,1,out"

enum { LINES = 60000, FILES = 100, PIPE_SIZE = 4096, STOPS_MAX = 120 };

FIXTURE(killed) {
	char path[40];
	int dir_fd;
	int pipe_fd;		/* as vigild's: what is in the pipe stays there */
};

static void remove_all(const char *path, int dir_fd)
{
	DIR *dir = fdopendir(dup(dir_fd));
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		unlinkat(dir_fd, entry->d_name, 0);
	if (dir)
		closedir(dir);
	rmdir(path);
}

FIXTURE_SETUP(killed)
{
	strcpy(self->path, "/tmp/vigil-killed.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->path));
	self->dir_fd = open(self->path, O_RDONLY | O_DIRECTORY);
	ASSERT_EQ(0, mkfifoat(self->dir_fd, FIFO, 0600));
	self->pipe_fd = openat(self->dir_fd, FIFO, O_RDONLY | O_NONBLOCK);
	ASSERT_LE(0, self->pipe_fd);
	ASSERT_EQ(PIPE_SIZE, fcntl(self->pipe_fd, F_SETPIPE_SZ, PIPE_SIZE));
}

FIXTURE_TEARDOWN(killed)
{
	close(self->pipe_fd);
	remove_all(self->path, self->dir_fd);
	close(self->dir_fd);
}

/* Most lines are short; some have to be kept from one look to the next, or are cut. */
static size_t filling(unsigned int line)
{
	if (line % 5000 == 0)
		return LOG_TEXT_MAX + line % 7;
	return line % 100 == 0 ? line % 3000 : line % 20;
}

static size_t make_line(char *out, unsigned int line)
{
	size_t n = (size_t)sprintf(out, "%u ", line);

	memset(out + n, 'x', filling(line));
	n += filling(line);
	out[n] = '\0';
	return n;
}

_Noreturn static void generate(int fd)
{
	static char text[2 * LOG_TEXT_MAX];
	unsigned int i;
	size_t len;

	for (i = 1; i <= LINES; i++) {
		len = make_line(text, i);
		text[len++] = '\n';
		if (write(fd, text, len) != (ssize_t)len)
			_exit(1);
	}
	_exit(0);
}

static void empty_ring(struct sinks *sinks, struct ring *ring)
{
	const struct ring_entry *e;

	while ((e = ring_first(ring))) {
		sink_write(sinks, e, atomic_load(&ring->tail));
		ring_drop(ring, e);
	}
}

static bool never(void *arg, int slot)
{
	(void)arg;
	(void)slot;
	return false;
}

_Noreturn static void work(const char *path, int dir_fd)
{
	struct log_state *s = state_open(dir_fd, "boot");
	struct source src = { .fifo = FIFO, .rules = rules_default() };
	enum source_outcome outcome;
	struct sinks sinks;
	struct tap tap;

	if (!s || sinks_open(&sinks, s, path) || tap_open(&tap, s, dir_fd))
		_exit(1);
	src.rules.rate_max = 0;
	src.rules.max_size = 256 << 10;
	src.rules.max_files = FILES;
	src.fd = openat(dir_fd, FIFO, O_RDONLY | O_NONBLOCK);
	src.job = state_job_make(s, "job", never, NULL);
	src.part = state_part(s, FIFO);
	src.mid = src.part < 0 ? LOG_MID_NONE : (enum log_mid)s->parts[src.part].mid;
	do {
		empty_ring(&sinks, &s->ring);
		outcome = source_pump(&tap, &src);
	} while (outcome != SOURCE_ENDED);
	empty_ring(&sinks, &s->ring);
	_exit(0);
}

/* Whether it came to its end; else it was killed, at a system call's beginning or end. */
static bool let_work(const char *path, int dir_fd)
{
	long stops = random() % STOPS_MAX;
	pid_t pid = fork();
	int status;

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		work(path, dir_fd);
	}
	waitpid(pid, &status, 0);
	while (WIFSTOPPED(status) && stops--) {
		ptrace(PTRACE_SYSCALL, pid, 0, 0);
		waitpid(pid, &status, 0);
	}
	if (WIFEXITED(status))
		return WEXITSTATUS(status) == 0;
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return false;
}

static FILE *open_log(int dir_fd, int n)
{
	char name[16];
	int fd;

	snprintf(name, sizeof(name), n ? "job.log.%d" : "job.log", n);
	fd = openat(dir_fd, name, O_RDONLY);
	return fd < 0 ? NULL : fdopen(fd, "r");
}

/* The line that was to come; else the test fails with what came instead. */
static bool is_next(const char *text, unsigned int line)
{
	static char want[2 * LOG_TEXT_MAX];

	make_line(want, line);
	return strcmp(text, want) == 0;
}

TEST_F(killed, each_line_comes_once_and_in_order)
{
	static char text[2 * LOG_TEXT_MAX + 1], line[2 * LOG_TEXT_MAX];
	int writer = openat(self->dir_fd, FIFO, O_RDWR), n, kills = 0;
	unsigned int seen = 0;
	struct record r;
	pid_t generator = fork();
	size_t at = 0, len;
	FILE *f;

	if (!generator)
		generate(writer);
	close(writer);
	while (!let_work(self->path, self->dir_fd))
		kills++;
	waitpid(generator, NULL, 0);
	for (n = FILES; n >= 0; n--) {
		f = open_log(self->dir_fd, n);
		while (f && fgets(line, sizeof(line), f)) {
			len = strlen(line);
			ASSERT_EQ('\n', line[len - 1]) TH_LOG("after line %u: %.80s", seen, line);
			ASSERT_EQ(0, record_parse(line, len - 1, &r))
				TH_LOG("after line %u: %.80s", seen, line);
			ASSERT_LT(at + r.text_len, sizeof(text));
			memcpy(text + at, r.text, r.text_len);
			at += r.text_len;
			text[at] = '\0';
			if (!r.whole)
				continue;
			at = 0;
			ASSERT_TRUE(is_next(text, ++seen))
				TH_LOG("instead of line %u: %.80s", seen, text);
		}
		if (f)
			fclose(f);
	}
	EXPECT_EQ(LINES, seen);
	TH_LOG("%d kills", kills);
}

TEST_HARNESS_MAIN
