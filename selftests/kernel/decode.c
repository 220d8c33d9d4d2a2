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
	return record_is_consistent(r) ? 0 : -EPROTO;
}

/* A gap names the lost range and no process. */
static int decode_gap(struct nlattr **tb, struct watch *out)
{
	if (tb[VIGIL_A_WATCH_ID] || !tb[VIGIL_A_WATCH_GAP_LAST])
		return -EPROTO;
	out->gap_last = u64_or_0(tb[VIGIL_A_WATCH_GAP_LAST]);
	return out->gap_last >= out->seq ? 0 : -EPROTO;
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
	if (!all_there(tb, needed, ARRAY_SIZE(needed)))
		return -EPROTO;
	decode_process(tb, out);
	if (!tb[VIGIL_A_WATCH_EXIT] != (out->state != VIGIL_WATCH_STATE_DEAD))
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
