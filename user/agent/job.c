// SPDX-License-Identifier: GPL-2.0
/* One job, and the table of all jobs. */
#include "user/agent/job.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/jobset.h"
#include "user/agent/life.h"
#include "user/agent/sockets.h"
#include "user/agent/spawn.h"
#include "user/agent/standby.h"
#include "user/agent/watch.h"

/* A process found without a definition is only ever stopped. */
static char *const no_args[] = { NULL };
static const struct job_spec orphan_spec = {
	.argv = no_args,
	.env = no_args,
	.directory = "/",
	.restart = JOB_RESTART_NEVER,
	.stop_signal = SIGTERM,
	.stop_timeout_us = 10 * 1000 * 1000,
	.command_timeout_us = 90 * 1000 * 1000,
	.ready = { .start_timeout_us = 90 * 1000 * 1000 },
};

static const char *const state_names[JOB_STATES] = {
	[JOB_STOPPED] = "stopped",
	[JOB_STARTING] = "starting",
	[JOB_RUNNING] = "running",
	[JOB_BACKOFF] = "backoff",
	[JOB_STOPPING] = "stopping",
	[JOB_FAILED] = "failed",
	[JOB_DONE] = "done",
	[JOB_LISTENING] = "listening",
};

static const char *const want_names[WANTS] = {
	[WANT_DOWN] = "down",
	[WANT_UP] = "up",
	[WANT_RESTART] = "restart",
	[WANT_FAIL] = "fail",
};

const char *job_state_name(enum job_state state)
{
	return state_names[state];
}

const char *job_want_name(enum job_want want)
{
	return want_names[want];
}

size_t jobs_place(const struct jobs *js, const char *name)
{
	size_t lo = 0, hi = js->n;

	/* Files are mostly loaded in order: the end is the likely place. */
	if (js->n && strcmp(js->list[js->n - 1]->name, name) < 0)
		return js->n;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (strcmp(js->list[mid]->name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct job *jobs_find(const struct jobs *js, const char *name)
{
	size_t i = jobs_place(js, name);

	return i < js->n && strcmp(js->list[i]->name, name) == 0 ? js->list[i] : NULL;
}

static struct job *job_new(struct agent *a, const char *name)
{
	struct job *job = calloc(1, sizeof(*job));

	if (!job)
		return NULL;
	job->agent = a;
	memcpy(job->name, name, strlen(name) + 1);
	job->inst.pidfd = -1;
	job->number = -1;
	job->view_at = -1;
	history_init(job);
	cgroup_job_init(&job->cgroup, job->name);
	ready_init(job);
	reload_init(job);
	probe_init(job);
	fdstore_init(&job->fds);
	version_init(job);
	job->beat_fd = -1;
	job->timer = (struct loop_timer){ .fn = life_timer, .arg = job };
	job->pidfd_src = (struct loop_source){ .fd = -1, .fn = watch_pidfd_ready, .arg = job };
	job->stray_src = (struct loop_source){ .fd = -1, .fn = watch_stray_ready, .arg = job };
	job->gate_src = (struct loop_source){ .fd = -1, .fn = spawn_gate_ready, .arg = job };
	job->cgroup_src = (struct loop_source){ .fd = -1, .fn = life_cgroup_ready, .arg = job };
	return job;
}

struct job *jobs_add(struct jobs *js, struct agent *a, const char *name)
{
	size_t i = jobs_place(js, name);
	struct job *job;

	if (js->n >= AGENT_JOBS_MAX || strlen(name) > JOB_NAME_LEN_MAX)
		return NULL;
	if (js->n == js->room) {
		size_t room = js->room ? 2 * js->room : 64;
		struct job **list = reallocarray(js->list, room, sizeof(*list));

		if (!list)
			return NULL;
		js->list = list;
		js->room = room;
	}
	job = job_new(a, name);
	if (!job)
		return NULL;
	memmove(js->list + i + 1, js->list + i, (js->n - i) * sizeof(*js->list));
	js->list[i] = job;
	js->n++;
	return job;
}

void jobs_take(struct jobs *js, struct job *job)
{
	size_t i = jobs_place(js, job->name);

	js->n--;
	memmove(js->list + i, js->list + i + 1, (js->n - i) * sizeof(*js->list));
}

void jobs_free(struct jobs *js)
{
	size_t i;

	for (i = 0; i < js->n; i++)
		job_free(js->list[i]);
	free(js->list);
	memset(js, 0, sizeof(*js));
}

int job_define(struct job *job, struct jobsrc *src, const struct job_spec *spec)
{
	int err;

	if (!spec)
		spec = &orphan_spec;
	err = sup_size(&job->sup, spec);
	if (!err && spec->team)
		err = sup_room(&job->team_sup, spec->team->restarts_max);
	if (err)
		return err;
	if (src)
		jobsrc_get(src);
	job_respec(job, spec);
	jobsrc_put(job->src);
	job->src = src;
	version_define(job);
	return 0;
}

void job_respec(struct job *job, const struct job_spec *spec)
{
	if (job->launch_built)
		launch_free(&job->launch);
	job->launch_built = false;
	job->cgroup.limits_set = false;
	job->spec = spec;
	view_touch(job);
}

void job_free(struct job *job)
{
	outlets_ended(job);
	foretell_free(job);
	fdstore_free(job);
	/* The loop must know nothing of it. */
	loop_disarm(&job->agent->loop, &job->timer);
	ready_disarm(job);
	side_cancel(&job->reload.command);
	if (job->beat_fd >= 0)
		close(job->beat_fd);
	if (job->inst.pidfd >= 0)
		close(job->inst.pidfd);
	watch_forget_stray(job);
	if (loop_has(&job->gate_src))
		close(job->gate_src.fd);
	if (loop_has(&job->cgroup_src))
		close(job->cgroup_src.fd);
	if (job->launch_built)
		launch_free(&job->launch);
	sockets_free(job);
	version_free(job);
	standby_free(job);
	sup_free(&job->sup);
	sup_free(&job->team_sup);
	history_drop(job);
	jobsrc_put(job->src);
	/* Last: what was freed above may have touched it. */
	view_forget(job);
	free(job);
}
