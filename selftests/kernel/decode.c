// SPDX-License-Identifier: GPL-2.0
/* From the family's messages to the suite's structures. */
#include <errno.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "selftests/kernel/client.h"
#include "selftests/kernel/decode.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static struct nla_policy watch_policy[VIGIL_A_WATCH_MAX + 1] = {
	[VIGIL_A_WATCH_ID] = { .type = NLA_U64 },
	[VIGIL_A_WATCH_PID] = { .type = NLA_U32 },
	[VIGIL_A_WATCH_TGID] = { .type = NLA_U32 },
	[VIGIL_A_WATCH_START_TICKS] = { .type = NLA_U64 },
	[VIGIL_A_WATCH_START_TIME] = { .type = NLA_U64 },
	[VIGIL_A_WATCH_OWNER] = { .type = NLA_STRING, .maxlen = VIGIL_OWNER_LEN_MAX + 1 },
	[VIGIL_A_WATCH_TAG] = { .type = NLA_STRING, .maxlen = VIGIL_TAG_LEN_MAX + 1 },
	[VIGIL_A_WATCH_FLAGS] = { .type = NLA_U32 },
	[VIGIL_A_WATCH_STATE] = { .type = NLA_U32 },
	[VIGIL_A_WATCH_COMM] = { .type = NLA_STRING, .maxlen = COMM_MAX },
	[VIGIL_A_WATCH_EXIT] = { .type = NLA_NESTED },
	[VIGIL_A_WATCH_EVENT_TYPE] = { .type = NLA_U32 },
	[VIGIL_A_WATCH_SEQ] = { .type = NLA_U64 },
	[VIGIL_A_WATCH_GAP_LAST] = { .type = NLA_U64 },
	[VIGIL_A_WATCH_BOOTTIME] = { .type = NLA_U64 },
	[VIGIL_A_WATCH_REALTIME] = { .type = NLA_U64 },
	[VIGIL_A_WATCH_BEAT] = { .type = NLA_NESTED },
	[VIGIL_A_WATCH_HUNG] = { .type = NLA_NESTED },
	[VIGIL_A_WATCH_WATCHDOG] = { .type = NLA_NESTED },
	[VIGIL_A_WATCH_KEEPER] = { .type = NLA_NESTED },
	[VIGIL_A_WATCH_LEASE] = { .type = NLA_NESTED },
	[VIGIL_A_WATCH_MEMBERS] = { .type = NLA_U32 },
	[VIGIL_A_WATCH_MEMBERS_MISSED] = { .type = NLA_U32 },
	[VIGIL_A_WATCH_MEMBER] = { .type = NLA_NESTED },
};

static struct nla_policy beat_policy[VIGIL_A_BEAT_MAX + 1] = {
	[VIGIL_A_BEAT_DEADLINE_MS] = { .type = NLA_U32 },
	[VIGIL_A_BEAT_ACTION] = { .type = NLA_U32 },
	[VIGIL_A_BEAT_SIGNAL] = { .type = NLA_U32 },
	[VIGIL_A_BEAT_STATE] = { .type = NLA_U32 },
	[VIGIL_A_BEAT_MISSED] = { .type = NLA_U32 },
};

static struct nla_policy hung_policy[VIGIL_A_HUNG_MAX + 1] = {
	[VIGIL_A_HUNG_STATE] = { .type = NLA_U32 },
	[VIGIL_A_HUNG_LAST_BEAT] = { .type = NLA_U64 },
	[VIGIL_A_HUNG_DEADLINE_MS] = { .type = NLA_U32 },
	[VIGIL_A_HUNG_ACTION] = { .type = NLA_U32 },
	[VIGIL_A_HUNG_SIGNAL] = { .type = NLA_U32 },
	[VIGIL_A_HUNG_CPU_TIME] = { .type = NLA_U64 },
	[VIGIL_A_HUNG_CPU_WINDOW] = { .type = NLA_U64 },
};

