// SPDX-License-Identifier: GPL-2.0
/* vigil.ko's messages: any bytes in, a value or -EPROTO out. Pure. */
#include "user/lib/parse.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "user/lib/attr.h"

/* What a watch or an event is read into. */
struct message {
	struct vigil_event event;
	const struct nlattr *exit;
	uint64_t seen;
};

static const struct vnl_attr_rule message_rules[VIGIL_A_WATCH_MAX + 1] = {
	[VIGIL_A_WATCH_ID] = VNL_NUMBER(struct message, event.watch.id),
	[VIGIL_A_WATCH_TGID] = VNL_NUMBER(struct message, event.watch.pid),
	[VIGIL_A_WATCH_START_TICKS] = VNL_NUMBER(struct message, event.watch.start_ticks),
	[VIGIL_A_WATCH_START_TIME] = VNL_NUMBER(struct message, event.watch.start_ns),
	[VIGIL_A_WATCH_OWNER] = VNL_STRING(struct message, event.watch.owner),
	[VIGIL_A_WATCH_TAG] = VNL_STRING(struct message, event.watch.tag),
	[VIGIL_A_WATCH_FLAGS] = VNL_NUMBER(struct message, event.watch.flags),
	[VIGIL_A_WATCH_STATE] = VNL_NUMBER(struct message, event.watch.state),
	[VIGIL_A_WATCH_COMM] = VNL_STRING(struct message, event.watch.comm),
	[VIGIL_A_WATCH_EXIT] = VNL_KEPT(struct message, exit),
	[VIGIL_A_WATCH_EVENT_TYPE] = VNL_NUMBER(struct message, event.type),
	[VIGIL_A_WATCH_SEQ] = VNL_NUMBER(struct message, event.seq),
	[VIGIL_A_WATCH_GAP_LAST] = VNL_NUMBER(struct message, event.gap_last),
};

static const struct vnl_attr_rule exit_rules[VIGIL_A_EXIT_MAX + 1] = {
	[VIGIL_A_EXIT_SEQ] = VNL_NUMBER(struct vigil_exit, seq),
	[VIGIL_A_EXIT_BOOTTIME] = VNL_NUMBER(struct vigil_exit, boottime_ns),
	[VIGIL_A_EXIT_REALTIME] = VNL_NUMBER(struct vigil_exit, realtime_ns),
	[VIGIL_A_EXIT_CAUSE] = VNL_NUMBER(struct vigil_exit, cause),
	[VIGIL_A_EXIT_CODE] = VNL_NUMBER(struct vigil_exit, code),
	[VIGIL_A_EXIT_SIGNAL] = VNL_NUMBER(struct vigil_exit, signal),
	[VIGIL_A_EXIT_UTIME] = VNL_NUMBER(struct vigil_exit, utime_ns),
	[VIGIL_A_EXIT_STIME] = VNL_NUMBER(struct vigil_exit, stime_ns),
	[VIGIL_A_EXIT_MAXRSS] = VNL_NUMBER(struct vigil_exit, maxrss_kib),
};

static const struct vnl_attr_rule stats_rules[VIGIL_A_STATS_MAX + 1] = {
	[VIGIL_A_STATS_WATCHES] = VNL_NUMBER(struct vigil_stats, watches),
	[VIGIL_A_STATS_DEAD] = VNL_NUMBER(struct vigil_stats, dead),
	[VIGIL_A_STATS_WATCHES_MAX] = VNL_NUMBER(struct vigil_stats, watches_max),
	[VIGIL_A_STATS_SEQ] = VNL_NUMBER(struct vigil_stats, seq),
	[VIGIL_A_STATS_OLDEST_SEQ] = VNL_NUMBER(struct vigil_stats, oldest_seq),
	[VIGIL_A_STATS_RING_SIZE] = VNL_NUMBER(struct vigil_stats, ring_size),
	[VIGIL_A_STATS_SEND_FAILURES] = VNL_NUMBER(struct vigil_stats, send_failures),
};

