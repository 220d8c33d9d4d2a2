// SPDX-License-Identifier: GPL-2.0
/* All streams of all jobs: found in the logger's directory, read in turn. */
#include "user/log/reader.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/base/clock.h"
#include "user/base/log.h"

enum { NOTIFY_SIZE = 16384 };

static struct log_state *state_of(const struct reader *r)
{
	return r->tap.s;
}

/* A slot whose job has neither streams nor records on their way. */
static bool may_take(void *arg, int slot)
{
	struct reader *r = arg;

	const struct ring *ring = &state_of(r)->ring;

	/* The tail is the writer's to move: here it is only looked at. */
	return TAILQ_EMPTY(&r->of_job[slot]) && atomic_load(&ring->tail) == atomic_load(&ring->head);
}

static bool has(const struct reader *r, int job, const char *fifo)
{
	const struct source *src;

	TAILQ_FOREACH(src, &r->of_job[job], link)
		if (strcmp(src->fifo, fifo) == 0)
			return true;
	return false;
}

static void hold(struct reader *r, struct source *src)
{
	TAILQ_INSERT_TAIL(&r->of_job[src->job], src, link);
	TAILQ_INSERT_TAIL(&r->fresh, src, fresh_link);
	src->fresh = true;
	r->n++;
}

static void drop(struct reader *r, struct source *src)
{
	TAILQ_REMOVE(&r->of_job[src->job], src, link);
	if (src->fresh)
		TAILQ_REMOVE(&r->fresh, src, fresh_link);
	if (src->ending)
		TAILQ_REMOVE(&r->ending, src, fresh_link);
	if (src->fd >= 0)
		close(src->fd);
	free(src);
	r->n--;
}

/* Its name goes last: a logger that is killed before reads the end once more. */
static void end(struct reader *r, struct source *src)
{
	unlinkat(r->tap.dir_fd, src->fifo, 0);
	drop(r, src);
}

/* -1, with errno set, if it is no pipe. */
static int open_pipe(const struct reader *r, const char *name)
{
	int fd = openat(r->tap.dir_fd, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode)))
		return fd;
	close(fd);
	errno = EINVAL;
	return -1;
}

static struct source *make_source(struct reader *r, const char *fifo, const struct fifo_name *name,
				  int job)
{
	struct log_state *s = state_of(r);
	struct source *src = calloc(1, sizeof(*src));

	if (!src)
		return NULL;
	snprintf(src->fifo, sizeof(src->fifo), "%s", fifo);
	src->stream = name->stream;
	src->job = job;
	src->fd = -1;
	src->part = state_part(s, fifo);
	src->mid = src->part < 0 ? LOG_MID_NONE : (enum log_mid)s->parts[src->part].mid;
	if (rules_read(r->tap.dir_fd, name->job, &src->rules))
		log_warning("%s: its rules cannot be read, the default ones are used", name->job);
	return src;
}

static int watch(struct reader *r, struct source *src)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = src };

	return epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, src->fd, &ev) ? -errno : 0;
}

static void take_up(struct reader *r, const char *fifo)
{
	struct fifo_name name;
	struct source *src;
	int job;

	if (fifo_name_read(fifo, &name))
		return;
	job = state_job_make(state_of(r), name.job, may_take, r);
	if (job >= 0 && has(r, job, fifo))
		return;
	src = job < 0 ? NULL : make_source(r, fifo, &name, job);
	if (!src) {
		r->missed = true;
		return;
	}
	src->fd = open_pipe(r, fifo);
	if (src->fd >= 0 && watch(r, src) == 0) {
		hold(r, src);
		return;
	}
	if (errno != ENOENT && !r->missed)
		log_error("cannot open the pipe %s: %s", fifo, strerror(errno));
	r->missed |= errno != ENOENT;
	if (src->fd >= 0)
		close(src->fd);
	free(src);
}

