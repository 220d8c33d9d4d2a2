// SPDX-License-Identifier: GPL-2.0
/* Children that are no job: what ran before vigild became this program, and is nobody's now. */
#include "user/agent/stray.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/proc.h"
#include "user/base/log.h"

struct stray {
	struct agent *agent;
	struct loop_source src;
	LIST_ENTRY(stray) link;
};

static int by_pid(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return (x > y) - (x < y);
}

static pid_t *instances(const struct agent *a, size_t *n)
{
	pid_t *pids = calloc(a->jobs.n + 1, sizeof(*pids));
	size_t i;

	*n = 0;
	for (i = 0; pids && i < a->jobs.n; i++)
		if (a->jobs.list[i]->inst.pid)
			pids[(*n)++] = a->jobs.list[i]->inst.pid;
	if (pids)
		qsort(pids, *n, sizeof(*pids), by_pid);
	return pids;
}

static void forget(struct stray *s)
{
	int pidfd = s->src.fd;

	loop_del(&s->agent->loop, &s->src);
	close(pidfd);
	LIST_REMOVE(s, link);
	free(s);
}

static void stray_ready(void *arg, uint32_t events)
{
	struct stray *s = arg;

	(void)events;
	waitid(P_PIDFD, (id_t)s->src.fd, &(siginfo_t){ 0 }, WEXITED | WNOHANG);
	forget(s);
}

void stray_forget_all(struct agent *a)
{
	while (!LIST_EMPTY(&a->strays))
		forget(LIST_FIRST(&a->strays));
}

/* A child's ID cannot become another's before it is reaped, and nobody else reaps. */
static int follow(struct agent *a, pid_t pid)
{
	struct stray *s = calloc(1, sizeof(*s));
	int pidfd = s ? proc_pidfd_open(pid) : -ENOMEM, err;

	if (pidfd < 0) {
		free(s);
		return pidfd;
	}
	*s = (struct stray){ .agent = a, .src = { .fd = -1, .fn = stray_ready, .arg = s } };
	err = loop_add(&a->loop, &s->src, pidfd, EPOLLIN);
	if (!err) {
		LIST_INSERT_HEAD(&a->strays, s, link);
		return 0;
	}
	close(pidfd);
	free(s);
	return err;
}

void stray_reap_all(struct agent *a)
{
	char path[48];
	size_t n;
	pid_t *known, pid;
	FILE *children;
	int err;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", gettid());
	children = fopen(path, "re");
	if (!children)
		return;
	known = instances(a, &n);
	while (known && fscanf(children, "%d", &pid) == 1) {
		if (bsearch(&pid, known, n, sizeof(*known), by_pid))
			continue;
		err = follow(a, pid);
		if (err)
			log_warning("child %d will not be reaped: %s", pid, strerror(-err));
	}
	free(known);
	fclose(children);
}
