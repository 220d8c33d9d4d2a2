// SPDX-License-Identifier: GPL-2.0
/* The event stream: live datagrams, repaired by replays. */
/*
 *            hole (live_place)               end of replay (replay_ended)
 *    LIVE ------------------------> REPLAY ------------------------------> LIVE
 *      |  ENOBUFS, bad datagram        ^  |  (interrupted: again)
 *      |  (live_fill, live_step)       |  |
 *      +----------------> DRAIN -------+  +--> GONE
 *                  empty (live_fill)        the module was unloaded (gone), also from LIVE, DRAIN
 *
 * LIVE    gives what comes on the multicast socket, as long as the numbers follow each other.
 * DRAIN   the same, but something was dropped. The kernel then sets the socket aside, and drops
 *	   in silence, until all of its queue was read: a replay before that would miss what is
 *	   dropped after it. Messages beyond a hole are dropped here too; the replay has them.
 * REPLAY  gives what the ring holds from @last + 1 on. The live socket keeps its place.
 * GONE    for ever.
 *
 * 1. Every event given out has the number @last + 1; a gap begins there.
 * 2. @last only grows, and only by giving out or passing over an event.
 * 3. vigil_events_next() returns 0 in LIVE alone, with an empty live socket.
 * 4. No step but the one that gives an event copies anything; none allocates.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <sys/socket.h>

#include "user/lib/events.h"
#include "user/lib/request.h"

/* What a step returns beside the values of vigil_events_next(). */
#define AGAIN	2
#define GIVE	1
#define NONE	0

enum place { PLACE_NEXT, PLACE_OLD, PLACE_BEYOND };

static enum place place(const struct vigil_events *ev, const struct vigil_event *e)
{
	uint64_t end = e->type == VIGIL_EVENT_TYPE_GAP ? e->gap_last : e->seq;

	if (end <= ev->last)
		return PLACE_OLD;
	return e->seq > ev->last + 1 ? PLACE_BEYOND : PLACE_NEXT;
}

/* Events of a type this library does not know are passed over. */
static int give(struct vigil_events *ev, struct vigil_event *e)
{
	ev->tries = 0;
	switch (e->type) {
	case VIGIL_EVENT_TYPE_GAP:
		e->seq = ev->last + 1;
		ev->last = e->gap_last;
		return GIVE;
	case VIGIL_EVENT_TYPE_DEAD:
	case VIGIL_EVENT_TYPE_KEEPER:
	case VIGIL_EVENT_TYPE_HUNG:
	case VIGIL_EVENT_TYPE_RECOVERED:
	case VIGIL_EVENT_TYPE_DYING:
	case VIGIL_EVENT_TYPE_MEMBER_DEAD:
	case VIGIL_EVENT_TYPE_GROUP_EMPTY:
	case VIGIL_EVENT_TYPE_WATCHDOG:
	case VIGIL_EVENT_TYPE_LEASE:
		ev->last = e->seq;
		return GIVE;
	}
	ev->last = e->seq;
	return AGAIN;
}

static int gone(struct vigil_events *ev)
{
	ev->state = VNL_GONE;
	return vnl_conn_explain(&ev->live, -ENOENT, "vigil.ko was unloaded");
}

static int malformed(struct vigil_events *ev)
{
	return vnl_conn_explain(&ev->live, -EPROTO,
				"an event does not follow the specification of the netlink family");
}

/* The next datagram, or what to do without one. */
static int live_fill(struct vigil_events *ev)
{
	int r = vnl_conn_fill(&ev->live, MSG_DONTWAIT);

	switch (r) {
	case 0:
		return AGAIN;
	case -EAGAIN:
		if (ev->state == VNL_LIVE)
			return NONE;
		ev->state = VNL_REPLAY;
		return AGAIN;
	case -ENOBUFS:
	case -EMSGSIZE:
		ev->state = VNL_DRAIN;
		return AGAIN;
	default:
		return r;
	}
}

