// SPDX-License-Identifier: GPL-2.0
/* vigil.ko's messages: any bytes in, a value or -EPROTO out. Pure. */
#include "user/lib/parse.h"

#include <errno.h>
#include <string.h>

#include "user/lib/attr.h"

#define U32 { .type = MNL_TYPE_U32 }
#define U64 { .type = MNL_TYPE_U64 }
#define NEST { .type = MNL_TYPE_NESTED }
#define STR(max) { .type = MNL_TYPE_STRING, .len_max = (max) }

static const struct vnl_attr_rule exit_rules[VIGIL_A_EXIT_MAX + 1] = {
	[VIGIL_A_EXIT_SEQ] = U64,
	[VIGIL_A_EXIT_BOOTTIME] = U64,
	[VIGIL_A_EXIT_REALTIME] = U64,
	[VIGIL_A_EXIT_CAUSE] = U32,
	[VIGIL_A_EXIT_CODE] = U32,
	[VIGIL_A_EXIT_SIGNAL] = U32,
	[VIGIL_A_EXIT_UTIME] = U64,
	[VIGIL_A_EXIT_STIME] = U64,
	[VIGIL_A_EXIT_MAXRSS] = U64,
};

static const struct vnl_attr_rule watch_rules[VIGIL_A_WATCH_MAX + 1] = {
	[VIGIL_A_WATCH_ID] = U64,
	[VIGIL_A_WATCH_TGID] = U32,
	[VIGIL_A_WATCH_START_TICKS] = U64,
	[VIGIL_A_WATCH_START_TIME] = U64,
	[VIGIL_A_WATCH_OWNER] = STR(VIGIL_OWNER_LEN_MAX),
	[VIGIL_A_WATCH_TAG] = STR(VIGIL_TAG_LEN_MAX),
	[VIGIL_A_WATCH_FLAGS] = U32,
	[VIGIL_A_WATCH_STATE] = U32,
	[VIGIL_A_WATCH_COMM] = STR(sizeof(((struct vigil_watch *)0)->comm) - 1),
	[VIGIL_A_WATCH_EXIT] = NEST,
	[VIGIL_A_WATCH_EVENT_TYPE] = U32,
	[VIGIL_A_WATCH_SEQ] = U64,
	[VIGIL_A_WATCH_GAP_LAST] = U64,
};

static const struct vnl_attr_rule stats_rules[VIGIL_A_STATS_MAX + 1] = {
	[VIGIL_A_STATS_WATCHES] = U64,
	[VIGIL_A_STATS_DEAD] = U64,
	[VIGIL_A_STATS_WATCHES_MAX] = U64,
	[VIGIL_A_STATS_SEQ] = U64,
	[VIGIL_A_STATS_OLDEST_SEQ] = U64,
	[VIGIL_A_STATS_RING_SIZE] = U64,
	[VIGIL_A_STATS_SEND_FAILURES] = U64,
};

/* A code comes with its cause and a signal with its own; a cause we do not know needs neither. */
static bool exit_is_whole(const struct nlattr **tb)
{
	if (!tb[VIGIL_A_EXIT_CAUSE])
		return false;
	switch (vnl_attr_u32(tb[VIGIL_A_EXIT_CAUSE])) {
	case VIGIL_CAUSE_EXITED:
		return tb[VIGIL_A_EXIT_CODE];
	case VIGIL_CAUSE_SIGNALLED:
	case VIGIL_CAUSE_CORE_DUMPED:
	case VIGIL_CAUSE_OOM_KILLED:
		return tb[VIGIL_A_EXIT_SIGNAL];
	default:
		return true;
	}
}

static int parse_exit(const struct nlattr *nest, struct vigil_exit *out)
{
	const struct nlattr *tb[VIGIL_A_EXIT_MAX + 1];

	if (vnl_attrs_index_nested(nest, exit_rules, VIGIL_A_EXIT_MAX, tb) || !exit_is_whole(tb))
		return -EPROTO;
	*out = (struct vigil_exit) {
		.seq = vnl_attr_u64(tb[VIGIL_A_EXIT_SEQ]),
		.boottime_ns = vnl_attr_u64(tb[VIGIL_A_EXIT_BOOTTIME]),
		.realtime_ns = vnl_attr_u64(tb[VIGIL_A_EXIT_REALTIME]),
		.utime_ns = vnl_attr_u64(tb[VIGIL_A_EXIT_UTIME]),
		.stime_ns = vnl_attr_u64(tb[VIGIL_A_EXIT_STIME]),
		.maxrss_kib = vnl_attr_u64(tb[VIGIL_A_EXIT_MAXRSS]),
		.cause = (enum vigil_cause)vnl_attr_u32(tb[VIGIL_A_EXIT_CAUSE]),
		.code = (int)vnl_attr_u32(tb[VIGIL_A_EXIT_CODE]),
		.signal = (int)vnl_attr_u32(tb[VIGIL_A_EXIT_SIGNAL]),
	};
	return 0;
}

