// SPDX-License-Identifier: GPL-2.0
/*
 * The sockets that vigild holds open for a job, over its restarts.
 *
 * vigild binds them and never accepts: a connection waits in the socket until an instance of the job
 * takes it. Were vigild the only one to have them, its death would close them; as long as an
 * instance runs that has kept its copy, the next vigild takes them back from there. An upgrade
 * leaves them to the next program: bequest.c.
 */
#include "user/agent/sockets.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/life.h"
#include "user/agent/listener.h"
#include "user/agent/passfd.h"
#include "user/agent/standby.h"
#include "user/base/log.h"

/** struct held - socket number n of the definition; @fd is -1 while it could not be opened. */
struct held {
	struct loop_source src;		/* in the loop while a connection starts the job */
	int fd;
	int type;
	union job_address address;
	socklen_t address_len;
};

struct job_sockets {
	size_t n;
	struct held list[];
};

static bool wanted(const struct job *job)
{
	switch (job->state) {
	case JOB_STOPPED:
	case JOB_FAILED:
	case JOB_DONE:
		return false;
	default:
		/* A standby is given those of its job. */
		return job->spec->nsockets > 0 && !job->slot;
	}
}

static void unwatch(struct job *job)
{
	size_t i;

	for (i = 0; job->sockets && i < job->sockets->n; i++)
		if (loop_has(&job->sockets->list[i].src))
			loop_del(&job->agent->loop, &job->sockets->list[i].src);
}

void sockets_free(struct job *job)
{
	size_t i;

	unwatch(job);
	for (i = 0; job->sockets && i < job->sockets->n; i++)
		if (job->sockets->list[i].fd >= 0)
			close(job->sockets->list[i].fd);
	free(job->sockets);
	job->sockets = NULL;
}

static void ready(void *arg, uint32_t events)
{
	struct job *job = arg;

	(void)events;
	unwatch(job);
	life_demanded(job);
}

static bool is_held(const struct held *h, const struct job_socket *s)
{
	return h->type == s->type && h->address_len == s->address_len &&
	       !memcmp(&h->address, &s->address, s->address_len);
}

/* An open one of an earlier definition goes over to the one that has its address now. */
static int take_over(struct job_sockets *old, const struct job_socket *s)
{
	size_t i;
	int fd;

	for (i = 0; old && i < old->n; i++) {
		if (old->list[i].fd < 0 || !is_held(&old->list[i], s))
			continue;
		fd = old->list[i].fd;
		old->list[i].fd = -1;
		listener_renew(fd, s);
		return fd;
	}
	return -1;
}

bool sockets_has(const struct job *job, const struct job_socket *s)
{
	size_t i;

	for (i = 0; job->sockets && i < job->sockets->n; i++)
		if (job->sockets->list[i].fd >= 0 && is_held(&job->sockets->list[i], s))
			return true;
	return false;
}

static bool fits(const struct job *job)
{
	size_t i;

	if (!job->sockets || job->sockets->n != job->spec->nsockets)
		return false;
	for (i = 0; i < job->sockets->n; i++)
		if (!is_held(&job->sockets->list[i], &job->spec->sockets[i]))
			return false;
	return true;
}

/* Make job->sockets as long as the definition has it; -ENOMEM leaves it as it is. */
static int arrange(struct job *job)
{
	const struct job_spec *spec = job->spec;
	struct job_sockets *now;
	size_t i;

	now = calloc(1, sizeof(*now) + spec->nsockets * sizeof(*now->list));
	if (!now)
		return -ENOMEM;
	now->n = spec->nsockets;
	for (i = 0; i < now->n; i++)
		now->list[i] = (struct held){
			.src = { .fd = -1, .fn = ready, .arg = job },
			.fd = take_over(job->sockets, &spec->sockets[i]),
			.type = spec->sockets[i].type,
			.address = spec->sockets[i].address,
			.address_len = spec->sockets[i].address_len,
		};
	sockets_free(job);
	job->sockets = now;
	return 0;
}

