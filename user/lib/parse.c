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
	const struct nlattr *keeper;
	const struct nlattr *beat;
	const struct nlattr *hung;
	const struct nlattr *member;
	const struct nlattr *watchdog;
	const struct nlattr *lease;
	uint64_t seen;
};

/* What a descendant is read into. */
struct descendant {
	struct vigil_member member;
	const struct nlattr *exit;
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
	[VIGIL_A_WATCH_BOOTTIME] = VNL_NUMBER(struct message, event.boottime_ns),
	[VIGIL_A_WATCH_REALTIME] = VNL_NUMBER(struct message, event.realtime_ns),
	[VIGIL_A_WATCH_KEEPER] = VNL_KEPT(struct message, keeper),
	[VIGIL_A_WATCH_BEAT] = VNL_KEPT(struct message, beat),
	[VIGIL_A_WATCH_HUNG] = VNL_KEPT(struct message, hung),
	[VIGIL_A_WATCH_MEMBERS] = VNL_NUMBER(struct message, event.watch.members),
	[VIGIL_A_WATCH_MEMBERS_MISSED] = VNL_NUMBER(struct message, event.watch.members_missed),
	[VIGIL_A_WATCH_MEMBER] = VNL_KEPT(struct message, member),
	[VIGIL_A_WATCH_WATCHDOG] = VNL_KEPT(struct message, watchdog),
	[VIGIL_A_WATCH_LEASE] = VNL_KEPT(struct message, lease),
};

static const struct vnl_attr_rule beat_rules[VIGIL_A_BEAT_MAX + 1] = {
	[VIGIL_A_BEAT_DEADLINE_MS] = VNL_NUMBER(struct vigil_deadline, ms),
	[VIGIL_A_BEAT_ACTION] = VNL_NUMBER(struct vigil_deadline, action),
	[VIGIL_A_BEAT_SIGNAL] = VNL_NUMBER(struct vigil_deadline, signal),
	[VIGIL_A_BEAT_STATE] = VNL_NUMBER(struct vigil_deadline, state),
	[VIGIL_A_BEAT_MISSED] = VNL_NUMBER(struct vigil_deadline, missed),
};

static const struct vnl_attr_rule hung_rules[VIGIL_A_HUNG_MAX + 1] = {
	[VIGIL_A_HUNG_STATE] = VNL_NUMBER(struct vigil_hang, state),
	[VIGIL_A_HUNG_LAST_BEAT] = VNL_NUMBER(struct vigil_hang, last_beat_ns),
	[VIGIL_A_HUNG_DEADLINE_MS] = VNL_NUMBER(struct vigil_hang, deadline_ms),
	[VIGIL_A_HUNG_ACTION] = VNL_NUMBER(struct vigil_hang, action),
	[VIGIL_A_HUNG_SIGNAL] = VNL_NUMBER(struct vigil_hang, signal),
	[VIGIL_A_HUNG_CPU_TIME] = VNL_NUMBER(struct vigil_hang, cpu_ns),
	[VIGIL_A_HUNG_CPU_WINDOW] = VNL_NUMBER(struct vigil_hang, cpu_window_ns),
};

static const struct vnl_attr_rule member_rules[VIGIL_A_MEMBER_MAX + 1] = {
	[VIGIL_A_MEMBER_PID] = VNL_NUMBER(struct descendant, member.pid),
	[VIGIL_A_MEMBER_START_TICKS] = VNL_NUMBER(struct descendant, member.start_ticks),
	[VIGIL_A_MEMBER_START_TIME] = VNL_NUMBER(struct descendant, member.start_ns),
	[VIGIL_A_MEMBER_COMM] = VNL_STRING(struct descendant, member.comm),
	[VIGIL_A_MEMBER_EXIT] = VNL_KEPT(struct descendant, exit),
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
	[VIGIL_A_EXIT_DYING_SEQ] = VNL_NUMBER(struct vigil_exit, dying_seq),
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
	case VIGIL_CAUSE_HUNG:
	case VIGIL_CAUSE_FENCED:
		return seen & VNL_SEEN(VIGIL_A_EXIT_SIGNAL);
	default:
		return true;
	}
}

static int read_exit(const struct nlattr *attr, struct vigil_exit *e)
{
	uint64_t seen;

	if (vnl_attrs_read_nested(attr, exit_rules, VIGIL_A_EXIT_MAX, e, &seen) ||
	    !exit_is_whole(e, seen))
		return -EPROTO;
	return 0;
}

/* A deadline of 0 would say that there is no beat. */
static int read_beat(struct message *m)
{
	struct vigil_deadline *d = &m->event.watch.deadline;
	uint64_t seen;

	if (vnl_attrs_read_nested(m->beat, beat_rules, VIGIL_A_BEAT_MAX, d, &seen) || !d->ms)
		return -EPROTO;
	return 0;
}

static int read_hung(struct message *m)
{
	const uint64_t needed = VNL_SEEN(VIGIL_A_HUNG_STATE) |
				VNL_SEEN(VIGIL_A_HUNG_DEADLINE_MS);
	uint64_t seen;

	if (!m->hung || vnl_attrs_read_nested(m->hung, hung_rules, VIGIL_A_HUNG_MAX,
					      &m->event.hang, &seen))
		return -EPROTO;
	return (seen & needed) == needed ? 0 : -EPROTO;
}

