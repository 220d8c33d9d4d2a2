// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors that a job has left with vigild: FDSTORE=1.
 *
 * The holder keeps each under fd/LANE/ID/POLL/NAME, where the ID orders them: all that the next vigild has to know.
 */
#include "user/agent/fdstore.h"

#include <inttypes.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/holder_wire.h"
#include "user/agent/passfd.h"
#include "user/agent/standby.h"
#include "user/base/log.h"

#define KEY_PREFIX "fd/"
#define NAME_DEFAULT "stored"	/* as systemd has it */

struct stored_fd {
	TAILQ_ENTRY(stored_fd) link;
	struct job *job;
	struct loop_source src;		/* in the loop only if it is polled */
	int fd;
	char name[NOTIFY_FDNAME_MAX];
	char key[HOLDER_KEY_MAX + 1];
};

void fdstore_init(struct fdstore *s)
{
	TAILQ_INIT(&s->list);
}

/* Only out of our own hands. */
static void drop(struct stored_fd *f)
{
	struct fdstore *s = &f->job->fds;

	loop_del(&f->job->agent->loop, &f->src);
	TAILQ_REMOVE(&s->list, f, link);
	s->n--;
	fdpass_close_one(f->fd);
	free(f);
}

static void forget(struct stored_fd *f)
{
	holder_remove(&f->job->agent->holder, f->key);
	drop(f);
}

static void other_end_gone(void *arg, uint32_t events)
{
	struct stored_fd *f = arg;

	if (!(events & (EPOLLHUP | EPOLLERR)))
		return;
	log_notice("%s: the descriptor \"%s\" is of no use any more: forgotten", f->job->name, f->name);
	forget(f);
}

static struct stored_fd *keep(struct job *job, int fd, const char *name, bool poll)
{
	struct stored_fd *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->job = job;
	f->fd = fd;
	f->src = (struct loop_source){ .fd = -1, .fn = other_end_gone, .arg = f };
	snprintf(f->name, sizeof(f->name), "%s", name);
	/* What the loop cannot take, a file, has no other end. */
	if (poll)
		loop_add(&job->agent->loop, &f->src, fd, 0);
	TAILQ_INSERT_TAIL(&job->fds.list, f, link);
	job->fds.n++;
	return f;
}

static bool is_kept(const struct fdstore *s, int fd)
{
	const struct stored_fd *f;
	pid_t self = getpid();

	TAILQ_FOREACH(f, &s->list, link)
		if (syscall(SYS_kcmp, self, self, KCMP_FILE, f->fd, fd) == 0)
			return true;
	return false;
}

void fdstore_add(struct job *job, int fd, const char *name, bool poll)
{
	struct fdstore *s = &job->fds;
	struct stored_fd *f = NULL;

	if (s->n >= job->spec->ready.fd_store_max)
		log_warning("%s: a descriptor is not kept: fd-store is %" PRIu64, job->name,
			    job->spec->ready.fd_store_max);
	else if (!is_kept(s, fd))
		f = keep(job, fd, *name ? name : NAME_DEFAULT, poll);
	if (!f) {
		close(fd);
		return;
	}
	snprintf(f->key, sizeof(f->key), KEY_PREFIX "%s/%010u/%c/%s", job_lane(job), ++s->last_id,
		 poll ? 'p' : 'n', f->name);
	if (holder_store(&job->agent->holder, f->key, fd))
		log_warning("%s: the descriptor \"%s\" will not outlive vigild", job->name, f->name);
}

void fdstore_remove(struct job *job, const char *name)
{
	struct stored_fd *f = TAILQ_FIRST(&job->fds.list), *next;

	for (; f; f = next) {
		next = TAILQ_NEXT(f, link);
		if (strcmp(f->name, name) == 0)
			forget(f);
	}
}

void fdstore_clear(struct job *job)
{
	struct stored_fd *f;

	while ((f = TAILQ_FIRST(&job->fds.list)))
		forget(f);
}

void fdstore_free(struct job *job)
{
	struct stored_fd *f;

	while ((f = TAILQ_FIRST(&job->fds.list)))
		drop(f);
}

void fdstore_collect(struct job *job, struct passed_fds *out)
{
	const struct stored_fd *f;

	TAILQ_FOREACH(f, &job->fds.list, link)
		if (passfd_add(out, f->fd, f->name))
			return;
}

static bool is_down(const struct job *job)
{
	return job->state == JOB_STOPPED || job->state == JOB_DONE || job->state == JOB_FAILED;
}

/* What is not taken is dropped by holder_settle(). */
static void adopt_one(void *arg, const char *key)
{
	struct agent *a = arg;
	char name[JOB_NAME_LEN_MAX + 1], poll;
	struct stored_fd *f;
	struct job *job;
	unsigned int id;
	int at = 0, fd;

	_Static_assert(JOB_NAME_LEN_MAX == 60, "the width below");
	if (sscanf(key, KEY_PREFIX "%60[^/]/%u/%c/%n", name, &id, &poll, &at) != 3 || !at)
		return;
	job = standby_by_lane(a, name);
	if (!job || is_down(job) || job->fds.n >= job->spec->ready.fd_store_max)
		return;
	fd = holder_take(&a->holder, key);
	f = fd < 0 ? NULL : keep(job, fd, key + at, poll == 'p');
	if (!f)
		return;
	snprintf(f->key, sizeof(f->key), "%s", key);
	if (id > job->fds.last_id)
		job->fds.last_id = id;
}

void fdstore_adopt(struct agent *a)
{
	holder_each(&a->holder, KEY_PREFIX, adopt_one, a);
}
