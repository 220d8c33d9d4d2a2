// SPDX-License-Identifier: GPL-2.0
/*
 * vigild's side of a start.
 *
 * A child waits at its gate, one end of a socket pair, until vigild has made it known: to the
 * kernel's watch table, or where there is none to the store. If vigild dies before, the child
 * reads end of file and exits without having run the program. So every running job is known to
 * the next vigild, and no job it does not know of runs.
 *
 * Meanwhile, and until it runs the program, the child shares vigild's memory where it may: image.h.
 */
#include "user/agent/spawn.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/clone.h"
#include "user/agent/image.h"
#include "user/agent/life.h"
#include "user/agent/phase.h"
#include "user/base/clock.h"
#include "user/base/log.h"

static pid_t clone_child(struct job *job, int gate)
{
	int cgroup_fd = cgroup_job_open(&job->cgroup);
	struct launch launch;
	pid_t pid = -1;
	int err;

	phase_launch(job, &launch);
	if (image_suits(&launch, job->spec))
		pid = image_clone(&job->agent->images, &launch, gate, &job->inst.pidfd, cgroup_fd,
				  &job->image);
	if (pid < 0)
		pid = clone_into(&job->inst.pidfd, cgroup_fd);
	err = errno;
	if (pid == 0)
		child_run(&launch, gate);
	if (cgroup_fd >= 0)
		close(cgroup_fd);
	errno = err;
	return pid;
}

static void close_gate(struct job *job)
{
	int fd = job->gate_src.fd;

	if (!loop_has(&job->gate_src))
		return;
	loop_del(&job->agent->loop, &job->gate_src);
	close(fd);
}

/* When the child's end is closed, too, or the child dead: the kernel closes it after the child's memory. */
static void drop_image(struct job *job)
{
	image_free(job->image);
	job->image = NULL;
}

int spawn_clone(struct job *job, char *why, size_t size)
{
	struct agent *a = job->agent;
	int gate[2], err;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, gate)) {
		err = -errno;
		snprintf(why, size, "cannot make a gate: %s", strerror(-err));
		return err;
	}
	job->inst = (struct instance){ .pidfd = -1 };
	pid = clone_child(job, gate[1]);
	if (pid < 0) {
		err = -errno;
		snprintf(why, size, "cannot make a process: %s", strerror(-err));
		goto close_gate;
	}
	close(gate[1]);
	job->inst.pid = pid;
	job->inst.ours = true;
	job->inst.gate_closed = true;
	job->inst.started_us = clock_us();
	err = loop_add(&a->loop, &job->gate_src, gate[0], EPOLLIN | EPOLLRDHUP);
	if (!err)
		return 0;
	snprintf(why, size, "cannot watch the gate: %s", strerror(-err));
	close(gate[0]);
	spawn_abandon(job);
	return err;
close_gate:
	close(gate[0]);
	close(gate[1]);
	return err;
}

void spawn_abandon(struct job *job)
{
	close_gate(job);
	/* The child finds its gate closed and goes at once. */
	waitid(P_PIDFD, (id_t)job->inst.pidfd, &(siginfo_t){ 0 }, WEXITED);
	drop_image(job);
	close(job->inst.pidfd);
	job->inst = (struct instance){ .pidfd = -1 };
}