static struct nla_policy dog_policy[VIGIL_A_WATCHDOG_STATE_MAX + 1] = {
	[VIGIL_A_WATCHDOG_STATE_STAGE] = { .type = NLA_U32 },
	[VIGIL_A_WATCHDOG_STATE_GATE] = { .type = NLA_U32 },
	[VIGIL_A_WATCHDOG_STATE_DETAIL] = { .type = NLA_U64 },
	[VIGIL_A_WATCHDOG_STATE_DEVICE] = { .type = NLA_STRING, .maxlen = DEVICE_MAX },
	[VIGIL_A_WATCHDOG_STATE_TIMEOUT_S] = { .type = NLA_U32 },
	[VIGIL_A_WATCHDOG_STATE_RESET_IN_MS] = { .type = NLA_U32 },
};

static struct nla_policy keeper_policy[VIGIL_A_KEEPER_NEWS_MAX + 1] = {
	[VIGIL_A_KEEPER_NEWS_STAGE] = { .type = NLA_U32 },
	[VIGIL_A_KEEPER_NEWS_WHY] = { .type = NLA_U32 },
	[VIGIL_A_KEEPER_NEWS_PID] = { .type = NLA_U32 },
	[VIGIL_A_KEEPER_NEWS_ERROR] = { .type = NLA_U32 },
	[VIGIL_A_KEEPER_NEWS_RESPAWNS] = { .type = NLA_U32 },
	[VIGIL_A_KEEPER_NEWS_LAST_RESORT] = { .type = NLA_U32 },
};

static struct nla_policy lease_event_policy[VIGIL_A_LEASE_EVENT_MAX + 1] = {
	[VIGIL_A_LEASE_EVENT_NAME] = { .type = NLA_STRING, .maxlen = VIGIL_LEASE_NAME_LEN_MAX + 1 },
	[VIGIL_A_LEASE_EVENT_EPOCH] = { .type = NLA_U64 },
	[VIGIL_A_LEASE_EVENT_STAGE] = { .type = NLA_U32 },
	[VIGIL_A_LEASE_EVENT_TIMER_LATE] = { .type = NLA_U64 },
	[VIGIL_A_LEASE_EVENT_KILL_LATE] = { .type = NLA_U64 },
};

static struct nla_policy exit_policy[VIGIL_A_EXIT_MAX + 1] = {
	[VIGIL_A_EXIT_SEQ] = { .type = NLA_U64 },
	[VIGIL_A_EXIT_BOOTTIME] = { .type = NLA_U64 },
	[VIGIL_A_EXIT_REALTIME] = { .type = NLA_U64 },
	[VIGIL_A_EXIT_CAUSE] = { .type = NLA_U32 },
	[VIGIL_A_EXIT_CODE] = { .type = NLA_U32 },
	[VIGIL_A_EXIT_SIGNAL] = { .type = NLA_U32 },
	[VIGIL_A_EXIT_UTIME] = { .type = NLA_U64 },
	[VIGIL_A_EXIT_STIME] = { .type = NLA_U64 },
	[VIGIL_A_EXIT_MAXRSS] = { .type = NLA_U64 },
	[VIGIL_A_EXIT_DYING_SEQ] = { .type = NLA_U64 },
};

static struct nla_policy member_policy[VIGIL_A_MEMBER_MAX + 1] = {
	[VIGIL_A_MEMBER_PID] = { .type = NLA_U32 },
	[VIGIL_A_MEMBER_START_TICKS] = { .type = NLA_U64 },
	[VIGIL_A_MEMBER_START_TIME] = { .type = NLA_U64 },
	[VIGIL_A_MEMBER_COMM] = { .type = NLA_STRING, .maxlen = COMM_MAX },
	[VIGIL_A_MEMBER_EXIT] = { .type = NLA_NESTED },
};

static struct nla_policy stats_policy[VIGIL_A_STATS_MAX + 1] = {
	[VIGIL_A_STATS_WATCHES] = { .type = NLA_U64 },
	[VIGIL_A_STATS_DEAD] = { .type = NLA_U64 },
	[VIGIL_A_STATS_WATCHES_MAX] = { .type = NLA_U64 },
	[VIGIL_A_STATS_SEQ] = { .type = NLA_U64 },
	[VIGIL_A_STATS_OLDEST_SEQ] = { .type = NLA_U64 },
	[VIGIL_A_STATS_RING_SIZE] = { .type = NLA_U64 },
	[VIGIL_A_STATS_SEND_FAILURES] = { .type = NLA_U64 },
};

