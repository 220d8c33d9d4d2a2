// SPDX-License-Identifier: GPL-2.0
/* The beginning and the end of a subscription. */
#include <errno.h>
#include <stdlib.h>

#include "user/lib/events.h"
#include "user/lib/family.h"
#include "user/lib/request.h"

/*
 * The order matters. First listen for families that go: if vigil.ko is unloaded after it was
 * found, that is noticed. Then join its group, then read the newest number: an event is
 * either counted in it, or still to come on the socket, or both.
 */
static int subscribe(struct vigil_events *ev, struct vigil_stats *stats)
{
	struct vnl_family ctrl, vigil;
	union vnl_request rq;
	int r;

	r = vnl_family_ctrl(&ev->ask, &ctrl);
	if (!r)
		r = ev->live.sock.ops->join(&ev->live.sock, ctrl.group);
	if (!r)
		r = vnl_family_vigil(&ev->ask, &vigil);
	if (!r)
		r = ev->live.sock.ops->join(&ev->live.sock, vigil.group);
	if (r)
		return r;
	ev->family = vigil.id;
	vnl_request_init(&rq, VIGIL_CMD_STATS_GET, VIGIL_FAMILY_VERSION);
	return vnl_do(&ev->ask, &rq, vigil.id, vnl_parse_stats, stats);
}

static int start_at(struct vigil_events *ev, uint64_t since, uint64_t newest)
{
	if (since == 0) {
		ev->last = newest;
		ev->state = VNL_LIVE;
		return 0;
	}
	if (since - 1 > newest)
		return -ERANGE;
	ev->last = since - 1;
	ev->state = VNL_REPLAY;
	return 0;
}

int vnl_events_open(const struct vnl_socket_ops *ops, uint64_t since, struct vigil_events **out)
{
	struct vigil_events *ev = calloc(1, sizeof(*ev));
	struct vigil_stats stats;
	int r;

	*out = NULL;
	if (!ev)
		return -ENOMEM;
	r = vnl_conn_open(&ev->live, ops, ev->error);
	if (r)
		goto free_reader;
	r = vnl_conn_open(&ev->ask, ops, ev->error);
	if (r)
		goto close_live;
	ops->set_rcvbuf(&ev->live.sock, VNL_EVENTS_RCVBUF_BYTES);
	r = subscribe(ev, &stats) ?: start_at(ev, since, stats.seq);
	if (r)
		goto close_ask;
	*out = ev;
	return 0;

close_ask:
	vnl_conn_close(&ev->ask);
close_live:
	vnl_conn_close(&ev->live);
free_reader:
	free(ev);
	return r;
}

int vigil_events_open(uint64_t since, struct vigil_events **out)
{
	return vnl_events_open(&vnl_kernel_socket, since, out);
}

void vigil_events_close(struct vigil_events *ev)
{
	if (!ev)
		return;
	vnl_conn_close(&ev->ask);
	vnl_conn_close(&ev->live);
	free(ev);
}

int vigil_events_fd(const struct vigil_events *ev)
{
	return ev->live.sock.fd;
}

uint64_t vigil_events_seq(const struct vigil_events *ev)
{
	return ev->last;
}

const char *vigil_events_error(const struct vigil_events *ev)
{
	return ev->error;
}
