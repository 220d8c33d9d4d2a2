// SPDX-License-Identifier: GPL-2.0
/* The thread that waits for disks. */
#include "user/log/writer.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void post(int fd)
{
	uint64_t one = 1;

	/* It fails only if it is full already. */
	if (write(fd, &one, sizeof(one)) < 0)
		errno = 0;
}

/* Idle is told first, then looked again: a put in between is seen by one of the two. */
static void wait_for_work(struct writer *w)
{
	uint64_t n;

	atomic_store(&w->idle, true);
	if (!ring_first(&w->s->ring) && !atomic_load(&w->ending) &&
	    read(w->work_fd, &n, sizeof(n)) < 0)
		errno = 0;
	atomic_store(&w->idle, false);
}

static void write_one(struct writer *w, const struct ring_entry *e)
{
	struct log_job *job = &w->s->jobs[e->job];

	sink_write(&w->sinks, e, atomic_load(&w->s->ring.tail));
	atomic_fetch_add(&job->unforwarded, forward_entry(&w->forward, job->name, e));
	ring_drop(&w->s->ring, e);
	if (atomic_exchange(&w->room_wanted, false))
		post(w->room_fd);
}

static void *run(void *arg)
{
	struct writer *w = arg;
	const struct ring_entry *e;

	do {
		while ((e = ring_first(&w->s->ring)))
			write_one(w, e);
		wait_for_work(w);
	} while (!atomic_load(&w->ending) || ring_first(&w->s->ring));
	return NULL;
}

int writer_start(struct writer *w, struct log_state *s, const char *dir)
{
	int err = sinks_open(&w->sinks, s, dir);

	if (err)
		return err;
	w->s = s;
	w->work_fd = eventfd(0, EFD_CLOEXEC);
	w->room_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->work_fd < 0 || w->room_fd < 0) {
		err = -errno;
		goto close_fds;
	}
	forward_open(&w->forward);
	err = -pthread_create(&w->thread, NULL, run, w);
	if (!err)
		return 0;
	forward_close(&w->forward);
close_fds:
	if (w->work_fd >= 0)
		close(w->work_fd);
	if (w->room_fd >= 0)
		close(w->room_fd);
	sinks_close(&w->sinks);
	return err;
}

void writer_wake(struct writer *w)
{
	if (atomic_load(&w->idle))
		post(w->work_fd);
}

void writer_want_room(struct writer *w)
{
	atomic_store(&w->room_wanted, true);
}

void writer_stop(struct writer *w)
{
	atomic_store(&w->ending, true);
	post(w->work_fd);
	pthread_join(w->thread, NULL);
	forward_close(&w->forward);
	close(w->work_fd);
	close(w->room_fd);
	sinks_close(&w->sinks);
}