static void scan(struct reader *r)
{
	int fd = openat(r->tap.dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	r->missed = !dir;
	while (dir && (entry = readdir(dir)))
		take_up(r, entry->d_name);
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
}

/* Lines whose pipe went while no logger ran. */
static void take_up_parts(struct reader *r)
{
	struct log_state *s = state_of(r);
	struct fifo_name name;
	struct source *src;
	int i, job;

	for (i = 0; i < LOG_PARTS; i++) {
		if (!s->parts[i].fifo[0] || fifo_name_read(s->parts[i].fifo, &name))
			continue;
		job = state_job(s, name.job);
		if (job < 0 || has(r, job, s->parts[i].fifo))
			continue;
		src = make_source(r, s->parts[i].fifo, &name, job);
		if (src)
			hold(r, src);
	}
}

static void dir_ready(void *arg, uint32_t events)
{
	union {
		struct inotify_event first;
		char bytes[NOTIFY_SIZE];
	} buf;
	struct reader *r = arg;
	const struct inotify_event *ev;
	ssize_t n = read(r->dir_src.fd, &buf, sizeof(buf)), at;

	(void)events;
	for (at = 0; at < n; at += (ssize_t)sizeof(*ev) + ev->len) {
		ev = (const void *)(buf.bytes + at);
		if (ev->mask & IN_Q_OVERFLOW)
			scan(r);
		else if (ev->len)
			take_up(r, ev->name);
	}
}

static void unblock(struct reader *r)
{
	if (!r->blocked)
		return;
	r->blocked = false;
	loop_disarm(r->loop, &r->stall);
	if (loop_add(r->loop, &r->epoll_src, r->epoll_fd, EPOLLIN))
		log_error("cannot read on: %s", strerror(errno));
}

/* The jobs wait with it, for so long as there is progress now and then. */
static void block(struct reader *r)
{
	r->blocked = true;
	loop_del(r->loop, &r->epoll_src);
	loop_arm(r->loop, &r->stall, clock_us() + LOG_STALL_US);
	writer_want_room(r->writer);
	writer_wake(r->writer);
}

/* Its end would be an event all the time. */
static void let_end_wait(struct reader *r, struct source *src)
{
	epoll_ctl(r->epoll_fd, EPOLL_CTL_DEL, src->fd, NULL);
	TAILQ_INSERT_TAIL(&r->ending, src, fresh_link);
	src->ending = true;
	writer_want_room(r->writer);
}

static void end_waiting(struct reader *r)
{
	struct source *src;

	while ((src = TAILQ_FIRST(&r->ending))) {
		TAILQ_REMOVE(&r->ending, src, fresh_link);
		src->ending = false;
		TAILQ_INSERT_TAIL(&r->fresh, src, fresh_link);
		src->fresh = true;
	}
}

static void room_ready(void *arg, uint32_t events)
{
	struct reader *r = arg;
	uint64_t n;

	(void)events;
	if (read(r->room_src.fd, &n, sizeof(n)) < 0)
		return;
	unblock(r);
	end_waiting(r);
}

static void stalled(void *arg)
{
	struct reader *r = arg;

	r->tap.drop = true;
	unblock(r);
}

/* The end of a pipe that had no writer when it was opened gives no event: it is read up to there. */
static void pump(struct reader *r, struct source *src)
{
	enum source_outcome outcome = source_pump(&r->tap, src);

	if (outcome == SOURCE_RING_FULL) {
		block(r);
		return;
	}
	if (src->fresh)
		TAILQ_REMOVE(&r->fresh, src, fresh_link);
	src->fresh = src->fresh && outcome == SOURCE_MOVED;
	if (src->fresh)
		TAILQ_INSERT_TAIL(&r->fresh, src, fresh_link);
	if (outcome == SOURCE_END_WAITS)
		let_end_wait(r, src);
	if (outcome == SOURCE_ENDED)
		end(r, src);
	writer_wake(r->writer);
}

static void pipes_ready(void *arg, uint32_t events)
{
	struct epoll_event batch[LOG_PUMPS_PER_TURN];
	struct reader *r = arg;
	int n = epoll_wait(r->epoll_fd, batch, LOG_PUMPS_PER_TURN, 0), i;

	(void)events;
	for (i = 0; i < n && !r->blocked; i++)
		pump(r, batch[i].data.ptr);
}

bool reader_turn(struct reader *r)
{
	int i;

	for (i = 0; i < LOG_PUMPS_PER_TURN && !r->blocked && !TAILQ_EMPTY(&r->fresh); i++)
		pump(r, TAILQ_FIRST(&r->fresh));
	return !r->blocked && !TAILQ_EMPTY(&r->fresh);
}

void reader_retry(struct reader *r)
{
	if (r->missed)
		scan(r);
}

static int watch_dir(struct reader *r, const char *dir)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK), err;

	if (fd < 0)
		return -errno;
	err = inotify_add_watch(fd, dir, IN_MOVED_TO) < 0 ? -errno : 0;
	if (!err)
		err = loop_add(r->loop, &r->dir_src, fd, EPOLLIN);
	if (err)
		close(fd);
	return err;
}

static int make_lists(struct reader *r)
{
	size_t i;

	r->of_job = calloc(LOG_JOBS, sizeof(*r->of_job));
	if (!r->of_job)
		return -ENOMEM;
	for (i = 0; i < LOG_JOBS; i++)
		TAILQ_INIT(&r->of_job[i]);
	TAILQ_INIT(&r->fresh);
	TAILQ_INIT(&r->ending);
	return 0;
}

int reader_open(struct reader *r, struct loop *loop, struct writer *w, struct log_state *s,
		int dir_fd, const char *dir)
{
	int err;

	*r = (struct reader){
		.loop = loop,
		.writer = w,
		.epoll_fd = epoll_create1(EPOLL_CLOEXEC),
		.epoll_src = { .fd = -1, .fn = pipes_ready, .arg = r },
		.room_src = { .fd = -1, .fn = room_ready, .arg = r },
		.dir_src = { .fd = -1, .fn = dir_ready, .arg = r },
		.stall = { .fn = stalled, .arg = r },
	};
	if (r->epoll_fd < 0)
		return -errno;
	err = make_lists(r);
	if (!err)
		err = tap_open(&r->tap, s, dir_fd);
	if (!err)
		err = loop_add(loop, &r->epoll_src, r->epoll_fd, EPOLLIN);
	if (!err)
		err = loop_add(loop, &r->room_src, w->room_fd, EPOLLIN);
	/* Watched before it is read: what comes in between is seen twice, and once too often. */
	if (!err)
		err = watch_dir(r, dir);
	if (err)
		return err;
	scan(r);
	take_up_parts(r);
	return 0;
}

void reader_yield(struct reader *r)
{
	struct source *src;
	bool all = true;
	size_t i;

	for (i = 0; i < LOG_JOBS; i++)
		TAILQ_FOREACH(src, &r->of_job[i], link)
			all &= source_yield(&r->tap, src);
	writer_wake(r->writer);
	if (!all)
		log_warning("beginnings of lines wait for the next logger: nothing more can be written");
}

void reader_close(struct reader *r)
{
	struct source *src;
	size_t i;

	for (i = 0; i < LOG_JOBS; i++)
		while ((src = TAILQ_FIRST(&r->of_job[i])))
			drop(r, src);
	free(r->of_job);
	loop_del(r->loop, &r->epoll_src);
	loop_del(r->loop, &r->room_src);
	close(r->dir_src.fd);
	loop_del(r->loop, &r->dir_src);
	close(r->epoll_fd);
	tap_close(&r->tap);
}