static uint32_t u32_or(struct nlattr *attr, uint32_t otherwise)
{
	return attr ? nla_get_u32(attr) : otherwise;
}

static uint64_t u64_or_0(struct nlattr *attr)
{
	return attr ? nla_get_u64(attr) : 0;
}

static bool all_there(struct nlattr **tb, const int *types, size_t count)
{
	while (count--)
		if (!tb[types[count]])
			return false;
	return true;
}

/* The code belongs to "exited" alone, the signal to the causes that a signal brings. */
static bool record_is_consistent(const struct record *r)
{
	switch (r->cause) {
	case VIGIL_CAUSE_UNKNOWN:
		return r->code < 0 && r->signal < 0;
	case VIGIL_CAUSE_EXITED:
		return r->code >= 0 && r->code <= 255 && r->signal < 0;
	case VIGIL_CAUSE_SIGNALLED:
	case VIGIL_CAUSE_CORE_DUMPED:
	case VIGIL_CAUSE_OOM_KILLED:
	case VIGIL_CAUSE_HUNG:
	case VIGIL_CAUSE_FENCED:
		return r->code < 0 && r->signal > 0;
	default:
		return false;
	}
}

static int decode_exit(struct nlattr *attr, struct record *r)
{
	static const int needed[] = {
		VIGIL_A_EXIT_SEQ, VIGIL_A_EXIT_BOOTTIME, VIGIL_A_EXIT_REALTIME,
		VIGIL_A_EXIT_CAUSE, VIGIL_A_EXIT_UTIME, VIGIL_A_EXIT_STIME,
		VIGIL_A_EXIT_MAXRSS,
	};
	struct nlattr *tb[VIGIL_A_EXIT_MAX + 1];

	if (!nla_is_nested(attr) || nla_parse_nested(tb, VIGIL_A_EXIT_MAX, attr, exit_policy))
		return -EPROTO;
	if (!all_there(tb, needed, ARRAY_SIZE(needed)))
		return -EPROTO;
	r->present = true;
	r->seq = u64_or_0(tb[VIGIL_A_EXIT_SEQ]);
	r->boottime_ns = u64_or_0(tb[VIGIL_A_EXIT_BOOTTIME]);
	r->realtime_ns = u64_or_0(tb[VIGIL_A_EXIT_REALTIME]);
	r->cause = u32_or(tb[VIGIL_A_EXIT_CAUSE], 0);
	r->code = u32_or(tb[VIGIL_A_EXIT_CODE], -1);
	r->signal = u32_or(tb[VIGIL_A_EXIT_SIGNAL], -1);
	r->utime_ns = u64_or_0(tb[VIGIL_A_EXIT_UTIME]);
	r->stime_ns = u64_or_0(tb[VIGIL_A_EXIT_STIME]);
	r->maxrss_kib = u64_or_0(tb[VIGIL_A_EXIT_MAXRSS]);
	r->dying_seq = u64_or_0(tb[VIGIL_A_EXIT_DYING_SEQ]);
	return record_is_consistent(r) ? 0 : -EPROTO;
}

static int decode_member(struct nlattr *attr, struct member *m)
{
	static const int needed[] = {
		VIGIL_A_MEMBER_PID, VIGIL_A_MEMBER_START_TICKS, VIGIL_A_MEMBER_START_TIME,
		VIGIL_A_MEMBER_COMM, VIGIL_A_MEMBER_EXIT,
	};
	struct nlattr *tb[VIGIL_A_MEMBER_MAX + 1];

	if (!nla_is_nested(attr) || nla_parse_nested(tb, VIGIL_A_MEMBER_MAX, attr, member_policy))
		return -EPROTO;
	if (!all_there(tb, needed, ARRAY_SIZE(needed)))
		return -EPROTO;
	m->pid = u32_or(tb[VIGIL_A_MEMBER_PID], 0);
	m->start_ticks = u64_or_0(tb[VIGIL_A_MEMBER_START_TICKS]);
	m->start_ns = u64_or_0(tb[VIGIL_A_MEMBER_START_TIME]);
	nla_strlcpy(m->comm, tb[VIGIL_A_MEMBER_COMM], sizeof(m->comm));
	return decode_exit(tb[VIGIL_A_MEMBER_EXIT], &m->exit);
}

