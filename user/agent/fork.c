// SPDX-License-Identifier: GPL-2.0
/*
 * Daemons that go into the background by themselves: ready: forks.
 *
 *    first process exits with 0       its pid file names a live process of the job
 *   ---------------------------> left ------------------------------------------> followed, ready
 *                                 |
 *                                 | nothing of the job lives, it is to end, or start_over()
 *                                 v
 *                               dead, by the end of the first process
 *
 * Many a daemon writes its pid file only after its first process has left, so it is looked at again and
 * again. What it says is believed of processes in the job's cgroup alone: an old file, or another's, is
 * passed over. The next vigild finds the first process dead, and looks for the daemon in the same way.
 */
#include "user/agent/fork.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/life.h"
#include "user/agent/phase.h"
#include "user/agent/sender.h"
#include "user/base/clock.h"
#include "user/base/log.h"

enum { PID_TEXT_MAX = 32 };

/* 0: it names none. A FIFO or a device must not hold vigild up. */
static pid_t read_pid(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char text[PID_TEXT_MAX];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	long pid;

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	errno = 0;
	pid = strtol(text, NULL, 10);
	return errno || pid < 1 || pid > INT32_MAX ? 0 : (pid_t)pid;
}

static bool follow(struct job *job)
{
	pid_t first = job->inst.pid, pid = read_pid(job->spec->ready.pid_file);

	if (!pid || pid == first || sender_job(job->agent, pid) != job || watch_move(job, pid))
		return false;
	log_notice("%s: pid %d has left, its main process is pid %d", job->name, first, pid);
	return true;
}

static void end(struct job *job)
{
	struct forked *f = &job->forked;

	f->left = false;
	loop_disarm(&job->agent->loop, &f->look);
	life_died(job, &f->end, f->ran_us, false);
}

static void look(void *arg)
{
	struct job *job = arg;
	struct forked *f = &job->forked;

	if (!f->left)
		return;
	if (job->state != JOB_STARTING || !cgroup_populated(&job->cgroup)) {
		end(job);
	} else if (follow(job)) {
		f->left = false;
		life_ready(job);
	} else {
		loop_arm(&job->agent->loop, &f->look, clock_us() + AGENT_PID_FILE_LOOK_US);
	}
}

void fork_init(struct job *job)
{
	job->forked.look = (struct loop_timer){ .fn = look, .arg = job };
}

/* How a process ended that an earlier vigild has started is not always known. */
static bool may_have_forked(const struct job *job, const struct store_exit *e)
{
	return job->spec->ready.how == JOB_READY_FORKS && job->state == JOB_STARTING &&
	       job->progress.phase == PHASE_MAIN && job->want == WANT_UP && !job->ready.doom &&
	       !job->inst.refused && !job->inst.gate_closed &&
	       (e->cause == VIGIL_CAUSE_UNKNOWN ||
		(e->cause == VIGIL_CAUSE_EXITED && e->code == 0));
}

bool fork_left(struct job *job, const struct store_exit *e, uint64_t ran_us)
{
	struct forked *f = &job->forked;

	if (!may_have_forked(job, e))
		return false;
	/* Its death has been seen: that is no news any more. */
	loop_del(&job->agent->loop, &job->pidfd_src);
	f->left = true;
	f->end = *e;
	f->ran_us = ran_us;
	/* Of one that an earlier vigild has started only its end is known. */
	if (!job->inst.started_us)
		job->inst.started_us = clock_us() - ran_us;
	ready_wait(job);
	loop_arm(&job->agent->loop, &f->look, clock_us());
	return true;
}

void fork_hurry(struct job *job)
{
	if (job->forked.left)
		loop_arm(&job->agent->loop, &job->forked.look, clock_us());
}

void fork_forget(struct job *job)
{
	job->forked.left = false;
	loop_disarm(&job->agent->loop, &job->forked.look);
}