/* A live message that is no event: from the controller, or of no interest. */
static int live_other(struct vigil_events *ev, const struct nlmsghdr *nlh)
{
	struct vnl_family family;

	vnl_conn_consume(&ev->live);
	if (nlh->nlmsg_type == GENL_ID_CTRL &&
	    !vnl_parse_family(nlh, CTRL_CMD_DELFAMILY, "", &family) && family.id == ev->family)
		return gone(ev);
	return AGAIN;
}

/*
 * A hole is filled by a replay, with the message kept for afterwards. If it is beyond even then,
 * the ring has neither the events before it nor a gap in their place.
 */
static int live_hole(struct vigil_events *ev, uint64_t seq)
{
	if (ev->state == VNL_DRAIN) {
		vnl_conn_consume(&ev->live);
		return AGAIN;
	}
	if (ev->hole == seq) {
		vnl_conn_consume(&ev->live);
		return malformed(ev);
	}
	ev->hole = seq;
	ev->state = VNL_REPLAY;
	return AGAIN;
}

static int live_step(struct vigil_events *ev, struct vigil_event *out)
{
	const struct nlmsghdr *nlh;
	int r = vnl_conn_peek(&ev->live, &nlh);

	if (r == 0)
		return live_fill(ev);
	if (r > 0 && nlh->nlmsg_type != ev->family)
		return live_other(ev, nlh);
	if (r < 0 || vnl_parse_event(nlh, VIGIL_CMD_EVENT_NTF, out)) {
		if (r > 0)
			vnl_conn_consume(&ev->live);
		ev->state = VNL_DRAIN;	/* it may have been an event */
		return malformed(ev);
	}
	if (place(ev, out) == PLACE_BEYOND)
		return live_hole(ev, out->seq);
	vnl_conn_consume(&ev->live);
	return place(ev, out) == PLACE_OLD ? AGAIN : give(ev, out);
}

static int replay_start(struct vigil_events *ev)
{
	union vnl_request rq;
	int r;

	vnl_request_init(&rq, VIGIL_CMD_EVENT_GET, VIGIL_FAMILY_VERSION);
	mnl_attr_put_u64(&rq.nlh, VIGIL_A_WATCH_SEQ, ev->last + 1);
	r = vnl_dump_start(&ev->ask, &rq, ev->family);
	ev->replaying = !r;
	return r ?: AGAIN;
}

/* The rest of the dump is of no use: ask anew from @last + 1, unless that leads nowhere. */
static int replay_again(struct vigil_events *ev)
{
	ev->replaying = false;
	if (++ev->tries < VNL_REPLAY_TRIES_MAX)
		return AGAIN;
	ev->tries = 0;
	return malformed(ev);
}

static int replay_ended(struct vigil_events *ev, int r)
{
	ev->replaying = false;
	if (r && vnl_is_stale(&ev->ask, r))
		return gone(ev);
	if (r)
		return r;
	if (ev->ask.interrupted)
		return replay_again(ev);
	ev->tries = 0;
	ev->state = VNL_LIVE;
	return AGAIN;
}

static int replay_step(struct vigil_events *ev, struct vigil_event *out)
{
	const struct nlmsghdr *nlh;
	int r;

	if (!ev->replaying)
		return replay_start(ev);
	r = vnl_dump_next(&ev->ask, &nlh);
	if (r <= 0)
		return replay_ended(ev, r);
	if (vnl_parse_event(nlh, VIGIL_CMD_EVENT_GET, out)) {
		vnl_dump_end(&ev->ask);
		ev->replaying = false;
		return malformed(ev);
	}
	switch (place(ev, out)) {
	case PLACE_NEXT:
		return give(ev, out);
	case PLACE_BEYOND:
		vnl_dump_end(&ev->ask);
		return replay_again(ev);
	case PLACE_OLD:
		break;
	}
	return AGAIN;
}

int vigil_events_next(struct vigil_events *ev, struct vigil_event *out)
{
	int r = AGAIN;

	ev->error[0] = '\0';
	while (r == AGAIN) {
		switch (ev->state) {
		case VNL_LIVE:
		case VNL_DRAIN:
			r = live_step(ev, out);
			break;
		case VNL_REPLAY:
			r = replay_step(ev, out);
			break;
		case VNL_GONE:
			return gone(ev);
		}
	}
	return r;
}