/* Dead means that it is told how, and alive that it is not. */
static bool watch_is_whole(const struct nlattr **tb)
{
	if (!tb[VIGIL_A_WATCH_ID] || !tb[VIGIL_A_WATCH_TGID] || !tb[VIGIL_A_WATCH_OWNER] ||
	    !tb[VIGIL_A_WATCH_STATE])
		return false;
	switch (vnl_attr_u32(tb[VIGIL_A_WATCH_STATE])) {
	case VIGIL_WATCH_STATE_ALIVE:
		return !tb[VIGIL_A_WATCH_EXIT];
	case VIGIL_WATCH_STATE_DEAD:
		return tb[VIGIL_A_WATCH_EXIT];
	default:
		return false;
	}
}

static int fill_watch(const struct nlattr **tb, struct vigil_watch *w)
{
	if (!watch_is_whole(tb))
		return -EPROTO;
	memset(w, 0, sizeof(*w));
	w->id = vnl_attr_u64(tb[VIGIL_A_WATCH_ID]);
	w->pid = (pid_t)vnl_attr_u32(tb[VIGIL_A_WATCH_TGID]);
	w->start_ticks = vnl_attr_u64(tb[VIGIL_A_WATCH_START_TICKS]);
	w->start_ns = vnl_attr_u64(tb[VIGIL_A_WATCH_START_TIME]);
	w->flags = vnl_attr_u32(tb[VIGIL_A_WATCH_FLAGS]);
	w->state = (enum vigil_watch_state)vnl_attr_u32(tb[VIGIL_A_WATCH_STATE]);
	vnl_attr_str(tb[VIGIL_A_WATCH_OWNER], w->owner, sizeof(w->owner));
	vnl_attr_str(tb[VIGIL_A_WATCH_TAG], w->tag, sizeof(w->tag));
	vnl_attr_str(tb[VIGIL_A_WATCH_COMM], w->comm, sizeof(w->comm));
	if (w->state == VIGIL_WATCH_STATE_DEAD)
		return parse_exit(tb[VIGIL_A_WATCH_EXIT], &w->exit);
	return 0;
}

int vnl_parse_watch(const struct nlmsghdr *nlh, uint8_t cmd, void *out)
{
	const struct nlattr *tb[VIGIL_A_WATCH_MAX + 1];

	if (vnl_parse_cmd(nlh, cmd, watch_rules, VIGIL_A_WATCH_MAX, tb))
		return -EPROTO;
	return fill_watch(tb, out);
}

int vnl_parse_event(const struct nlmsghdr *nlh, uint8_t cmd, struct vigil_event *out)
{
	const struct nlattr *tb[VIGIL_A_WATCH_MAX + 1];

	if (vnl_parse_cmd(nlh, cmd, watch_rules, VIGIL_A_WATCH_MAX, tb) ||
	    !tb[VIGIL_A_WATCH_EVENT_TYPE] || !tb[VIGIL_A_WATCH_SEQ])
		return -EPROTO;
	out->type = (enum vigil_event_type)vnl_attr_u32(tb[VIGIL_A_WATCH_EVENT_TYPE]);
	out->seq = vnl_attr_u64(tb[VIGIL_A_WATCH_SEQ]);
	out->gap_last = 0;
	if (!out->seq)
		return -EPROTO;
	switch (out->type) {
	case VIGIL_EVENT_TYPE_DEAD:
		return fill_watch(tb, &out->watch) ||
		       out->watch.state != VIGIL_WATCH_STATE_DEAD ? -EPROTO : 0;
	case VIGIL_EVENT_TYPE_GAP:
		memset(&out->watch, 0, sizeof(out->watch));
		out->gap_last = vnl_attr_u64(tb[VIGIL_A_WATCH_GAP_LAST]);
		return out->gap_last < out->seq ? -EPROTO : 0;
	default:
		return 0;
	}
}

int vnl_parse_stats(const struct nlmsghdr *nlh, uint8_t cmd, void *out)
{
	const struct nlattr *tb[VIGIL_A_STATS_MAX + 1];

	if (vnl_parse_cmd(nlh, cmd, stats_rules, VIGIL_A_STATS_MAX, tb))
		return -EPROTO;
	for (unsigned int i = VIGIL_A_STATS_WATCHES; i <= VIGIL_A_STATS_SEND_FAILURES; i++)
		if (!tb[i])
			return -EPROTO;
	*(struct vigil_stats *)out = (struct vigil_stats) {
		.watches = vnl_attr_u64(tb[VIGIL_A_STATS_WATCHES]),
		.dead = vnl_attr_u64(tb[VIGIL_A_STATS_DEAD]),
		.watches_max = vnl_attr_u64(tb[VIGIL_A_STATS_WATCHES_MAX]),
		.seq = vnl_attr_u64(tb[VIGIL_A_STATS_SEQ]),
		.oldest_seq = vnl_attr_u64(tb[VIGIL_A_STATS_OLDEST_SEQ]),
		.ring_size = vnl_attr_u64(tb[VIGIL_A_STATS_RING_SIZE]),
		.send_failures = vnl_attr_u64(tb[VIGIL_A_STATS_SEND_FAILURES]),
	};
	return 0;
}
