// SPDX-License-Identifier: GPL-2.0
/*
 * The log files of all jobs.
 *
 * The logger may be killed in the middle of a write. So the file and the offset are written down before,
 * and the next logger writes the same bytes to the same place.
 */
#include "user/log/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "user/base/clock.h"
#include "user/base/log.h"
#include "user/base/path.h"
#include "user/log/record.h"
#include "user/log/rotate.h"

enum { PATH_SIZE = 4096, NAME_SIZE = LOG_JOB_NAME_SIZE + 8 };

int sinks_open(struct sinks *ss, struct log_state *s, const char *dir)
{
	size_t i;

	*ss = (struct sinks){ .s = s, .dir = dir, .of_job = calloc(LOG_JOBS, sizeof(*ss->of_job)) };
	if (!ss->of_job)
		return -ENOMEM;
	TAILQ_INIT(&ss->open);
	for (i = 0; i < LOG_JOBS; i++)
		ss->of_job[i].fd = -1;
	return 0;
}

static void close_sink(struct sinks *ss, struct sink *k)
{
	if (k->fd < 0)
		return;
	close(k->fd);
	k->fd = -1;
	TAILQ_REMOVE(&ss->open, k, link);
	ss->nopen--;
}

void sinks_close(struct sinks *ss)
{
	while (!TAILQ_EMPTY(&ss->open))
		close_sink(ss, TAILQ_FIRST(&ss->open));
	free(ss->of_job);
}

