// SPDX-License-Identifier: GPL-2.0
/*
 * The eventfds by which a standby is told to take over.
 *
 * vigil.ko has one of them tied to the watch of the primary and rings it in the dying process itself: nothing
 * of vigild need run for that. vigild rings it, too, when it acts on the death: to ring twice says
 * no more than to ring once. The holder keeps them for the next vigild.
 */
#include "user/agent/bell.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <vigil/vigil.h>

#include "user/agent/agent.h"
#include "user/agent/holder_wire.h"
#include "user/agent/passfd.h"
#include "user/agent/standby.h"
#include "user/base/log.h"

static void name_key(const struct job *job, const char *kind, char *buf, size_t size)
{
	snprintf(buf, size, "%s/%s", kind, job_lane(job));
}

void bell_init(struct bell *b)
{
	*b = (struct bell){ .primary = -1, .prepare = -1 };
}

void bell_free(struct bell *b)
{
	if (b->primary >= 0)
		close(b->primary);
	if (b->prepare >= 0)
		close(b->prepare);
	bell_init(b);
}

static void drop(struct job *job, const char *kind, int fd)
{
	char key[HOLDER_KEY_MAX + 1];

	if (fd < 0)
		return;
	name_key(job, kind, key, sizeof(key));
	holder_remove(&job->agent->holder, key);
}

void bell_close(struct job *job)
{
	struct bell *b = &job->standby->bell;

	drop(job, "role", b->primary);
	drop(job, "prepare", b->prepare);
	bell_free(b);
}

/* It blocks who reads it: a program need not know how to poll. */
static int make(struct job *job, const char *kind, int *fd)
{
	char key[HOLDER_KEY_MAX + 1];

	*fd = eventfd(0, EFD_CLOEXEC);
	if (*fd < 0)
		return -errno;
	name_key(job, kind, key, sizeof(key));
	if (holder_store(&job->agent->holder, key, *fd))
		log_warning("%s: a standby's eventfd cannot be kept for the next vigild", job->name);
	return 0;
}

/* @fd -1: it has none, and is not told of one. */
static int tell(struct job *job, struct passed_fds *passed, const char *name, int fd)
{
	char number[16];

	if (fd >= 0)
		snprintf(number, sizeof(number), "%zu", passfd_add_unnamed(passed, fd));
	return launch_set_env(&job->launch, job->spec, name, fd >= 0 ? number : NULL);
}

/* A job without standbys knows of no roles. */
static int tell_role(struct job *job)
{
	const char *role = job->slot ? "standby" : job->spec->standby ? "primary" : NULL;

	return launch_set_env(&job->launch, job->spec, "VIGIL_ROLE", role);
}

int bell_untold(struct job *job)
{
	int err = tell(job, NULL, "VIGIL_ROLE_FD", -1);

	if (!err)
		err = tell(job, NULL, "VIGIL_PREPARE_FD", -1);
	return err ? err : tell_role(job);
}

int bell_pass(struct job *job, struct passed_fds *passed)
{
	struct bell *b = &job->standby->bell;
	int err;

	bell_close(job);
	/* Of an instance that did not take over; the last words may be of another boot. */
	job->standby->untold = false;
	job->standby->since_us = 0;
	if (!job->slot)
		return bell_untold(job);
	err = make(job, "role", &b->primary);
	if (!err && job->spec->singleton)
		err = make(job, "prepare", &b->prepare);
	if (!err)
		err = tell(job, passed, "VIGIL_ROLE_FD", b->primary);
	if (!err)
		err = tell(job, passed, "VIGIL_PREPARE_FD", b->prepare);
	return err ? err : tell_role(job);
}

static int take(struct job *job, const char *kind)
{
	char key[HOLDER_KEY_MAX + 1];
	int fd;

	name_key(job, kind, key, sizeof(key));
	fd = holder_take(&job->agent->holder, key);
	return fd < 0 ? -1 : fd;
}

void bell_adopt(struct job *job)
{
	job->standby->bell.primary = take(job, "role");
	job->standby->bell.prepare = take(job, "prepare");
}

int bell_early(const struct bell *b)
{
	return b->prepare >= 0 ? b->prepare : b->primary;
}

void bell_ring(const struct job *job, int fd)
{
	if (fd >= 0 && eventfd_write(fd, 1))
		log_error("%s: its eventfd cannot be written: %s", job->name, strerror(errno));
}

int bell_tie(struct job *job, int bell)
{
	struct agent *a = job->agent;
	int err;

	if (!a->watcher.v || !job->inst.watch_id)
		return -ENOENT;
	err = vigil_watch_set_eventfd(a->watcher.v, job->inst.watch_id, bell);
	if (err && err != -EOPNOTSUPP && err != -ENOENT)
		log_warning("%s: vigil.ko does not tell its standby: %s %s", job->name, strerror(-err),
			    vigil_error(a->watcher.v));
	return err;
}

/* A watch always has an eventfd once it was given one: another takes the standby's place. */
bool bell_untie(struct job *job)
{
	int other = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	eventfd_t rung = 0;
	bool dying;

	if (other < 0) {
		log_error("%s: its standby is told even so: %s", job->name, strerror(errno));
		return false;
	}
	dying = bell_tie(job, other) == 0 && eventfd_read(other, &rung) == 0;
	close(other);
	return dying;
}
