// SPDX-License-Identifier: GPL-2.0
/* What clients ask the loop for, over HTTP. */
#include "user/agent/control.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/follow.h"
#include "user/agent/metrics.h"
#include "user/agent/request.h"
#include "user/base/clock.h"
#include "user/base/log.h"
#include "user/base/path.h"

/* All that is served: Documentation/openapi.yaml. */
static const struct api_route routes[] = {
	{ .path = "/v1/agent", .read = viewer_tell_agent },
	{ .path = "/v1/jobs", .read = viewer_tell_jobs, .query = API_QUERY_MATCH },
	{ .path = "/v1/jobs/{name}", .read = viewer_tell_job },
	{ .path = "/v1/jobs/{name}/why", .read = viewer_tell_why, .cmd = "why" },
	{ .path = "/v1/jobs/{name}/stats", .read = viewer_tell_stats, .cmd = "stats" },
	{ .path = "/v1/jobs/{name}/start", .post = true, .cmd = "start" },
	{ .path = "/v1/jobs/{name}/stop", .post = true, .cmd = "stop" },
	{ .path = "/v1/jobs/{name}/restart", .post = true, .cmd = "restart" },
	{ .path = "/v1/jobs/{name}/reload", .post = true, .cmd = "reload" },
	{ .path = "/v1/plan", .cmd = "plan" },
	{ .path = "/v1/reload", .post = true, .cmd = "reload", .member = "plan" },
	{ .path = "/v1/upgrade", .post = true, .cmd = "upgrade", .status = 202 },
	{ .path = "/v1/events", .stream = true, .query = API_QUERY_MATCH | API_QUERY_AFTER },
	{ .path = "/v1/openapi.yaml", .text = viewer_tell_openapi, .type = "application/yaml" },
	{ .path = "/metrics", .text = metrics_text, .type = METRICS_TYPE },
};

static void client_free(struct client *c)
{
	loop_disarm(&c->agent->loop, &c->timer);
	json_decref(c->refusal);
	*c = (struct client){ 0 };
}

void client_answer(struct client *c, json_t *root)
{
	c->wait = WAIT_NONE;
	c->call->answer = root;
	c->answered = true;
}

static void client_timer(void *arg)
{
	struct client *c = arg;

	client_answer(c, request_timed_out(c));
}

/* There are as many slots as calls that can be on their way. */
static struct client *free_slot(struct control *ctl)
{
	size_t i;

	for (i = 0; i < AGENT_CLIENTS_MAX - 1; i++)
		if (!ctl->clients[i].agent)
			break;
	return &ctl->clients[i];
}

static void take_call(struct agent *a, struct api_call *call)
{
	struct client *c = free_slot(&a->control);

	*c = (struct client){
		.agent = a,
		.call = call,
		.uid = call->peer.uid,
		.pid = call->peer.pid,
		.timer = { .fn = client_timer, .arg = c },
	};
	request_run(c, call->cmd, call->name);
}

static void calls_ready(void *arg, uint32_t events)
{
	struct agent *a = arg;
	struct api_call *call;
	eventfd_t n;

	(void)events;
	if (eventfd_read(a->control.src.fd, &n))
		return;
	while ((call = api_next_call(a->control.server)))
		take_call(a, call);
}

static void answer_ready(struct agent *a)
{
	size_t i;

	for (i = 0; i < AGENT_CLIENTS_MAX; i++) {
		struct client *c = &a->control.clients[i];

		if (!c->agent || !c->answered)
			continue;
		api_answer(a->control.server, c->call);
		client_free(c);
	}
}

/* What was shown last is what the store has: only then are those answered who wait for it. */
void control_turn(struct agent *a)
{
	size_t i;

	views_publish(a);
	for (i = 0; i < AGENT_CLIENTS_MAX; i++)
		if (a->control.clients[i].agent && a->control.clients[i].wait != WAIT_NONE)
			request_wait_over(&a->control.clients[i]);
	answer_ready(a);
	if (a->control.server)
		api_wake(a->control.server);
}

