// SPDX-License-Identifier: GPL-2.0
/* A command that is run beside a job's instance: as its user, in its cgroup, with its environment. */
#include "user/agent/side.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/clone.h"
#include "user/agent/explain.h"
#include "user/agent/proc.h"
#include "user/agent/spawn.h"
#include "user/agent/start.h"
#include "user/base/clock.h"

static int forget(struct side *s)
{
	int fd = s->src.fd;

	loop_disarm(&s->job->agent->loop, &s->timer);
	loop_del(&s->job->agent->loop, &s->src);
	return fd;
}

/* Of a command that has ended. NULL: as it should. */
static const char *judge(const struct side *s, const siginfo_t *si)
{
	static char text[64];

	if (s->late)
		return "did not end in time";
	if (si->si_code == CLD_EXITED && si->si_status == 0)
		return NULL;
	if (si->si_code == CLD_EXITED)
		snprintf(text, sizeof(text), "exited with code %d", si->si_status);
	else
		snprintf(text, sizeof(text), "was killed by %s", explain_signal(si->si_status));
	return text;
}

static void ended(void *arg, uint32_t events)
{
	struct side *s = arg;
	siginfo_t si = { 0 };
	int fd = forget(s);

	(void)events;
	waitid(P_PIDFD, (id_t)fd, &si, WEXITED | WNOHANG);
	close(fd);
	s->done(s->job, judge(s, &si));
}

static void too_late(void *arg)
{
	struct side *s = arg;

	s->late = true;
	proc_pidfd_kill(s->src.fd, SIGKILL);
}

void side_init(struct side *s, struct job *job, void (*done)(struct job *job, const char *wrong))
{
	s->job = job;
	s->done = done;
	s->src = (struct loop_source){ .fd = -1, .fn = ended, .arg = s };
	s->timer = (struct loop_timer){ .fn = too_late, .arg = s };
}

static size_t count(char *const *list)
{
	size_t n = 0;

	while (list[n])
		n++;
	return n;
}

/* In the child: a gate that is open already, and what is the command's own. */
_Noreturn static void be_command(const struct job *job, char *const *argv, int gate, char **env,
				 const int *pipes)
{
	struct launch l = job->launch;

	l.argv = argv;
	l.envp = env;
	l.passed = NULL;
	memset(l.pid_env, 0, sizeof(l.pid_env));
	memcpy(l.pipes, pipes, sizeof(l.pipes));
	child_run(&l, gate);
}

static int run(struct side *s, char *const *argv, char **env, int *pidfd)
{
	int cgroup_fd, gate[2], pipes[OUTLETS], err = 0, i;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, gate))
		return -errno;
	if (send(gate[0], "g", 1, MSG_NOSIGNAL) != 1)
		err = -EIO;
	outlets_beside(s->job, pipes);
	cgroup_fd = cgroup_job_open(&s->job->cgroup);
	pid = err ? -1 : clone_into(pidfd, cgroup_fd);
	if (pid == 0)
		be_command(s->job, argv, gate[1], env, pipes);
	if (pid < 0 && !err)
		err = -errno;
	if (cgroup_fd >= 0)
		close(cgroup_fd);
	for (i = 0; i < OUTLETS; i++)
		if (pipes[i] >= 0)
			close(pipes[i]);
	close(gate[0]);
	close(gate[1]);
	return err;
}

static int watch(struct side *s, int pidfd, uint64_t timeout_us)
{
	struct loop *l = &s->job->agent->loop;
	int err = loop_add(l, &s->src, pidfd, EPOLLIN);

	if (!err) {
		loop_arm(l, &s->timer, clock_us() + timeout_us);
		return 0;
	}
	proc_pidfd_kill(pidfd, SIGKILL);
	waitid(P_PIDFD, (id_t)pidfd, &(siginfo_t){ 0 }, WEXITED);
	close(pidfd);
	return err;
}

int side_start(struct side *s, char *const *argv, uint64_t timeout_us)
{
	char mainpid[32], why[AGENT_REASON_MAX], **env;
	int pidfd = -1, err;
	size_t n;

	side_cancel(s);
	/* As the instance was started, whatever has become of its environment files since. */
	err = s->job->launch_built ? 0 : start_prepare(s->job, why, sizeof(why));
	if (err)
		return err;
	n = count(s->job->launch.envp);
	env = calloc(n + 2, sizeof(*env));
	if (!env)
		return -ENOMEM;
	n = launch_command_env(&s->job->launch, s->job->spec, env, n);
	snprintf(mainpid, sizeof(mainpid), "MAINPID=%d", s->job->inst.pid);
	env[n] = mainpid;
	s->late = false;
	err = run(s, argv, env, &pidfd);
	free(env);
	return err ? err : watch(s, pidfd, timeout_us);
}

void side_cancel(struct side *s)
{
	if (!side_runs(s))
		return;
	proc_pidfd_kill(s->src.fd, SIGKILL);
	spawn_reap_later(s->job->agent, forget(s));
}