/* A code comes with its cause and a signal with its own; a cause we do not know needs neither. */
static bool exit_is_whole(const struct vigil_exit *e, uint64_t seen)
{
	if (!(seen & VNL_SEEN(VIGIL_A_EXIT_CAUSE)))
		return false;
	switch (e->cause) {
	case VIGIL_CAUSE_EXITED:
		return seen & VNL_SEEN(VIGIL_A_EXIT_CODE);
	case VIGIL_CAUSE_SIGNALLED:
	case VIGIL_CAUSE_CORE_DUMPED:
	case VIGIL_CAUSE_OOM_KILLED:
		return seen & VNL_SEEN(VIGIL_A_EXIT_SIGNAL);
	default:
		return true;
	}
}

static int read_exit(struct message *m)
{
	struct vigil_exit *e = &m->event.watch.exit;
	uint64_t seen;

	if (vnl_attrs_read_nested(m->exit, exit_rules, VIGIL_A_EXIT_MAX, e, &seen) ||
	    !exit_is_whole(e, seen))
		return -EPROTO;
	return 0;
}

/* Dead means that it is told how, and alive that it is not. */
static int finish_watch(struct message *m)
{
	const uint64_t needed = VNL_SEEN(VIGIL_A_WATCH_ID) | VNL_SEEN(VIGIL_A_WATCH_TGID) |
				VNL_SEEN(VIGIL_A_WATCH_OWNER) | VNL_SEEN(VIGIL_A_WATCH_STATE);

	if ((m->seen & needed) != needed)
		return -EPROTO;
	switch (m->event.watch.state) {
	case VIGIL_WATCH_STATE_ALIVE:
		return m->exit ? -EPROTO : 0;
	case VIGIL_WATCH_STATE_DEAD:
		return m->exit ? read_exit(m) : -EPROTO;
	default:
		return -EPROTO;
	}
}

static int read_message(const struct nlmsghdr *nlh, uint8_t cmd, struct message *m)
{
	memset(m, 0, sizeof(*m));
	return vnl_parse_cmd(nlh, cmd, message_rules, VIGIL_A_WATCH_MAX, m, &m->seen);
}

int vnl_parse_watch(const struct nlmsghdr *nlh, uint8_t cmd, void *out)
{
	struct message m;

	if (read_message(nlh, cmd, &m) || finish_watch(&m))
		return -EPROTO;
	*(struct vigil_watch *)out = m.event.watch;
	return 0;
}

/* What the type of an event asks for. */
static int finish_event(struct message *m)
{
	struct vigil_event *e = &m->event;

	switch (e->type) {
	case VIGIL_EVENT_TYPE_DEAD:
		e->gap_last = 0;
		return finish_watch(m) || e->watch.state != VIGIL_WATCH_STATE_DEAD ? -EPROTO : 0;
	case VIGIL_EVENT_TYPE_GAP:
		memset(&e->watch, 0, sizeof(e->watch));
		return e->gap_last < e->seq ? -EPROTO : 0;
	default:
		e->gap_last = 0;
		return 0;
	}
}

int vnl_parse_event(const struct nlmsghdr *nlh, uint8_t cmd, struct vigil_event *out)
{
	struct message m;

	if (read_message(nlh, cmd, &m) || !(m.seen & VNL_SEEN(VIGIL_A_WATCH_EVENT_TYPE)) ||
	    !m.event.seq || finish_event(&m))
		return -EPROTO;
	*out = m.event;
	return 0;
}

int vnl_parse_stats(const struct nlmsghdr *nlh, uint8_t cmd, void *out)
{
	uint64_t seen;

	if (vnl_parse_cmd(nlh, cmd, stats_rules, VIGIL_A_STATS_MAX, out, &seen))
		return -EPROTO;
	for (unsigned int i = VIGIL_A_STATS_WATCHES; i <= VIGIL_A_STATS_SEND_FAILURES; i++)
		if (!(seen & VNL_SEEN(i)))
			return -EPROTO;
	return 0;
}