static int name_socket(const char *path, struct sockaddr_un *addr)
{
	*addr = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(addr->sun_path))
		return -ENAMETOOLONG;
	memcpy(addr->sun_path, path, strlen(path) + 1);
	return 0;
}

static int listen_on(const char *path)
{
	struct sockaddr_un addr;
	int fd, err = name_socket(path, &addr);

	if (err)
		return err;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	/* The lock is held: what lies there is a dead vigild's. */
	unlink(path);
	/* Anyone may connect; the peer's credentials decide, and a refusal is told in words. */
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || chmod(path, 0666) ||
	    listen(fd, SOMAXCONN)) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

/* The vigild that this one replaces may have left it: who has connected meanwhile waits in it. */
static bool is_left(int fd, const char *path)
{
	struct sockaddr_un want, has = { 0 };
	socklen_t len = sizeof(has);

	return fd >= 0 && !name_socket(path, &want) && access(path, F_OK) == 0 &&
	       !getsockname(fd, (struct sockaddr *)&has, &len) && has.sun_family == AF_UNIX &&
	       strcmp(has.sun_path, want.sun_path) == 0;
}

static int open_listener(struct agent *a, const char *path)
{
	int left = a->upgrade.listen_fd;

	a->upgrade.listen_fd = -1;
	if (is_left(left, path))
		return left;
	if (left >= 0)
		close(left);
	return listen_on(path);
}

int control_open(struct agent *a)
{
	struct control *ctl = &a->control;
	uint64_t epoch = clock_realtime_ns();
	char path[4096];
	int err;

	ctl->src = (struct loop_source){ .fd = -1, .fn = calls_ready, .arg = a };
	snprintf(ctl->incarnation, sizeof(ctl->incarnation), "%" PRIx64, epoch);
	events_init(&ctl->events, epoch);
	err = path_join(path, sizeof(path), a->opt.run_dir, "vigild.sock", "");
	ctl->listen_fd = err ? err : open_listener(a, path);
	if (ctl->listen_fd >= 0)
		return 0;
	err = ctl->listen_fd;
	log_error("cannot listen on %s: %s", path, strerror(-err));
	return err;
}

static struct api_group group_named(const char *name)
{
	const struct group *gr = getgrnam(name);

	return (struct api_group){ .known = gr, .gid = gr ? gr->gr_gid : 0 };
}

int control_start(struct agent *a)
{
	struct control *ctl = &a->control;
	const struct api_config config = {
		.routes = { routes, sizeof(routes) / sizeof(*routes) },
		.arg = &ctl->viewer,
		.admins = group_named(a->opt.group),
		.readers = group_named(a->opt.read_group),
		.events = &ctl->events,
		.format = follow_format,
	};
	int err;

	/* There is something to be read from the first request on, and the store has it. */
	persist_flush(a);
	persist_settle(a);
	views_publish(a);
	viewer_open(&ctl->viewer, a);
	ctl->server = a->views.jobs && a->views.agent ? api_start(ctl->listen_fd, &config) : NULL;
	if (!ctl->server) {
		err = errno ? -errno : -ENOMEM;
		log_error("cannot serve the control socket: %s", strerror(-err));
		return err;
	}
	ctl->listen_fd = -1;
	err = loop_add(&a->loop, &ctl->src, api_call_fd(ctl->server), EPOLLIN);
	if (err)
		log_error("cannot serve the control socket: %s", strerror(-err));
	return err;
}

int control_close(struct agent *a, bool keep)
{
	struct control *ctl = &a->control;
	size_t i;
	int fd = ctl->listen_fd;

	loop_del(&a->loop, &ctl->src);
	answer_ready(a);
	/* After it the calls that are not answered are gone: api_end() has refused them. */
	if (ctl->server)
		fd = api_end(ctl->server);
	ctl->server = NULL;
	ctl->listen_fd = -1;
	for (i = 0; i < AGENT_CLIENTS_MAX; i++)
		if (ctl->clients[i].agent)
			client_free(&ctl->clients[i]);
	viewer_close(&ctl->viewer);
	if (keep || fd < 0)
		return keep ? fd : -1;
	close(fd);
	return -1;
}