/* Every event of a watch but its death tells when it was; a watch of a tree how many there are. */
static int decode_rest(struct nlattr **tb, struct watch *out)
{
	bool timed = out->type && out->type != VIGIL_EVENT_TYPE_DEAD;
	bool tree = out->flags & VIGIL_WATCH_FLAGS_TREE;

	if (!tb[VIGIL_A_WATCH_BOOTTIME] == timed || !tb[VIGIL_A_WATCH_REALTIME] == timed)
		return -EPROTO;
	if (!tb[VIGIL_A_WATCH_MEMBERS] == tree || !tb[VIGIL_A_WATCH_MEMBERS_MISSED] == tree)
		return -EPROTO;
	if (!tb[VIGIL_A_WATCH_MEMBER] == (out->type == VIGIL_EVENT_TYPE_MEMBER_DEAD))
		return -EPROTO;
	out->boottime_ns = u64_or_0(tb[VIGIL_A_WATCH_BOOTTIME]);
	out->realtime_ns = u64_or_0(tb[VIGIL_A_WATCH_REALTIME]);
	out->members = u32_or(tb[VIGIL_A_WATCH_MEMBERS], 0);
	out->members_missed = u32_or(tb[VIGIL_A_WATCH_MEMBERS_MISSED], 0);
	return tb[VIGIL_A_WATCH_MEMBER] ? decode_member(tb[VIGIL_A_WATCH_MEMBER], &out->member) : 0;
}

/* A gap names the lost range and no process. */
static int decode_gap(struct nlattr **tb, struct watch *out)
{
	if (tb[VIGIL_A_WATCH_ID] || !tb[VIGIL_A_WATCH_GAP_LAST])
		return -EPROTO;
	out->gap_last = u64_or_0(tb[VIGIL_A_WATCH_GAP_LAST]);
	return out->gap_last >= out->seq ? 0 : -EPROTO;
}

/* The signal belongs to the action that sends it. */
static bool signal_is_consistent(uint32_t action, int signal)
{
	return (action == VIGIL_BEAT_ACTION_SIGNAL) == (signal > 0);
}

static int decode_beat(struct nlattr *attr, struct beat *b)
{
	static const int needed[] = {
		VIGIL_A_BEAT_DEADLINE_MS, VIGIL_A_BEAT_ACTION, VIGIL_A_BEAT_STATE,
		VIGIL_A_BEAT_MISSED,
	};
	struct nlattr *tb[VIGIL_A_BEAT_MAX + 1];

	if (nla_parse_nested(tb, VIGIL_A_BEAT_MAX, attr, beat_policy) ||
	    !all_there(tb, needed, ARRAY_SIZE(needed)))
		return -EPROTO;
	b->present = true;
	b->deadline_ms = u32_or(tb[VIGIL_A_BEAT_DEADLINE_MS], 0);
	b->action = u32_or(tb[VIGIL_A_BEAT_ACTION], 0);
	b->signal = u32_or(tb[VIGIL_A_BEAT_SIGNAL], -1);
	b->state = u32_or(tb[VIGIL_A_BEAT_STATE], 0);
	b->missed = u32_or(tb[VIGIL_A_BEAT_MISSED], 0);
	return b->deadline_ms && signal_is_consistent(b->action, b->signal) ? 0 : -EPROTO;
}

static int decode_hang(struct nlattr *attr, struct hang *h)
{
	static const int needed[] = {
		VIGIL_A_HUNG_STATE, VIGIL_A_HUNG_LAST_BEAT, VIGIL_A_HUNG_DEADLINE_MS,
		VIGIL_A_HUNG_ACTION, VIGIL_A_HUNG_CPU_TIME, VIGIL_A_HUNG_CPU_WINDOW,
	};
	struct nlattr *tb[VIGIL_A_HUNG_MAX + 1];

	if (nla_parse_nested(tb, VIGIL_A_HUNG_MAX, attr, hung_policy) ||
	    !all_there(tb, needed, ARRAY_SIZE(needed)))
		return -EPROTO;
	h->present = true;
	h->state = u32_or(tb[VIGIL_A_HUNG_STATE], 0);
	h->last_beat_ns = u64_or_0(tb[VIGIL_A_HUNG_LAST_BEAT]);
	h->deadline_ms = u32_or(tb[VIGIL_A_HUNG_DEADLINE_MS], 0);
	h->action = u32_or(tb[VIGIL_A_HUNG_ACTION], 0);
	h->signal = u32_or(tb[VIGIL_A_HUNG_SIGNAL], -1);
	h->cpu_ns = u64_or_0(tb[VIGIL_A_HUNG_CPU_TIME]);
	h->cpu_window_ns = u64_or_0(tb[VIGIL_A_HUNG_CPU_WINDOW]);
	return signal_is_consistent(h->action, h->signal) ? 0 : -EPROTO;
}

