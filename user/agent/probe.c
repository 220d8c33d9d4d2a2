// SPDX-License-Identifier: GPL-2.0
/*
 * Looking whether a job does its work.
 *
 *    probe_begin()          timer           a result
 *   -------------> waiting ------> trying -----------> waiting
 *
 * Before the job is ready enough results in a row that are good make it so, and bad ones count for
 * nothing: the start timeout ends that. Afterwards enough bad ones in a row mean that it hangs. Nothing is
 * stored: the next vigild looks anew.
 */
#include "user/agent/probe.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/life.h"
#include "user/base/clock.h"
#include "user/base/log.h"

/* A job that starts is looked at more often, so that it is ready when it is. */
static uint64_t pause_us(const struct job *job)
{
	uint64_t us = job->spec->probe.interval_us;

	return !job->ready.reached && us > AGENT_PROBE_START_US ? AGENT_PROBE_START_US : us;
}

static void wait_for_next(struct job *job, uint64_t us)
{
	loop_arm(&job->agent->loop, &job->look.timer, clock_us() + us);
}

static void hang_up(struct job *job)
{
	int fd = job->look.sock.fd;

	if (fd < 0)
		return;
	loop_del(&job->agent->loop, &job->look.sock);
	close(fd);
}

static void note_good(struct job *job)
{
	struct probe *p = &job->look;

	p->bad = 0;
	p->good++;
	if (!job->ready.reached && p->good >= job->spec->probe.successes)
		life_ready(job);
}

static void note_bad(struct job *job, const char *wrong)
{
	struct probe *p = &job->look;

	p->good = 0;
	p->bad++;
	snprintf(p->why, sizeof(p->why), "%s", wrong);
	log_debug("%s: probe: %s", job->name, wrong);
	if (job->ready.reached && p->bad >= job->spec->probe.failures)
		life_doom(job, READY_DOOM_PROBE);
}

/* @wrong: NULL if it was good. */
static void result(struct job *job, const char *wrong)
{
	hang_up(job);
	if (wrong)
		note_bad(job, wrong);
	else
		note_good(job);
	/* It may be ready, or doomed, and of no more interest. */
	if (job->look.on)
		wait_for_next(job, pause_us(job));
}

static void connected(void *arg, uint32_t events)
{
	struct job *job = arg;
	socklen_t len = sizeof(int);
	int err = 0;

	(void)events;
	if (getsockopt(job->look.sock.fd, SOL_SOCKET, SO_ERROR, &err, &len))
		err = errno;
	result(job, err ? strerror(err) : NULL);
}

static void try_connect(struct job *job, const struct sockaddr *addr, socklen_t len)
{
	int fd = socket(addr->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), err = 0;

	if (fd < 0) {
		result(job, strerror(errno));
		return;
	}
	if (connect(fd, addr, len))
		err = errno;
	if (err == EINPROGRESS) {
		err = -loop_add(&job->agent->loop, &job->look.sock, fd, EPOLLOUT);
		if (!err)
			return;
	}
	close(fd);
	result(job, err == EAGAIN ? "too many wait to be accepted" : err ? strerror(err) : NULL);
}

static void try_tcp(struct job *job)
{
	const struct sockaddr_storage *ss = &job->spec->probe.tcp;

	try_connect(job, (const struct sockaddr *)ss,
		    ss->ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6));
}

static void try_unix(struct job *job)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	if (strlen(job->spec->probe.unix_path) >= sizeof(addr.sun_path)) {
		result(job, strerror(ENAMETOOLONG));
		return;
	}
	strcpy(addr.sun_path, job->spec->probe.unix_path);
	try_connect(job, (struct sockaddr *)&addr, sizeof(addr));
}

static void command_ended(struct job *job, const char *wrong)
{
	char text[96];

	snprintf(text, sizeof(text), "the command %s", wrong ? wrong : "");
	result(job, wrong ? text : NULL);
}

static void try_command(struct job *job)
{
	int err = side_start(&job->look.command, job->spec->probe.argv, job->spec->probe.timeout_us);

	if (err)
		result(job, strerror(-err));
	else
		loop_disarm(&job->agent->loop, &job->look.timer);	/* the command has its own */
}

static void answered(void *arg, const char *wrong)
{
	result(arg, wrong);
}

static void try_http(struct job *job)
{
	int err;

	job->look.request.in = &job->agent->fetcher;
	err = fetch_start(&job->look.request, &job->spec->probe.http, job->spec->probe.timeout_us);
	if (err)
		result(job, strerror(-err));
	else
		loop_disarm(&job->agent->loop, &job->look.timer);	/* the request has its own */
}

static void attempt(struct job *job)
{
	const struct job_probe *spec = &job->spec->probe;

	wait_for_next(job, spec->timeout_us);
	if (spec->argv)
		try_command(job);
	else if (spec->http.url)
		try_http(job);
	else if (spec->unix_path)
		try_unix(job);
	else
		try_tcp(job);
}

static void timer_over(void *arg)
{
	struct job *job = arg;

	/* Its definition may have been changed meanwhile. */
	if (!job->spec->probe.given)
		probe_stop(job);
	else if (loop_has(&job->look.sock))
		result(job, "no answer in time");
	else
		attempt(job);
}

void probe_init(struct job *job)
{
	struct probe *p = &job->look;

	p->timer = (struct loop_timer){ .fn = timer_over, .arg = job };
	p->sock = (struct loop_source){ .fd = -1, .fn = connected, .arg = job };
	side_init(&p->command, job, command_ended);
	p->request.done = answered;
	p->request.arg = job;
}

void probe_begin(struct job *job)
{
	const struct job_probe *spec = &job->spec->probe;
	bool wanted = spec->given && (spec->liveness || !job->ready.reached);

	probe_stop(job);
	if (!wanted)
		return;
	job->look.on = true;
	wait_for_next(job, job->ready.reached && job->spec->ready.how == JOB_READY_PROBE ?
		      spec->interval_us : spec->delay_us);
}

void probe_stop(struct job *job)
{
	struct probe *p = &job->look;

	p->on = false;
	p->good = 0;
	p->bad = 0;
	loop_disarm(&job->agent->loop, &p->timer);
	hang_up(job);
	side_cancel(&p->command);
	fetch_cancel(&p->request);
}