/* This process may have it from before it became this program; an instance of another vigild from that. */
static int open_one(const struct job *job, const struct job_socket *s, char *why, size_t size)
{
	const struct instance *inst = &job->inst;
	int fd = bequest_take(&job->agent->bequest, s);

	if (fd < 0 && inst->pid && inst->adopted && inst->pidfd >= 0)
		fd = listener_take_back(inst->pid, inst->pidfd, s);
	/* The file may have been changed meanwhile. */
	if (fd >= 0)
		listener_renew(fd, s);
	return fd >= 0 ? fd : listener_open(s, why, size);
}

/* Each is tried. Returns the first error, with its sentence. */
static int open_missing(struct job *job, char *why, size_t size)
{
	char other[AGENT_REASON_MAX];
	int err = 0, fd;
	size_t i;

	if (!fits(job) && arrange(job)) {
		snprintf(why, size, "out of memory");
		return -ENOMEM;
	}
	for (i = 0; i < job->sockets->n; i++) {
		struct held *h = &job->sockets->list[i];

		if (h->fd >= 0)
			continue;
		fd = open_one(job, &job->spec->sockets[i], err ? other : why,
			      err ? sizeof(other) : size);
		if (fd >= 0)
			h->fd = fd;
		else if (!err)
			err = fd;
	}
	return err;
}

/* sockets_follow() has arranged them as the definition has them. */
void sockets_renew(struct job *job)
{
	size_t i;

	for (i = 0; job->sockets && i < job->sockets->n; i++)
		if (job->sockets->list[i].fd >= 0)
			listener_renew(job->sockets->list[i].fd, &job->spec->sockets[i]);
}

void sockets_follow(struct job *job)
{
	char why[AGENT_REASON_MAX];

	if (!job->sockets && !wanted(job))
		return;
	if (job->state != JOB_LISTENING)
		unwatch(job);
	if (!wanted(job))
		sockets_free(job);
	else if (open_missing(job, why, sizeof(why)))
		log_warning("%s: %s", job->name, why);
}

int sockets_pass(struct job *job, struct passed_fds *passed, char *why, size_t size)
{
	int err;
	size_t i;

	if (!job->spec->nsockets)
		return 0;
	job = standby_owner(job) ?: job;
	err = open_missing(job, why, size);
	for (i = 0; !err && i < job->sockets->n; i++)
		err = passfd_add(passed, job->sockets->list[i].fd, job->spec->sockets[i].name);
	return err;
}

static void give(struct job *job, struct job_sockets *sockets)
{
	size_t i;

	job->sockets = sockets;
	for (i = 0; sockets && i < sockets->n; i++)
		sockets->list[i].src.arg = job;
}

void sockets_exchange(struct job *a, struct job *b)
{
	struct job_sockets *was = a->sockets;

	give(a, b->sockets);
	give(b, was);
}

int sockets_watch(struct job *job)
{
	size_t i;
	int err = 0;

	for (i = 0; !err && job->sockets && i < job->sockets->n; i++) {
		struct held *h = &job->sockets->list[i];

		if (!job->spec->sockets[i].on_demand || loop_has(&h->src))
			continue;
		err = h->fd < 0 ? -ENOTCONN : loop_add(&job->agent->loop, &h->src, h->fd, EPOLLIN);
	}
	return job->sockets ? err : -ENOTCONN;
}

size_t sockets_held(const struct job *job, int *fds)
{
	size_t n = 0, i;

	for (i = 0; job->sockets && i < job->sockets->n; i++)
		if (job->sockets->list[i].fd >= 0)
			fds[n++] = job->sockets->list[i].fd;
	return n;
}

bool sockets_pending(const struct job *job)
{
	size_t i;

	for (i = 0; job->sockets && i < job->sockets->n; i++) {
		struct pollfd p = { .fd = job->sockets->list[i].fd, .events = POLLIN };

		if (job->spec->sockets[i].on_demand && poll(&p, 1, 0) > 0)
			return true;
	}
	return false;
}