void spawn_open_gate(struct job *job)
{
	job->inst.gate_closed = false;
	/* If the child has been killed meanwhile, its death tells. */
	if (send(job->gate_src.fd, "g", 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		log_debug("%s: the gate of pid %d: %s", job->name, job->inst.pid, strerror(errno));
}

static void take_report(struct job *job, const struct child_report *r)
{
	char text[AGENT_REASON_MAX];

	if (r->step != CHILD_STEP_OUTPUT) {
		job->inst.refused = true;
		job->inst.report = *r;
		return;
	}
	spawn_explain(job, r, text, sizeof(text));
	log_warning("%s: %s", job->name, text);
	memcpy(job->reason, text, sizeof(job->reason));
	view_touch(job);
}

/* True while the child may have more to say. */
static bool read_gate(struct job *job)
{
	struct child_report r;
	ssize_t n = recv(job->gate_src.fd, &r, sizeof(r), MSG_DONTWAIT);

	if (n == sizeof(r)) {
		take_report(job, &r);
		return true;
	}
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

void spawn_gate_ready(void *arg, uint32_t events)
{
	struct job *job = arg;

	(void)events;
	if (read_gate(job))
		return;
	close_gate(job);
	drop_image(job);
	if (!job->inst.refused)
		life_exec_done(job);
}

void spawn_drain_gate(struct job *job)
{
	int i;

	/* A dead child leaves two reports at most, then end of file. */
	for (i = 0; loop_has(&job->gate_src) && i < 3; i++)
		if (!read_gate(job))
			break;
	close_gate(job);
	drop_image(job);
}

static const char *program_of(const struct job *job)
{
	const struct job_command *command = phase_command(job);
	char *const *argv = command ? command->argv : job->spec->argv;

	return argv[0] ? argv[0] : "?";
}

void spawn_explain(const struct job *job, const struct child_report *r, char *buf, size_t size)
{
	const char *why = strerror(r->error);
	const struct job_spec *spec = job->spec;

	switch (r->step) {
	case CHILD_STEP_STDIN:
		snprintf(buf, size, "cannot set up standard input and output: %s", why);
		break;
	case CHILD_STEP_OUTPUT:
		snprintf(buf, size, "output is lost: cannot open %s: %s", job->launch.output, why);
		break;
	case CHILD_STEP_NICE:
		snprintf(buf, size, "cannot set the nice value: %s", why);
		break;
	case CHILD_STEP_SCHEDULER:
		snprintf(buf, size, "cannot set the scheduling policy: %s", why);
		break;
	case CHILD_STEP_IO_PRIORITY:
		snprintf(buf, size, "cannot set the I/O priority: %s", why);
		break;
	case CHILD_STEP_CPUS:
		snprintf(buf, size, "cannot set the CPU affinity: %s", why);
		break;
	case CHILD_STEP_OOM_SCORE:
		snprintf(buf, size, "cannot set the OOM score: %s", why);
		break;
	case CHILD_STEP_LIMITS:
		snprintf(buf, size, "cannot set the limit %s: %s", rlimit_name(r->detail), why);
		break;
	case CHILD_STEP_GROUPS:
	case CHILD_STEP_GID:
		snprintf(buf, size, "cannot take on the group: %s", why);
		break;
	case CHILD_STEP_BOUNDING:
	case CHILD_STEP_CAPABILITIES:
		snprintf(buf, size, "cannot set the capabilities: %s", why);
		break;
	case CHILD_STEP_NO_NEW_PRIVILEGES:
		snprintf(buf, size, "cannot give up new privileges: %s", why);
		break;
	case CHILD_STEP_UID:
		snprintf(buf, size, "cannot become user %s: %s", spec->user ? spec->user : "?",
			 why);
		break;
	case CHILD_STEP_DIRECTORY:
		snprintf(buf, size, "cannot change to directory %s: %s", spec->directory, why);
		break;
	case CHILD_STEP_EXEC:
		snprintf(buf, size, "cannot run %s: %s", program_of(job), why);
		break;
	}
}

static void reap(int pidfd)
{
	siginfo_t si;

	waitid(P_PIDFD, (id_t)pidfd, &si, WEXITED | WNOHANG);
	close(pidfd);
}

void spawn_reap_later(struct agent *a, int pidfd)
{
	if (a->nreaps == AGENT_REAPS_MAX)
		spawn_reap(a);
	a->reaps[a->nreaps++] = pidfd;
}

void spawn_reap(struct agent *a)
{
	unsigned int i;

	for (i = 0; i < a->nreaps; i++)
		reap(a->reaps[i]);
	a->nreaps = 0;
}
