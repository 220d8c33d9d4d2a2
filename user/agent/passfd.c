// SPDX-License-Identifier: GPL-2.0
/* Descriptors that a job's program finds open, from number 3 on: LISTEN_FDS, LISTEN_FDNAMES. */
#include "user/agent/passfd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "user/agent/agent.h"
#include "user/agent/beat.h"
#include "user/agent/fdstore.h"
#include "user/agent/phase.h"
#include "user/agent/sockets.h"
#include "user/agent/standby.h"

enum { NAMES_MAX = PASSED_FDS_MAX * NOTIFY_FDNAME_MAX };

int passfd_add(struct passed_fds *p, int fd, const char *name)
{
	if (p->n == PASSED_FDS_MAX)
		return -ENOSPC;
	p->list[p->n++] = (struct passed_fd){ .fd = fd, .name = name };
	p->named = p->n;
	return 0;
}

size_t passfd_add_unnamed(struct passed_fds *p, int fd)
{
	p->list[p->n] = (struct passed_fd){ .fd = fd };
	return PASSED_FIRST + p->n++;
}

static void join_names(const struct passed_fds *p, char *buf, size_t size)
{
	size_t i, len = 0;

	buf[0] = '\0';
	for (i = 0; i < p->named && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s%s", i ? ":" : "",
					p->list[i].name);
}

/* An instance that gets none is told of none. */
static int tell(struct job *job, const struct passed_fds *p)
{
	static char names[NAMES_MAX];
	struct launch *l = &job->launch;
	char count[16];
	int err;

	snprintf(count, sizeof(count), "%zu", p->named);
	join_names(p, names, sizeof(names));
	err = launch_set_env(l, job->spec, "LISTEN_FDS", p->named ? count : NULL);
	if (!err)
		err = launch_set_env(l, job->spec, "LISTEN_FDNAMES", p->named ? names : NULL);
	if (err)
		return err;
	return p->named ? launch_set_pid_env(l, job->spec, "LISTEN_PID") :
		      launch_set_env(l, job->spec, "LISTEN_PID", NULL);
}

static int collect(struct job *job, struct passed_fds *passed, char *why, size_t size)
{
	int err = sockets_pass(job, passed, why, size);

	if (err)
		return err;
	fdstore_collect(job, passed);
	err = beat_pass(job, passed);
	if (err)
		snprintf(why, size, "what it beats in cannot be had: %s", strerror(-err));
	if (err || !job->standby)
		return err;
	err = bell_pass(job, passed);
	if (err)
		snprintf(why, size, "what it is told its role by cannot be had: %s", strerror(-err));
	return err;
}

int passfd_prepare(struct job *job, char *why, size_t size)
{
	/* One child is made at a time, and has a copy. */
	static struct passed_fds passed;
	int err = 0;

	passed.n = 0;
	passed.named = 0;
	job->launch.passed = &passed;
	/* Commands before and after the program get nothing of what is the program's. */
	if (!phase_command(job))
		err = collect(job, &passed, why, size);
	else
		err = launch_set_env(&job->launch, job->spec, "VIGIL_BEAT_FD", NULL);
	if (!err && phase_command(job) && job->standby)
		err = bell_untold(job);
	if (err)
		return err;
	err = tell(job, &passed);
	if (err)
		snprintf(why, size, "out of memory");
	return err;
}