/* Only HUNG tells of a hang. */
static int decode_stall(struct nlattr **tb, struct watch *out)
{
	if (!tb[VIGIL_A_WATCH_HUNG] != (out->type != VIGIL_EVENT_TYPE_HUNG))
		return -EPROTO;
	if (tb[VIGIL_A_WATCH_HUNG] && decode_hang(tb[VIGIL_A_WATCH_HUNG], &out->hang))
		return -EPROTO;
	return tb[VIGIL_A_WATCH_BEAT] ? decode_beat(tb[VIGIL_A_WATCH_BEAT], &out->beat) : 0;
}

/* Device and timeout go together. */
int decode_dog(struct nlattr *nest, struct dog *out)
{
	static const int needed[] = {
		VIGIL_A_WATCHDOG_STATE_STAGE, VIGIL_A_WATCHDOG_STATE_GATE,
		VIGIL_A_WATCHDOG_STATE_DETAIL, VIGIL_A_WATCHDOG_STATE_RESET_IN_MS,
	};
	struct nlattr *tb[VIGIL_A_WATCHDOG_STATE_MAX + 1];

	memset(out, 0, sizeof(*out));
	if (!nest || !nla_is_nested(nest) ||
	    nla_parse_nested(tb, VIGIL_A_WATCHDOG_STATE_MAX, nest, dog_policy))
		return -EPROTO;
	if (!all_there(tb, needed, ARRAY_SIZE(needed)) ||
	    !tb[VIGIL_A_WATCHDOG_STATE_DEVICE] != !tb[VIGIL_A_WATCHDOG_STATE_TIMEOUT_S])
		return -EPROTO;
	out->stage = u32_or(tb[VIGIL_A_WATCHDOG_STATE_STAGE], 0);
	out->gate = u32_or(tb[VIGIL_A_WATCHDOG_STATE_GATE], 0);
	out->detail = u64_or_0(tb[VIGIL_A_WATCHDOG_STATE_DETAIL]);
	out->timeout_s = u32_or(tb[VIGIL_A_WATCHDOG_STATE_TIMEOUT_S], 0);
	out->reset_in_ms = u32_or(tb[VIGIL_A_WATCHDOG_STATE_RESET_IN_MS], 0);
	if (tb[VIGIL_A_WATCHDOG_STATE_DEVICE])
		nla_strlcpy(out->device, tb[VIGIL_A_WATCHDOG_STATE_DEVICE], sizeof(out->device));
	return 0;
}

static int decode_dog_event(struct nlattr **tb, struct watch *out)
{
	if (tb[VIGIL_A_WATCH_ID] || !tb[VIGIL_A_WATCH_BOOTTIME] || !tb[VIGIL_A_WATCH_REALTIME])
		return -EPROTO;
	out->boottime_ns = u64_or_0(tb[VIGIL_A_WATCH_BOOTTIME]);
	out->realtime_ns = u64_or_0(tb[VIGIL_A_WATCH_REALTIME]);
	return decode_dog(tb[VIGIL_A_WATCH_WATCHDOG], &out->dog);
}