static int open_dir(const struct sinks *ss)
{
	int fd = open(ss->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT && path_make_dirs(ss->dir, 0750) == 0)
		fd = open(ss->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* O_NONBLOCK: a FIFO in its place is refused instead of waited for. */
static int open_file(struct sinks *ss, struct sink *k, int dir_fd, const char *name)
{
	int fd = openat(dir_fd, name, O_RDWR | O_CREAT | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, 0640);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return -EINVAL;
	}
	if (ss->nopen == LOG_OPEN_MAX)
		close_sink(ss, TAILQ_FIRST(&ss->open));
	k->fd = fd;
	k->dev = st.st_dev;
	k->ino = st.st_ino;
	TAILQ_INSERT_TAIL(&ss->open, k, link);
	ss->nopen++;
	return 0;
}

/* A line torn by the end of the machine is ended. */
static void end_torn_line(const struct sink *k, off_t size)
{
	char last;

	if (size && pread(k->fd, &last, 1, size - 1) == 1 && last != '\n' &&
	    pwrite(k->fd, "\n", 1, size) != 1)
		log_debug("cannot end a torn line: %s", strerror(errno));
}

/* The file as it is now: somebody may have moved, removed or emptied it. */
static int reach_file(struct sinks *ss, struct sink *k, int dir_fd, const char *name, off_t *size)
{
	bool known = k->fd >= 0;
	struct stat st;
	int err;

	if (known && (fstatat(dir_fd, name, &st, 0) || st.st_dev != k->dev || st.st_ino != k->ino)) {
		close_sink(ss, k);
		known = false;
	}
	if (!known) {
		err = open_file(ss, k, dir_fd, name);
		if (err)
			return err;
		if (fstat(k->fd, &st))
			return -errno;
	}
	*size = st.st_size;
	if (known && TAILQ_LAST(&ss->open, sink_list) != k) {
		TAILQ_REMOVE(&ss->open, k, link);
		TAILQ_INSERT_TAIL(&ss->open, k, link);
	}
	return 0;
}

static bool is_begun(const struct log_writing *w, const struct sink *k, uint64_t at)
{
	return atomic_load(&w->entry) == at + 1 && w->ino == k->ino;
}

static void write_down(struct sinks *ss, const struct ring_entry *e, const struct sink *k,
		       uint64_t at, off_t offset)
{
	struct log_writing *w = &ss->s->writing;
	const struct log_job *job = &ss->s->jobs[e->job];

	atomic_store(&w->entry, 0);
	atomic_signal_fence(memory_order_seq_cst);
	w->ino = k->ino;
	w->offset = (uint64_t)offset;
	w->now_ns = clock_realtime_ns();
	w->lost = job->lost;
	w->lost_total = atomic_load(&job->lost_total);
	atomic_store(&w->entry, at + 1);
}

/* The file, with an offset to write at that has been written down. */
static int prepare(struct sinks *ss, const struct ring_entry *e, struct sink *k, uint64_t at)
{
	char name[NAME_SIZE];
	int dir_fd = open_dir(ss), err;
	bool was_open = k->fd >= 0;
	off_t size = 0;

	if (dir_fd < 0)
		return dir_fd;
	snprintf(name, sizeof(name), "%s.log", ss->s->jobs[e->job].name);
	err = reach_file(ss, k, dir_fd, name, &size);
	if (!err && !is_begun(&ss->s->writing, k, at)) {
		if (size && (uint64_t)size + e->len + RECORD_PREFIX_MAX + LOG_NOTICE_MAX >
		    e->rules.max_size) {
			err = rotate(dir_fd, name, e->rules.max_files);
			if (!err)
				err = reach_file(ss, k, dir_fd, name, &size);
		} else if (!was_open) {
			end_torn_line(k, size);
			err = reach_file(ss, k, dir_fd, name, &size);
		}
		if (!err)
			write_down(ss, e, k, at, size);
	}
	close(dir_fd);
	return err;
}

static size_t make_notice(char *out, const struct log_writing *w)
{
	double s = (double)(w->now_ns > w->lost.since_ns ? w->now_ns - w->lost.since_ns : 0);
	char stamp[RECORD_STAMP_LEN + 1];
	size_t len;

	if (!w->lost.n)
		return 0;
	record_stamp(stamp, w->now_ns);
	len = record_prefix(out, stamp, RECORD_VIGIL, true);
	return len + (size_t)snprintf(out + len, LOG_NOTICE_MAX, "%" PRIu64 " lines dropped in %.3f s: "
				      "the file could not be written\n", w->lost.n, s / NS_PER_S);
}

static int write_at(int fd, const struct iovec *iov, off_t offset)
{
	size_t done = 0, i;
	ssize_t n;

	for (i = 0; i < 2; i++) {
		for (done = 0; done < iov[i].iov_len; done += (size_t)n) {
			n = pwrite(fd, (char *)iov[i].iov_base + done, iov[i].iov_len - done, offset);
			if (n < 0 && errno == EINTR)
				n = 0;
			if (n < 0)
				return -errno;
			offset += n;
		}
	}
	return 0;
}

static int write_entry(struct sinks *ss, const struct ring_entry *e, const struct sink *k)
{
	const struct log_writing *w = &ss->s->writing;
	char notice[RECORD_PREFIX_MAX + LOG_NOTICE_MAX];
	struct iovec iov[] = {
		{ notice, make_notice(notice, w) },
		{ (char *)e->text, e->len },
	};
	int err = write_at(k->fd, iov, (off_t)w->offset);

	if (!err)
		ss->s->jobs[e->job].lost = (struct log_drop){ 0 };
	else if (ftruncate(k->fd, (off_t)w->offset))
		log_debug("cannot take back half a line: %s", strerror(errno));
	return err;
}

static void count_lost(struct sinks *ss, const struct ring_entry *e, uint64_t at)
{
	const struct log_writing *w = &ss->s->writing;
	struct log_job *job = &ss->s->jobs[e->job];
	bool begun = atomic_load(&w->entry) == at + 1;
	struct log_drop lost = begun ? w->lost : job->lost;
	uint64_t total = begun ? w->lost_total : atomic_load(&job->lost_total);

	if (!lost.n)
		lost.since_ns = clock_realtime_ns();
	lost.n += e->lines;
	job->lost = lost;
	atomic_store(&job->lost_total, total + e->lines);
}

/* Once for each kind of trouble. */
static void tell(struct sinks *ss, const struct ring_entry *e, struct sink *k, int err)
{
	const char *name = ss->s->jobs[e->job].name;

	if (err == k->error)
		return;
	if (err)
		log_error("cannot write %s/%s.log: %s", ss->dir, name,
			  err == -EINVAL ? "it is no regular file" : strerror(-err));
	else
		log_notice("%s/%s.log can be written again", ss->dir, name);
	k->error = err;
}

void sink_write(struct sinks *ss, const struct ring_entry *e, uint64_t at)
{
	struct sink *k = &ss->of_job[e->job];
	int err = prepare(ss, e, k, at);

	if (!err)
		err = write_entry(ss, e, k);
	if (err)
		count_lost(ss, e, at);
	tell(ss, e, k, err);
}
