// SPDX-License-Identifier: GPL-2.0
/* The control socket: connections, lines in and out. */
#include "user/agent/control.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "user/agent/agent.h"
#include "user/agent/peer.h"
#include "user/agent/request.h"
#include "user/base/clock.h"
#include "user/base/log.h"
#include "user/base/path.h"

static void client_close(struct client *c)
{
	struct agent *a = c->agent;
	int fd = c->src.fd;

	loop_disarm(&a->loop, &c->timer);
	loop_del(&a->loop, &c->src);
	close(fd);
	free(c->out);
	c->out = NULL;
	json_decref(c->refusal);
	c->refusal = NULL;
	c->agent = NULL;
}

static void want_events(struct client *c)
{
	uint32_t events = 0;

	if (c->out)
		events = EPOLLOUT;
	else if (!c->input_ended && c->wait == WAIT_NONE)
		events = EPOLLIN;
	loop_change(&c->agent->loop, &c->src, events);
}

/* False: the client is gone. */
static bool send_out(struct client *c)
{
	ssize_t n;

	while (c->out_at < c->out_len) {
		n = send(c->src.fd, c->out + c->out_at, c->out_len - c->out_at,
			 MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return true;
		if (n < 0) {
			client_close(c);
			return false;
		}
		c->out_at += (size_t)n;
	}
	free(c->out);
	c->out = NULL;
	loop_disarm(&c->agent->loop, &c->timer);
	if (!c->closing)
		return true;
	client_close(c);
	return false;
}

void client_answer(struct client *c, json_t *root)
{
	size_t len = root ? json_dumpb(root, NULL, 0, JSON_COMPACT) : 0;

	c->wait = WAIT_NONE;
	c->out = len ? malloc(len + 1) : NULL;
	if (c->out) {
		json_dumpb(root, c->out, len, JSON_COMPACT);
		c->out[len] = '\n';
		c->out_len = len + 1;
	} else {
		/* Nothing can be said: an end of file says that. */
		log_error("out of memory for an answer");
		c->out_len = 0;
		c->closing = true;
	}
	c->out_at = 0;
	json_decref(root);
	loop_arm(&c->agent->loop, &c->timer, clock_us() + AGENT_CLIENT_SEND_US);
}

/* Take the lines that are there, one at a time: an answer is sent before the next is read. */
static void serve(struct client *c)
{
	for (;;) {
		char *end;
		size_t len;

		if (c->out && !send_out(c))
			return;
		if (c->out || c->wait != WAIT_NONE)
			break;
		end = memchr(c->in, '\n', c->in_len);
		if (!end && c->in_len > AGENT_REQUEST_MAX) {
			c->closing = true;
			client_answer(c, request_refuse("EINVAL", "the request is too long"));
			continue;
		}
		if (!end)
			break;
		len = (size_t)(end - c->in);
		request_handle(c, c->in, len);
		c->in_len -= len + 1;
		memmove(c->in, end + 1, c->in_len);
	}
	if (c->input_ended && !c->out && c->wait == WAIT_NONE)
		client_close(c);
	else
		want_events(c);
}

/* False: the client is gone. */
static bool receive(struct client *c)
{
	ssize_t n = recv(c->src.fd, c->in + c->in_len, sizeof(c->in) - c->in_len, MSG_DONTWAIT);

	if (n > 0) {
		c->in_len += (size_t)n;
		return true;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n < 0) {
		client_close(c);
		return false;
	}
	c->input_ended = true;
	return true;
}

static void client_ready(void *arg, uint32_t events)
{
	struct client *c = arg;

	/* Both directions are gone: nobody waits for an answer. */
	if (events & (EPOLLHUP | EPOLLERR)) {
		client_close(c);
		return;
	}
	if ((events & EPOLLIN) && !receive(c))
		return;
	serve(c);
}

static void client_timer(void *arg)
{
	struct client *c = arg;

	if (c->wait == WAIT_NONE) {
		log_warning("a client did not take its answer in time");
		client_close(c);
		return;
	}
	client_answer(c, request_timed_out(c));
	serve(c);
}

static struct client *free_slot(struct control *ctl)
{
	size_t i;

	for (i = 0; i < AGENT_CLIENTS_MAX; i++)
		if (!ctl->clients[i].agent)
			return &ctl->clients[i];
	return NULL;
}

static void accept_one(struct agent *a, int fd)
{
	struct client *c = free_slot(&a->control);

	/* No slot: the end of file says so. */
	if (!c) {
		log_warning("more than %d clients", AGENT_CLIENTS_MAX);
		close(fd);
		return;
	}
	memset(c, 0, sizeof(*c));
	c->src = (struct loop_source){ .fd = -1, .fn = client_ready, .arg = c };
	c->timer = (struct loop_timer){ .fn = client_timer, .arg = c };
	if (loop_add(&a->loop, &c->src, fd, EPOLLIN)) {
		close(fd);
		return;
	}
	c->agent = a;
	peer_who(fd, &c->uid, &c->pid);
	if (peer_may_speak(fd, a->control.has_group, a->control.gid))
		return;
	c->closing = true;
	client_answer(c, request_refuse("EACCES", "only root, vigild's user and members of its "
					"group may use this socket"));
	serve(c);
}

static void listener_ready(void *arg, uint32_t events)
{
	struct agent *a = arg;
	int fd = accept4(a->control.src.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	if (fd >= 0)
		accept_one(a, fd);
}

static int listen_on(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd, err;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	memcpy(addr.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	/* The lock is held: what lies there is a dead vigild's. */
	unlink(path);
	/* Anyone may connect; the peer's credentials decide, and a refusal is told in words. */
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || chmod(path, 0666) ||
	    listen(fd, AGENT_CLIENTS_MAX)) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

int control_open(struct agent *a)
{
	struct control *ctl = &a->control;
	const struct group *gr = getgrnam(a->opt.group);
	char path[4096];
	int err, fd;

	ctl->src = (struct loop_source){ .fd = -1, .fn = listener_ready, .arg = a };
	ctl->has_group = gr;
	ctl->gid = gr ? gr->gr_gid : 0;
	err = path_join(path, sizeof(path), a->opt.run_dir, "vigild.sock", "");
	fd = err ? err : listen_on(path);
	err = fd < 0 ? fd : loop_add(&a->loop, &ctl->src, fd, EPOLLIN);
	if (err)
		log_error("cannot listen on %s: %s", path, strerror(-err));
	if (err && fd >= 0)
		close(fd);
	return err;
}

void control_close(struct agent *a)
{
	int fd = a->control.src.fd;
	size_t i;

	for (i = 0; i < AGENT_CLIENTS_MAX; i++)
		if (a->control.clients[i].agent)
			client_close(&a->control.clients[i]);
	if (fd < 0)
		return;
	loop_del(&a->loop, &a->control.src);
	close(fd);
}

void control_turn(struct agent *a)
{
	size_t i;

	for (i = 0; i < AGENT_CLIENTS_MAX; i++) {
		struct client *c = &a->control.clients[i];

		if (c->agent && c->wait != WAIT_NONE && request_wait_over(c))
			serve(c);
	}
}