/* It is about the node's keeper, and names no watch. */
static int decode_keeper(struct nlattr **tb, struct watch *out)
{
	static const int needed[] = {
		VIGIL_A_KEEPER_NEWS_STAGE, VIGIL_A_KEEPER_NEWS_WHY,
		VIGIL_A_KEEPER_NEWS_RESPAWNS, VIGIL_A_KEEPER_NEWS_LAST_RESORT,
	};
	struct nlattr *news[VIGIL_A_KEEPER_NEWS_MAX + 1];

	if (tb[VIGIL_A_WATCH_ID] || !tb[VIGIL_A_WATCH_KEEPER] ||
	    !tb[VIGIL_A_WATCH_BOOTTIME] || !tb[VIGIL_A_WATCH_REALTIME])
		return -EPROTO;
	if (nla_parse_nested(news, VIGIL_A_KEEPER_NEWS_MAX, tb[VIGIL_A_WATCH_KEEPER],
			     keeper_policy) || !all_there(news, needed, ARRAY_SIZE(needed)))
		return -EPROTO;
	out->boottime_ns = u64_or_0(tb[VIGIL_A_WATCH_BOOTTIME]);
	out->realtime_ns = u64_or_0(tb[VIGIL_A_WATCH_REALTIME]);
	out->keeper.stage = u32_or(news[VIGIL_A_KEEPER_NEWS_STAGE], 0);
	out->keeper.why = u32_or(news[VIGIL_A_KEEPER_NEWS_WHY], 0);
	out->keeper.pid = u32_or(news[VIGIL_A_KEEPER_NEWS_PID], 0);
	out->keeper.error = u32_or(news[VIGIL_A_KEEPER_NEWS_ERROR], 0);
	out->keeper.respawns = u32_or(news[VIGIL_A_KEEPER_NEWS_RESPAWNS], 0);
	out->keeper.last_resort = u32_or(news[VIGIL_A_KEEPER_NEWS_LAST_RESORT], 0);
	return !out->keeper.error == (out->keeper.why == VIGIL_KEEPER_WHY_EXEC) ? -EPROTO : 0;
}

/* How late it was belongs to the beginning of the fencing. */
static int decode_lease(struct nlattr **tb, struct watch *out)
{
	static const int needed[] = {
		VIGIL_A_LEASE_EVENT_NAME, VIGIL_A_LEASE_EVENT_EPOCH, VIGIL_A_LEASE_EVENT_STAGE,
	};
	struct nlattr *attr = tb[VIGIL_A_WATCH_LEASE], *in[VIGIL_A_LEASE_EVENT_MAX + 1];
	bool late;

	if (tb[VIGIL_A_WATCH_ID] || !attr || !nla_is_nested(attr) || !tb[VIGIL_A_WATCH_BOOTTIME] ||
	    !tb[VIGIL_A_WATCH_REALTIME])
		return -EPROTO;
	if (nla_parse_nested(in, VIGIL_A_LEASE_EVENT_MAX, attr, lease_event_policy) ||
	    !all_there(in, needed, ARRAY_SIZE(needed)))
		return -EPROTO;
	out->boottime_ns = u64_or_0(tb[VIGIL_A_WATCH_BOOTTIME]);
	out->realtime_ns = u64_or_0(tb[VIGIL_A_WATCH_REALTIME]);
	nla_strlcpy(out->lease.name, in[VIGIL_A_LEASE_EVENT_NAME], sizeof(out->lease.name));
	out->lease.epoch = u64_or_0(in[VIGIL_A_LEASE_EVENT_EPOCH]);
	out->lease.stage = u32_or(in[VIGIL_A_LEASE_EVENT_STAGE], 0);
	late = out->lease.stage != VIGIL_LEASE_STAGE_FENCED;
	if (late != !!in[VIGIL_A_LEASE_EVENT_TIMER_LATE] ||
	    late != !!in[VIGIL_A_LEASE_EVENT_KILL_LATE])
		return -EPROTO;
	out->lease.timer_late_ns = u64_or_0(in[VIGIL_A_LEASE_EVENT_TIMER_LATE]);
	out->lease.kill_late_ns = u64_or_0(in[VIGIL_A_LEASE_EVENT_KILL_LATE]);
	return 0;
}

static void decode_process(struct nlattr **tb, struct watch *out)
{
	out->id = u64_or_0(tb[VIGIL_A_WATCH_ID]);
	out->pid = u32_or(tb[VIGIL_A_WATCH_PID], 0);
	out->tgid = u32_or(tb[VIGIL_A_WATCH_TGID], 0);
	out->start_ticks = u64_or_0(tb[VIGIL_A_WATCH_START_TICKS]);
	out->start_ns = u64_or_0(tb[VIGIL_A_WATCH_START_TIME]);
	out->flags = u32_or(tb[VIGIL_A_WATCH_FLAGS], 0);
	out->state = u32_or(tb[VIGIL_A_WATCH_STATE], 0);
	nla_strlcpy(out->owner, tb[VIGIL_A_WATCH_OWNER], sizeof(out->owner));
	nla_strlcpy(out->comm, tb[VIGIL_A_WATCH_COMM], sizeof(out->comm));
	if (tb[VIGIL_A_WATCH_TAG])
		nla_strlcpy(out->tag, tb[VIGIL_A_WATCH_TAG], sizeof(out->tag));
}

