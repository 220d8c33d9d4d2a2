// SPDX-License-Identifier: GPL-2.0
/*
 * Having a job read its own configuration again.
 *
 *         reload_begin()           RELOADING=1            READY=1
 *   none ---------------> asked ---------------> begun -----------> done
 *                           |  a signal, without notify: at once     ^
 *                           +----------------------------------------+
 *                           |  the command has ended
 *                           +---> done, failed
 *
 * Nothing of it is stored: who waits for the answer has lost the connection when vigild ends.
 */
#include "user/agent/reload.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "user/agent/agent.h"
#include "user/agent/proc.h"
#include "user/base/clock.h"
#include "user/base/log.h"

static uint64_t monotonic_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * US_PER_S + (uint64_t)ts.tv_nsec / NS_PER_US;
}

static void fail(struct job *job, const char *what, const char *how)
{
	snprintf(job->reload.why, sizeof(job->reload.why), "%s %s", what, how);
	log_warning("%s: not reloaded: %s", job->name, job->reload.why);
	job->reload.step = RELOAD_FAILED;
}

static void command_ended(struct job *job, const char *wrong)
{
	if (wrong)
		fail(job, "the command", wrong);
	else
		job->reload.step = RELOAD_DONE;
}

void reload_init(struct job *job)
{
	side_init(&job->reload.command, job, command_ended);
}

static int send_signal(struct job *job)
{
	int err = proc_pidfd_kill(job->inst.pidfd, job->spec->ready.reload_signal);

	if (!err && job->spec->ready.how != JOB_READY_NOTIFY)
		job->reload.step = RELOAD_DONE;
	return err;
}

int reload_begin(struct job *job, char *why, size_t size)
{
	const struct job_ready *spec = &job->spec->ready;
	int err;

	snprintf(why, size, "job \"%s\" has no \"reload\" in its file", job->name);
	if (!spec->reload_signal && !spec->reload_argv)
		return -EINVAL;
	snprintf(why, size, "job \"%s\" does not run", job->name);
	if (job->state != JOB_RUNNING)
		return -EBUSY;
	snprintf(why, size, "job \"%s\" is being reloaded", job->name);
	if (side_runs(&job->reload.command))
		return -EBUSY;
	job->reload.step = RELOAD_ASKED;
	job->reload.asked_us = monotonic_us();
	err = spec->reload_argv ? side_start(&job->reload.command, spec->reload_argv,
					     spec->start_timeout_us) : send_signal(job);
	if (err)
		snprintf(why, size, "job \"%s\" cannot be reloaded: %s", job->name, strerror(-err));
	return err;
}

/* One that was told before it was asked is of an earlier time. */
void reload_said_reloading(struct job *job, const struct notify_message *m)
{
	struct reload *r = &job->reload;

	if (r->step == RELOAD_ASKED && !side_runs(&r->command) &&
	    (!(m->fields & NOTIFY_MONOTONIC) || m->monotonic_us >= r->asked_us))
		r->step = RELOAD_BEGUN;
}

void reload_said_ready(struct job *job)
{
	if (job->reload.step == RELOAD_BEGUN)
		job->reload.step = RELOAD_DONE;
}

void reload_end(struct job *job)
{
	side_cancel(&job->reload.command);
	if (job->reload.step == RELOAD_ASKED || job->reload.step == RELOAD_BEGUN)
		fail(job, "its process", "has ended");
}
