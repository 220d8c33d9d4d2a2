// SPDX-License-Identifier: GPL-2.0
/*
 * Which job a process belongs to.
 *
 * The path in /proc/PID/cgroup only hints at the job: how it begins depends on mounts and namespaces,
 * and another vigild's job may have the same name. The process is looked for in that very cgroup below
 * our own directory; a job's main process need not be.
 */
#include "user/agent/sender.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/proc.h"
#include "user/agent/standby.h"

enum { ANCESTORS_MAX = 64 };

/* Is the process in the cgroup @dir, below our own? */
static bool lists(const struct agent *a, const char *dir, pid_t pid)
{
	char path[PATH_MAX], line[24];
	FILE *f;
	bool found = false;
	int fd;

	if (snprintf(path, sizeof(path), "%s/cgroup.procs", dir) >= (int)sizeof(path))
		return false;
	fd = openat(a->cgroups.fd, path, O_RDONLY | O_CLOEXEC);
	f = fd < 0 ? NULL : fdopen(fd, "r");
	while (f && !found && fgets(line, sizeof(line), f))
		found = atoi(line) == pid;
	if (f)
		fclose(f);
	else if (fd >= 0)
		close(fd);
	return found;
}

/* @at: "job-LANE", or "job-LANE/...". */
static struct job *job_at(struct agent *a, const char *at, pid_t pid)
{
	size_t len = strcspn(at, "/") - strlen("job-");
	char name[JOB_NAME_LEN_MAX + 1];
	struct job *job;

	if (len > JOB_NAME_LEN_MAX)
		return NULL;
	memcpy(name, at + strlen("job-"), len);
	name[len] = '\0';
	job = standby_by_lane(a, name);
	if (job && cgroup_job_has(&job->cgroup) && (job->inst.pid == pid || lists(a, at, pid)))
		return job;
	return NULL;
}

static struct job *by_cgroup(struct agent *a, pid_t pid)
{
	char path[PATH_MAX];
	const char *at = path;
	struct job *job = NULL;

	if (a->cgroups.fd < 0 || proc_cgroup(pid, path, sizeof(path)))
		return NULL;
	while (!job && (at = strstr(at, "/job-"))) {
		at++;
		job = job_at(a, at, pid);
	}
	return job;
}

static struct job *of_main(struct agent *a, pid_t pid)
{
	size_t i;

	for (i = 0; i < a->jobs.n; i++)
		if (a->jobs.list[i]->inst.pid == pid)
			return a->jobs.list[i];
	return NULL;
}

static struct job *by_descent(struct agent *a, pid_t pid)
{
	struct job *job = NULL;
	int n;

	for (n = 0; n < ANCESTORS_MAX && pid > 1 && !job; n++) {
		job = of_main(a, pid);
		pid = proc_parent(pid);
	}
	return job && !cgroup_job_has(&job->cgroup) ? job : NULL;
}

struct job *sender_job(struct agent *a, pid_t pid)
{
	struct job *job = by_cgroup(a, pid);

	return job ? job : by_descent(a, pid);
}