static int read_member(const struct nlattr *attr, struct vigil_member *out)
{
	struct descendant d = { .exit = NULL };
	uint64_t seen;

	if (!attr || vnl_attrs_read_nested(attr, member_rules, VIGIL_A_MEMBER_MAX, &d, &seen) ||
	    !(seen & VNL_SEEN(VIGIL_A_MEMBER_PID)) || !d.exit || read_exit(d.exit, &d.member.exit))
		return -EPROTO;
	*out = d.member;
	return 0;
}

/* Dead means that it is told how, and alive that it is not. */
static int finish_watch(struct message *m)
{
	const uint64_t needed = VNL_SEEN(VIGIL_A_WATCH_ID) | VNL_SEEN(VIGIL_A_WATCH_TGID) |
				VNL_SEEN(VIGIL_A_WATCH_OWNER) | VNL_SEEN(VIGIL_A_WATCH_STATE);

	if ((m->seen & needed) != needed || (m->beat && read_beat(m)))
		return -EPROTO;
	switch (m->event.watch.state) {
	case VIGIL_WATCH_STATE_ALIVE:
	case VIGIL_WATCH_STATE_DYING:
		return m->exit ? -EPROTO : 0;
	case VIGIL_WATCH_STATE_DEAD:
		return m->exit ? read_exit(m->exit, &m->event.watch.exit) : -EPROTO;
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

/* The time of a death is that of its exit record. */
static int finish_death(struct message *m)
{
	struct vigil_event *e = &m->event;

	e->gap_last = 0;
	if (finish_watch(m) || e->watch.state != VIGIL_WATCH_STATE_DEAD)
		return -EPROTO;
	e->boottime_ns = e->watch.exit.boottime_ns;
	e->realtime_ns = e->watch.exit.realtime_ns;
	return 0;
}

/* HUNG and RECOVERED are of a process that lives. */
static int finish_stall(struct message *m)
{
	struct vigil_event *e = &m->event;

	e->gap_last = 0;
	if (finish_watch(m) || e->watch.state != VIGIL_WATCH_STATE_ALIVE)
		return -EPROTO;
	return e->type == VIGIL_EVENT_TYPE_HUNG ? read_hung(m) : 0;
}

/* What the type of an event asks for. */
static int finish_event(struct message *m)
{
	struct vigil_event *e = &m->event;

	switch (e->type) {
	case VIGIL_EVENT_TYPE_DEAD:
		return finish_death(m);
	case VIGIL_EVENT_TYPE_HUNG:
	case VIGIL_EVENT_TYPE_RECOVERED:
		return finish_stall(m);
	case VIGIL_EVENT_TYPE_DYING:
		e->gap_last = 0;
		return finish_watch(m) || e->watch.state != VIGIL_WATCH_STATE_DYING ? -EPROTO : 0;
	case VIGIL_EVENT_TYPE_MEMBER_DEAD:
		e->gap_last = 0;
		return finish_watch(m) || read_member(m->member, &e->member) ? -EPROTO : 0;
	case VIGIL_EVENT_TYPE_GROUP_EMPTY:
		e->gap_last = 0;
		return finish_watch(m);
	case VIGIL_EVENT_TYPE_GAP:
		memset(&e->watch, 0, sizeof(e->watch));
		e->boottime_ns = 0;
		e->realtime_ns = 0;
		return e->gap_last < e->seq ? -EPROTO : 0;
	case VIGIL_EVENT_TYPE_KEEPER:
		e->gap_last = 0;
		memset(&e->watch, 0, sizeof(e->watch));
		return vnl_read_keeper_news(m->keeper, &e->keeper);
	case VIGIL_EVENT_TYPE_WATCHDOG:
		e->gap_last = 0;
		memset(&e->watch, 0, sizeof(e->watch));
		return m->watchdog ? vnl_parse_watchdog_state(m->watchdog, &e->watchdog) : -EPROTO;
	case VIGIL_EVENT_TYPE_LEASE:
		e->gap_last = 0;
		memset(&e->watch, 0, sizeof(e->watch));
		return m->lease ? vnl_parse_lease_event(m->lease, &e->lease) : -EPROTO;
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

static const struct vnl_attr_rule note_rules[VIGIL_A_NOTE_MAX + 1] = {
	[VIGIL_A_NOTE_KIND] = VNL_NUMBER(struct vigil_note, kind),
	[VIGIL_A_NOTE_NUMBER] = VNL_NUMBER(struct vigil_note, number),
	[VIGIL_A_NOTE_BOOTTIME] = VNL_NUMBER(struct vigil_note, boottime_ns),
	[VIGIL_A_NOTE_TEXT] = VNL_STRING(struct vigil_note, text),
};

int vnl_parse_note(const struct nlmsghdr *nlh, uint8_t cmd, void *out)
{
	uint64_t seen;

	if (vnl_parse_cmd(nlh, cmd, note_rules, VIGIL_A_NOTE_MAX, out, &seen))
		return -EPROTO;
	for (unsigned int i = VIGIL_A_NOTE_KIND; i <= VIGIL_A_NOTE_TEXT; i++)
		if (!(seen & VNL_SEEN(i)))
			return -EPROTO;
	return 0;
}
