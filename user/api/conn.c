// SPDX-License-Identifier: GPL-2.0
/* Connections: who they are of, and how long each may take. */
#include "user/api/server_impl.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "user/base/clock.h"

uint64_t server_now_ms(void)
{
	return clock_us() / US_PER_MS;
}

void conn_due(struct api_conn *c, uint64_t ms)
{
	c->due_ms = ms ? server_now_ms() + ms : 0;
}

/* The library finds the end of the stream, and closes. */
static void cut_off(int fd)
{
	shutdown(fd, SHUT_RDWR);
}

static size_t count_like(const struct api_server *s, const struct api_peer *peer)
{
	const struct api_conn *c;
	size_t n = 0;

	TAILQ_FOREACH(c, &s->conns, link)
		if (c->peer.role == peer->role && (!peer->role || c->peer.uid == peer->uid))
			n++;
	return n;
}

/* Nobody but root and our own user can keep all others away. */
static bool too_many(const struct api_server *s, const struct api_peer *peer)
{
	if (peer->role == API_STRANGER)
		return count_like(s, peer) >= API_CONNECTIONS_OF_STRANGERS;
	if (peer->uid == 0 || peer->uid == geteuid())
		return false;
	return count_like(s, peer) >= API_CONNECTIONS_OF_ONE;
}

static void begin(struct api_server *s, struct MHD_Connection *mhd, void **context)
{
	const union MHD_ConnectionInfo *info;
	struct api_conn *c;

	info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (!info)
		return;
	c = calloc(1, sizeof(*c));
	if (!c) {
		cut_off(info->connect_fd);
		return;
	}
	c->fd = info->connect_fd;
	peer_look(c->fd, &s->config.admins, &s->config.readers, &c->peer);
	if (too_many(s, &c->peer))
		cut_off(c->fd);
	conn_due(c, API_REQUEST_MS);
	TAILQ_INSERT_TAIL(&s->conns, c, link);
	*context = c;
}

/* The library closes the descriptor after this: nothing of ours has it any more. */
static void end(struct api_server *s, void **context)
{
	struct api_conn *c = *context;

	if (!c)
		return;
	TAILQ_REMOVE(&s->conns, c, link);
	free(c);
	*context = NULL;
}

void conn_notify(void *arg, struct MHD_Connection *mhd, void **context,
		 enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		begin(arg, mhd, context);
	else
		end(arg, context);
}

struct api_conn *conn_of(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info;

	info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return info ? info->socket_context : NULL;
}

void conn_sweep(struct api_server *s)
{
	uint64_t now_ms = server_now_ms();
	struct api_conn *c;

	TAILQ_FOREACH(c, &s->conns, link) {
		if (!c->due_ms || c->due_ms > now_ms)
			continue;
		c->due_ms = 0;
		cut_off(c->fd);
	}
}