int decode_watch(const struct nlmsghdr *hdr, struct watch *out)
{
	static const int needed[] = {
		VIGIL_A_WATCH_ID, VIGIL_A_WATCH_PID, VIGIL_A_WATCH_TGID,
		VIGIL_A_WATCH_START_TICKS, VIGIL_A_WATCH_START_TIME, VIGIL_A_WATCH_OWNER,
		VIGIL_A_WATCH_STATE, VIGIL_A_WATCH_COMM,
	};
	struct nlattr *tb[VIGIL_A_WATCH_MAX + 1];

	memset(out, 0, sizeof(*out));
	if (nlmsg_parse((struct nlmsghdr *)hdr, GENL_HDRLEN, tb, VIGIL_A_WATCH_MAX, watch_policy))
		return -EPROTO;
	out->type = u32_or(tb[VIGIL_A_WATCH_EVENT_TYPE], 0);
	out->seq = u64_or_0(tb[VIGIL_A_WATCH_SEQ]);
	if (!out->type != !out->seq)
		return -EPROTO;
	if (out->type == VIGIL_EVENT_TYPE_GAP)
		return decode_gap(tb, out);
	if (out->type == VIGIL_EVENT_TYPE_WATCHDOG)
		return decode_dog_event(tb, out);
	if (out->type == VIGIL_EVENT_TYPE_KEEPER)
		return decode_keeper(tb, out);
	if (out->type == VIGIL_EVENT_TYPE_LEASE)
		return decode_lease(tb, out);
	if (!all_there(tb, needed, ARRAY_SIZE(needed)))
		return -EPROTO;
	decode_process(tb, out);
	if (decode_stall(tb, out))
		return -EPROTO;
	if (!tb[VIGIL_A_WATCH_EXIT] != (out->state != VIGIL_WATCH_STATE_DEAD))
		return -EPROTO;
	if (decode_rest(tb, out))
		return -EPROTO;
	return tb[VIGIL_A_WATCH_EXIT] ? decode_exit(tb[VIGIL_A_WATCH_EXIT], &out->exit) : 0;
}

int decode_stats(const struct nlmsghdr *hdr, struct stats *out)
{
	static const int needed[] = {
		VIGIL_A_STATS_WATCHES, VIGIL_A_STATS_DEAD, VIGIL_A_STATS_WATCHES_MAX,
		VIGIL_A_STATS_SEQ, VIGIL_A_STATS_OLDEST_SEQ, VIGIL_A_STATS_RING_SIZE,
		VIGIL_A_STATS_SEND_FAILURES,
	};
	struct nlattr *tb[VIGIL_A_STATS_MAX + 1];

	memset(out, 0, sizeof(*out));
	if (nlmsg_parse((struct nlmsghdr *)hdr, GENL_HDRLEN, tb, VIGIL_A_STATS_MAX, stats_policy))
		return -EPROTO;
	if (!all_there(tb, needed, ARRAY_SIZE(needed)))
		return -EPROTO;
	out->watches = u64_or_0(tb[VIGIL_A_STATS_WATCHES]);
	out->dead = u64_or_0(tb[VIGIL_A_STATS_DEAD]);
	out->watches_max = u64_or_0(tb[VIGIL_A_STATS_WATCHES_MAX]);
	out->seq = u64_or_0(tb[VIGIL_A_STATS_SEQ]);
	out->oldest_seq = u64_or_0(tb[VIGIL_A_STATS_OLDEST_SEQ]);
	out->ring_size = u64_or_0(tb[VIGIL_A_STATS_RING_SIZE]);
	out->send_failures = u64_or_0(tb[VIGIL_A_STATS_SEND_FAILURES]);
	return 0;
}
